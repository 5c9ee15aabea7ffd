"""What is missing from the series of invoice numbers. The law wants a series whose completeness can be checked.

Invoices and credit notes are one series or two, which the numbers show: those that have left lie in runs without holes,
and a run knows which kinds are in it. What lies between the first and the last number of a kind belongs to its series;
what lies between all invoices and all credit notes belongs to none. So a higher number hides nothing below it.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from heapq import merge
from itertools import groupby, islice, pairwise

from moment_xledger.domain.moment import InvoiceKind

NOT_RECEIVED = "not received"
NOT_TO_BE_TRANSFERRED = "not to be transferred"
NOT_LOOKED_UP = "a jump in the numbers"

# A report is read by a person, and each reason costs a look-up.
MOST_LISTED = 200
MOST_LOOKED_UP = 1_000

MOST_RUNS = 100  # that are remembered; of the lowest the holes were told long ago

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
class Run:
    """Numbers that have left, without a hole, both ends included; the newest of them with that export."""

    first: int
    last: int
    kinds: frozenset[InvoiceKind]
    export: int


Numbered = tuple[int, InvoiceKind]
ONE_SERIES = frozenset(InvoiceKind)


@dataclass(frozen=True)
class SeriesReport:
    gaps: tuple[Gap, ...] = ()
    late: tuple[Late, ...] = ()
    more_gaps: int = 0  # not listed
    more_late: int = 0


def runs_of(previous: Previous | None) -> tuple[Run, ...]:
    """What an older release remembers: the highest number. Those shortly before it left or were told as missing."""
    if previous is None:
        return ()
    first = max(1, previous.last - MOST_LOOKED_UP)
    return (Run(first, previous.last, ONE_SERIES, previous.export),)


def runs_after(before: Sequence[Run], numbers: Iterable[Numbered], export: int) -> tuple[Run, ...]:
    """In order; of many the lowest are one, as if nothing were missing there any more."""
    runs = _with(before, numbers, export)
    surplus = len(runs) - MOST_RUNS
    if surplus <= 0:
        return tuple(runs)
    lowest = runs[: surplus + 1]
    kinds = frozenset[InvoiceKind]().union(*(run.kinds for run in lowest))
    together = Run(lowest[0].first, lowest[-1].last, kinds, max(run.export for run in lowest))
    return (together, *runs[surplus + 1 :])


def check_series(numbers: Iterable[Numbered], before: Sequence[Run], reasons: Reasons) -> SeriesReport:
    """What is newly missing, and what fills an old hole. `numbers` in any order; before the first run of a series there
    is no telling what is missing."""
    new = sorted(numbers)
    holes = _new_holes(before, new)
    gaps, late = _gaps(holes, reasons), _late(new, before)
    # Listed first, counted then: both are read once.
    listed_gaps, listed_late = tuple(islice(gaps, MOST_LISTED)), tuple(islice(late, MOST_LISTED))
    return SeriesReport(listed_gaps, listed_late, sum(1 for _ in gaps), sum(1 for _ in late))


def _with(before: Sequence[Run], numbers: Iterable[Numbered], export: int) -> list[Run]:
    """Neighbours become one run."""
    runs: list[Run] = []
    for run in merge(before, _runs(numbers, export), key=lambda run: run.first):
        if runs and run.first <= runs[-1].last + 1:
            last = runs.pop()
            ends = last.first, max(last.last, run.last)
            run = Run(*ends, last.kinds | run.kinds, max(last.export, run.export))
        runs.append(run)
    return runs


def _runs(numbers: Iterable[Numbered], export: int) -> Iterator[Run]:
    """One for each stretch of numbers, however long: an export may hold a hundred thousand."""
    ordered = sorted(numbers)
    for _, stretch in groupby(enumerate(ordered), key=lambda each: each[1][0] - each[0]):
        members = [member for _, member in stretch]
        yield Run(members[0][0], members[-1][0], frozenset(kind for _, kind in members), export)


def _holes(runs: Sequence[Run]) -> Iterator[tuple[range, frozenset[InvoiceKind]]]:
    """What lies between the first and the last number of a kind and has not left, with the kinds that say so."""
    spans = {kind: span for kind in InvoiceKind if (span := _span(runs, kind))}
    for below, above in pairwise(runs):
        hole = range(below.last + 1, above.first)
        kinds = frozenset(kind for kind, span in spans.items() if hole.start in span and hole[-1] in span)
        if kinds:
            yield hole, kinds


def _span(runs: Sequence[Run], kind: InvoiceKind) -> range | None:
    of_kind = [run for run in runs if kind in run.kinds]
    return range(of_kind[0].first, of_kind[-1].last + 1) if of_kind else None


def _new_holes(before: Sequence[Run], new: Sequence[Numbered]) -> Iterator[range]:
    """Those below a new number of the series that were not told before. Of a jump the rest is told hole by hole."""
    known = [hole for hole, _ in _holes(before)]
    starts = [hole.start for hole in known]
    highest = {kind: number for number, kind in new}
    for hole, kinds in _holes(_with(before, new, 0)):
        at = bisect_right(starts, hole.start) - 1
        covering = known[at] if at >= 0 and hole.stop <= known[at].stop else None
        is_told = covering and (len(covering) <= MOST_LOOKED_UP or len(hole) > MOST_LOOKED_UP)
        if not is_told and any(highest.get(kind, 0) >= hole.stop for kind in kinds):
            yield hole


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


def _late(new: Sequence[Numbered], before: Sequence[Run]) -> Iterator[Late]:
    """Neighbours differ from their positions by the same."""
    found = [(number, run) for number, kind in new if (run := _gone_before(number, kind, before))]
    for (_, export), group in groupby(
        enumerate(found), key=lambda each: (each[1][0] - each[0], each[1][1].export)
    ):
        numbers = [number for _, (number, _) in group]
        yield Late(numbers[0], numbers[-1], export)


def _gone_before(number: int, kind: InvoiceKind, before: Sequence[Run]) -> Run | None:
    """The run of this series that is around the number, or not far above it."""
    for run in before[bisect_right(before, number - 1, key=lambda run: run.last) :]:
        if run.first - number > MOST_LOOKED_UP:
            return None
        if run.first <= number or kind in run.kinds:
            return run
    return None
