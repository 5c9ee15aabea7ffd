"""The goals, each with the figures that say whether it was reached."""

import re
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import chain

from local import ROOT
from local.bench import edits, onboarding
from local.proof.adding import A_WORLD, Added, add_many
from local.proof.crashes import DEATHS, Crash, calls_of, crashes, not_met, story
from local.proof.exporting import CLICKS, Explored, Told, explore, play_lot
from local.proof.exporting import DEATHS as EXPORT_DEATHS
from local.proof.fuzz import Fuzzed, fuzz
from local.proof.guards import GUARDS, Guard
from local.proof.limiter import Hours, saturate
from local.proof.load import load
from local.proof.parallel import Workers
from local.proof.simulation import play
from local.proof.stage import Setting
from local.proof.story import Cast

Say = Callable[[str], None]
A_PIECE = 500  # export runs, or explored first choices
MUTANTS = 20_000  # in a piece


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
    seeds_for_guards: int
    exports: int
    schedules: tuple[tuple[int, int], ...]  # every one with at most so many preemptions and so many deaths
    adds: int
    hours: int
    crashes_at_each_site: int
    events: int
    mutants: int


FULL = Scale(
    seeds=2_000,
    seeds_of_routes=1_000,
    seeds_of_all=200,
    seeds_for_guards=400,
    exports=20_000,
    schedules=((2, 0), (1, 1)),
    adds=40_000,
    hours=1_000,
    crashes_at_each_site=2,
    events=100_000,
    mutants=1_000_000,
)


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


def crash(chosen: Crash) -> list[str]:
    """What is wrong; that it did not come about is wrong as well."""
    stage = story(chosen.cast, chosen.chosen)
    return stage.wrong + [f"{each} did not come about" for each in not_met(stage, chosen.chosen)]


def every_call_site(scale: Scale, workers: Workers, say: Say) -> Row:
    wrong, sites, pieces = 0, set(), []
    for cast, calls in workers.each(calls_of, (Cast.BOOKS, Cast.ROUTES)):
        sites |= set(calls)
        pieces += [Crash(cast, (each,)) for each in crashes(calls, scale.crashes_at_each_site)]
    for done, (piece, faults) in enumerate(workers.each(crash, pieces), 1):
        wrong += bool(faults)
        if faults:
            say(f"{piece}: {faults}")
        _progress(done, len(pieces), wrong, say)
    figures = f"{len(sites)} call sites, {len(pieces)} crashes before and after; {wrong} runs wrong"
    return Row("G1 a crash at every call", figures, not wrong)


def exports_by_lot(scale: Scale, workers: Workers, say: Say) -> Row:
    pieces = [range(first, min(first + A_PIECE, scale.exports)) for first in range(0, scale.exports, A_PIECE)]
    steps = deaths = wrong = 0
    for done, (_, told) in enumerate(workers.each(play_lots, pieces), 1):
        steps, deaths, wrong = steps + told.steps, deaths + told.deaths, wrong + len(told.wrong)
        for each in told.wrong:
            say(each)
        _progress(done, len(pieces), wrong, say)
    figures = (
        f"{scale.exports} runs of {CLICKS} clicks, {EXPORT_DEATHS:.0%} deaths before and after each call: "
        f"{deaths} in {steps} calls; {wrong} lost, doubled or changed"
    )
    return Row("G2 exports by lot", figures, not wrong)


def play_lots(seeds: range) -> Told:
    told = {seed: play_lot(seed) for seed in seeds}
    wrong = tuple(f"export seed {seed}: {each}" for seed, one in told.items() for each in one.wrong)
    return Told(sum(each.steps for each in told.values()), sum(each.deaths for each in told.values()), wrong)


def exports_by_every_schedule(scale: Scale, workers: Workers, say: Say) -> Row:
    of = 4 * workers.count
    pieces = [(*bounds, first, of) for bounds in scale.schedules for first in range(of)]
    total = Explored()
    for done, (_, found) in enumerate(workers.each(_explored, pieces), 1):
        total.schedules += found.schedules
        total.joined += found.joined
        total.wrong += found.wrong
        _progress(done, len(pieces), total.wrong, say)
    bounds = ", ".join(
        f"{preemptions} preemptions and {deaths} deaths" for preemptions, deaths in scale.schedules
    )
    figures = (
        f"every schedule of at most {bounds}: {total.schedules} to their end, "
        f"{total.joined} to where one of those had been; {total.wrong} wrong"
    )
    return Row("G2 exports by every schedule", figures, not total.wrong)


def _explored(piece: tuple[int, int, int, int]) -> Explored:
    return explore(*piece)


def update_path(scale: Scale, workers: Workers, say: Say) -> Row:
    return _seeds("G3 updates and files under all faults", Cast.BOOKS, scale.seeds, workers, say)


def routes(scale: Scale, workers: Workers, say: Say) -> Row:
    return _seeds("   mails, uploads, expenses, the same", Cast.ROUTES, scale.seeds_of_routes, workers, say)


def all_together(scale: Scale, workers: Workers, say: Say) -> Row:
    return _seeds("   all companies at once, the same", Cast.ALL, scale.seeds_of_all, workers, say)


def _seeds(goal: str, cast: Cast, seeds: int, workers: Workers, say: Say) -> Row:
    wrong, sites, crashed = 0, set[str](), set[str]()
    settings = [Setting(seed, cast=cast) for seed in range(seeds)]
    for done, (setting, one) in enumerate(workers.each(outcome, settings), 1):
        wrong, sites, crashed = wrong + bool(one.wrong), sites | one.sites, crashed | one.crashed
        if one.wrong:
            say("\n".join([*one.schedule, f"seed {setting.seed} of {cast}: {one.wrong}"]))
        _progress(done, seeds, wrong, say)
    for site in sorted(sites - crashed):
        say(f"never crashed here: {site}")
    figures = (
        f"{seeds} seeds, {wrong} with anything lost, doubled or old; "
        f"{len(crashed)} of {len(sites)} call sites crashed"
    )
    return Row(goal, figures, not wrong)


def adds(scale: Scale, workers: Workers, say: Say) -> Row:
    pieces = [(min(A_WORLD, scale.adds - begun), 1 + begun) for begun in range(0, scale.adds, A_WORLD)]
    doubled = missing = lost = 0
    for done, (_, added) in enumerate(workers.each(_added, pieces), 1):
        doubled, missing = doubled + added.doubled, missing + added.missing
        lost += added.lost_answers
        _progress(done, len(pieces), doubled + missing, say)
    figures = f"{scale.adds} customers, {lost} lost answers: {doubled} doubled, {missing} missing"
    return Row("G4 adds with lost answers", figures, not (doubled or missing))


def _added(piece: tuple[int, int]) -> Added:
    return add_many(*piece)


def burst_of_edits(_: Scale, workers: Workers, say: Say) -> Row:
    found = edits.ours()
    say(str(found))
    new = onboarding.ours()
    figures = (
        f"{found.requests} requests, {found.refused} refused, {found.wrong} wrong; 5,000 new: {new} requests"
    )
    is_reached = found.requests <= 200 and not (found.refused or found.wrong or found.dead) and new <= 300
    return Row("G5 5,000 edits on 500 an hour", figures, is_reached)


def limits(scale: Scale, workers: Workers, say: Say) -> Row:
    asked = [(scale.hours, 500, 0), (scale.hours, 1_000, 0), (scale.hours, 1_000, 100)]
    found = dict(workers.each(_saturated, asked))
    say(str(found))
    refused = sum(found[each].refused for each in asked[:2])
    shared = found[asked[2]].refused_an_hour
    figures = f"{scale.hours} h: {refused} refused alone, {shared:.2f}/h with 100 foreign calls/h"
    return Row("G6 limits", figures, not refused and shared <= 0.2)


def _saturated(piece: tuple[int, int, int]) -> Hours:
    return saturate(*piece)


def many_events(scale: Scale, workers: Workers, say: Say) -> Row:
    (loaded,) = (found for _, found in workers.each(load, [scale.events]))
    figures = (
        f"{loaded.events} events in {loaded.seconds:.0f} s of one core, {loaded.wrong} wrong, "
        f"{loaded.grown:+.0f} MB while the last 60 % came"
    )
    is_flat = loaded.grown < 20
    return Row("G9 many events", figures, loaded.seconds <= 60 and is_flat and not loaded.wrong)


def mutants(scale: Scale, workers: Workers, say: Say) -> Row:
    read = refused = wrong = 0
    firsts = range(0, scale.mutants, MUTANTS)
    for done, (_, found) in enumerate(workers.each(_fuzzed, firsts), 1):
        read, refused, wrong = read + found.read, refused + found.refused, wrong + len(found.wrong)
        for each in found.wrong[:10]:
            say(each)
        _progress(done, len(firsts), wrong, say)
    figures = f"{read + refused} mutated events: {read} read, {refused} refused with a reason, {wrong} anything else"
    return Row("G10 broken events", figures, not wrong)


def _fuzzed(first: int) -> Fuzzed:
    return fuzz(first, MUTANTS)


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
    figures = f"{len(GUARDS) - missed} of {len(GUARDS)} guards missed when taken down"
    return Row("G13 every guard is needed", figures, not missed)


SHOWN_BY_TESTS = {
    "G10 hostile text in files": ("tests/domain/test_files.py", "hostile"),
    "G12 secrets come out nowhere": ("tests/test_canaries.py", ""),
    "G14 5,000 failures are two mails": ("tests/flows/test_send_notices.py", "five_thousand or at_most"),
    "G15 each reply at each call": ("tests/flows/test_replies_at_each_call.py", ""),
    "G16 the same bytes everywhere": (
        "tests/domain/test_files.py tests/adapters/test_review_file.py",
        "bytes or byte",
    ),
}


def shown_by_tests(_: Scale, workers: Workers, say: Say) -> list[Row]:
    return [row for _, row in workers.each(_tested, tuple(SHOWN_BY_TESTS))]


def _tested(goal: str) -> Row:
    paths, chosen = SHOWN_BY_TESTS[goal]
    command = [sys.executable, "-m", "pytest", *paths.split(), *(["-k", chosen] if chosen else [])]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    passed = re.search(r"(\d+) passed", done.stdout)
    figures = f"{passed[1] if passed else 'no'} tests of {paths.replace(' ', ', ')}"
    return Row(goal, figures, done.returncode == 0 and passed is not None)


def _progress(done: int, of: int, wrong: int, say: Say) -> None:
    """Twenty times in all."""
    if done == of or done % max(1, of // 20) == 0:
        say(f"{done} of {of}, {wrong} wrong")


Goal = Callable[[Scale, Workers, Say], Row | list[Row]]
GOALS: Sequence[Goal] = (
    every_call_site,
    exports_by_lot,
    exports_by_every_schedule,
    update_path,
    routes,
    all_together,
    adds,
    burst_of_edits,
    limits,
    many_events,
    mutants,
    guards,
    shown_by_tests,
)
