"""Tries again, one by one and seldom, records that Xledger refuses alike; the group shrinks, and ends when it is empty.

One that is refused with the answer of its group stays in it, certain from then on, and is tried again an hour later at
the earliest. It is over when one that was certain is taken, or two at once where none is: then all go as a list.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from moment_xledger.domain.companies import Company
from moment_xledger.domain.kinds import Kind
from moment_xledger.domain.problems import Code, Problem
from moment_xledger.domain.records import Record, State, as_retried
from moment_xledger.domain.turns import ONE_BY_ONE, Spent
from moment_xledger.flows.channel import Channel
from moment_xledger.flows.outcomes import Outcomes

NAME = "one by one"  # of the share that is used
ONE = 4  # requests at most: it is looked up, its company in the legal register is written, and it itself
AT_ONCE = 2
AGAIN = timedelta(minutes=1)
CERTAIN_AGAIN = timedelta(hours=1)
FIRST_AFTER = timedelta(minutes=10)  # people may be correcting them


def try_alike(
    kind: Kind,
    channel: Channel,
    outcomes: Outcomes,
    carry_one: Callable[[Record, Outcomes], None],
) -> datetime | None:
    """When to look again; None where nothing is refused alike."""
    company, ledger = outcomes.company, outcomes.ledger
    again: datetime | None = None
    for problem in list(ledger.problems.of(company.id, kind, Code.REFUSED_ALIKE)):
        if not outcomes.shrink_group(problem):
            continue
        spent = ledger.spending.get(company.token_id, NAME, ONE_BY_ONE, channel.gate.plan)
        due = max(
            spent.when_left(ONE, outcomes.clock()), (problem.first_seen or outcomes.clock()) + FIRST_AFTER
        )
        if due <= outcomes.clock():
            _try_some(kind, problem, channel, outcomes, carry_one, spent)
            due = outcomes.clock() + (AGAIN if outcomes.has_unsure(problem) else CERTAIN_AGAIN)
        again = min(filter(None, (again, due)))
    return again


def _try_some(
    kind: Kind,
    problem: Problem,
    channel: Channel,
    outcomes: Outcomes,
    carry_one: Callable[[Record, Outcomes], None],
    spent: Spent,
) -> None:
    """What is tried is stored first, as every other second try is."""
    company, ledger, before = outcomes.company, outcomes.ledger, channel.requests
    members = ledger.records.alike(company.id, kind, problem.number)
    trying = replace(outcomes, trying=problem.number)
    taken, is_over = 0, False
    for record in _to_be_tried(members, outcomes.clock()):
        if channel.requests - before + ONE > max(ONE, spent.left(outcomes.clock())):
            break
        tried = as_retried(record, outcomes.clock())
        if ledger.records.save([(record, tried)]):
            continue
        found = ledger.records.get_many(company.id, [(kind, record.id)])[kind, record.id]
        try:
            carry_one(found, trying)
        finally:
            now = outcomes.clock()
            ledger.spending.add(company.token_id, NAME, spent, channel.requests - before, now)
        is_taken = _is_taken(company, kind, record, outcomes)
        taken += is_taken
        is_over |= is_taken and bool(record.certain_since)
    if is_over or (taken == AT_ONCE and not any(record.certain_since for record in members)):
        rest = ledger.records.alike(company.id, kind, problem.number)
        now = outcomes.clock()
        ledger.records.save([(record, as_retried(record, now)) for record in rest])
    outcomes.shrink_group(problem)


def _to_be_tried(members: Sequence[Record], now: datetime) -> list[Record]:
    """First the one that is certain for the longest, once it is due, for it tells most; then those not yet tried."""
    unsure = [record for record in members if record.certain_since is None]
    certain = [record for record in members if record.certain_since and is_due(record, now)]
    oldest = sorted(certain, key=lambda record: record.certain_since or now)[:1]
    return [*oldest, *unsure][:AT_ONCE]


def is_due(record: Record, now: datetime) -> bool:
    return record.certain_since is None or record.certain_since + CERTAIN_AGAIN <= now


def _is_taken(company: Company, kind: Kind, record: Record, outcomes: Outcomes) -> bool:
    found = outcomes.ledger.records.get_many(company.id, [(kind, record.id)])
    return all(each.state is State.SYNCED for each in found.values())
