"""Projects as Xledger has them. A project goes after its customer, whose id it refers to."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import NamedTuple

from moment_xledger.domain.moment import Project
from moment_xledger.domain.numbers import number_key
from moment_xledger.domain.plans import Owner, Stopped
from moment_xledger.domain.problems import Code
from moment_xledger.domain.records import Record, project_end, project_start, wanted_end


@dataclass(frozen=True)
class KnownProject:
    db_id: int
    number: str
    owner: Owner
    name: str | None = None
    customer: int | None = None  # the dbId of its subledger
    from_date: date | None = None
    to_date: date | None = None

    def is_as_wanted(self, record: Record) -> bool:
        wanted = record.content
        return (
            isinstance(wanted, Project)
            and (self.name, self.customer) == (wanted.name, record.refers_to)
            and not (tells_start(record, self) and self.from_date != project_start(record))
            and not (tells_end(record, self) and self.to_date != project_end(record))
        )

    def likeness(self, record: Record) -> int:
        is_there = self.customer is not None and self.customer == record.refers_to
        return is_there + (self.name == record.content.name)


class NumberedCustomer(NamedTuple):
    db_id: int
    number: str


@dataclass(frozen=True)
class Found:
    """What a look-up brought: projects with one of the ids or numbers, those that were made since an add that is
    unanswered, and customers of our entity by number."""

    projects: Sequence[KnownProject] = ()
    made_since: Sequence[KnownProject] = ()
    customers: Sequence[NumberedCustomer] = ()


def tells_end(record: Record, known: KnownProject) -> bool:
    """The end is sent where Moment's own state of it changed. What a person closed in Xledger stays closed.

    Of a project that is taken over nothing was sent yet: it may be closed, or closed earlier, but is not opened.
    """
    if record.sent_end is not None:
        return record.sent_end != wanted_end(record)
    end = project_end(record)
    return end is not None and (known.to_date is None or end < known.to_date)


def tells_start(record: Record, known: KnownProject) -> bool:
    """A start after the end that stays in Xledger is left out: the project keeps the start that it has there."""
    start, end = project_start(record), known.to_date
    return tells_end(record, known) or start is None or end is None or start <= end


def customer_number(record: Record) -> str:
    return (record.content.customer_number or "") if isinstance(record.content, Project) else ""


def with_customers(
    records: Sequence[Record], customers: Iterable[NumberedCustomer]
) -> tuple[list[Record], list[Stopped]]:
    """Projects with the dbId of their customer, and those whose customer is not there once and only once."""
    by_number: dict[str, list[int]] = {}
    for each in customers:
        by_number.setdefault(number_key(each.number), []).append(each.db_id)
    referring, stopped = [], []
    for record in records:
        number = customer_number(record)
        ids = by_number.get(number_key(number), [])
        if number and len(ids) != 1:
            code = Code.CUSTOMER_TWICE_IN_XLEDGER if ids else Code.CUSTOMER_NOT_IN_XLEDGER
            stopped.append(Stopped(record, code, {"customer": number}))
        else:
            referring.append(replace(record, refers_to=ids[0] if ids else None))
    return referring, stopped
