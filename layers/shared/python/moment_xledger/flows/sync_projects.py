"""Brings projects into step, in lists; those whose customer is not in Xledger yet wait for it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from moment_xledger.domain.companies import TokenId
from moment_xledger.domain.moment import Kind, Project
from moment_xledger.domain.plans import plan
from moment_xledger.domain.records import Record
from moment_xledger.flows.channel import Channel
from moment_xledger.flows.find_customers import AskMoment, find_customers
from moment_xledger.flows.lists import in_halves
from moment_xledger.flows.outcomes import Outcomes, Report
from moment_xledger.flows.sync_records import Worker, sync_records

if TYPE_CHECKING:
    from moment_xledger.adapters.xledger_books import Projects


def sync_projects(token: TokenId, worker: Worker, ask_moment: AskMoment) -> Report:
    """Raises `GateClosed` when the rest must wait."""

    def carry(channel: Channel, records: Sequence[Record], outcomes: Outcomes) -> None:
        carry_projects(records, worker.projects(channel, outcomes.company), outcomes)

    return sync_records(
        Kind.PROJECT, token, worker, carry, lambda outcomes: find_customers(outcomes, ask_moment)
    )


def carry_projects(records: Sequence[Record], xledger: "Projects", outcomes: Outcomes) -> None:
    """Each record ends in step, waiting, as a problem, or still dirty because the gate closed on the way."""
    missing = _customers_not_in_xledger(records, outcomes)
    ready = [record for record in records if _customer_number(record) not in missing]
    new = [record.number for record in ready if record.db_id is None]
    found = xledger.look_up(new) if new else {}

    made = plan(ready, found)

    def update(sent: Sequence[Record]) -> None:
        ids = {record.client_id: db_id for record, db_id in made.update}
        answered = xledger.update([(record, ids[record.client_id]) for record in sent])
        outcomes.report.updated += outcomes.sent(sent, answered)

    def add(sent: Sequence[Record]) -> None:
        outcomes.report.added += outcomes.sent(sent, xledger.add(sent))

    _let_wait([record for record in records if _customer_number(record) in missing], outcomes)
    outcomes.in_step(made.in_step)
    outcomes.doubled(made.doubled)
    in_halves([record for record, _ in made.update], update, outcomes.refused)
    in_halves(made.add, add, outcomes.refused, again=lambda part: carry_projects(part, xledger, outcomes))


def _let_wait(records: Sequence[Record], outcomes: Outcomes) -> None:
    """A customer that came into Xledger between our look and our note has released nobody, so look once more."""
    outcomes.wait(records)
    if still_missing := _customers_not_in_xledger(records, outcomes):
        records = [record for record in records if _customer_number(record) not in still_missing]
    for number in {_customer_number(record) for record in records}:
        outcomes.release(outcomes.ledger.records.waiting_for(outcomes.company.id, number, len(records)))


def _customers_not_in_xledger(records: Sequence[Record], outcomes: Outcomes) -> set[str]:
    if not outcomes.company.export_customers:
        return set()  # they are kept in Xledger by hand; it says itself if one is missing
    numbers = {_customer_number(record) for record in records} - {""}
    known = outcomes.ledger.records.by_number(outcomes.company.id, Kind.CUSTOMER, numbers)
    return {number for number in numbers if number not in known or known[number].sent_number != number}


def _customer_number(record: Record) -> str:
    return (record.content.customer_number or "") if isinstance(record.content, Project) else ""
