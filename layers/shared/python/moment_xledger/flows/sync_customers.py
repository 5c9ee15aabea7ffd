"""Brings customers into step: look up, decide, add and update, in lists."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from moment_xledger.domain.companies import TokenId
from moment_xledger.domain.customers import Found, needs_company
from moment_xledger.domain.moment import Kind
from moment_xledger.domain.plans import plan
from moment_xledger.domain.records import Record
from moment_xledger.flows.channel import Channel
from moment_xledger.flows.lists import in_halves
from moment_xledger.flows.outcomes import Outcomes, Report
from moment_xledger.flows.sync_records import Worker, sync_records

if TYPE_CHECKING:
    from moment_xledger.adapters.xledger_books import Customers


def sync_customers(token: TokenId, worker: Worker) -> Report:
    """Raises `GateClosed` when the rest must wait."""

    def carry(channel: Channel, records: Sequence[Record], outcomes: Outcomes) -> None:
        carry_customers(records, worker.customers(channel, outcomes.company), outcomes)

    return sync_records(Kind.CUSTOMER, token, worker, carry, when_idle=lambda outcomes: None)


def carry_customers(records: Sequence[Record], xledger: "Customers", outcomes: Outcomes) -> None:
    """Each record ends in step, as a problem, or still dirty because the gate closed on the way."""
    todo = [record for record in records if not record.is_in_step]
    new = [record.number for record in todo if record.db_id is None]
    keys = {str(record.company_key) for record in todo if needs_company(record)}
    found = xledger.look_up(new, keys) if new or keys else Found()
    companies = dict(found.companies)

    made = plan(records, found.customers)

    def with_companies(sent: Sequence[Record]) -> dict[str, int]:
        lacking = [
            record for record in sent if needs_company(record) and str(record.company_key) not in companies
        ]
        companies.update(xledger.add_companies(lacking))
        return companies

    def update(sent: Sequence[Record]) -> None:
        ids = {record.client_id: db_id for record, db_id in made.update}
        answered = xledger.update([(record, ids[record.client_id]) for record in sent], with_companies(sent))
        outcomes.report.updated += outcomes.sent(sent, answered)

    def add(sent: Sequence[Record]) -> None:
        outcomes.report.added += outcomes.sent(sent, xledger.add(sent, with_companies(sent)))

    outcomes.in_step(made.in_step)
    outcomes.doubled(made.doubled)
    in_halves([record for record, _ in made.update], update, outcomes.refused)
    in_halves(made.add, add, outcomes.refused, again=lambda part: carry_customers(part, xledger, outcomes))
