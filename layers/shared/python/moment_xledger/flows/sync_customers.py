"""Brings customers into step: look up, decide, add and update, in lists."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from moment_xledger.domain.attempts import Operation
from moment_xledger.domain.companies import TokenId
from moment_xledger.domain.customers import Companies, Found, KnownCustomer, referring, with_companies
from moment_xledger.domain.entities import Entity
from moment_xledger.domain.kinds import Kind
from moment_xledger.domain.plans import Plan, plan, without
from moment_xledger.domain.records import Record
from moment_xledger.domain.replies import Refusal
from moment_xledger.flows.attempts import Try
from moment_xledger.flows.lists import Batch, divided, in_batches, send_list
from moment_xledger.flows.outcomes import NOT_MENTIONED, Outcomes, Report
from moment_xledger.flows.send_plan import send_plan
from moment_xledger.flows.settle_waits import AskMoment, ReadsNumbers, settle_waits
from moment_xledger.flows.sync_records import Worker, sync_records

if TYPE_CHECKING:
    from moment_xledger.adapters.xledger_customers import Customers
    from moment_xledger.adapters.xledger_nodes import Sends


def sync_customers(token: TokenId, worker: Worker, ask_moment: AskMoment) -> Report:
    """Raises `GateClosed` when the rest must wait."""

    def carry(sends: "Sends", entity: Entity, records: Sequence[Record], outcomes: Outcomes) -> None:
        carry_customers(records, worker.customers(sends, entity), outcomes)

    def when_idle(outcomes: Outcomes, xledger: ReadsNumbers) -> datetime | None:
        return settle_waits(Kind.CUSTOMER, outcomes, ask_moment, xledger)

    return sync_records(Kind.CUSTOMER, token, worker, carry, when_idle)


def carry_customers(records: Sequence[Record], xledger: "Customers", outcomes: Outcomes) -> None:
    """Each record ends in step, as a problem, or still dirty because the gate closed on the way."""
    in_batches(records, lambda batch: _carry(batch, xledger, outcomes), outcomes.refused)


def _carry(batch: Batch, xledger: "Customers", outcomes: Outcomes) -> list[Batch]:
    todo = [record for record in batch.records if not record.is_in_step]
    found = xledger.look_up(todo) if todo else Found()
    made, companies = with_companies(plan(batch.records, found.customers), found)
    made, left = _write_companies(made, companies, batch.lists, xledger, outcomes)
    return left + send_plan(made, batch.lists, xledger.add, xledger.update, xledger.shown, outcomes)


def _write_companies(
    made: Plan[KnownCustomer], companies: Companies, lists: int, xledger: "Customers", outcomes: Outcomes
) -> tuple[Plan[KnownCustomer], list[Batch]]:
    """Returns the plan for the customers whose companies are as they should be, and what is left over."""
    done: dict[int, int] = {}
    to_change = {record.id: db_id for record, db_id in companies.change}

    def add(sent: Sequence[Record]) -> None:
        note(sent, xledger.add_companies(sent))

    def change(sent: Sequence[Record]) -> None:
        answered = xledger.update_companies([(record, to_change[record.id]) for record in sent])
        note(sent, {each.id: answered[each.client_id] for each in sent if each.client_id in answered})

    def note(sent: Sequence[Record], ids: Mapping[int, int]) -> None:
        done.update(ids)
        refuse([(record, Refusal(NOT_MENTIONED)) for record in sent if record.id not in ids])

    def refuse(refused: Sequence[tuple[Record, Refusal]]) -> None:
        for operation, is_new in ((Operation.ADD, True), (Operation.UPDATE, False)):
            those = [each for each in refused if (each[0].db_id is None) is is_new]
            outcomes.refused(those, Try(operation, xledger.shown))

    left: list[Batch] = []
    changing = [record for record, _ in companies.change]
    for wanted, send in ((companies.make, add), (changing, change)):
        for part in divided(wanted, lists):
            left += send_list(part, send, refuse)
    lacking = [record for record in (*companies.make, *changing) if record.id not in done]
    return referring(without(made, lacking), done), left
