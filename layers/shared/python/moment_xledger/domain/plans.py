"""The least that Xledger must be told so that its records are as Moment has them; and what it must not be told.

Every record that is not in step has been looked up in Xledger, by its id there and by its number.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Generic, NamedTuple, Protocol, TypeVar

from moment_xledger.domain.numbers import number_key, same_number
from moment_xledger.domain.problems import Code
from moment_xledger.domain.records import Record, as_gone
from moment_xledger.domain.traces import Trace, traces


class Owner(NamedTuple):
    """The entity that a record in Xledger belongs to. `is_ours`: it is the one that the company writes to. `code`: None
    where the token is not shown it."""

    is_ours: bool
    code: int | None = None
    name: str = ""


class Known(Protocol):
    """A record as Xledger has it, in whichever entity."""

    @property
    def db_id(self) -> int: ...

    @property
    def number(self) -> str: ...

    @property
    def owner(self) -> Owner: ...

    def is_as_wanted(self, record: Record) -> bool: ...

    def likeness(self, record: Record) -> int: ...


K = TypeVar("K", bound=Known)


class Stopped(NamedTuple):
    """Nothing is written of this record until a person has done something."""

    record: Record
    code: Code
    details: Mapping[str, str] = {}


@dataclass(frozen=True)
class Plan(Generic[K]):
    """Each record is in exactly one of the first eight lists.

    `elsewhere`: by client id, where the number of a record to be added stands in other entities, which may be why
    Xledger refuses it. `spelled`: what Xledger has written in another way than Moment.
    """

    in_step: list[tuple[Record, int]] = field(default_factory=list)  # nothing changed since it was last sent
    as_wanted: list[tuple[Record, K]] = field(default_factory=list)
    add: list[Record] = field(default_factory=list)
    update: list[tuple[Record, K]] = field(default_factory=list)
    stopped: list[Stopped] = field(default_factory=list)
    again: list[Record] = field(
        default_factory=list
    )  # deleted and made again: to be looked up as if it were new
    recognised: list[tuple[Record, Trace]] = field(default_factory=list)  # see `records.as_recognised`
    never_added: list[Record] = field(default_factory=list)  # see `records.as_never_added`
    elsewhere: dict[str, Mapping[str, str]] = field(default_factory=dict)
    spelled: list[tuple[Record, str]] = field(default_factory=list)


def plan(
    records: Iterable[Record],
    found: Sequence[K],
    holders: Mapping[int, Record] = MappingProxyType({}),
    made_since: Sequence[K] = (),
) -> Plan[K]:
    """`found`: all that Xledger has with one of their ids or numbers. `holders`: other records of ours, by the dbId of
    what is theirs in Xledger, so that nothing there becomes two records of ours. `made_since`: what was made there
    since adds were sent that are unanswered."""
    records = list(records)
    held = {record.db_id: record for record in reversed(records) if record.db_id is not None}
    held |= holders
    moved: dict[int, Stopped] = {}
    made: Plan[K] = Plan()
    by_id = {each.db_id: each for each in found}
    by_number: dict[str, list[K]] = {}
    for each in by_id.values():
        by_number.setdefault(number_key(each.number), []).append(each)
    claimed: dict[int, Record] = {}
    possible = [each for each in made_since if each.owner.is_ours or each.owner.code is None]
    here = [each for each in found if each.owner.is_ours]
    left_behind = traces(records, here, possible, held.keys())
    hidden = {each.db_id for each in possible if not each.owner.is_ours}
    for record in records:
        if record.is_in_step and record.db_id is not None:
            made.in_step.append((record, record.db_id))
            continue
        if trace := left_behind.get(record.id):
            if trace.db_id in hidden:
                made.stopped.append(Stopped(record, Code.OWNER_NOT_SHOWN))
            else:
                made.recognised.append((record, trace))
            continue
        if doubted := record.doubted_number:
            _settle_doubt(record, by_number.get(number_key(doubted), []), held, made)
            continue
        hits = by_number.get(number_key(record.number), [])
        match _decided(record, by_id.get(record.db_id or 0), hits):
            case Stopped() as stopped:
                made.stopped.append(stopped)
            case None:
                made.add.append(record)
                if hits:
                    made.elsewhere[record.client_id] = where(hits)
            case known if record.db_id not in (None, known.db_id):
                made.again.append(as_gone(record))
            case known if known.db_id in claimed:
                other = {"other": str(claimed[known.db_id].id)}
                made.stopped.append(Stopped(record, Code.NUMBER_TAKEN, other))
            case known if (holder := held.get(known.db_id, record)).id != record.id:
                made.stopped.append(_taken(record, holder, known))
                if _has_moved(holder, known):
                    moved[holder.id] = Stopped(holder, Code.NUMBER_MOVED_IN_XLEDGER, {"theirs": known.number})
            case known:
                claimed[known.db_id] = record
                (made.as_wanted if known.is_as_wanted(record) else made.update).append((record, known))
                if known.number.rstrip() != record.number:  # blanks behind may be Xledger's own
                    made.spelled.append((record, known.number.rstrip()))
    made.in_step[:] = [(record, db_id) for record, db_id in made.in_step if record.id not in moved]
    said = {each.record.id for each in made.stopped}
    made.stopped.extend(each for id_, each in moved.items() if id_ not in said)
    return made


def _settle_doubt(record: Record, hits: Sequence[Known], held: Mapping[int, Record], made: Plan[K]) -> None:
    """Whatever Xledger has under the number of an unanswered add, and is no other record's of ours, is this one's."""
    own = [each for each in hits if each.owner.is_ours and held.get(each.db_id, record).id == record.id]
    if own:
        made.recognised.append((record, Trace("", own[0].db_id if len(own) == 1 else None)))
    elif any(each.owner.code is None for each in hits):
        made.stopped.append(Stopped(record, Code.OWNER_NOT_SHOWN))
    else:
        made.never_added.append(record)


def _taken(record: Record, holder: Record, known: Known) -> Stopped:
    theirs = holder.sent_number or holder.number
    details = {"other": theirs, "there": str(known.db_id)}
    return Stopped(record, Code.RECORD_TAKEN_IN_XLEDGER, details)


def _has_moved(holder: Record, known: Known) -> bool:
    """Of one with a problem, people are told already."""
    return holder.problem is None and not same_number(holder.sent_number or holder.number, known.number)


def _decided(record: Record, here: K | None, hits: Sequence[K]) -> K | Stopped | None:
    """The record in Xledger that is this one; None where there is none yet."""
    ours = [each for each in hits if each.owner.is_ours]
    if here and here.owner.is_ours and not same_number(here.number, record.number):
        if record.sent_number and same_number(here.number, record.sent_number):  # only Moment changed it
            return Stopped(record, Code.NUMBER_CHANGED, {"old": record.sent_number})
        return Stopped(record, Code.NUMBER_MOVED_IN_XLEDGER, {"theirs": here.number})
    if len(ours) > 1:
        return Stopped(record, Code.NUMBER_TWICE_IN_XLEDGER)
    if ours:
        return ours[0]
    if any(each.owner.code is None for each in (*hits, *([here] if here else []))):
        return Stopped(record, Code.OWNER_NOT_SHOWN)
    if here:
        return Stopped(record, Code.IN_ANOTHER_ENTITY, where([here]))
    return None if record.db_id is None else Stopped(record, Code.GONE_FROM_XLEDGER)


def where(hits: Sequence[Known]) -> Mapping[str, str]:
    """For a sentence: owner codes with the entities' names."""
    owners = sorted({(each.owner.code or 0, each.owner.name) for each in hits})
    return {"entities": ", ".join(f"{code or '?'} {name}".strip() for code, name in owners)}


def without(made: Plan[K], left_out: Iterable[Record]) -> Plan[K]:
    """The same, but nothing is written of these."""
    ids = {record.id for record in left_out}
    return Plan(
        made.in_step,
        made.as_wanted,
        [record for record in made.add if record.id not in ids],
        [(record, known) for record, known in made.update if record.id not in ids],
        made.stopped,
        made.again,
        made.recognised,
        made.never_added,
        made.elsewhere,
        made.spelled,
    )


def to_write(made: Plan[K]) -> Iterator[tuple[Record, K | None]]:
    yield from made.update
    yield from ((record, None) for record in made.add)
