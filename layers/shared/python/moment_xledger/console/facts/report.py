"""What Moment finalized in a month, and what became of it."""

from decimal import Decimal

from typing_extensions import TypedDict

from moment_xledger.domain.control import Place


class Months(TypedDict):
    """`months`: those that one may ask for, newest first, such as 2026-10."""

    month: str | None
    months: list[str]


class LineFacts(TypedDict):
    """`detail`: the export's number, why one is held back, or how far one has come. `total` is with VAT, and null
    where no amount is known."""

    place: Place
    route: str
    detail: str
    currency: str
    count: int
    total: Decimal | None


class Report(Months):
    """`in_moment`: each of them is in one of the lines besides. `missing`: those that never came, or cannot be read.
    Without a month, nothing was counted."""

    in_moment: int
    missing: int
    waiting: int
    held: int
    lines: list[LineFacts]


class NoReport(Months):
    """Why there is none now."""

    error: str
