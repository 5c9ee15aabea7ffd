"""How it goes."""

from datetime import datetime

from typing_extensions import TypedDict

from moment_xledger.console.facts.day import DayFacts
from moment_xledger.console.facts.expenses import ExpensesFacts
from moment_xledger.domain.companies import Route
from moment_xledger.domain.errors import Why
from moment_xledger.domain.kinds import Kind
from moment_xledger.domain.problems import Fixer


class GateFacts(TypedDict):
    """The way to Xledger. `until` is null where no time will open it; `plan`: requests an hour, as set, or as learnt
    from Xledger's refusals."""

    is_open: bool
    why: Why | None
    until: datetime | None
    used: int
    plan: int | None
    is_plan_learnt: bool


class PauseFacts(TypedDict):
    """The work stands still because a person wants it so; nothing is sent meanwhile, and nothing is lost."""

    since: datetime
    who: str
    why: str


class KindFacts(TypedDict):
    """Customers or projects."""

    kind: Kind
    is_on: bool
    in_xledger: int
    waiting: int
    problems: int
    oldest_waiting: datetime | None


class InvoicesFacts(TypedDict):
    """`to_go`: how many wait, by route; `is_more`: there may be more of them than were counted."""

    received: int
    route: Route
    to_go: dict[Route, int]
    is_more: bool
    oldest_waiting: datetime | None
    problems: int
    last_export: int | None
    last_export_at: datetime | None


class Overview(TypedDict):
    """`pause` is null where the work goes on."""

    now: datetime
    pause: PauseFacts | None
    gate: GateFacts
    problems: int
    problems_by_fixer: dict[Fixer, int]
    kinds: list[KindFacts]
    invoices: InvoicesFacts
    expenses: ExpensesFacts | None
    day: DayFacts
