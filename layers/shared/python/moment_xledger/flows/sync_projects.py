"""Brings projects into step, in lists; those whose customer is not in Xledger yet wait for it."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from moment_xledger.domain.companies import TokenId
from moment_xledger.domain.entities import Entity
from moment_xledger.domain.kinds import Kind
from moment_xledger.domain.plans import plan
from moment_xledger.domain.projects import Found, NumberedCustomer, customer_number, with_customers
from moment_xledger.domain.records import Record
from moment_xledger.flows.find_customers import customers_there, find_customers, missing_customers
from moment_xledger.flows.find_holders import find_holders, nobodys
from moment_xledger.flows.lists import Turn, Writes, carry_in_lists
from moment_xledger.flows.look_up_numbers import ReadsNumbers, look_up_numbers
from moment_xledger.flows.outcomes import Outcomes, Report
from moment_xledger.flows.send_plan import writes_of
from moment_xledger.flows.settle_waits import AskMoment
from moment_xledger.flows.sync_records import Worker, sync_records
from moment_xledger.flows.take_over_moment import ReadMoment, go_on_taking_over

if TYPE_CHECKING:
    from moment_xledger.adapters.xledger_nodes import Sends
    from moment_xledger.adapters.xledger_projects import Projects


def sync_projects(token: TokenId, worker: Worker, ask_moment: AskMoment, read_moment: ReadMoment) -> Report:
    """Raises `GateClosed` when the rest must wait."""

    def carry(
        sends: "Sends", entity: Entity, records: Sequence[Record], outcomes: Outcomes, turn: Turn
    ) -> None:
        carry_projects(records, worker.projects(sends, entity), outcomes, turn)

    def when_idle(outcomes: Outcomes, xledger: ReadsNumbers) -> datetime | None:
        looks = (
            go_on_taking_over(Kind.PROJECT, outcomes, read_moment),
            find_customers(outcomes, ask_moment),
            look_up_numbers(Kind.PROJECT, outcomes, xledger),
        )
        return min(filter(None, looks), default=None)

    return sync_records(Kind.PROJECT, token, worker, carry, when_idle)


def carry_projects(records: Sequence[Record], xledger: "Projects", outcomes: Outcomes, turn: Turn) -> None:
    """As `carry_customers`; one whose customer is not in Xledger yet ends waiting."""
    numbers = {customer_number(record) for record in records} - {""}
    there = customers_there(numbers, outcomes)
    by_hand = not outcomes.company.export_customers
    missing = set() if by_hand else numbers - there.keys()
    _let_wait([record for record in records if customer_number(record) in missing], outcomes)
    ready = [record for record in records if customer_number(record) not in missing]
    known = None if by_hand else [NumberedCustomer(db_id, number) for number, db_id in there.items()]
    looks = iter([known])

    def prepare(some: Sequence[Record]) -> Writes:
        """Where Xledger refused something, the next look shows whether it still has their customers."""
        return _prepared(some, next(looks, None), xledger, outcomes)

    carry_in_lists(ready, prepare, outcomes, turn)


def _prepared(
    records: Sequence[Record],
    customers: Sequence[NumberedCustomer] | None,
    xledger: "Projects",
    outcomes: Outcomes,
) -> Writes:
    """`customers`: None where they are looked up in Xledger, as those are that are kept there by hand."""
    todo = [record for record in records if not record.is_in_step]
    by_hand = {customer_number(record) for record in todo} - {""} if customers is None else set()
    found = xledger.look_up(todo, by_hand) if todo else Found()
    in_step = [record for record in records if record.is_in_step]
    referring, stopped = with_customers(todo, found.customers if customers is None else customers)
    holders = find_holders(records, found.projects, outcomes)
    made_since = nobodys(records, found.made_since, outcomes)
    made = plan([*in_step, *referring], found.projects, holders, made_since)
    made.stopped.extend(stopped)
    return writes_of(made, xledger.add, xledger.update, xledger.shown, outcomes)


def _let_wait(records: Sequence[Record], outcomes: Outcomes) -> None:
    """A customer that came into Xledger between our look and our note has released nobody, so look once more."""
    numbers = {customer_number(record) for record in records}
    outcomes.wait(records)
    if arrived := numbers - missing_customers(numbers, outcomes):
        outcomes.release(arrived)
