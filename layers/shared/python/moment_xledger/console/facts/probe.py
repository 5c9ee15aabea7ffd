"""What is assumed of a company's Xledger and Moment, and what its newest probe found."""

from datetime import datetime

from typing_extensions import TypedDict

from moment_xledger.domain.assumptions import Assumption, Verdict, Work


class FindingFacts(TypedDict):
    """`evidence`: what was found, or why nothing was. `stops`: what must not begin because of it."""

    assumption: Assumption
    verdict: Verdict
    assumed: str
    evidence: str
    stops: list[Work]


class ProbeFacts(TypedDict):
    """`when`: None before the first probe. `requests`: how many it took."""

    when: datetime | None
    by: str
    requests: int
    passed: bool
    findings: list[FindingFacts]
