"""A crash before and after every call to the outside that the story makes, by every function; and at every call of AWS,
a service that refuses it, fails when all was done, or is asked twice."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from local.proof.fates import NONE, Chosen, Meets
from local.proof.simulation import play
from local.proof.stage import Setting, Stage
from local.proof.story import Cast, Size

TINY = Size(
    customers=3, projects=2, invoices=2, versions=2, costs=3, companies=4, period=timedelta(minutes=6)
)
SIZES = {Cast.MANY: replace(TINY, invoices=4)}
# The seeds of the stories in which each call is crashed, the shortest first.
STORIES = {Cast.ROUTES: 4, Cast.DESK: 4, Cast.BOOKS: 4, Cast.BELONGING: 4, Cast.MANY: 4}
AT_ONCE = 18  # crashes in one run
SLOW_AT_ONCE = 9  # each may last a minute
DEATHS: tuple[Meets, ...] = ("dies before", "dies after")


@dataclass(frozen=True)
class Crash:
    """Several in the same run."""

    cast: Cast
    chosen: tuple[Chosen, ...]


@dataclass(frozen=True)
class Outcome:
    """`left`: crashes that did not come about."""

    wrong: tuple[str, ...]
    left: tuple[Crash, ...]


def story(crash: Crash) -> Stage:
    size = SIZES.get(crash.cast, TINY)
    return play(Setting(STORIES[crash.cast], NONE, size, crash.chosen, cast=crash.cast))


def calls_of(cast: Cast) -> Counter[str]:
    return story(Crash(cast, ())).fates.seen


def calls_of_aws(cast: Cast) -> Counter[str]:
    fates = story(Crash(cast, ())).fates
    return Counter({site: count for site, count in fates.seen.items() if site in fates.of_aws})


def shared_out(calls: Mapping[Cast, Counter[str]]) -> dict[Cast, Counter[str]]:
    """Each call site to the first of these stories that comes there."""
    shares: dict[Cast, Counter[str]] = {}
    taken: set[str] = set()
    for cast, counts in calls.items():
        shares[cast] = Counter({site: count for site, count in counts.items() if site not in taken})
        taken |= set(counts)
    return shares


def crashes(calls: Counter[str], each: int, meets: Sequence[Meets] = DEATHS) -> Iterator[Chosen]:
    """`each` times at every call site, spread over its calls."""
    for site, count in sorted(calls.items()):
        for nth in sorted({1 + count * n // each for n in range(each)}):
            yield from (Chosen(site, nth, one) for one in meets)


def together(cast: Cast, chosen: Sequence[Chosen], at_once: int = AT_ONCE) -> list[Crash]:
    """Far apart from each other. What does not come about so, because of another crash, is left to be tried alone."""
    runs = -(-len(chosen) // at_once)
    return [Crash(cast, tuple(chosen[n::runs])) for n in range(runs)]


def outcome_of(crash: Crash) -> Outcome:
    stage = story(crash)
    left = [each for each in crash.chosen if not stage.fates.met[each.site, each.meets]]
    return Outcome(tuple(stage.wrong), tuple(Crash(crash.cast, (each,)) for each in left))
