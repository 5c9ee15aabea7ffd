"""The table of what each function costs as there is more and more."""

from collections.abc import Sequence
from contextlib import closing

from local.bench.frame import Cell, Say, Table
from local.bench.scale.cases import CASES, Case, Growth
from local.bench.scale.site import Cost
from local.proof.parallel import Workers

SIZES = (1, 10, 100)
MOST = 1.2  # of what was promised
COUNTED = ("calls", "reads", "writes", "requests")
COLUMNS = (
    "what",
    "n",
    "calls of functions",
    "calls of AWS",
    "read units",
    "write units",
    "requests",
    "seconds",
    "of the longest call",
    "promised",
    "growth",
)
NOTE = (
    "The functions as they are deployed, over twins in memory. Requests are those to Xledger and to Moment. Seconds: 5 "
    "ms for a call of AWS and some 400 ms for a request are assumed, and the processor's are added. Growth: of calls, "
    "units or requests, whichever grew most from n to 100 n; where it may be linear, for each of n. At most 1.2 is "
    "promised."
)
Piece = tuple[int, int]  # the place of a case, and its size


def scale(say: Say) -> list[Table]:
    """On all cores, the longest first."""
    costs: dict[Piece, Cost] = {}
    pieces = [(n, size) for size in reversed(SIZES) for n in range(len(CASES))]
    with closing(Workers()) as workers:
        for (n, size), cost in workers.each(_cost_of_piece, pieces):
            say(f"{CASES[n].what}: {CASES[n].first * size:,}")
            costs[n, size] = cost
    rows = [_rows(case, [costs[n, size] for size in SIZES]) for n, case in enumerate(CASES)]
    return [Table("Scale", COLUMNS, [row for some in rows for row in some], NOTE)]


def _cost_of_piece(piece: Piece) -> Cost:
    case = CASES[piece[0]]
    return cost_of(case, case.first * piece[1])


def cost_of(case: Case, count: int) -> Cost:
    site, work = case.site(count)
    return site.cost_of(work)


def growth(before: Cost, after: Cost, times: float) -> float:
    """Of what grew most. `times`: what it may have grown by, as there is so much more to do."""
    counted = ((getattr(before, name), getattr(after, name)) for name in COUNTED)
    return max((new / max(old, 1) / times for old, new in counted), default=0)


def _rows(case: Case, costs: Sequence[Cost]) -> list[list[Cell]]:
    grown = growth(costs[0], costs[-1], SIZES[-1] if case.growth is Growth.LINEAR else 1)
    ends: list[list[Cell]] = [[None, None], [None, None], [case.growth and case.growth.value, grown]]
    return [
        [case.what if not n else None, case.first * SIZES[n], *_figures(cost), *ends[n]]
        for n, cost in enumerate(costs)
    ]


def _figures(cost: Cost) -> list[Cell]:
    counted: list[Cell] = [cost.functions, cost.calls, cost.reads, cost.writes, cost.requests]
    return [*counted, cost.seconds, cost.longest]
