"""The last 24 hours."""

from datetime import datetime

from typing_extensions import TypedDict

from moment_xledger.domain.errors import Why
from moment_xledger.domain.kinds import Kind


class ClosingFacts(TypedDict):
    """A time in which nothing was sent. `until` is null where no time will end it, and may lie ahead."""

    why: Why
    since: datetime
    until: datetime | None


class HourFacts(TypedDict):
    """From `begins` on. Records are the company's own: `carried` into Xledger by kind, and `refused` by it.

    Requests are all those with its key; `turned_away` of them were over a limit, or the key was not accepted.
    """

    begins: datetime
    carried: dict[Kind, int]
    refused: int
    requests: int
    turned_away: int


class MonthFacts(TypedDict):
    """Requests against what the agreement includes. `forecast`: for the whole month. `reached`: 70 or 90 percent of
    what is included, else 0. `price`: of one over what is included; `over`: of all that the forecast is over it."""

    included: int | None
    forecast: int | None
    reached: int
    price: str | None
    over: str | None


class DayFacts(TypedDict):
    """The hour that it is now and the 23 before, the oldest first. Where the key `is_shared`, other companies'
    requests are among them."""

    hours: list[HourFacts]
    closings: list[ClosingFacts]
    is_shared: bool
    requests_this_month: int
    month: MonthFacts
