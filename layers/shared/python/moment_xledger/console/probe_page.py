"""The facts of the page about a probe."""

from typing import TYPE_CHECKING

from moment_xledger.console.desk import Desk
from moment_xledger.console.facts.probe import FindingFacts, ProbeFacts, TokenRightFacts
from moment_xledger.console.visits import Visit
from moment_xledger.domain.assumptions import Finding, Work
from moment_xledger.domain.companies import Company, Language
from moment_xledger.domain.probes import works_of
from moment_xledger.domain.token_rights import TokenRight, rights_of

if TYPE_CHECKING:
    from moment_xledger.adapters.ledger import Ledger


def probe_page(visit: Visit, desk: Desk) -> ProbeFacts:
    probe, held = desk.ledger.probes.newest(visit.company.id), held_work(visit.company, desk.ledger)
    rights = [_right(each) for each in rights_of(visit.company)]
    if probe is None:
        none: ProbeFacts = {
            "when": None,
            "by": "",
            "requests": 0,
            "passed": False,
            "held": held,
            "findings": [],
            "rights": rights,
        }
        return none
    return {
        "when": probe.when,
        "by": probe.by,
        "requests": probe.requests,
        "passed": probe.passed,
        "held": held,
        "findings": [_finding(each, visit.words.language) for each in probe.findings],
        "rights": rights,
    }


def held_work(company: Company, ledger: "Ledger") -> list[Work]:
    """What its switches let happen, and a check of everything must come before or stopped."""
    hold, wanted = ledger.probes.hold(company.id), works_of(company)
    return [each for each in Work if each in wanted and hold.holds(each)]


def _right(right: TokenRight) -> TokenRightFacts:
    return {
        "area": right.area,
        "name": right.name,
        "reads": right.reads,
        "writes": right.writes,
        "is_optional": right.is_optional,
    }


def _finding(finding: Finding, language: Language) -> FindingFacts:
    return {
        "assumption": finding.assumption,
        "verdict": finding.verdict,
        "assumed": finding.assumed(language),
        "evidence": finding.evidence(language),
        "stops": [each for each in Work if each in finding.stops],
    }
