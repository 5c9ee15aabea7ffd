"""What a person says about which record in Xledger is which one in Moment, and what follows for the records.

A person's word is never believed against Xledger: a record that goes on is read there by its id before it is written,
and its problem stays with it until that shows that the word was right.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from moment_xledger.domain.numbers import same_number
from moment_xledger.domain.problems import Code
from moment_xledger.domain.records import Record, State, as_problem


class NumberInUse(ValueError):
    """The number belongs to another record in Moment."""


def as_believed(record: Record, now: datetime) -> Record:
    """To be looked at in Xledger. It goes on if its number there is the one in Moment now.

    A number that it gives up is kept in the details until the next claimant has it.
    """
    details = dict(record.details)
    if record.sent_number and not same_number(record.sent_number, record.number):
        details["old"] = record.sent_number
    return replace(record, state=State.DIRTY, since=now, sent_hash=None, details=details)


def with_their_number(record: Record, theirs: str, now: datetime) -> Record:
    """The number that it was given in Xledger is the one that it is known by; Moment is still to be given that number.

    The event that brings it releases the record.
    """
    known = replace(record, sent_number=theirs, sent_hash=None)
    return as_problem(known, Code.NUMBER_CHANGED, now, {"old": theirs})


def without_link(record: Record, now: datetime) -> Record:
    """What it was linked to in Xledger is another record. It is looked up again by its number."""
    return replace(
        record,
        state=State.DIRTY,
        since=now,
        problem=None,
        details={},
        db_id=None,
        sent_version=None,
        sent_hash=None,
        sent_number=None,
        added_as=None,
        added_at=None,
        sent_company=None,
    )


def succeeded(old: Record, new: Record, now: datetime) -> tuple[Record, Record]:
    """The retired record, and the one that takes over its link, its number and what waits for it.

    Raises `ValueError` where both are in Xledger already: there they are two records.
    """
    if new.db_id is not None:
        raise ValueError(f"{new.kind} {new.id} has a record of its own in Xledger")
    heir = replace(
        old,
        content=new.content,
        state=State.DIRTY,
        since=now,
        rev=new.rev,
        sent_version=None,
        sent_hash=None,
        suspect=False,
        closed_on=new.closed_on,
        problem=None,
        details={},
        attempts=new.attempts,
        said_at=new.said_at,
        from_api=new.from_api,
        disputed=new.disputed,
        restored=new.restored,
        replaces=(*old.replaces, old.id),
    )
    retired = replace(
        without_link(old, now), state=State.RETIRED, disputed=None, suspect=False, replaced_by=new.id
    )
    return retired, heir


def as_separate(record: Record, now: datetime) -> Record:
    """A retired record is one of its own after all: as if it were new."""
    return replace(record, state=State.DIRTY, since=now, problem=None, details={}, replaced_by=None)


def named_by(details: Mapping[str, str]) -> int | None:
    """The id of the record that a problem is about, where it was stored."""
    return int(details["id"]) if details.get("id", "").isdecimal() else None
