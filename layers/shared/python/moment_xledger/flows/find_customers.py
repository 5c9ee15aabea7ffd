"""Projects that wait for a customer whose event has not come: after a while the customer is fetched from Moment."""

from collections.abc import Collection
from datetime import datetime, timedelta

from moment_xledger.domain.errors import Unreachable, UnusableAnswer
from moment_xledger.domain.events import Event
from moment_xledger.domain.kinds import Kind
from moment_xledger.domain.numbers import same_number
from moment_xledger.domain.problems import Code
from moment_xledger.domain.records import known_in
from moment_xledger.flows.outcomes import Outcomes
from moment_xledger.flows.settle_waits import AskMoment
from moment_xledger.flows.take_in_records import take_in_records

PATIENCE = timedelta(minutes=15)
MOST_AT_ONCE = 20  # questions to Moment, for meanwhile nobody else can use the token


def find_customers(outcomes: Outcomes, ask_moment: AskMoment) -> datetime | None:
    """Takes in what Moment has; where it has none, the project is a problem. Returns when to look again, if ever.

    A customer that the ledger knows is on its way or a problem of its own, and releases its projects when it is in
    Xledger; those whose release was lost in a crash are released here, and those that were taken in here by somebody
    who died before he said so are said to be there.
    """
    waiting, now = _oldest_by_number(outcomes), outcomes.clock()
    wanted = waiting.keys() | outcomes.ledger.records.lacking(outcomes.company.id)
    absent = missing_customers(wanted, outcomes)
    if arrived := wanted - absent:
        outcomes.release(arrived)
    missing = absent & waiting.keys()
    overdue = [number for number in missing if waiting[number] + PATIENCE <= now]
    unknown = [number for number in overdue if not _is_known(number, outcomes)]
    for number in unknown[:MOST_AT_ONCE]:
        try:
            _find(number, outcomes, ask_moment)
        except Unreachable:
            return now + PATIENCE
    if len(unknown) < len(overdue):
        outcomes.ledger.records.mark_work(outcomes.company.token_id, Kind.CUSTOMER, outcomes.company.id, now)
    if arrived or len(unknown) > MOST_AT_ONCE:
        return now
    return min((_next_look(waiting[number], now) for number in missing), default=None)


def _next_look(since: datetime, now: datetime) -> datetime:
    return since + PATIENCE if since + PATIENCE > now else now + PATIENCE


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


def _oldest_by_number(outcomes: Outcomes) -> dict[str, datetime]:
    oldest: dict[str, datetime] = {}
    for number, since in outcomes.ledger.records.waiting(outcomes.company.id):
        oldest[number] = min(since, oldest.get(number, since))
    return oldest


def _find(number: str, outcomes: Outcomes, ask_moment: AskMoment) -> None:
    company, ledger, clock = outcomes.company, outcomes.ledger, outcomes.clock
    try:
        customer = ask_moment(company, Kind.CUSTOMER, number)
    except UnusableAnswer:
        customer = None
    if customer:
        answer = Event("", company.id, clock(), customer, from_api=True)
        take_in_records(company, Kind.CUSTOMER, [answer], ledger, clock)
        outcomes.wake(Kind.CUSTOMER, company.token_id)
        return
    for waiting in ledger.records.waiting_for(company.id, {number}):
        outcomes.without_customer([(record, number) for record in waiting])
