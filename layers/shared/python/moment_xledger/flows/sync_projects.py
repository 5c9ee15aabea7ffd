"""Brings projects into step, in lists; those whose customer is not in Xledger yet wait for it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from moment_xledger.domain.companies import TokenId
from moment_xledger.domain.entities import Entity
from moment_xledger.domain.kinds import Kind
from moment_xledger.domain.moment import Project
from moment_xledger.domain.plans import plan
from moment_xledger.domain.records import Record
from moment_xledger.flows.find_customers import AskMoment, find_customers, missing_customers
from moment_xledger.flows.lists import Batch, in_batches
from moment_xledger.flows.outcomes import Outcomes, Report
from moment_xledger.flows.send_plan import send_plan
from moment_xledger.flows.sync_records import Worker, sync_records

if TYPE_CHECKING:
    from moment_xledger.adapters.xledger_books import Projects, Sends


def sync_projects(token: TokenId, worker: Worker, ask_moment: AskMoment) -> Report:
    """Raises `GateClosed` when the rest must wait."""

    def carry(sends: "Sends", entity: Entity, records: Sequence[Record], outcomes: Outcomes) -> None:
        carry_projects(records, worker.projects(sends, outcomes.company, entity), outcomes)

    return sync_records(
        Kind.PROJECT, token, worker, carry, lambda outcomes: find_customers(outcomes, ask_moment)
    )


def carry_projects(records: Sequence[Record], xledger: "Projects", outcomes: Outcomes) -> None:
    """Each record ends in step, waiting, as a problem, or still dirty because the gate closed on the way."""
    missing = missing_customers({_customer_number(record) for record in records} - {""}, outcomes)
    _let_wait([record for record in records if _customer_number(record) in missing], outcomes)
    ready = [record for record in records if _customer_number(record) not in missing]
    in_batches(ready, lambda batch: _carry(batch, xledger, outcomes), outcomes.refused)


def _carry(batch: Batch, xledger: "Projects", outcomes: Outcomes) -> list[Batch]:
    new = [record.number for record in batch.records if record.db_id is None]
    made = plan(batch.records, xledger.look_up(new) if new else {})
    return send_plan(made, batch.lists, xledger.add, xledger.update, xledger.shown, outcomes)


def _let_wait(records: Sequence[Record], outcomes: Outcomes) -> None:
    """A customer that came into Xledger between our look and our note has released nobody, so look once more."""
    numbers = {_customer_number(record) for record in records}
    outcomes.wait(records)
    if arrived := numbers - missing_customers(numbers, outcomes):
        outcomes.release(arrived)


def _customer_number(record: Record) -> str:
    return (record.content.customer_number or "") if isinstance(record.content, Project) else ""
