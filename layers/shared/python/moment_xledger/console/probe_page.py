"""The facts of the page about a probe."""

from moment_xledger.console.desk import Desk
from moment_xledger.console.facts.probe import FindingFacts, ProbeFacts
from moment_xledger.console.visits import Visit
from moment_xledger.domain.assumptions import Finding, Work
from moment_xledger.domain.companies import Language


def probe_page(visit: Visit, desk: Desk) -> ProbeFacts:
    probe = desk.ledger.probes.newest(visit.company.id)
    if probe is None:
        return {"when": None, "by": "", "requests": 0, "passed": False, "findings": []}
    return {
        "when": probe.when,
        "by": probe.by,
        "requests": probe.requests,
        "passed": probe.passed,
        "findings": [_finding(each, visit.words.language) for each in probe.findings],
    }


def _finding(finding: Finding, language: Language) -> FindingFacts:
    return {
        "assumption": finding.assumption,
        "verdict": finding.verdict,
        "assumed": finding.assumed(language),
        "evidence": finding.evidence(language),
        "stops": [each for each in Work if each in finding.stops],
    }
