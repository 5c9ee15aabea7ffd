"""Does what a person says about which record in Xledger is which one in Moment.

The work is marked for later before anything is stored, so that a process that dies leaves nothing behind undone.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from moment_xledger.domain.companies import Company
from moment_xledger.domain.errors import Conflict
from moment_xledger.domain.kinds import Kind
from moment_xledger.domain.numbers import same_number
from moment_xledger.domain.problems import Problem
from moment_xledger.domain.records import Record, State
from moment_xledger.domain.relinking import (
    NumberInUse,
    as_believed,
    as_separate,
    named_by,
    succeeded,
    with_their_number,
    without_link,
)
from moment_xledger.flows.change_records import change_records, hand_on

if TYPE_CHECKING:
    from moment_xledger.adapters.ledger import Ledger

Clock = Callable[[], datetime]

SOON = timedelta(minutes=1)


def find_record(problem: Problem, ledger: "Ledger") -> Record:
    """The record that the problem is about. Raises `ValueError` where it has another number by now."""
    kind, id_ = Kind(problem.kind), named_by(problem.details)
    if id_ is None:  # told by an older release, or of one that owns the number
        numbers = filter(None, (problem.number, problem.details.get("old"), problem.details.get("theirs")))
        found = list(ledger.records.by_number(problem.company, kind, numbers).values())
    else:
        found = list(ledger.records.get_many(problem.company, [(kind, id_)]).values())
    for record in found:
        if problem.number in (record.number, record.sent_number):
            return record
    raise ValueError(f"{problem.kind} {problem.number}: there is no such record any more")


def believe(company: Company, record: Record, ledger: "Ledger", clock: Clock) -> None:
    """The number in Moment is the one in Xledger, says a person; see `as_believed`."""
    _change(company, record, lambda stored: as_believed(stored, clock()), ledger, clock)


def take_their_number(company: Company, record: Record, theirs: str, ledger: "Ledger", clock: Clock) -> None:
    """The number in Xledger is the right one; see `with_their_number`."""
    if ledger.records.owner_of(company.id, record.kind, theirs) not in (None, record.id):
        raise NumberInUse(f"{record.kind} {theirs} belongs to another record")
    _change(company, record, lambda stored: with_their_number(stored, theirs, clock()), ledger, clock)


def look_up_again(company: Company, record: Record, ledger: "Ledger", clock: Clock) -> None:
    _change(company, record, lambda stored: without_link(stored, clock()), ledger, clock)


def separate(company: Company, record: Record, ledger: "Ledger", clock: Clock) -> None:
    """A retired record is used again; where that was done already, nothing is changed."""
    if record.state is State.RETIRED:
        _change(company, record, lambda stored: as_separate(stored, clock()), ledger, clock)


def replace_record(company: Company, old_id: int, new: Record, ledger: "Ledger", clock: Clock) -> None:
    """`new` is the same record as the one with the old id. Both change in one write."""
    _mark_work(company, new.kind, ledger, clock() + SOON)
    if old_id not in new.replaces:
        found = ledger.records.get_many(company.id, [(new.kind, old_id)])
        if (old := found.get((new.kind, old_id))) is None or not same_number(
            old.owned_number or "", new.number
        ):
            raise ValueError(f"{new.kind} {old_id} does not have the number {new.number} any more")
        retired, heir = succeeded(old, new, clock())
        if old.problem:
            ledger.problems.close(company.id, [(old.kind, old.number)], [old.problem])
        if not ledger.records.pass_on((old, retired), (new, heir)):
            raise Conflict
    hand_on(company, new.kind, new.number, ledger, clock())
    _mark_work(company, new.kind, ledger, clock())


def _change(
    company: Company,
    record: Record,
    change: Callable[[Record], Record],
    ledger: "Ledger",
    clock: Clock,
) -> None:
    def decide(stored: Record | None) -> Record | None:
        if stored is None or (stored.state is State.RETIRED) != (record.state is State.RETIRED):
            raise Conflict
        return change(stored)

    _mark_work(company, record.kind, ledger, clock() + SOON)
    change_records(company, record.kind, {record.id: decide}, ledger, clock, comes_again=False)
    _mark_work(company, record.kind, ledger, clock())


def _mark_work(company: Company, kind: Kind, ledger: "Ledger", due: datetime) -> None:
    ledger.records.mark_work(company.token_id, kind, company.id, due)
