"""More edits than there are requests, and more companies than there are workers."""

from local.bench.contest.playing import play
from local.proof.parallel import Workers
from local.proof.rows import Row, Say, Scale

LONGEST_WAIT = 5.0  # minutes


def steady_overload(_: Scale, workers: Workers, say: Say) -> Row:
    found = play("overload", None, seed=1)
    fresh = found.freshness
    figures = (
        f"24 h of 140 % of the plan: {found.requests} requests, {found.refused} refused, {fresh.wrong} wrong; "
        f"an edit waited {fresh.wait(0.5):.1f} min, the longest {fresh.wait(1):.1f}"
    )
    say(figures)
    is_reached = fresh.wait(1) <= LONGEST_WAIT and not (found.refused or found.dead or fresh.wrong)
    return Row("G8 a day of steady overload", figures, is_reached)
