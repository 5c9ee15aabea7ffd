"""One customer, project or invoice."""

from datetime import datetime
from decimal import Decimal
from typing import Literal

from typing_extensions import TypedDict

from moment_xledger.console.facts.problems import ProblemFacts
from moment_xledger.domain.attempts import Operation
from moment_xledger.domain.companies import Route

StepName = Literal[
    "since",
    "arrived",
    "exported",
    "seen",
    "seen_last",
    "tried",
    "mailing",
    "mailed",
    "delivered",
    "mail_delayed",
    "mail_refused",
    "mail_uncertain",
    "mail_bounced",
    "uploaded",
    "not_to_transfer",
    "to_transfer",
]


class AttemptFacts(TypedDict):
    """One attempt at a customer or project. `sent`: what it was then, by Xledger's names for the fields; `changed`:
    which of these are not as the attempt before had them.

    Answered with `xledger_id`, or refused with `their_words`; with neither, no answer is known.
    """

    operation: Operation
    version: int
    sent: dict[str, str]
    changed: list[str]
    xledger_id: int | None
    their_words: str


class Step(TypedDict):
    """`attempt` where it is "tried". `about`: an address, a file's key or number, or somebody's own words."""

    what: StepName
    when: datetime
    export: int | None
    attempt: AttemptFacts | None
    about: str


class Found(TypedDict):
    """All of it is empty where there is no such record; `state` also where it is not known.

    `replaces`: retired ids in Moment that were this same customer or project. `waits`: what an invoice waits for by
    itself, in a sentence.
    """

    name: str | None
    state: str | None
    moment_version: int | None
    xledger_version: int | None
    xledger_id: int | None
    replaces: list[int]
    route: Route | None
    currency: str | None
    total: Decimal | None
    steps: list[Step]
    problems: list[ProblemFacts]
    waits: str | None


class RecordFacts(Found):
    """As it was asked for, and what was found."""

    kind: str
    number: str
