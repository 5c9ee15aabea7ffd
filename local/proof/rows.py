"""A row of the table of goals, and at which scale it is reached."""

from collections.abc import Callable
from dataclasses import dataclass

Say = Callable[[str], None]


@dataclass(frozen=True)
class Row:
    goal: str
    figures: str
    is_reached: bool


@dataclass(frozen=True)
class Scale:
    seeds: int
    seeds_of_routes: int
    seeds_of_all: int
    seeds_of_belonging: int
    seeds_of_many: int
    seeds_for_guards: int
    exports: int
    schedules: tuple[int, int]  # every one of at most so many preemptions and so many deaths
    adds: int
    hours: int
    crashes_at_each_site: int
    slow_at_each_site: int
    mornings: int
    events: int
    mutants: int


FULL = Scale(
    seeds=2_000,
    seeds_of_routes=1_000,
    seeds_of_all=200,
    seeds_of_belonging=1_000,
    seeds_of_many=4,
    seeds_for_guards=400,
    exports=20_000,
    schedules=(2, 1),
    adds=40_000,
    hours=1_000,
    crashes_at_each_site=4,
    slow_at_each_site=2,
    mornings=100,
    events=100_000,
    mutants=1_000_000,
)
SCHEDULES_OF_FEWER_SEEDS = (1, 1)  # they are far fewer, and cannot be had in proportion


def progress(done: int, of: int, wrong: int, say: Say) -> None:
    """Twenty times in all."""
    if done == of or done % max(1, of // 20) == 0:
        say(f"{done} of {of}, {wrong} wrong")
