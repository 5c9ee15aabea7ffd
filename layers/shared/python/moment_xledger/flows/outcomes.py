"""Stores what came of a list, record by record, whatever happened to the records meanwhile."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from moment_xledger.domain.companies import Company, TokenId
from moment_xledger.domain.moment import Kind
from moment_xledger.domain.problems import Code, Problem
from moment_xledger.domain.records import Record, State, as_dirty, as_problem, as_waiting, settle
from moment_xledger.domain.replies import Refusal

if TYPE_CHECKING:
    from moment_xledger.adapters.ledger import Ledger

RELEASED_AT_ONCE = 100  # waiting projects read together


@dataclass
class Report:
    """What one run did, by count."""

    added: int = 0
    updated: int = 0
    unchanged: int = 0
    waiting: int = 0
    problems: int = 0

    def summary(self) -> dict[str, int]:
        return dict(vars(self))


@dataclass(frozen=True)
class Outcomes:
    ledger: "Ledger"
    company: Company
    clock: Callable[[], datetime]
    wake: Callable[[Kind, TokenId], None]
    report: Report = field(default_factory=Report)

    def sent(self, records: Sequence[Record], ids: Mapping[str, int]) -> int:
        """How many Xledger answered for. One that is left out is a problem: adding it again might double it."""
        done = [(record, ids[record.client_id]) for record in records if record.client_id in ids]
        self._settle(done)
        left_out = [record for record in records if record.client_id not in ids]
        self.refused([(record, Refusal("the answer does not mention this record")) for record in left_out])
        return len(done)

    def in_step(self, records: Sequence[tuple[Record, int]]) -> None:
        self._settle(records)
        self.report.unchanged += len(records)
        if records:
            self.ledger.tallies.add(self.company.id, records[0][0].kind, "unchanged", len(records))

    def doubled(self, records: Iterable[Record]) -> None:
        self._problems([(record, Code.NUMBER_TWICE_IN_XLEDGER, {}, "") for record in records])

    def refused(self, refused: Sequence[tuple[Record, Refusal]]) -> None:
        """Reported in Xledger's own words; the field is named where Xledger names it."""
        self._problems(
            [
                (record, Code.REFERENCE_NOT_FOUND, {"field": refusal.field}, refusal.message)
                if refusal.field
                else (record, Code.REFUSED_BY_XLEDGER, {}, refusal.message)
                for record, refusal in refused
            ]
        )

    def without_customer(self, records: Sequence[tuple[Record, str]]) -> None:
        self._problems(
            [(record, Code.CUSTOMER_UNKNOWN, {"customer": number}, "") for record, number in records]
        )

    def wait(self, records: Sequence[Record]) -> None:
        """Until their customer is in Xledger; how long they are told apart by the pointers."""
        self.ledger.records.save([(record, as_waiting(record, self.clock())) for record in records])
        self.report.waiting += len(records)

    def release(self, records: Sequence[Record]) -> None:
        waiting = [record for record in records if record.state is State.WAITING]
        self.ledger.records.save([(record, as_dirty(record, self.clock())) for record in waiting])

    def _settle(self, done: Sequence[tuple[Record, int]]) -> None:
        """A record that somebody changed meanwhile is read again: what Xledger was told holds for it all the same."""
        ids = {record.id: (record, db_id) for record, db_id in done}
        stored = [record for record, _ in done]
        while stored:
            now = self.clock()
            lost = self.ledger.records.save(
                [(record, settle(record, *ids[record.id], now)) for record in stored]
            )
            found = self.ledger.records.get_many(
                self.company.id, [(record.kind, record.id) for record in lost]
            )
            stored = list(found.values())
        self.ledger.problems.close(self.company.id, [(r.kind, r.number) for r, _ in done if r.suspect])
        self._release_children_of([record for record, _ in done if record.db_id is None])

    def _release_children_of(self, customers: Iterable[Record]) -> None:
        released = False
        for customer in customers:
            if customer.kind is not Kind.CUSTOMER:
                return
            while waiting := self.ledger.records.waiting_for(
                self.company.id, customer.number, RELEASED_AT_ONCE
            ):
                self.release(waiting)
                released = True
        if released:
            self.ledger.records.mark_work(self.company.token_id, Kind.PROJECT, self.company.id, self.clock())
            self.wake(Kind.PROJECT, self.company.token_id)

    def _problems(self, found: Sequence[tuple[Record, Code, Mapping[str, str], str]]) -> None:
        """A newer version that came meanwhile wins: it may be the correction."""
        now = self.clock()
        changes = [(record, as_problem(record, code, now, details)) for record, code, details, _ in found]
        lost = {record.id for record in self.ledger.records.save(changes)}
        problems = [
            Problem(self.company.id, record.kind, record.number, code, details, words, now, now)
            for record, code, details, words in found
            if record.id not in lost
        ]
        self.ledger.problems.report(problems)
        self.report.problems += len(problems)
