"""Projects that wait for a customer whose event has not come: after a while the customer is fetched from Moment."""

from collections.abc import Callable
from datetime import datetime, timedelta

from moment_xledger.domain.companies import Company
from moment_xledger.domain.events import Event
from moment_xledger.domain.moment import Customer, Kind
from moment_xledger.flows.outcomes import Outcomes
from moment_xledger.flows.take_in_records import take_in_records

AskMoment = Callable[[Company, str], Customer | None]

PATIENCE = timedelta(minutes=15)


def find_customers(outcomes: Outcomes, ask_moment: AskMoment) -> datetime | None:
    """Takes in what Moment has; where it has none, the project is a problem.

    Returns when to look again; None where nothing waits. A customer that the ledger knows already is on its way or a
    problem of its own, and its projects go on by themselves when it is in Xledger.
    """
    company, now = outcomes.company, outcomes.clock()
    looks = []
    for number, since in _oldest_by_number(outcomes).items():
        due = since + PATIENCE
        if due <= now and outcomes.ledger.records.owner_of(company.id, Kind.CUSTOMER, number) is None:
            _find(number, outcomes, ask_moment)
        looks.append(due if due > now else now + PATIENCE)
    return min(looks, default=None)


def _oldest_by_number(outcomes: Outcomes) -> dict[str, datetime]:
    oldest: dict[str, datetime] = {}
    for number, _, since in outcomes.ledger.records.waiting(outcomes.company.id):
        oldest[number] = min(since, oldest.get(number, since))
    return oldest


def _find(number: str, outcomes: Outcomes, ask_moment: AskMoment) -> None:
    company, ledger, clock = outcomes.company, outcomes.ledger, outcomes.clock
    customer = ask_moment(company, number)
    if customer:
        take_in_records(company, [Event("", company.id, clock(), customer)], ledger, clock)
        outcomes.wake(Kind.CUSTOMER, company.token_id)
        return
    waiting = ledger.records.waiting_for(company.id, number, limit=1_000)
    outcomes.without_customer([(record, number) for record in waiting])
