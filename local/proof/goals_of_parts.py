"""What is shown faster without the whole simulation: by the same code, with less around it."""

from local.bench.contest.playing import play as play_contest
from local.proof.adding import A_WORLD, Added, add_many
from local.proof.exporting import CLICKS, DEATHS, MEETINGS, Explored, Told, explore, play_lot
from local.proof.fuzz import Fuzzed, fuzz
from local.proof.limiter import Hours, saturate
from local.proof.load import load
from local.proof.parallel import Workers
from local.proof.rows import Row, Say, Scale, progress

A_PIECE = 100  # export runs
MUTANTS = 20_000  # in a piece
MOST_TOLD = 10  # of what is wrong with one piece


def exports_by_lot(scale: Scale, workers: Workers, say: Say) -> Row:
    pieces = [range(first, min(first + A_PIECE, scale.exports)) for first in range(0, scale.exports, A_PIECE)]
    steps = deaths = wrong = 0
    for done, (_, told) in enumerate(workers.each(play_lots, pieces), 1):
        steps, deaths, wrong = steps + told.steps, deaths + told.deaths, wrong + len(told.wrong)
        for each in told.wrong:
            say(each)
        progress(done, len(pieces), wrong, say)
    figures = (
        f"{scale.exports} runs of {CLICKS} clicks, {DEATHS:.0%} deaths before and after each call: "
        f"{deaths} in {steps} calls; {wrong} lost, doubled or changed"
    )
    return Row("G2 exports by lot", figures, not wrong)


def play_lots(seeds: range) -> Told:
    told = {seed: play_lot(seed) for seed in seeds}
    wrong = tuple(f"export seed {seed}: {each}" for seed, one in told.items() for each in one.wrong)
    return Told(sum(each.steps for each in told.values()), sum(each.deaths for each in told.values()), wrong)


def exports_by_every_schedule(scale: Scale, workers: Workers, say: Say) -> Row:
    pieces = [(meeting, *scale.schedules) for meeting in MEETINGS]
    states = steps = wrong = 0
    for done, (piece, found) in enumerate(workers.each(_explored, pieces), 1):
        states, steps, wrong = states + found.states, steps + found.steps, wrong + len(found.wrong)
        for each in found.wrong[:MOST_TOLD]:
            say(f"{piece[0]}: {each}")
        progress(done, len(pieces), wrong, say)
    preemptions, deaths = scale.schedules
    figures = (
        f"every schedule with up to {preemptions} preemptions and {deaths} deaths before or after a call, of "
        f"{', '.join(MEETINGS)}: {states} states, left in all {steps} ways; "
        f"{wrong} lost, doubled, changed or never done"
    )
    return Row("G2 exports by every schedule", figures, not wrong)


def _explored(piece: tuple[str, int, int]) -> Explored:
    return explore(*piece)


def adds(scale: Scale, workers: Workers, say: Say) -> Row:
    pieces = [(min(A_WORLD, scale.adds - begun), 1 + begun) for begun in range(0, scale.adds, A_WORLD)]
    doubled = missing = lost = 0
    for done, (_, added) in enumerate(workers.each(_added, pieces), 1):
        doubled, missing = doubled + added.doubled, missing + added.missing
        lost += added.lost_answers
        progress(done, len(pieces), doubled + missing, say)
    figures = f"{scale.adds} customers, {lost} lost answers: {doubled} doubled, {missing} missing"
    return Row("G4 adds with lost answers", figures, not (doubled or missing))


def _added(piece: tuple[int, int]) -> Added:
    return add_many(*piece)


def burst_of_edits(_: Scale, workers: Workers, say: Say) -> Row:
    found, new = (play_contest(load, None, seed=1) for load in ("bulk edit", "onboarding"))
    wrong = found.freshness.wrong + new.freshness.wrong
    figures = f"{found.requests} requests, {found.refused} refused, {wrong} wrong; 5,000 new: {new.requests} requests"
    say(figures)
    is_reached = found.requests <= 200 and not (found.refused or wrong or found.dead) and new.requests <= 300
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
        for each in found.wrong[:MOST_TOLD]:
            say(each)
        progress(done, len(firsts), wrong, say)
    figures = f"{read + refused} mutated events: {read} read, {refused} refused with a reason, {wrong} anything else"
    return Row("G10 broken events", figures, not wrong)


def _fuzzed(first: int) -> Fuzzed:
    return fuzz(first, MUTANTS)
