"""The goals, each with the figures that say whether it was reached."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain

from local.bench import edits
from local.proof.adding import add_many
from local.proof.fates import NONE, Chosen, Meets
from local.proof.guards import GUARDS, Guard
from local.proof.limiter import saturate
from local.proof.simulation import Setting, Stage, play
from local.proof.story import Size

TINY = Size(customers=3, projects=2, invoices=2, versions=2)
USUAL_STORY = 4  # the seed of the story in which each call is crashed
DEATHS: tuple[Meets, ...] = ("dies before", "dies after")
Progress = Callable[[str], None]


@dataclass(frozen=True)
class Row:
    goal: str
    figures: str
    is_reached: bool


@dataclass(frozen=True)
class Scale:
    seeds: int
    seeds_for_guards: int
    adds: int
    hours: int
    crashes_at_each_site: int


FULL = Scale(seeds=2_000, seeds_for_guards=400, adds=40_000, hours=1_000, crashes_at_each_site=5)


def crashes(each: int) -> Iterator[Chosen]:
    """Before and after each call of the story, `each` times at every call site, spread over its calls."""
    calls = play(Setting(USUAL_STORY, NONE, TINY)).fates.seen
    for site, count in sorted(calls.items()):
        for nth in sorted({1 + count * n // each for n in range(each)}):
            for meets in DEATHS:
                yield Chosen(site, nth, meets)


def crash(chosen: Chosen) -> Stage:
    return play(Setting(USUAL_STORY, NONE, TINY, chosen))


def every_call_site(scale: Scale, say: Progress) -> Row:
    wrong, runs = 0, 0
    sites: set[str] = set()
    for chosen in crashes(scale.crashes_at_each_site):
        stage = crash(chosen)
        met = stage.fates.met[chosen.site, chosen.meets]
        wrong += bool(stage.wrong) or not met
        runs, sites = runs + 1, sites | {chosen.site}
        if stage.wrong:
            say(f"{chosen}: {stage.wrong}")
    for site in sorted(sites):
        say(site)
    figures = f"{len(sites)} call sites, {runs} crashes before and after; {wrong} runs wrong"
    return Row("G1 a crash at every call", figures, not wrong)


def update_path(scale: Scale, say: Progress) -> Row:
    begun, wrong, crashed = time.monotonic(), 0, set()
    sites: set[str] = set()
    for seed in range(scale.seeds):
        stage = play(Setting(seed))
        sites |= set(stage.fates.seen)
        crashed |= {site for site, meets in stage.fates.met if meets in DEATHS}
        wrong += bool(stage.wrong)
        if stage.wrong:
            say("\n".join([*stage.schedule, f"seed {seed}: {stage.wrong}"]))
        if seed % 50 == 49:
            say(f"{seed + 1} seeds, {wrong} wrong, {time.monotonic() - begun:.0f} s")
    for site in sorted(sites - crashed):
        say(f"never crashed here: {site}")
    figures = (
        f"{scale.seeds} seeds, {wrong} with anything lost, doubled or old; "
        f"{len(crashed)} of {len(sites)} call sites crashed"
    )
    return Row("G3 updates and exports under all faults", figures, not wrong)


def adds(scale: Scale, say: Progress) -> Row:
    added = add_many(scale.adds)
    say(str(added))
    figures = f"{added.customers} customers, {added.doubled} doubled, {added.missing} missing"
    return Row("G4 adds with lost answers", figures, not (added.doubled or added.missing))


def burst_of_edits(_: Scale, say: Progress) -> Row:
    outcome = edits.ours()
    say(str(outcome))
    figures = f"{outcome.requests} requests, {outcome.refused} refused, {outcome.wrong} wrong"
    is_reached = outcome.requests <= 200 and not (outcome.refused or outcome.wrong or outcome.dead)
    return Row("G5 5,000 edits on 500 an hour", figures, is_reached)


def limits(scale: Scale, say: Progress) -> Row:
    alone = [saturate(scale.hours, plan) for plan in (500, 1_000)]
    shared = saturate(scale.hours, 1_000, others=100)
    say(f"{alone}, with others {shared}")
    refused = sum(each.refused for each in alone)
    figures = (
        f"{scale.hours} h: {refused} refused alone, {shared.refused_an_hour:.2f}/h with 100 foreign calls/h"
    )
    return Row("G6 limits", figures, not refused and shared.refused_an_hour <= 0.2)


def first_caught(guard: Guard, seeds: int) -> int | None:
    """A seed that fails without this guard."""
    tried = chain([guard.shown_by], range(seeds))
    with guard.is_down():
        return next((seed for seed in tried if play(guard.change(Setting(seed))).wrong), None)


def guards(scale: Scale, say: Progress) -> Row:
    missed = []
    for guard in GUARDS:
        seed = first_caught(guard, scale.seeds_for_guards)
        say(f"without '{guard.name}': " + ("nobody notices" if seed is None else f"seed {seed} fails"))
        missed += [guard.name] if seed is None else []
    figures = f"{len(GUARDS) - len(missed)} of {len(GUARDS)} guards missed when taken down"
    return Row("G13 every guard is needed", figures, not missed)


GOALS = (every_call_site, update_path, adds, burst_of_edits, limits, guards)
