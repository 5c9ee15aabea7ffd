"""Compares records with what Xledger has under their ids and numbers.

What differs is told, and what is right again is closed. A record that was stopped because of it goes on, and so does
one that was deleted and made again: both are looked up once more.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from moment_xledger.domain.companies import Company
from moment_xledger.domain.days import day_in_oslo
from moment_xledger.domain.entities import owner_code_of
from moment_xledger.domain.kinds import Kind
from moment_xledger.domain.number_guard import STOPPED_BY, Verdict, guarded_number, verdicts
from moment_xledger.domain.problems import Problem
from moment_xledger.domain.records import Record, State, as_dirty, as_problem, named

if TYPE_CHECKING:
    from moment_xledger.adapters.xledger_reference import Reference
    from moment_xledger.flows.sync_records import Worker


@dataclass(frozen=True)
class Compared:
    """What came of it. `found`: numbers that are not as they must be."""

    checked: int
    found: int


def compare_numbers(
    company: Company,
    entity: str,
    kind: Kind,
    records: Sequence[Record],
    reference: "Reference",
    worker: "Worker",
) -> Compared:
    """One request. Records that are known in this entity, at most as many as `reference.numbers` takes."""
    now = worker.clock()
    held = reference.numbers(
        kind, {r.db_id for r in records if r.db_id}, {guarded_number(r) for r in records}
    )
    judged = list(verdicts(records, held, owner_code_of(entity), day_in_oslo(now)))
    found = [each for each in judged if each.code]
    worker.ledger.problems.report(
        Problem(
            company.id,
            kind,
            guarded_number(each.record),
            each.code,
            named(as_problem(each.record, each.code, now, each.details)),
            "",
            now,
            now,
        )
        for each in found
        if each.code and each.record.state is State.SYNCED  # a stopped one has its problem already
    )
    lost = _look_up_again(company, kind, judged, worker)
    right = [
        (str(kind), guarded_number(each.record))
        for each in judged
        if each.code is None and each.record.id not in lost
    ]
    worker.ledger.problems.close(company.id, right, STOPPED_BY)
    return Compared(len(records), len(found))


def _look_up_again(company: Company, kind: Kind, judged: Sequence[Verdict], worker: "Worker") -> set[int]:
    """Ids of records that somebody else wrote meanwhile: they keep their problem until the next night. The sweep wakes
    the work that is marked here."""
    now = worker.clock()
    todo = [
        (each.record, replace(as_dirty(each.record, now), sent_hash=None))
        for each in judged
        if each.code is None and (each.made_again or each.record.state is State.PROBLEM)
    ]
    if not todo:
        return set()
    lost = worker.ledger.records.save(todo)
    worker.ledger.records.mark_work(company.token_id, kind, company.id, now)
    return {record.id for record in lost}
