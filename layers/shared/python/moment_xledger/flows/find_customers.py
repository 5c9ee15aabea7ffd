"""Projects that wait for a customer whose event has not come: after a while the customer is fetched from Moment."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from moment_xledger.domain.companies import Company
from moment_xledger.domain.events import Event
from moment_xledger.domain.moment import Customer, Kind
from moment_xledger.flows.outcomes import Outcomes
from moment_xledger.flows.take_in_records import take_in_records

if TYPE_CHECKING:
    from moment_xledger.adapters.ledger import Ledger

PATIENCE = timedelta(minutes=15)


def find_customers(
    company: Company,
    ledger: "Ledger",
    ask_moment: Callable[[Company, str], Customer | None],
    clock: Callable[[], datetime],
) -> datetime | None:
    """Offers what Moment has to the customers' queue; where it has none, the project is a problem.

    Returns when to look again; None where nothing waits. A customer that the ledger knows already is on its way or a
    problem of its own, and its projects go on by themselves when it is in Xledger.
    """
    now = clock()
    again: datetime | None = None
    for number, waiting_since in _oldest_by_number(company, ledger).items():
        due = waiting_since + PATIENCE
        if due <= now and ledger.records.owner_of(company.id, Kind.CUSTOMER, number) is None:
            _find(company, number, ledger, ask_moment, clock)
        again = min(again or datetime.max.replace(tzinfo=now.tzinfo), max(due, now + PATIENCE))
    return again


def _oldest_by_number(company: Company, ledger: "Ledger") -> dict[str, datetime]:
    oldest: dict[str, datetime] = {}
    for number, _, since in ledger.records.waiting(company.id):
        oldest[number] = min(since, oldest.get(number, since))
    return oldest


def _find(
    company: Company,
    number: str,
    ledger: "Ledger",
    ask_moment: Callable[[Company, str], Customer | None],
    clock: Callable[[], datetime],
) -> None:
    customer = ask_moment(company, number)
    if customer:
        take_in_records(company, [Event("", company.id, clock(), customer)], ledger, clock)
        return
    waiting = ledger.records.waiting_for(company.id, number, limit=1_000)
    Outcomes(ledger, company, clock).without_customer([(record, number) for record in waiting])
