"""One customer or project on its way: what Moment last said, what Xledger was last told, what it waits for."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple

from moment_xledger.domain.attempts import Attempt, Fields, with_attempt
from moment_xledger.domain.companies import CompanyId
from moment_xledger.domain.days import day_in_oslo
from moment_xledger.domain.kinds import Kind
from moment_xledger.domain.legal_ids import NORWAY, LegalId
from moment_xledger.domain.moment import Customer, Project, Saved
from moment_xledger.domain.numbers import same_number
from moment_xledger.domain.problems import Code
from moment_xledger.domain.versions import Restored, Standing, Statement, standing, with_gaps_filled

REFUSALS = frozenset({Code.REFUSED_BY_XLEDGER, Code.REFERENCE_NOT_FOUND, Code.REFUSED_ALIKE})
# What a look-up in Xledger finds: nothing is written until it finds something else.
FOUND_BY_LOOKING = frozenset(
    {
        Code.NUMBER_TWICE_IN_XLEDGER,
        Code.NUMBER_DOUBLED_IN_XLEDGER,
        Code.NUMBER_MOVED_IN_XLEDGER,
        Code.RECORD_TAKEN_IN_XLEDGER,
        Code.GONE_FROM_XLEDGER,
        Code.IN_ANOTHER_ENTITY,
        Code.OWNER_NOT_SHOWN,
        Code.LEGAL_COMPANY_NAME_DIFFERS,
        Code.LEGAL_COMPANY_NUMBER_DIFFERS,
        Code.CUSTOMER_NOT_IN_XLEDGER,
        Code.CUSTOMER_TWICE_IN_XLEDGER,
    }
)
# Those that leave it open which record in Xledger is this one. A newer version in Moment settles none of them.
OPEN_IDENTITY = frozenset(
    {
        Code.NUMBER_TWICE_IN_XLEDGER,
        Code.NUMBER_DOUBLED_IN_XLEDGER,
        Code.NUMBER_MOVED_IN_XLEDGER,
        Code.RECORD_TAKEN_IN_XLEDGER,
        Code.GONE_FROM_XLEDGER,
    }
)
SOLVED_BY_SENDING = REFUSALS | FOUND_BY_LOOKING | {Code.CUSTOMER_UNKNOWN}
OPEN, UNSURE = "open", "unsure"
EARLIEST = date(2000, 1, 1)  # a project that ended before was never in Moment: the clock or the form is wrong
MOST_FORMER = 5  # companies
LONGEST_PREFIX = 17  # of a number, so that a code of our own has at most the 25 signs that a number has

ABOUT_NUMBERS = frozenset(
    {Code.NUMBER_TAKEN, Code.NUMBER_CHANGED, Code.NUMBER_MOVED_IN_XLEDGER, Code.RETIRED_ID_SAVED}
)


class State(StrEnum):
    DIRTY = "dirty"  # Xledger must be told
    SYNCED = "synced"  # Xledger has the newest version
    WAITING = "waiting"  # a project whose customer is not in Xledger yet
    PROBLEM = "problem"  # needs a person, or a newer version
    RETIRED = "retired"  # another record took its place; it is never sent again


@dataclass(frozen=True)
class Record:
    """`rev` counts the writes of this item: each is made only if nobody wrote since it was read."""

    company: CompanyId
    content: Saved
    state: State
    since: datetime  # in this state without a break; for a dirty one: how old Xledger's picture is
    rev: int = 0
    sent_version: int | None = None
    sent_hash: str | None = None
    sent_number: str | None = None  # what Xledger knows it by
    # The number of an add whose outcome is not known yet. Stored before the add is sent, and this record's until a
    # look-up shows that Xledger has nothing under it.
    added_as: str | None = None
    # When that add was sent. Whatever was made in Xledger since then may be it, under whatever number a person has
    # given it meanwhile. None once Xledger has said that it did not take it.
    added_at: datetime | None = None
    sent_company: str | None = None  # of a customer: the company that it was told to belong to
    # Of a customer that we do not know in Xledger: the legal companies that Moment gave before. An add whose answer was
    # lost may have sent one of them.
    former_companies: tuple[str, ...] = ()
    db_id: int | None = None
    entity: str | None = None  # where `db_id` and all that was sent hold; see `domain.entities`
    suspect: bool = False  # was refused by Xledger before: travels apart from the others until it succeeds
    # dbId of what it refers to: a customer's legal company, a project's customer.
    refers_to: int | None = None
    # The legal company that a person said is this customer's, whatever it is called.
    same_company: int | None = None
    # What Moment said of a project's end when it was last sent: a day, OPEN, or UNSURE after a version that may have
    # been sent unnoticed.
    sent_end: str | None = None
    closed_on: date | None = None  # when an inactive project was first seen inactive
    problem: Code | None = None
    details: Mapping[str, str] = field(default_factory=dict)
    attempts: tuple[Attempt, ...] = ()  # the newest last
    said_at: datetime | None = None  # when Moment said `content`; unknown where an older release stored it
    from_api: bool = False  # `content` is an answer of Moment's API, and no event has said it yet
    disputed: Statement | None = None  # the last thing that Moment said later, yet not in a higher version
    restored: Restored | None = None  # the last time that a person let what was disputed count
    replaces: tuple[int, ...] = ()  # ids in Moment that a person said were this same record
    replaced_by: int | None = None  # of a retired one

    @property
    def kind(self) -> Kind:
        return self.content.kind

    @property
    def id(self) -> int:
        return self.content.id

    @property
    def number(self) -> str:
        return self.content.number

    @property
    def wanted_hash(self) -> str:
        return f"{self.content.content_hash()}:{self.closed_on or ''}"

    @property
    def is_in_step(self) -> bool:
        """Xledger was already told exactly this."""
        return self.db_id is not None and self.sent_hash == self.wanted_hash

    @property
    def owned_number(self) -> str | None:
        """The number that nobody else may take: what Xledger knows it by, or may know it by; else what Moment calls it
        now."""
        owns_none = self.problem is Code.NUMBER_TAKEN or self.state is State.RETIRED
        return None if owns_none else self.sent_number or self.added_as or self.number

    @property
    def doubted_number(self) -> str | None:
        """The number under which it may be in Xledger, where Moment has given it another one since."""
        return None if self.added_as is None or same_number(self.added_as, self.number) else self.added_as

    @property
    def is_new(self) -> bool:
        """Nothing was ever learnt of it in any entity, and nothing may be there."""
        return self.db_id is None and self.sent_number is None and self.added_as is None

    @property
    def legal_id(self) -> LegalId | None:
        content = self.content
        if not isinstance(content, Customer):
            return None
        return LegalId.read(content.address.country_code or NORWAY, content.organization_number)

    @property
    def company_key(self) -> str | None:
        """Customers with one legal identity share a company in Xledger; a private person has one alone."""
        if not isinstance(self.content, Customer):
            return None
        legal_id = self.legal_id
        return key_of(legal_id) if legal_id else f"person:{self.id}"

    @property
    def own_code(self) -> str:
        """The code of a private person's company in this entity of Xledger. No stranger has it by chance."""
        whose = hashlib.sha256(f"{self.company}:{self.entity}:{self.id}".encode()).hexdigest()
        return f"{self.number[:LONGEST_PREFIX]}-M{whose[:6]}"

    @property
    def group(self) -> str | None:
        """The group of those that are refused alike, if it is in one."""
        return self.details.get("group") if self.problem is Code.REFUSED_ALIKE else None

    @property
    def certain_since(self) -> datetime | None:
        """Of a member of a group that was refused by itself with the group's answer: when it was last."""
        at = self.details.get("certain_since") if self.group else None
        return datetime.fromisoformat(at) if at else None

    @property
    def client_id(self) -> str:
        """Echoed by Xledger, and found in its log and in ours."""
        return f"{self.company}:{self.kind}:{self.id}:{self.content.version}"


def key_of(legal_id: LegalId) -> str:
    return f"number:{legal_id.country}:{legal_id.number}"


def take_in(
    stored: Record | None,
    company: CompanyId,
    content: Saved,
    said_at: datetime,
    now: datetime,
    *,
    from_api: bool = False,
    entity: str | None = None,
) -> Record | None:
    """The record after Moment said this, or None where that changes nothing.

    `entity`: the one that the company writes to, as far as it is known. A number that an older release stored without
    an entity counts.

    A number that Xledger already knows is never changed: such an event becomes a problem of the record. An edit that
    changes nothing for Xledger is done with, unless an older one may be on its way there at this moment.
    """
    said = Statement(content, said_at, from_api)
    if stored is None:
        closed_on = _closed_on(None, content, said_at, now)
        return Record(
            company, content, State.DIRTY, now, closed_on=closed_on, said_at=said_at, from_api=from_api
        )
    match standing(
        Statement(stored.content, stored.said_at, stored.from_api), said, stored.restored, stored.since
    ):
        case Standing.NEWER if from_api:
            filled = with_gaps_filled(content, stored.content)
            return _with(stored, replace(said, content=filled), now, entity) if filled else None
        case Standing.NEWER:
            return _with(stored, said, now, entity)
        case Standing.DISPUTED if stored.disputed is None or _is_later(said, stored.disputed):
            return replace(stored, disputed=said)
    return None


class Answer(NamedTuple):
    """What Moment's API said, and a time after which it said so, by Moment's own clock."""

    content: Saved
    at: datetime


def _is_later(said: Statement, before: Statement) -> bool:
    return said.fingerprint != before.fingerprint and bool(said.at and before.at and said.at >= before.at)


def accept_disputed(
    stored: Record, now: datetime, entity: str | None = None, answer: Answer | None = None
) -> Record | None:
    """The record with what Moment said last, although not in a higher version; None where nothing is disputed.

    `answer`: what Moment's API says that it holds now, where it could be asked.
    """
    said = stored.disputed
    if said is None or said.at is None:
        return None
    at = said.at
    if answer and (filled := with_gaps_filled(answer.content, said.content)):
        at = max(at, answer.at)
        said = Statement(filled, at, from_api=filled != said.content)
    restored = Restored(at, Statement(stored.content).fingerprint)
    return _with(replace(stored, sent_version=None, restored=restored), said, now, entity)


def _with(stored: Record, said: Statement, now: datetime, entity: str | None) -> Record:
    """The record with this content, and what there is to do about it."""
    if stored.state is State.RETIRED:
        other = {"other": str(stored.replaced_by)}
        return replace(
            stored, content=said.content, said_at=said.at, problem=Code.RETIRED_ID_SAVED, details=other
        )
    is_outdated = stored.disputed and stored.disputed.at and said.at and said.at < stored.disputed.at
    number = stored.sent_number if stored.entity is None else known_in(stored, entity).sent_number
    if number is None or same_number(number, said.content.number):
        stored = known_in(stored, entity)
    newer = replace(
        stored,
        content=said.content,
        state=State.DIRTY,
        since=stored.since if stored.state is State.DIRTY else now,
        closed_on=_closed_on(stored, said.content, said.at or now, now),
        problem=None,
        details={},
        said_at=said.at,
        from_api=said.from_api,
        disputed=stored.disputed if is_outdated else None,
    )
    former = stored.company_key
    if stored.db_id is None and former and former != newer.company_key:
        newer = replace(newer, former_companies=(*stored.former_companies, former)[-MOST_FORMER:])
    if stored.state is State.DIRTY and wanted_end(stored) != wanted_end(newer):
        newer = replace(newer, sent_end=UNSURE)
    if number is not None and not same_number(number, newer.number):
        if stored.state is State.DIRTY and stored.problem and stored.number == newer.number:
            return replace(newer, problem=stored.problem, details=stored.details)  # a person vouched for it
        return as_problem(newer, Code.NUMBER_CHANGED, now, {"old": str(number)})
    if stored.problem in OPEN_IDENTITY and same_number(stored.number, newer.number):
        return replace(newer, problem=stored.problem, details=stored.details, sent_hash=None)
    if stored.state is State.SYNCED and newer.is_in_step:
        return replace(newer, state=State.SYNCED, sent_version=newer.content.version, since=now)
    return newer


def _closed_on(stored: Record | None, content: Saved, said_at: datetime, now: datetime) -> date | None:
    """The day of the event. Where its time cannot be right, so late or so early is it, the day on which it came."""
    if isinstance(content, Customer) or content.active:
        return None
    if stored and stored.closed_on and stored.closed_on >= EARLIEST:
        return stored.closed_on
    day = day_in_oslo(min(said_at, now))
    return day if day >= EARLIEST else day_in_oslo(now)


def known_in(record: Record, entity: str | None) -> Record:
    """The record as it is known in this entity: what was learnt in another one, or nobody knows where, is void."""
    if entity is None or record.entity == entity:
        return record
    void = replace(record, db_id=None, sent_version=None, sent_hash=None, sent_number=None, sent_company=None)
    return replace(
        void,
        entity=entity,
        added_as=None,
        added_at=None,
        refers_to=None,
        same_company=None,
        sent_end=None,
    )


def moved_to(record: Record, entity: str, now: datetime) -> Record:
    """The record when its company begins to write to this entity: work again, unless it is known there.

    A refusal in another entity says nothing here. What an older release stored without an entity may have been
    learnt here: its problems stand. A number that another record has is that one's everywhere.
    """
    if record.problem is Code.NUMBER_TAKEN:
        return record
    if record.entity == entity or (record.entity is None and record.state is State.PROBLEM):
        return record
    known = known_in(record, entity)
    if record.state is State.SYNCED or record.problem not in (None, Code.CUSTOMER_UNKNOWN):
        return as_dirty(known, now)
    return known


def settle(record: Record, sent: Record, db_id: int, now: datetime) -> Record:
    """`record` as it is stored now, after Xledger took `sent`. A newer version that came meanwhile stays dirty.

    `sent` is as it is known in the entity that took it. A record that was moved to another entity meanwhile is left
    as it is.
    """
    if record.entity not in (None, sent.entity) or record.state is State.RETIRED:
        return record  # the company writes to another entity by now, or another record took its place
    record = known_in(record, sent.entity)
    if record.sent_version is not None and record.sent_version > sent.content.version:
        return record
    told = replace(
        record,
        db_id=db_id,
        sent_version=sent.content.version,
        sent_hash=sent.wanted_hash,
        sent_number=sent.number,
        added_as=None,
        added_at=None,
        sent_company=sent.company_key,
        former_companies=(),
        sent_end=wanted_end(sent),
        refers_to=sent.refers_to,
        suspect=False,
    )
    if (
        record.restored != sent.restored
    ):  # it left before Moment was put back: what Xledger has now is in doubt
        state = State.DIRTY if record.state is State.SYNCED else record.state
        told = replace(told, sent_version=None, sent_hash=None, sent_end=UNSURE, state=state)
    elif record.content.version == sent.content.version:
        return replace(told, state=State.SYNCED, since=now, problem=None, details={})
    if not same_number(record.number, sent.number):
        return as_problem(told, Code.NUMBER_CHANGED, now, {"old": sent.number})
    return told


def before_adding(record: Record, entity: str | None, now: datetime) -> Record:
    """The record as it is stored before it is added, so that the number that was sent is known whatever comes of it.

    What an earlier add may have left was looked for just before.
    """
    return replace(record, entity=entity, added_as=record.number, added_at=now)


def as_recognised(record: Record, db_id: int | None, now: datetime, theirs: str = "") -> Record:
    """The record after a look-up found what an add without an answer had made. Moment has given it another number
    since, or somebody in Xledger has (`theirs`), so a person must look.

    `db_id`: None where several may be it; then it stays open which one it is.
    """
    sent = str(record.added_as)
    code = Code.NUMBER_MOVED_IN_XLEDGER if theirs else Code.NUMBER_CHANGED
    details = {"theirs": theirs} if theirs else {"old": sent}
    if db_id is not None:
        record = replace(record, db_id=db_id, sent_number=sent, added_as=None, added_at=None)
    elif theirs:
        details["several"] = "yes"
    return as_problem(replace(record, sent_hash=None), code, now, details)


def as_never_added(record: Record) -> Record:
    """The record after a look-up found nothing that the add without an answer may have made."""
    return replace(record, added_as=None, added_at=None)


def as_not_taken(record: Record) -> Record:
    """Xledger has said that it did not take what was added."""
    return replace(record, added_at=None)


def as_problem(record: Record, code: Code, now: datetime, details: Mapping[str, str]) -> Record:
    suspect = record.suspect or code in REFUSALS
    stopped = replace(record, state=State.PROBLEM, since=now, suspect=suspect, problem=code, details=details)
    return (
        replace(stopped, sent_hash=None) if code in FOUND_BY_LOOKING else stopped
    )  # looked up again in any case


def as_same_company(record: Record, now: datetime) -> Record:
    """A person says that the legal company in question is this customer's. It is sent again."""
    return replace(as_dirty(record, now), same_company=int(record.details["company"]), sent_hash=None)


def named(record: Record) -> Mapping[str, str]:
    """The details of its problem, with the id in Moment where a number would not find the record again."""
    return {**record.details, "id": str(record.id)} if record.problem in ABOUT_NUMBERS else record.details


def as_waiting(record: Record, now: datetime) -> Record:
    return replace(record, state=State.WAITING, since=now)


def as_dirty(record: Record, now: datetime) -> Record:
    """Released: what it waited for is there."""
    return replace(record, state=State.DIRTY, since=now, problem=None, details={})


def as_suspect(record: Record) -> Record:
    """It was in a list that was refused, and not found out yet: it goes with its like, after all others."""
    return replace(record, suspect=True) if record.state is State.DIRTY else record


def as_retried(record: Record, now: datetime) -> Record:
    """A person says try again. Its problem is closed when it succeeds."""
    return replace(as_dirty(record, now), suspect=record.suspect or record.problem in REFUSALS)


def tried(record: Record, attempt: Attempt, sent: Fields | None) -> Record:
    """`sent`: all that was sent; None where nothing was, or nobody knows."""
    return replace(record, attempts=with_attempt(record.attempts, attempt, sent))


def read_client_id(text: str) -> tuple[CompanyId, Kind, int, int] | None:
    """Whose it is, and in which version; None for what is not a record's, such as a company's."""
    match text.split(":"):
        case [company, kind, id_, version] if kind in tuple(Kind):
            return CompanyId(company), Kind(kind), int(id_), int(version)
    return None


def as_gone(record: Record) -> Record:
    """Somebody removed it from Xledger: when it goes again, it is looked up and added as if it were new."""
    return replace(record, db_id=None, sent_hash=None, sent_company=None, sent_end=None)


def in_doubt(record: Record) -> Record:
    """Xledger may have been told something else than we know, so it is looked at there even if that looks needless."""
    return record if record.state is State.SYNCED else replace(record, sent_hash=None)


def project_end(record: Record) -> date | None:
    """`active` decides: an active project has no end. An inactive one ended on its end date, or on the day it was first
    seen inactive if that is earlier. A day that cannot be right does not count."""
    content = record.content
    if not isinstance(content, Project) or content.active:
        return None
    days = [day for day in (content.end_date, record.closed_on) if day and day >= EARLIEST]
    return min(days, default=record.closed_on)


def project_start(record: Record) -> date | None:
    """Never after the end: a project that is closed before it starts has one day."""
    content = record.content
    if not isinstance(content, Project) or content.start_date is None:
        return None
    return min(content.start_date, project_end(record) or content.start_date)


def wanted_end(record: Record) -> str:
    end = project_end(record)
    return end.isoformat() if end else OPEN
