"""What is missing from the series of invoice numbers. The law wants a series whose completeness can be checked."""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, islice

NOT_RECEIVED = "not received"
NOT_TO_BE_TRANSFERRED = "not to be transferred"
NOT_LOOKED_UP = "a jump in the numbers"

# A report is read by a person, and each reason costs a look-up.
MOST_LISTED = 200
MOST_LOOKED_UP = 1_000

# The reasons that are known for numbers in a range; what is absent was never received.
Reasons = Callable[[range], Mapping[int, str]]


def held_back(code: str) -> str:
    return f"held back: {code}"


def left_with(export: int) -> str:
    return f"left with export {export}"


@dataclass(frozen=True)
class Gap:
    """Numbers that are missing for one reason, both ends included."""

    first: int
    last: int
    reason: str


@dataclass(frozen=True)
class Late:
    """Numbers that came after a higher one had left, both ends included."""

    first: int
    last: int
    belongs_before: int  # that export

    def __str__(self) -> str:
        numbers = f"{self.first} belongs" if self.first == self.last else f"{self.first}-{self.last} belong"
        return f"{numbers} before export {self.belongs_before}"


@dataclass(frozen=True)
class Previous:
    """The export before, and the highest number that had left with it."""

    export: int
    last: int


@dataclass(frozen=True)
class SeriesReport:
    gaps: tuple[Gap, ...] = ()
    late: tuple[Late, ...] = ()
    more_gaps: int = 0  # not listed
    more_late: int = 0


def check_series(numbers: Iterable[int], previous: Previous | None, reasons: Reasons) -> SeriesReport:
    """From the previous export's last number to this one's. `numbers` in any order; without a previous export
    there is no telling what is missing before the first."""
    ordered = sorted(numbers)
    after = previous.last if previous else None
    split = bisect_right(ordered, after) if after is not None else 0
    gaps = _gaps(_holes(ordered[split:], after), reasons)
    late = _late(ordered[:split], previous.export if previous else 0)
    # Listed first, counted then: both are read once.
    listed_gaps, listed_late = tuple(islice(gaps, MOST_LISTED)), tuple(islice(late, MOST_LISTED))
    return SeriesReport(listed_gaps, listed_late, sum(1 for _ in gaps), sum(1 for _ in late))


def _holes(ordered: Iterable[int], after: int | None) -> Iterator[range]:
    for number in ordered:
        if after is not None and number > after + 1:
            yield range(after + 1, number)
        after = number


def _gaps(holes: Iterable[range], reasons: Reasons) -> Iterator[Gap]:
    left = MOST_LOOKED_UP
    for hole in holes:
        if len(hole) > left:
            yield Gap(hole[0], hole[-1], NOT_LOOKED_UP)
        else:
            left -= len(hole)
            yield from _explained(hole, reasons(hole))


def _explained(hole: range, known: Mapping[int, str]) -> Iterator[Gap]:
    for reason, group in groupby(hole, key=lambda number: known.get(number, NOT_RECEIVED)):
        numbers = list(group)
        yield Gap(numbers[0], numbers[-1], reason)


def _late(ordered: Sequence[int], before: int) -> Iterator[Late]:
    """Neighbours differ from their positions by the same."""
    for _, group in groupby(enumerate(ordered), key=lambda pair: pair[1] - pair[0]):
        numbers = [number for _, number in group]
        yield Late(numbers[0], numbers[-1], before)
