"""What every benchmark is made of: rounds that take turns, medians with their spread, and tables of them."""

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import isinf
from statistics import median
from typing import Any

ROUNDS = 5
Say = Callable[[str], None]


@dataclass(frozen=True)
class Spread:
    """A median, and between what the rounds lay."""

    median: float
    low: float
    high: float

    @classmethod
    def of(cls, values: Iterable[float]) -> "Spread":
        known = sorted(values)
        return cls(median(known), known[0], known[-1])

    def __str__(self) -> str:
        middle, low, high = (shown(each) for each in (self.median, self.low, self.high))
        return middle if low == high else f"{middle} ({low}–{high})"


Cell = str | float | Spread | None


@dataclass(frozen=True)
class Table:
    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    note: str = ""

    def markdown(self) -> str:
        lines = [self.columns, ["---"] * len(self.columns), *self.rows]
        table = "\n".join("| " + " | ".join(_text(cell) for cell in line) + " |" for line in lines)
        return "\n\n".join(filter(None, [f"### {self.title}", self.note, table]))

    def data(self) -> dict[str, Any]:
        rows = [dict(zip(self.columns, map(_plain, row), strict=True)) for row in self.rows]
        return {"title": self.title, "note": self.note, "rows": rows}


@dataclass(frozen=True)
class Race:
    """`ratio` is ours to the baseline's, round by round, so that what else the machine does falls out of it."""

    ours: Spread
    baseline: Spread
    ratio: Spread


def race(ours: Callable[[], float], baseline: Callable[[], float], rounds: int = ROUNDS) -> Race:
    """Who begins changes from round to round."""
    found: list[tuple[float, float]] = []
    for number in range(rounds):
        if number % 2:
            second, first = baseline(), ours()
        else:
            first, second = ours(), baseline()
        found.append((first, second))
    return Race(
        Spread.of(first for first, _ in found),
        Spread.of(second for _, second in found),
        Spread.of(first / second for first, second in found),
    )


def spent(work: Callable[[], object]) -> float:
    """Seconds of the processor; what others do meanwhile does not count."""
    began = time.process_time()
    work()
    return time.process_time() - began


def shown(value: float) -> str:
    if isinf(value):
        return "never"
    if value == int(value) or abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2g}" if abs(value) < 0.1 else f"{value:.2f}"


def _text(cell: Cell) -> str:
    return "" if cell is None else shown(cell) if isinstance(cell, int | float) else str(cell)


def _plain(cell: Cell) -> Any:
    """JSON knows no infinity: never is null."""
    if isinstance(cell, Spread):
        return {name: _plain(value) for name, value in vars(cell).items()}
    return None if isinstance(cell, float) and isinf(cell) else cell
