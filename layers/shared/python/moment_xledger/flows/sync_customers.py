"""Brings customers into step: look up, decide, add and update, in lists."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from moment_xledger.domain.companies import TokenId
from moment_xledger.domain.customers import Companies, Found, with_companies
from moment_xledger.domain.entities import Entity
from moment_xledger.domain.kinds import Kind
from moment_xledger.domain.known_values import KEPT, without_country
from moment_xledger.domain.plans import plan
from moment_xledger.domain.records import Record
from moment_xledger.flows.find_holders import find_holders, nobodys
from moment_xledger.flows.lists import Turn, Writes, carry_in_lists
from moment_xledger.flows.look_up_numbers import look_up_numbers
from moment_xledger.flows.outcomes import Outcomes, Report
from moment_xledger.flows.read_lists import read_awaited_lists
from moment_xledger.flows.send_plan import writes_of
from moment_xledger.flows.sync_records import Worker, sync_records
from moment_xledger.flows.take_over_moment import ReadMoment, go_on_taking_over

if TYPE_CHECKING:
    from moment_xledger.adapters.xledger_customers import Customers
    from moment_xledger.adapters.xledger_nodes import Sends
    from moment_xledger.adapters.xledger_reference import Reference


def sync_customers(token: TokenId, worker: Worker, read_moment: ReadMoment) -> Report:
    """Raises `GateClosed` when the rest must wait."""

    def carry(
        sends: "Sends", entity: Entity, records: Sequence[Record], outcomes: Outcomes, turn: Turn
    ) -> None:
        countries = worker.ledger.references.countries(token, worker.clock() - KEPT)
        stopped = without_country(records, countries)
        outcomes.stopped(stopped)
        ids = {each.record.id for each in stopped}
        going = [record for record in records if record.id not in ids]
        carry_customers(going, worker.customers(sends, entity), outcomes, turn)

    def when_idle(outcomes: Outcomes, xledger: "Reference") -> datetime | None:
        read_awaited_lists(outcomes.company, outcomes, xledger)
        looks = (
            go_on_taking_over(Kind.CUSTOMER, outcomes, read_moment),
            look_up_numbers(Kind.CUSTOMER, outcomes, xledger),
        )
        return min(filter(None, looks), default=None)

    return sync_records(Kind.CUSTOMER, token, worker, carry, when_idle)


def carry_customers(records: Sequence[Record], xledger: "Customers", outcomes: Outcomes, turn: Turn) -> None:
    """Each record ends in step, as a problem, or still dirty: the gate closed on the way, or the turn is over."""
    carry_in_lists(records, lambda some: _prepared(some, xledger, outcomes), outcomes, turn)


def _prepared(records: Sequence[Record], xledger: "Customers", outcomes: Outcomes) -> Writes:
    todo = [record for record in records if not record.is_in_step]
    found = xledger.look_up(todo) if todo else Found()
    holders = find_holders(records, found.customers, outcomes)
    made_since = nobodys(records, found.made_since, outcomes)
    made, companies = with_companies(plan(records, found.customers, holders, made_since), found)
    legal = _LegalCompanies(companies, xledger)
    return writes_of(made, xledger.add, xledger.update, xledger.shown, outcomes, legal.written_for)


class _LegalCompanies:
    """What is made or changed in the legal register before a list of customers is sent, once for each."""

    def __init__(self, companies: Companies, xledger: "Customers") -> None:
        self._make = {record.id for record in companies.make}
        self._change = {record.id: db_id for record, db_id in companies.change}
        self._done: dict[int, int] = {}
        self._made: dict[str, int] = {}  # by company key: a list of additions follows one of updates
        self._xledger = xledger

    def written_for(self, sent: Sequence[Record]) -> list[Record]:
        """These customers with their companies, but for those whose company the answer does not mention."""
        lacking = [record for record in sent if record.id not in self._done]
        self._add([record for record in lacking if record.id in self._make])
        if change := [(record, self._change[record.id]) for record in lacking if record.id in self._change]:
            answered = self._xledger.update_companies(change)
            self._done |= {
                each.id: answered[each.client_id] for each, _ in change if each.client_id in answered
            }
        return [
            replace(record, refers_to=self._done.get(record.id, record.refers_to))
            for record in sent
            if record.id in self._done or (record.id not in self._make and record.id not in self._change)
        ]

    def _add(self, records: Sequence[Record]) -> None:
        """One for each key, also where a list before has made it."""
        if new := [record for record in records if str(record.company_key) not in self._made]:
            ids = self._xledger.add_companies(new)
            self._made |= {str(record.company_key): ids[record.id] for record in new if record.id in ids}
        self._done |= {
            record.id: self._made[str(record.company_key)]
            for record in records
            if str(record.company_key) in self._made
        }
