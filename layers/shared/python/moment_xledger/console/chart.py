"""Where the bars of the last 24 hours stand: in a drawing 10 wide for each hour and 60 high, which a page stretches.

A pure function of the facts. There is no text in the drawing, for that would be stretched too.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from moment_xledger.console.facts.day import ClosingFacts, DayFacts, HourFacts
from moment_xledger.domain.kinds import Kind

COLUMN, HEIGHT, GAP = 10, 60, 1
HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Box:
    """`name` is a class of the stylesheet's."""

    name: str
    x: str
    y: str
    width: str
    height: str


@dataclass(frozen=True)
class Strip:
    """`highest`: what a bar of full height stands for."""

    boxes: list[Box]
    highest: int
    total: int


@dataclass(frozen=True)
class Chart:
    width: int
    height: int
    records: Strip
    requests: Strip
    closed: list[Box]
    marks: Sequence[datetime]  # the beginnings of four stretches of equal length


def chart(day: DayFacts) -> Chart:
    hours = day["hours"]
    records = [[(str(kind), hour["carried"][kind]) for kind in Kind] for hour in hours]
    return Chart(
        COLUMN * len(hours),
        HEIGHT,
        _strip(records),
        _strip([_requests(hour) for hour in hours]),
        list(_closed(day["closings"], hours[0]["begins"], hours[-1]["begins"] + HOUR)),
        [hour["begins"] for hour in hours[:: len(hours) // 4]],
    )


def _requests(hour: HourFacts) -> list[tuple[str, int]]:
    answered = hour["requests"] - hour["turned_away"]
    return [("request", max(answered, 0)), ("turned-away", hour["turned_away"])]


def _strip(columns: Sequence[Sequence[tuple[str, int]]]) -> Strip:
    sums = [sum(count for _, count in column) for column in columns]
    highest = max(sums, default=0)
    boxes = [box for n, column in enumerate(columns) for box in _bar(n, column, highest)]
    return Strip(boxes, highest, sum(sums))


def _bar(column: int, parts: Iterable[tuple[str, int]], highest: int) -> Iterable[Box]:
    """From the bottom up. What is there at all can be seen."""
    top = float(HEIGHT)
    for name, count in parts:
        if count:
            height = max(HEIGHT * count / highest, 1)
            top = max(top - height, 0)
            yield _box(name, column * COLUMN + GAP, top, COLUMN - 2 * GAP, height)


def _closed(closings: Iterable[ClosingFacts], first: datetime, last: datetime) -> Iterable[Box]:
    for closing in closings:
        start, end = max(closing["since"], first), min(closing["until"] or last, last)
        left, width = (start - first) / HOUR * COLUMN, (end - start) / HOUR * COLUMN
        yield _box("closed", left, 0, max(width, GAP), HEIGHT)


def _box(name: str, x: float, y: float, width: float, height: float) -> Box:
    return Box(name, *(f"{value:.2f}".rstrip("0").rstrip(".") for value in (x, y, width, height)))
