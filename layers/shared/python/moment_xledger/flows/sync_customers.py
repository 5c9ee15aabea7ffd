"""Brings customers into step: look up, decide, add and update, in lists."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from moment_xledger.domain.companies import TokenId
from moment_xledger.domain.customers import Found, needs_company
from moment_xledger.domain.entities import Entity
from moment_xledger.domain.kinds import Kind
from moment_xledger.domain.plans import plan
from moment_xledger.domain.records import Record
from moment_xledger.flows.lists import Batch, in_batches
from moment_xledger.flows.outcomes import Outcomes, Report
from moment_xledger.flows.send_plan import send_plan
from moment_xledger.flows.sync_records import Worker, sync_records

if TYPE_CHECKING:
    from moment_xledger.adapters.xledger_books import Customers, Sends


def sync_customers(token: TokenId, worker: Worker) -> Report:
    """Raises `GateClosed` when the rest must wait."""

    def carry(sends: "Sends", entity: Entity, records: Sequence[Record], outcomes: Outcomes) -> None:
        carry_customers(records, worker.customers(sends, outcomes.company, entity), outcomes)

    return sync_records(Kind.CUSTOMER, token, worker, carry, when_idle=lambda outcomes: None)


def carry_customers(records: Sequence[Record], xledger: "Customers", outcomes: Outcomes) -> None:
    """Each record ends in step, as a problem, or still dirty because the gate closed on the way."""
    in_batches(records, lambda batch: _carry(batch, xledger, outcomes), outcomes.refused)


def _carry(batch: Batch, xledger: "Customers", outcomes: Outcomes) -> list[Batch]:
    found = _look_up(batch.records, xledger)
    companies = dict(found.companies)

    def with_companies(sent: Sequence[Record]) -> dict[str, int]:
        lacking = [
            record for record in sent if needs_company(record) and str(record.company_key) not in companies
        ]
        companies.update(xledger.add_companies(lacking))
        return companies

    def add(sent: Sequence[Record]) -> Mapping[str, int]:
        return xledger.add(sent, with_companies(sent))

    def update(sent: Sequence[tuple[Record, int]]) -> Mapping[str, int]:
        return xledger.update(sent, with_companies([record for record, _ in sent]))

    made = plan(batch.records, found.customers)
    return send_plan(made, batch.lists, add, update, xledger.shown, outcomes)


def _look_up(records: Sequence[Record], xledger: "Customers") -> Found:
    """No request where nothing is new, as with most edits."""
    todo = [record for record in records if not record.is_in_step]
    new = [record.number for record in todo if record.db_id is None]
    keys = {str(record.company_key) for record in todo if needs_company(record)}
    return xledger.look_up(new, keys) if new or keys else Found()
