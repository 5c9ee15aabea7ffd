"""The backlog of the bulk edit over time, one line for each design, as an SVG that reads in light and in dark."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

LEFT, TOP, WIDTH, HEIGHT = 70, 60, 700, 300  # of what lies between the axes
HOUR = 60
LABEL = 16  # between two lines of text


@dataclass(frozen=True)
class Line:
    """`behind`: minutes since the start, and how many records are in an old version from then on."""

    name: str
    behind: Sequence[tuple[float, int]]

    @property
    def most(self) -> int:
        return max(count for _, count in self.behind)

    @property
    def last(self) -> tuple[float, int]:
        return self.behind[-1]

    @property
    def ends(self) -> str:
        minutes, count = self.last
        if count:
            return f"{count:,} never"
        return (
            f"all there after {minutes:.0f} min"
            if minutes < 2 * HOUR
            else f"all there after {minutes / HOUR:.0f} h"
        )


def draw(lines: Sequence[Line]) -> str:
    hours = ceil(max(line.last[0] for line in lines) / HOUR / 4) * 4
    most = ceil(max(line.most for line in lines) / 250) * 250
    scale = _Scale(hours * HOUR, most)
    drawn = [
        {"line": line, "path": scale.path(line), "label_y": y}
        for line, y in zip(lines, _labels(len(lines)), strict=True)
    ]
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent), undefined=StrictUndefined, autoescape=True
    )
    page = environment.get_template("backlog.svg.jinja")
    edges = {"left": LEFT, "top": TOP, "right": LEFT + WIDTH, "bottom": TOP + HEIGHT}
    return page.render(
        edges,
        drawn=drawn,
        hours=[(scale.x(hour * HOUR), hour) for hour in range(0, hours + 1, hours // 4)],
        legend=LABEL * len(drawn) + 4,
        counts=[(scale.y(count), count) for count in range(0, most + 1, 250)],
    )


@dataclass(frozen=True)
class _Scale:
    minutes: float
    most: int

    def x(self, minutes: float) -> float:
        return round(LEFT + WIDTH * minutes / self.minutes, 1)

    def y(self, count: int) -> float:
        return round(TOP + HEIGHT * (1 - count / self.most), 1)

    def path(self, line: Line) -> str:
        """In steps, to the right edge; of the changes within one tenth of a pixel only the last is drawn."""
        steps = {self.x(minutes): self.y(count) for minutes, count in line.behind}
        return "".join(self._path(steps, line.last[1]))

    def _path(self, steps: dict[float, float], at_the_end: int) -> Iterator[str]:
        yield f"M{self.x(0)} {self.y(0)}"
        yield from (f"H{x}V{y}" for x, y in steps.items())
        if at_the_end:
            yield f"H{LEFT + WIDTH}"


def _labels(count: int) -> list[int]:
    return [TOP + 14 + LABEL * place for place in range(count)]
