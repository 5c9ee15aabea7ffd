"""Tries again, one by one and seldom, records that Xledger refuses alike; the group shrinks, and ends when it is empty.

Two that are taken one after the other show that it is over: then all go again, as a list.
"""

from collections.abc import Callable
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
FIRST_AFTER = timedelta(minutes=10)  # people may be correcting them


def try_alike(
    kind: Kind,
    channel: Channel,
    outcomes: Outcomes,
    carry_one: Callable[[Record], None],
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
            due = outcomes.clock() + AGAIN
        again = min(filter(None, (again, due)))
    return again


def _try_some(
    kind: Kind,
    problem: Problem,
    channel: Channel,
    outcomes: Outcomes,
    carry_one: Callable[[Record], None],
    spent: Spent,
) -> None:
    """What is tried is stored first, as every other second try is."""
    company, ledger, before = outcomes.company, outcomes.ledger, channel.requests
    taken = 0
    for record in ledger.records.alike(company.id, kind, problem.number, AT_ONCE):
        if channel.requests - before + ONE > max(ONE, spent.left(outcomes.clock())):
            break
        tried = as_retried(record, outcomes.clock())
        if ledger.records.save([(record, tried)]):
            continue
        found = ledger.records.get_many(company.id, [(kind, record.id)])[kind, record.id]
        try:
            carry_one(found)
        finally:
            now = outcomes.clock()
            ledger.spending.add(company.token_id, NAME, spent, channel.requests - before, now)
        taken += _is_taken(company, kind, record, outcomes)
    if taken == AT_ONCE:
        rest = ledger.records.alike(company.id, kind, problem.number)
        now = outcomes.clock()
        ledger.records.save([(record, as_retried(record, now)) for record in rest])
    outcomes.shrink_group(problem)


def _is_taken(company: Company, kind: Kind, record: Record, outcomes: Outcomes) -> bool:
    found = outcomes.ledger.records.get_many(company.id, [(kind, record.id)])
    return all(each.state is State.SYNCED for each in found.values())
