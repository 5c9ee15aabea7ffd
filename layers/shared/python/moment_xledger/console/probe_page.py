"""The facts of the page about a probe."""

from typing import TYPE_CHECKING

from moment_xledger.console.desk import Desk
from moment_xledger.console.facts.probe import FindingFacts, ProbeFacts
from moment_xledger.console.visits import Visit
from moment_xledger.domain.assumptions import Finding, Work
from moment_xledger.domain.companies import Company, Language
from moment_xledger.domain.probes import works_of

if TYPE_CHECKING:
    from moment_xledger.adapters.ledger import Ledger


def probe_page(visit: Visit, desk: Desk) -> ProbeFacts:
    probe, held = desk.ledger.probes.newest(visit.company.id), held_work(visit.company, desk.ledger)
    if probe is None:
        return {"when": None, "by": "", "requests": 0, "passed": False, "held": held, "findings": []}
    return {
        "when": probe.when,
        "by": probe.by,
        "requests": probe.requests,
        "passed": probe.passed,
        "held": held,
        "findings": [_finding(each, visit.words.language) for each in probe.findings],
    }


def held_work(company: Company, ledger: "Ledger") -> list[Work]:
    """What its switches let happen, and a check of everything must come before or stopped."""
    hold, wanted = ledger.probes.hold(company.id), works_of(company)
    return [each for each in Work if each in wanted and hold.holds(each)]


def _finding(finding: Finding, language: Language) -> FindingFacts:
    return {
        "assumption": finding.assumption,
        "verdict": finding.verdict,
        "assumed": finding.assumed(language),
        "evidence": finding.evidence(language),
        "stops": [each for each in Work if each in finding.stops],
    }
