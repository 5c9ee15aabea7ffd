"""Projects that wait for a customer whose event has not come: after a while the customer is fetched from Moment.

Each call looks at some of those that have waited longest, and goes on where the one before ended.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from itertools import islice

from moment_xledger.domain.errors import Unreachable, UnusableAnswer
from moment_xledger.domain.events import Event
from moment_xledger.domain.kinds import Kind
from moment_xledger.domain.numbers import same_number
from moment_xledger.domain.problems import Code
from moment_xledger.domain.projects import customer_number
from moment_xledger.domain.records import State, known_in
from moment_xledger.flows.outcomes import Outcomes
from moment_xledger.flows.settle_waits import AskMoment
from moment_xledger.flows.take_in_records import take_in_records

PATIENCE = timedelta(minutes=15)
MOST_AT_ONCE = 20  # questions to Moment, for meanwhile nobody else can use the token
LOOKED_AT = 100  # projects, in one call
GIVEN_UP_AT_ONCE = 200


def find_customers(outcomes: Outcomes, ask_moment: AskMoment) -> datetime | None:
    """Takes in what Moment has; where it has none, the project is a problem. Returns when to look again, if ever.

    A customer that the ledger knows is on its way or a problem of its own, and releases its projects when it is in
    Xledger. Those whose release was lost in a crash are released here.
    """
    now, records, company = outcomes.clock(), outcomes.ledger.records, outcomes.company.id
    patience = PATIENCE if outcomes.company.export_customers else timedelta()
    if not _make_up_for_releases(outcomes):
        return now
    oldest = _oldest(outcomes)
    if oldest is None or oldest + patience > now:
        return oldest and oldest + patience
    began, place = records.round_of_looks(company) or (now, "")
    if began + PATIENCE <= now:
        began, place = now, ""
    overdue, behind, following = records.waiting_since(company, now - patience, place, LOOKED_AT)
    try:
        if not _settle({customer_number(record) for record in overdue}, outcomes, ask_moment):
            return now
    except Unreachable:
        return now + PATIENCE
    records.save_round(company, began, behind)
    oldest = _oldest(outcomes)
    if oldest is None or oldest + patience > now:
        return oldest and oldest + patience
    again = began + PATIENCE
    return min(again, following + patience) if following else again


def _oldest(outcomes: Outcomes) -> datetime | None:
    """Since when the project has waited that waits longest."""
    return outcomes.ledger.records.oldest_waiting(outcomes.company.id, Kind.PROJECT, (State.WAITING,))


def _make_up_for_releases(outcomes: Outcomes) -> bool:
    """Of customers that a worker has brought into Xledger who then died. False where some are left to release."""
    for note, numbers in outcomes.ledger.records.arrivals(outcomes.company.id):
        left = outcomes.release(numbers - missing_customers(numbers, outcomes))
        outcomes.ledger.records.released(note, left)
        if left:
            return False
    return True


def _settle(numbers: Collection[str], outcomes: Outcomes, ask_moment: AskMoment) -> bool:
    """False where there is more to do for them than one call may do."""
    absent = missing_customers(numbers, outcomes)
    is_all = not outcomes.release(set(numbers) - absent)
    unknown = sorted(number for number in absent if not _is_known(number, outcomes))
    if len(unknown) < len(absent):
        now, company = outcomes.clock(), outcomes.company
        outcomes.ledger.records.mark_work(company.token_id, Kind.CUSTOMER, company.id, now)
    for number in unknown[:MOST_AT_ONCE]:
        is_all = _find(number, outcomes, ask_moment) and is_all
    return is_all and len(unknown) <= MOST_AT_ONCE


def missing_customers(numbers: Collection[str], outcomes: Outcomes) -> set[str]:
    """Those that are not in Xledger yet, as far as it is for us to bring them there."""
    if not outcomes.company.export_customers:
        return set()  # they are kept in Xledger by hand, and looked up there
    return set(numbers) - customers_there(numbers, outcomes).keys()


def customers_there(numbers: Collection[str], outcomes: Outcomes) -> dict[str, int]:
    """Those that we know to be in Xledger: their dbId by number."""
    found = outcomes.ledger.records.by_number(outcomes.company.id, Kind.CUSTOMER, numbers)
    known = {number: known_in(record, outcomes.entity) for number, record in found.items()}
    return {
        number: record.db_id
        for number, record in known.items()
        if record.db_id is not None and same_number(record.sent_number, number)
    }


def _is_known(number: str, outcomes: Outcomes) -> bool:
    """Also of one that has the number in Moment, and another one in Xledger: a person settles that."""
    company, ledger = outcomes.company.id, outcomes.ledger
    return (
        ledger.records.owner_of(company, Kind.CUSTOMER, number) is not None
        or ledger.problems.get(company, Kind.CUSTOMER, number, Code.NUMBER_CHANGED) is not None
    )


def _find(number: str, outcomes: Outcomes, ask_moment: AskMoment) -> bool:
    """False where more projects wait for it than can be given up in one call."""
    company, ledger, clock = outcomes.company, outcomes.ledger, outcomes.clock
    try:
        customer = ask_moment(company, Kind.CUSTOMER, number)
    except UnusableAnswer:
        customer = None
    if customer:
        answer = Event("", company.id, clock(), customer, from_api=True)
        take_in_records(company, Kind.CUSTOMER, [answer], ledger, clock)
        return True
    found = (record for _, some in ledger.records.waiting_for(company.id, [number]) for record in some)
    waiting = list(islice((each for each in found if each.state is State.WAITING), GIVEN_UP_AT_ONCE))
    outcomes.without_customer([(record, number) for record in waiting])
    return len(waiting) < GIVEN_UP_AT_ONCE
