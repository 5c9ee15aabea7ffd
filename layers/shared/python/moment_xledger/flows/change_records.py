"""Changes records as they are stored, whatever others write meanwhile, and sees to all that follows from it: people are
told of wrong numbers and of none that are right again, and a number that was given up goes to the next claimant."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from moment_xledger.domain.companies import Company
from moment_xledger.domain.errors import Conflict
from moment_xledger.domain.invoice_references import DISPUTES
from moment_xledger.domain.kinds import Kind
from moment_xledger.domain.problems import Code, Problem
from moment_xledger.domain.records import (
    OPEN_IDENTITY,
    SOLVED_BY_SENDING,
    Record,
    State,
    as_dirty,
    as_problem,
    named,
)
from moment_xledger.flows.close_unreadable import close_unreadable
from moment_xledger.flows.tell_of_disputes import refresh_disputes

if TYPE_CHECKING:
    from moment_xledger.adapters.ledger import Ledger

Change = tuple[Record | None, Record]  # as it was read, as it is to be
Decide = Callable[[Record | None], Record | None]  # the record as it is to be; None where it stays as it is

# What is said of a record as it is changed.
WRONG_NUMBERS = (Code.NUMBER_TAKEN, Code.NUMBER_CHANGED, Code.RETIRED_ID_SAVED)
STOPPED = (State.PROBLEM, State.RETIRED)
ROUNDS = 8  # of reading again what somebody else wrote meanwhile


def change_records(
    company: Company,
    kind: Kind,
    changes: Mapping[int, Decide],
    ledger: "Ledger",
    clock: Callable[[], datetime],
    *,
    comes_again: bool = True,
) -> bool:
    """`changes`: by Moment's id. True where something is dirty now, also if an earlier call made it so.

    `comes_again`: a caller that dies is followed by another one with the same changes, as with events. Where only a
    person would come again, a problem stays to be seen until all is stored.

    Done twice it changes nothing; what an earlier call had no time for is made up for. Raises `Conflict` where others
    keep writing the same records.
    """
    todo, is_dirty = dict(changes), False
    for _ in range(ROUNDS):
        todo, states = _one_round(company, kind, todo, ledger, clock(), comes_again)
        is_dirty = is_dirty or State.DIRTY in states
        if not todo:
            break
    else:
        raise Conflict
    if is_dirty:  # after all is stored, so that whoever clears the mark has seen it
        ledger.records.mark_work(company.token_id, kind, company.id, clock())
    return is_dirty


def _one_round(
    company: Company,
    kind: Kind,
    todo: dict[int, Decide],
    ledger: "Ledger",
    now: datetime,
    comes_again: bool,
) -> tuple[dict[int, Decide], set[State]]:
    """What must be decided again, and the states in which the records of the others are now."""
    stored = ledger.records.get_many(company.id, [(kind, id_) for id_ in todo])
    decided = {id_: decide(stored.get((kind, id_))) for id_, decide in todo.items()}
    changes = [(stored.get((kind, id_)), after) for id_, after in decided.items() if after]
    if comes_again:
        _close(_said_anew(changes), ledger)  # first: who dies before the records are stored does it again
    lost_ids = {record.id for record in ledger.records.save(changes)}
    kept = [change for change in changes if change[1].id not in lost_ids]
    if not comes_again:
        _close(_said_anew(kept), ledger)
    _report([after for _, after in _said_anew(kept) if after.state in STOPPED], ledger, now)
    unchanged = [record for (_, id_), record in stored.items() if decided[id_] is None]
    _report_unsaid(unchanged, ledger, now)
    refresh_disputes(company.id, kept, unchanged, ledger, now)
    taken = _report_taken_numbers([change for change in changes if change[1].id in lost_ids], ledger, now)
    settled = stored | {(after.kind, after.id): after for _, after in kept}
    states = {record.state for record in settled.values() if record.id not in lost_ids}
    given_up = dict.fromkeys([*_given_up([*kept, *taken]), *_had_by(unchanged, ledger)])
    for number in given_up:
        if hand_on(company, kind, number, ledger, now):
            states.add(State.DIRTY)
    undisputed = {number for before, _ in kept if before for number in _disputed(before)}
    ledger.waits.look_now(company.id, kind, undisputed | given_up.keys(), now)
    return {id_: todo[id_] for id_ in lost_ids - {record.id for _, record in taken}}, states


def _said_anew(changes: Iterable[Change]) -> list[Change]:
    """Without those of which only what is disputed changed."""
    return [
        (before, after)
        for before, after in changes
        if before is None or replace(before, disputed=after.disputed) != after
    ]


def _close(changes: Sequence[Change], ledger: "Ledger") -> None:
    """What was wrong with the version before, or with an event that could not be read, is over."""
    for before, after in changes:
        if before is None:
            continue
        is_still_so = before.problem and (before.problem, before.number) == (after.problem, after.number)
        if not is_still_so and (codes := _may_stand(before)) and not _is_said_of_another(before, ledger):
            ledger.problems.close(before.company, [(before.kind, before.number)], codes)
    read = [
        (each.kind, each.id, each.number, after.content.version)
        for before, after in changes
        for each in (before, after)
        if each
    ]
    if changes:
        close_unreadable(changes[0][1].company, read, ledger)


def _may_stand(record: Record) -> Collection[Code]:
    """What people may have been told of it: of one that is tried again, what was wrong the last time."""
    if record.problem:
        return [record.problem]
    return SOLVED_BY_SENDING - OPEN_IDENTITY if record.suspect else []


def _is_said_of_another(record: Record, ledger: "Ledger") -> bool:
    """Where several were to have one number, people are told once."""
    if record.problem is not Code.NUMBER_TAKEN:
        return False
    claimants = ledger.records.claimants(record.company, record.kind, record.number)
    return any(each.id != record.id for each in claimants)


def _report_unsaid(records: Sequence[Record], ledger: "Ledger", now: datetime) -> None:
    """An earlier delivery stored them, and may have got no further than that."""
    wrong = [(record, record.problem) for record in records if record.problem in WRONG_NUMBERS]
    _report(
        [
            record
            for record, code in wrong
            if code and not ledger.problems.get(record.company, record.kind, record.number, code)
        ],
        ledger,
        now,
    )


def _report_taken_numbers(lost: Sequence[Change], ledger: "Ledger", now: datetime) -> Sequence[Change]:
    """Of those that could not be stored, the ones whose number belongs to another record."""
    taken = []
    for before, after in lost:
        owner = ledger.records.owner_of(after.company, after.kind, after.number)
        if owner not in (None, after.id):
            taken.append((before, as_problem(after, Code.NUMBER_TAKEN, now, {"other": str(owner)})))
    still_lost = {record.id for record in ledger.records.save(taken)}
    stored = [change for change in taken if change[1].id not in still_lost]
    _report([record for _, record in stored], ledger, now)
    return stored


def _given_up(changes: Iterable[Change]) -> Iterator[str]:
    """Numbers that may be nobody's now. Of one that was just found taken its owner may have let go meanwhile."""
    for before, after in changes:
        if after.problem is Code.NUMBER_TAKEN:
            yield after.number
        if before and before.owned_number and before.owned_number != after.owned_number:
            yield before.owned_number


def _disputed(record: Record) -> Iterator[str]:
    """Numbers whose invoices wait for the end of what was wrong with it."""
    if record.problem in DISPUTES:
        yield from filter(None, (record.number, record.sent_number, record.details.get("old")))


def _had_by(records: Sequence[Record], ledger: "Ledger") -> Iterator[str]:
    """Taken numbers that are said to be theirs: an earlier delivery may have died before it handed them on."""
    ids = {str(id_) for record in records for id_ in (record.id, *record.replaces)}
    for company, kind in {(record.company, record.kind) for record in records}:
        for problem in ledger.problems.of(company, kind, Code.NUMBER_TAKEN):
            if problem.details["other"] in ids:
                yield problem.number


def hand_on(company: Company, kind: Kind, number: str, ledger: "Ledger", now: datetime) -> bool:
    """To who was to have the number, if nobody has it and no person has let that rest. Whether somebody has it now who
    may not be marked as work yet. Done twice it changes nothing."""
    told = ledger.problems.get(company.id, kind, number, Code.NUMBER_TAKEN)
    if told is None:
        return False
    claimants = ledger.records.claimants(company.id, kind, number)
    owner = ledger.records.owner_of(company.id, kind, number)
    if claimants and owner is None:
        first = claimants.pop(0)
        if ledger.records.save([(first, as_dirty(first, now))]):
            return False  # whoever wrote it meanwhile sees to it
        owner = first.id
    if not claimants:
        ledger.problems.close(company.id, [(kind, number)], [Code.NUMBER_TAKEN])
    elif told.details["other"] != str(owner):
        _report([replace(claimants[0], details={"other": str(owner)})], ledger, now)
    else:
        return False
    return True


def _report(records: Sequence[Record], ledger: "Ledger", now: datetime) -> None:
    ledger.problems.report(
        Problem(record.company, record.kind, record.number, record.problem, named(record), "", now, now)
        for record in records
        if record.problem
    )
