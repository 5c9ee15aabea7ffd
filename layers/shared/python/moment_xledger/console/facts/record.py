"""One customer, project or invoice."""

from datetime import datetime
from decimal import Decimal
from typing import Literal

from typing_extensions import TypedDict

from moment_xledger.console.facts.problems import ProblemFacts
from moment_xledger.domain.companies import Route


class Step(TypedDict):
    what: Literal["since", "arrived", "exported", "seen", "seen_last"]
    when: datetime
    export: int | None


class Found(TypedDict):
    """All of it is empty where there is no such record; `state` also where it is not known."""

    name: str | None
    state: str | None
    moment_version: int | None
    xledger_version: int | None
    xledger_id: int | None
    route: Route | None
    currency: str | None
    total: Decimal | None
    steps: list[Step]
    problems: list[ProblemFacts]


class RecordFacts(Found):
    """As it was asked for, and what was found."""

    kind: str
    number: str
