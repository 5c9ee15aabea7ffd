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


class TokenRightFacts(TypedDict):
    """A right to tick for the API key in Xledger, as its page names it. `area`: empty where it is not known.
    `is_optional`: less is known without it."""

    area: str
    name: str
    reads: bool
    writes: bool
    is_optional: bool


class ProbeFacts(TypedDict):
    """`when`: None before the first probe. `requests`: how many it took. `held`: what does not go on because of
    what was found, or because nothing has been found yet."""

    when: datetime | None
    by: str
    requests: int
    passed: bool
    held: list[Work]
    findings: list[FindingFacts]
    rights: list[TokenRightFacts]
