"""What whole simulated runs have to show."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

from local.proof.crashes import (
    DEATHS,
    SLOW_AT_ONCE,
    STORIES,
    Crash,
    calls_of,
    calls_of_aws,
    crashes,
    outcome_of,
    together,
)
from local.proof.fates import SLOW, Rates
from local.proof.guards import GUARDS, Guard
from local.proof.parallel import Workers
from local.proof.rows import Row, Say, Scale, progress
from local.proof.simulation import play
from local.proof.slowness import MOST_REFUSALS
from local.proof.stage import Setting
from local.proof.story import Cast, usual_size

FEW = 20


@dataclass(frozen=True)
class Outcome:
    """Of one simulated run; its schedule only if something went wrong."""

    wrong: tuple[str, ...]
    schedule: tuple[str, ...]
    sites: frozenset[str]
    crashed: frozenset[str]


def outcome(setting: Setting) -> Outcome:
    stage = play(setting)
    schedule = tuple(stage.schedule) if stage.wrong else ()
    crashed = frozenset(site for site, meets in stage.fates.met if meets in DEATHS)
    return Outcome(tuple(stage.wrong), schedule, frozenset(stage.fates.seen), crashed)


def every_call_site(scale: Scale, workers: Workers, say: Say) -> Row:
    """Several crashes in a run; those that did not come about, because of another one, by themselves afterwards."""
    sites, pieces = set[str](), list[Crash]()
    for cast, calls in workers.each(calls_of, tuple(STORIES)):
        sites |= set(calls)
        pieces += together(cast, list(crashes(calls, scale.crashes_at_each_site)))
    count = sum(len(each.chosen) for each in pieces)
    alone, wrong = _crash(pieces, workers, say)
    never, wrong_alone = _crash(alone, workers, say)
    wrong += wrong_alone + len(never)
    figures = f"{len(sites)} call sites, {count} crashes before and after calls; {wrong} runs wrong"
    return Row("G1 a crash at every call", figures, not wrong)


def slowness_at_every_call(scale: Scale, workers: Workers, say: Say) -> Row:
    """AWS's own trouble, where nothing else is wrong."""
    sites, pieces = set[str](), list[Crash]()
    for cast, calls in workers.each(calls_of_aws, tuple(STORIES)):
        new = Counter({site: count for site, count in calls.items() if site not in sites})
        sites |= set(new)
        pieces += together(cast, list(crashes(new, scale.slow_at_each_site, SLOW)), SLOW_AT_ONCE)
    count = sum(len(each.chosen) for each in pieces)
    alone, wrong = _crash(pieces, workers, say)
    never, wrong_alone = _crash(alone, workers, say)
    wrong += wrong_alone + len(never)
    figures = (
        f"{len(sites)} call sites of AWS, {count} times refused in a burst, failed when all was done or done twice; "
        f"{wrong} runs wrong, with a message worn out or with more than {MOST_REFUSALS} refusals of one call"
    )
    return Row("G19 AWS slows down at every call", figures, not wrong)


def slowness(scale: Scale, workers: Workers, say: Say) -> Row:
    """The same by lot, beside everything else."""
    rates = Rates(slowness=0.01)
    settings = [Setting(seed, rates, cast=Cast.ALL) for seed in range(scale.seeds_of_all)]
    return _played("   and beside all other faults", settings, workers, say)


def _crash(pieces: Sequence[Crash], workers: Workers, say: Say) -> tuple[list[Crash], int]:
    left, wrong = list[Crash](), 0
    for done, (piece, found) in enumerate(workers.each(outcome_of, pieces), 1):
        left += found.left
        wrong += bool(found.wrong)
        if found.wrong:
            say(f"{piece}: {found.wrong}")
        progress(done, len(pieces), wrong, say)
    return left, wrong


def update_path(scale: Scale, workers: Workers, say: Say) -> Row:
    return _seeds("G3 updates and files under all faults", Cast.BOOKS, scale.seeds, workers, say)


def routes(scale: Scale, workers: Workers, say: Say) -> Row:
    return _seeds("   mails, uploads, expenses, the same", Cast.ROUTES, scale.seeds_of_routes, workers, say)


def desk(scale: Scale, workers: Workers, say: Say) -> Row:
    return _seeds("   people in the console, the same", Cast.DESK, scale.seeds_of_routes, workers, say)


def right_records(scale: Scale, workers: Workers, say: Say) -> Row:
    """Tokens, owner codes and numbers change, and people work in Xledger."""
    goal = "G18 every write on the right record"
    return _seeds(goal, Cast.BELONGING, scale.seeds_of_belonging, workers, say)


def many_companies(scale: Scale, workers: Workers, say: Say) -> Row:
    """A hundred, whose invoices are held and go by themselves."""
    return _seeds("   a hundred companies, the same", Cast.MANY, scale.seeds_of_many, workers, say)


def all_together(scale: Scale, workers: Workers, say: Say) -> Row:
    return _seeds("   all companies at once, the same", Cast.ALL, scale.seeds_of_all, workers, say)


def _seeds(goal: str, cast: Cast, seeds: int, workers: Workers, say: Say) -> Row:
    size = usual_size(cast)
    return _played(goal, [Setting(seed, size=size, cast=cast) for seed in range(seeds)], workers, say)


def _played(goal: str, settings: Sequence[Setting], workers: Workers, say: Say) -> Row:
    wrong, sites, crashed, seeds = 0, set[str](), set[str](), len(settings)
    for done, (setting, one) in enumerate(workers.each(outcome, settings), 1):
        wrong, sites, crashed = wrong + bool(one.wrong), sites | one.sites, crashed | one.crashed
        if one.wrong:
            say("\n".join([*one.schedule, f"seed {setting.seed} of {setting.cast}: {one.wrong}"]))
        progress(done, seeds, wrong, say)
    never = sorted(sites - crashed)
    for site in never if len(never) <= FEW else ():
        say(f"never crashed here: {site}")
    figures = (
        f"{seeds} seeds, {wrong} with anything lost, doubled, old or on another's record; "
        f"{len(crashed)} of {len(sites)} call sites crashed"
    )
    return Row(goal, figures, not wrong)


def first_caught(guard: Guard, seeds: int) -> int | None:
    """A seed that fails without this guard."""
    tried = chain([guard.shown_by], range(seeds))
    with guard.is_down():
        return next((seed for seed in tried if guard.wrong(seed)), None)


def _caught(piece: tuple[int, int]) -> int | None:
    return first_caught(GUARDS[piece[0]], piece[1])


def guards(scale: Scale, workers: Workers, say: Say) -> Row:
    missed = 0
    pieces = [(n, scale.seeds_for_guards) for n in range(len(GUARDS))]
    for (n, _), seed in workers.each(_caught, pieces):
        say(f"without '{GUARDS[n].name}': " + ("nobody notices" if seed is None else f"seed {seed} fails"))
        missed += seed is None
    figures = f"{len(GUARDS) - missed} of {len(GUARDS)} guards, taken down one by one, are missed"
    return Row("G13 every guard is needed", figures, not missed)
