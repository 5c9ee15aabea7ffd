"""A run of the import: from when on Xledger's ledger is read, in which pieces, and what came of it."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Any

from moment_xledger.domain.days import OSLO
from moment_xledger.domain.expenses import Left, Terms
from moment_xledger.domain.problems import Code

OVERLAP = timedelta(days=2)  # what is entered late, or by a clock that is slow, is seen once more
FIRST = timedelta(days=30)
LONGEST_WINDOW = timedelta(days=31)
SHORTEST_WINDOW = timedelta(minutes=1)
KIND = "expenses"  # of problems that concern all of them
ABOUT_ALL = (
    Code.EXPENSES_NOT_READ,
    Code.EXPENSES_PAGE_INSTEAD,
    Code.SOAP_ACCESS_REFUSED,
    Code.SOAP_PATH_UNKNOWN,
    Code.EXPENSES_KEY_REFUSED,
    Code.EXPENSES_DELAYED,
    Code.SOAP_LOGIN_REFUSED,
)


@dataclass(frozen=True)
class Window:
    """Of the times at which lines were last changed; the end belongs to it, the start does not."""

    start: datetime
    end: datetime

    def halves(self) -> "tuple[Window, Window] | None":
        """None where it is short already."""
        if self.end - self.start < 2 * SHORTEST_WINDOW:
            return None
        middle = (self.start + (self.end - self.start) / 2).replace(microsecond=0)
        return Window(self.start, middle), Window(middle, self.end)


class Ledger(StrEnum):
    """Which of Xledger's two ledgers is read."""

    LINES = "lines"
    SUPPLIERS = "suppliers"


@dataclass(frozen=True)
class PassedOver:
    """A minute whose answer could not be read, alone: it is asked for again until it can."""

    ledger: Ledger
    window: Window

    @property
    def number(self) -> str:
        """What its problem is about: the time on a Norwegian wall at which the lines were changed."""
        return f"{self.window.start.astimezone(OSLO):%Y-%m-%d %H:%M}"


def without(window: Window, gaps: Iterable[Window]) -> Iterator[Window]:
    """What is left of a window, in order."""
    start = window.start
    for gap in sorted(gaps, key=lambda each: each.start):
        if gap.end <= start or gap.start >= window.end:
            continue
        if gap.start > start:
            yield Window(start, gap.start)
        start = gap.end
    if start < window.end:
        yield Window(start, window.end)


def windows(cursor: datetime | None, reach: str, terms: Terms, now: datetime) -> Iterator[Window]:
    """All that has to be read. `reach` is the one that the cursor was for."""
    start = begin(cursor, terms, now) if reach == terms.reach else anew(cursor, terms, now)
    while start < now:
        end = min(start + LONGEST_WINDOW, now)
        yield Window(start, end)
        start = end


def anew(cursor: datetime | None, terms: Terms, now: datetime) -> datetime:
    """What was not read under the old reach either is not passed over, however long ago it was."""
    first = begin(None, terms, now)
    return min(first, begin(cursor, terms, now)) if cursor else first


def begin(cursor: datetime | None, terms: Terms, now: datetime) -> datetime:
    if cursor:
        return cursor - OVERLAP
    if terms.since:
        return datetime.combine(terms.since, time.min, OSLO) - timedelta(seconds=1)
    return terms.facts.read_from or now - FIRST


@dataclass
class Report:
    """Of one run. `taken`: lines within reach. `found`: already in Moment, without our having known it for sure."""

    read: int = 0
    taken: int = 0
    created: int = 0
    found: int = 0
    updated: int = 0
    cancelled: int = 0
    unchanged: int = 0
    skipped: Counter[Left] = field(default_factory=Counter)
    stopped: str = ""  # why it did not come to its end

    def summary(self) -> dict[str, Any]:
        counts = {name: value for name, value in vars(self).items() if name != "skipped"}
        return counts | {"skipped": {str(left): count for left, count in sorted(self.skipped.items())}}
