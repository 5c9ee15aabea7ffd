"""A crash before and after every call to the outside that the story makes, by every function."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from local.proof.fates import NONE, Chosen, Meets
from local.proof.simulation import play
from local.proof.stage import Setting, Stage
from local.proof.story import Cast, Size

TINY = Size(customers=3, projects=2, invoices=2, versions=2, costs=3, period=timedelta(minutes=6))
STORIES = {Cast.BOOKS: 4, Cast.ROUTES: 4}  # the seeds of the stories in which each call is crashed
DEATHS: tuple[Meets, ...] = ("dies before", "dies after")


@dataclass(frozen=True)
class Crash:
    """One or more in the same run."""

    cast: Cast
    chosen: tuple[Chosen, ...]


def story(cast: Cast, chosen: tuple[Chosen, ...] = ()) -> Stage:
    return play(Setting(STORIES[cast], NONE, TINY, chosen, cast=cast))


def calls_of(cast: Cast) -> Counter[str]:
    return story(cast).fates.seen


def crashes(calls: Counter[str], each: int) -> Iterator[Chosen]:
    """`each` times at every call site, spread over its calls."""
    for site, count in sorted(calls.items()):
        for nth in sorted({1 + count * n // each for n in range(each)}):
            yield from (Chosen(site, nth, meets) for meets in DEATHS)


def together(chosen: Sequence[Chosen], at_once: int) -> Iterator[tuple[Chosen, ...]]:
    """Far apart from each other. What does not come about so, because of another crash, is left to be tried alone."""
    runs = -(-len(chosen) // at_once)
    yield from (tuple(chosen[n::runs]) for n in range(runs))


def not_met(stage: Stage, chosen: Iterable[Chosen]) -> list[Chosen]:
    return [each for each in chosen if not stage.fates.met[each.site, each.meets]]
