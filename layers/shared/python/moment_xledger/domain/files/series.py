"""What is missing from the series of invoice numbers. The law wants a series whose completeness can be checked.

Invoices and credit notes are one series or two, which the numbers show: those that have left lie in runs without holes,
and a run knows which kinds are in it. What lies between the first and the last number of a kind belongs to its series;
what lies between all invoices and all credit notes belongs to none, unless they nearly meet there: two series never
begin so close together. So a higher number hides nothing below it.
"""

from array import array
from bisect import bisect_right
from collections import deque
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

NEARLY_MEET = 50  # numbers, of which two series have far more between them

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


class Numbers:
    """Invoice numbers with their kinds, in order: eight bytes each, for there may be a million."""

    def __init__(self, numbers: Iterable[Numbered] = ()) -> None:
        packed = [pack(*each) for each in numbers]
        self._packed = array("q", sorted(packed))

    @classmethod
    def packed(cls, in_order: "array[int]") -> "Numbers":
        """As `pack` makes them."""
        made = cls()
        made._packed = in_order
        return made

    def __len__(self) -> int:
        return len(self._packed)

    def __iter__(self) -> Iterator[Numbered]:
        return map(_unpacked, self._packed)


def pack(number: int, kind: InvoiceKind) -> int:
    """In the order of the numbers."""
    return number << 1 | (kind is InvoiceKind.CREDIT_NOTE)


def _unpacked(packed: int) -> Numbered:
    return packed >> 1, InvoiceKind.CREDIT_NOTE if packed & 1 else InvoiceKind.INVOICE


def runs_after(before: Sequence[Run], numbers: Iterable[Numbered], export: int) -> tuple[Run, ...]:
    """In order; of many the lowest are one, as if nothing were missing there any more. `numbers` in any order."""
    kept: deque[Run] = deque()
    lowest: Run | None = None
    for run in _with(before, _in_order(numbers), export):
        kept.append(run)
        if len(kept) > MOST_RUNS - 1:
            lowest = _around(lowest, kept.popleft())
    return (*([lowest] if lowest else ()), *kept)


def _around(lower: Run | None, run: Run) -> Run:
    if lower is None:
        return run
    return Run(lower.first, run.last, lower.kinds | run.kinds, max(lower.export, run.export))


def check_series(numbers: Iterable[Numbered], before: Sequence[Run], reasons: Reasons) -> SeriesReport:
    """What is newly missing, and what fills an old hole. `numbers` in any order; before the first run of a series there
    is no telling what is missing."""
    new = _in_order(numbers)
    holes = _new_holes(before, new)
    gaps, late = _gaps(holes, reasons), _late(new, before)
    # Listed first, counted then: both are read once.
    listed_gaps, listed_late = tuple(islice(gaps, MOST_LISTED)), tuple(islice(late, MOST_LISTED))
    return SeriesReport(listed_gaps, listed_late, sum(1 for _ in gaps), sum(1 for _ in late))


def _in_order(numbers: Iterable[Numbered]) -> Numbers:
    return numbers if isinstance(numbers, Numbers) else Numbers(numbers)


def _with(before: Sequence[Run], numbers: Numbers, export: int) -> Iterator[Run]:
    """Neighbours become one run."""
    last: Run | None = None
    for run in merge(before, _runs(numbers, export), key=lambda run: run.first):
        if last and run.first <= last.last + 1:
            ends = last.first, max(last.last, run.last)
            last = Run(*ends, last.kinds | run.kinds, max(last.export, run.export))
        else:
            if last:
                yield last
            last = run
    if last:
        yield last


def _runs(numbers: Numbers, export: int) -> Iterator[Run]:
    """One for each stretch of numbers, however long: an export may hold a million."""
    first = last = 0
    kinds: set[InvoiceKind] = set()
    for number, kind in numbers:
        if kinds and number != last + 1:
            yield Run(first, last, frozenset(kinds), export)
            kinds = set()
        first, last = number if not kinds else first, number
        kinds.add(kind)
    if kinds:
        yield Run(first, last, frozenset(kinds), export)


def _holes(runs: Callable[[], Iterable[Run]]) -> Iterator[tuple[range, frozenset[InvoiceKind]]]:
    """What lies between the first and the last number of a kind and has not left, with the kinds that say so; of a
    short hole between all invoices and all credit notes both do."""
    spans = _spans(runs())
    for below, above in pairwise(runs()):
        hole = range(below.last + 1, above.first)
        kinds = frozenset(kind for kind, span in spans.items() if hole.start in span and hole[-1] in span)
        if not kinds and len(hole) <= NEARLY_MEET:
            kinds = ONE_SERIES
        if kinds:
            yield hole, kinds


def _spans(runs: Iterable[Run]) -> dict[InvoiceKind, range]:
    """From the first run of a kind to its last."""
    found: dict[InvoiceKind, range] = {}
    for run in runs:
        for kind in run.kinds:
            found[kind] = range(found[kind].start if kind in found else run.first, run.last + 1)
    return found


def _new_holes(before: Sequence[Run], new: Numbers) -> Iterator[range]:
    """Those that were not told before: below a new number of the series, and above one if they are no jump. Of a jump
    the rest is told hole by hole."""
    known = [hole for hole, _ in _holes(lambda: before)]
    starts = [hole.start for hole in known]
    highest = {kind: number for number, kind in new}
    for hole, kinds in _holes(lambda: _with(before, new, 0)):
        at = bisect_right(starts, hole.start) - 1
        covering = known[at] if at >= 0 and hole.stop <= known[at].stop else None
        is_told = covering and (len(covering) <= MOST_LOOKED_UP or len(hole) > MOST_LOOKED_UP)
        is_above = covering is None and len(hole) <= MOST_LOOKED_UP
        if not is_told and (is_above or any(highest.get(kind, 0) >= hole.stop for kind in kinds)):
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


def _late(new: Numbers, before: Sequence[Run]) -> Iterator[Late]:
    """Each stretch of them that belongs before the same export."""
    so_far: Late | None = None
    for number, run in _with_runs_above(new, before):
        if so_far and (so_far.last + 1, so_far.belongs_before) == (number, run.export):
            so_far = Late(so_far.first, number, run.export)
            continue
        if so_far:
            yield so_far
        so_far = Late(number, number, run.export)
    if so_far:
        yield so_far


def _with_runs_above(new: Numbers, before: Sequence[Run]) -> Iterator[tuple[int, Run]]:
    return ((number, run) for number, kind in new if (run := _gone_before(number, kind, before)))


def _gone_before(number: int, kind: InvoiceKind, before: Sequence[Run]) -> Run | None:
    """The run of this series that is around the number, or not far above it."""
    for run in before[bisect_right(before, number - 1, key=lambda run: run.last) :]:
        if run.first - number > MOST_LOOKED_UP:
            return None
        if run.first <= number or kind in run.kinds:
            return run
    return None
