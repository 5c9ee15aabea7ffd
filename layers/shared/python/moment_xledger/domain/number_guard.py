"""Numbers come from Moment and must stay as they are in Xledger. What differs there is reported, never mended."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from moment_xledger.domain.companies import CompanyId
from moment_xledger.domain.kinds import Kind
from moment_xledger.domain.numbers import number_key, same_number
from moment_xledger.domain.problems import Code
from moment_xledger.domain.records import Record, State, project_end

REPORTED = (
    Code.NUMBER_MOVED_IN_XLEDGER,
    Code.CLOSED_IN_XLEDGER,
    Code.GONE_FROM_XLEDGER,
    Code.NUMBER_DOUBLED_IN_XLEDGER,
    Code.IN_ANOTHER_ENTITY,
)
# A record that is stopped by one of these goes on when the number is found as it must be.
STOPPED_BY = (*REPORTED, Code.NUMBER_TWICE_IN_XLEDGER, Code.RECORD_TAKEN_IN_XLEDGER)


@dataclass(frozen=True)
class Place:
    """How far the nights of a token have come with one kind of record.

    `cursor`: behind the last change that was looked at; None where the feed of changes cannot be read. `compared`: the
    companies of which every record was compared, and in which entity. `company` and `after`: where the comparison that
    is under way goes on. `looked_at`: when the last night began.
    """

    cursor: str | None
    compared: Mapping[CompanyId, str] = field(default_factory=dict)
    company: CompanyId | None = None
    after: str = ""
    looked_at: datetime | None = None

    def after_page(self, company: CompanyId, entity: str, after: str | None) -> "Place":
        """`after`: what the next page comes after; None where there is none."""
        if after is None:
            done = {**self.compared, company: entity}
            return replace(self, compared=done, company=None, after="")
        return replace(self, company=company, after=after)

    def begins_at(self, company: CompanyId) -> str:
        return self.after if self.company == company else ""

    def without(self, company: CompanyId) -> "Place":
        """The company is to be compared anew."""
        return replace(self, compared={id_: e for id_, e in self.compared.items() if id_ != company})


@dataclass(frozen=True)
class Numbered:
    """A customer or project as Xledger has it now. `owner`: the owner code of the entity that it belongs to, and
    `owner_name` its name."""

    db_id: int
    number: str
    ends: date | None = None
    owner: int | None = None
    owner_name: str = ""


@dataclass(frozen=True)
class Verdict:
    """`code`: what is wrong; None where the number is as it must be. `made_again`: found by its number under this id,
    which is not the one that we know."""

    record: Record
    code: Code | None = None
    details: Mapping[str, str] = field(default_factory=dict)
    made_again: int | None = None


def verdicts(
    records: Iterable[Record], held: Collection[Numbered], owner: int, today: date
) -> Iterator[Verdict]:
    """Of records that are in Xledger. `held`: everything there with one of their ids or numbers."""
    by_id = {each.db_id: each for each in held}
    by_number: dict[str, list[Numbered]] = defaultdict(list)
    for each in by_id.values():
        by_number[number_key(each.number)].append(each)
    for record in records:
        namesakes = [each for each in by_number[number_key(guarded_number(record))] if each.owner == owner]
        yield _verdict(record, by_id.get(record.db_id or 0), namesakes, owner, today)


def _verdict(
    record: Record, found: Numbered | None, namesakes: list[Numbered], owner: int, today: date
) -> Verdict:
    """`namesakes`: what has the number in our entity."""
    if record.problem is Code.RECORD_TAKEN_IN_XLEDGER and record.db_id is None:
        is_still_so = record.details.get("there") in {str(each.db_id) for each in namesakes}
        return Verdict(record, record.problem if is_still_so else None, record.details)
    if found is None:
        if len(namesakes) == 1:
            return Verdict(record, made_again=namesakes[0].db_id)
        return Verdict(record, Code.NUMBER_DOUBLED_IN_XLEDGER if namesakes else Code.GONE_FROM_XLEDGER)
    if found.owner not in (None, owner):
        where = {"entities": f"{found.owner} {found.owner_name}".strip()}
        return Verdict(record, Code.IN_ANOTHER_ENTITY, where)
    if not same_number(found.number, guarded_number(record)):
        return Verdict(record, Code.NUMBER_MOVED_IN_XLEDGER, {"theirs": found.number})
    if any(each.db_id != found.db_id for each in namesakes):
        return Verdict(record, Code.NUMBER_DOUBLED_IN_XLEDGER)
    if found.ends and found.ends < today and not _closed_by_us(record, today):
        return Verdict(record, Code.CLOSED_IN_XLEDGER, {"date": found.ends.isoformat()})
    return Verdict(record)


def _closed_by_us(record: Record, today: date) -> bool:
    end = project_end(record) if record.kind is Kind.PROJECT else None
    return end is not None and end < today


def guarded_number(record: Record) -> str:
    """What it must be known by in Xledger."""
    return record.sent_number or record.number


def is_guarded(record: Record, entity: str) -> bool:
    """In step with the entity that the company writes to, or stopped by what was found there."""
    if record.entity != entity:
        return False
    if record.state is State.SYNCED:
        return record.db_id is not None
    return record.state is State.PROBLEM and record.problem in STOPPED_BY
