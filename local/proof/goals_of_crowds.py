"""More edits than there are requests, and a few companies that save much beside many that do not."""

from collections.abc import Callable
from datetime import timedelta

from local.bench.contest.playing import play
from local.proof.crowd import A_BURST
from local.proof.morning import COMPANIES, play_morning
from local.proof.neighbours import NOISY, QUIET, noisy_neighbours
from local.proof.parallel import Workers
from local.proof.rows import Row, Say, Scale, progress

LONGEST_WAIT = 5.0  # minutes
QUIET_WAIT = 10.0  # seconds, of 99 in 100 edits


def crowds(_: Scale, workers: Workers, say: Say) -> list[Row]:
    """Side by side, at any scale the same."""
    rows = []
    for _goal, row in workers.each(_shown, (few_noisy_companies, steady_overload)):
        say(row.figures)
        rows.append(row)
    return sorted(rows, key=lambda row: row.goal)


def _shown(goal: Callable[[], Row]) -> Row:
    return goal()


def few_noisy_companies() -> Row:
    found = noisy_neighbours()
    waits, longest = (found.quiet.wait(share) * 60 for share in (0.99, 1))
    wrong = found.quiet.wrong + found.noisy.wrong
    figures = (
        f"{NOISY} of {QUIET + NOISY} companies save {A_BURST} times in 10 min: 99 % of the others' edits are "
        f"in Xledger within {waits:.1f} s, all within {longest:.1f}; {found.refused} refused, {wrong} wrong"
    )
    return Row(
        "G7 few are noisy, others wait little", figures, waits <= QUIET_WAIT and not (found.refused or wrong)
    )


def mornings(scale: Scale, workers: Workers, say: Say) -> Row:
    """What the clock starts reaches a hundred companies, whatever dies."""
    wrong, died, longest = 0, 0, timedelta()
    for done, (seed, morning) in enumerate(workers.each(play_morning, range(scale.mornings)), 1):
        wrong, died = wrong + bool(morning.wrong), died + morning.died.total()
        longest = max(longest, morning.longest)
        if morning.wrong:
            say(f"morning {seed}: {morning.wrong}")
        progress(done, scale.mornings, wrong, say)
    figures = (
        f"{scale.mornings} mornings of {COMPANIES} companies, {died} call sites crashed in them, all jobs queued "
        f"within {longest.total_seconds() / 60:.0f} min; {wrong} with anybody left out or served twice"
    )
    return Row("G19 the clock's runs reach everybody", figures, not wrong)


def steady_overload() -> Row:
    found = play("overload", None, seed=1)
    fresh = found.freshness
    figures = (
        f"24 h of 140 % of the plan: {found.requests} requests, {found.refused} refused, {fresh.wrong} wrong; "
        f"an edit waited {fresh.wait(0.5):.1f} min, the longest {fresh.wait(1):.1f}"
    )
    is_reached = fresh.wait(1) <= LONGEST_WAIT and not (found.refused or found.dead or fresh.wrong)
    return Row("G8 a day of steady overload", figures, is_reached)
