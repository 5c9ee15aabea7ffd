"""Carries what is due under an Xledger token, customers and projects, in one run.

A wake that is turned away because another run holds the token is not lost. Its work was marked before it was sent, and
the run that holds the token looks again at what is due, of both kinds, after it has given the token back.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from moment_xledger.domain.companies import TokenId
from moment_xledger.domain.errors import GateClosed, Why
from moment_xledger.domain.kinds import Kind
from moment_xledger.domain.turns import Pending, delay_until, to_wake_for
from moment_xledger.flows.outcomes import Report
from moment_xledger.flows.sync_customers import sync_customers
from moment_xledger.flows.sync_projects import sync_projects

if TYPE_CHECKING:
    from moment_xledger.flows.settle_waits import AskMoment
    from moment_xledger.flows.sync_records import Worker
    from moment_xledger.flows.take_over_moment import ReadMoment

PASSES = 20  # of one kind each; what is still due after them is left to the sweep
SYNC: Mapping[Kind, "Callable[[TokenId, Worker, AskMoment, ReadMoment], Report]"] = {
    Kind.CUSTOMER: lambda token, worker, _, read_moment: sync_customers(token, worker, read_moment),
    Kind.PROJECT: sync_projects,
}
WakeLater = Callable[[timedelta], None]


def sync_token(
    first: Kind,
    token: TokenId,
    worker: "Worker",
    ask_moment: "AskMoment",
    read_moment: "ReadMoment",
    wake_later: WakeLater | None = None,
) -> Report:
    """Until nothing is due. Raises `GateClosed` when the rest must wait; what was done until then is stored.

    `first`: the kind that goes first. `wake_later` sends a wake for this token that comes after so long; None where
    there may be no other.
    """
    report, ends = Report(), worker.clock() + worker.run
    order = sorted(Kind, key=lambda kind: kind is not first)
    fresh = set(Kind)  # kinds without a pass in this run
    stopped: dict[Kind, GateClosed] = {}
    for _ in range(PASSES):
        now = worker.clock()
        pending = [each for each in _pending(token, worker) if each.kind not in stopped]
        due = {each.kind for each in pending if each.due <= now}
        if not due:
            _wake_for_the_next(token, pending, now, worker, wake_later)
            break
        kind = next(each for each in order if each in due)
        sharing = len(due & fresh) if kind in fresh else 1
        order = [*(each for each in order if each is not kind), kind]
        fresh.discard(kind)
        try:
            run = _part(ends - now, sharing, worker)
            report += SYNC[kind](token, replace(worker, run=run), ask_moment, read_moment)
        except GateClosed as closed:
            if closed.why is Why.STOPPED:  # the other kind goes on
                stopped[kind] = closed
            elif closed.why is not Why.SLICE or sharing == 1:
                raise
    if stopped:
        raise next(iter(stopped.values()))
    return report


def _pending(token: TokenId, worker: "Worker") -> list[Pending]:
    """Without what is paused."""
    pending = worker.ledger.records.pending(token)
    pauses = worker.ledger.pauses.now() if pending else None
    return [each for each in pending if pauses is not None and not pauses.of(each.company)]


def _part(left: timedelta, sharing: int, worker: "Worker") -> timedelta:
    """Of the time that is left, for one of so many kinds. No request begins in the last time-out of a run."""
    timeout = worker.timing.timeout
    return timeout + (left - timeout) / sharing


def _wake_for_the_next(
    token: TokenId, pending: list[Pending], now: datetime, worker: "Worker", wake_later: WakeLater | None
) -> None:
    """A list that waits to be joined by more goes when its time has come, not at the next sweep.

    Sent first: a run that dies before it is noted is followed by one that sends another, which finds nothing to do.
    """
    following = to_wake_for(pending, now)
    if following and wake_later:
        wake_later(delay_until(following.due, now))
        worker.ledger.records.note_wake(token, following)
