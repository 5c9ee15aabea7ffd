"""What adds without an answer have left in Xledger, where a person has given it another number before it was looked
for: found among all that was made since, by what was sent with it."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple, Protocol

from moment_xledger.domain.numbers import same_number
from moment_xledger.domain.records import Record

MOST_ALIKE = 2


class Likened(Protocol):
    """A record as Xledger has it."""

    @property
    def db_id(self) -> int: ...

    @property
    def number(self) -> str: ...

    def likeness(self, record: Record) -> int:
        """0 to `MOST_ALIKE`: how many of the name and the reference are as they were sent; 0 is another record."""
        ...


class Trace(NamedTuple):
    """What may be a record's own. `db_id`: None where several may be it, or several records may be its."""

    theirs: str
    db_id: int | None = None


def traces(
    records: Sequence[Record],
    there: Iterable[Likened],
    made_since: Iterable[Likened],
    held: Collection[int],
) -> Mapping[int, Trace]:
    """By Moment's id, of records whose add is unanswered, and of which nothing alike has the number.

    All are of our entity. `there`: what has their numbers. `made_since`: what was made in Xledger since they were sent.
    `held`: dbIds of what is known to be other records' of ours. Those that are most alike come first, and leave the
    rest to others.
    """
    there = list(there)
    unanswered = [record for record in records if record.added_at is not None and record.db_id is None]
    in_place = {record.id: _in_place(record, there) for record in unanswered}
    gone = {*held, *(db_id for ids in in_place.values() for db_id in ids)}
    left = [record for record in unanswered if not in_place[record.id]]
    free = {each.db_id: each for each in made_since if each.db_id not in gone}
    found: dict[int, Trace] = {}
    for likeness in range(MOST_ALIKE, 0, -1):
        fitting = {
            record.id: fits
            for record in left
            if record.id not in found
            and (fits := [each for each in free.values() if each.likeness(record) == likeness])
        }
        wanted = Counter(each.db_id for fits in fitting.values() for each in fits)
        found |= {id_: _trace(fits, wanted) for id_, fits in fitting.items()}
        free = {db_id: each for db_id, each in free.items() if db_id not in wanted}
    return found


def _in_place(record: Record, there: Iterable[Likened]) -> set[int]:
    """What has the number that was sent, or the one that Moment has given it since, and is like it."""
    return {
        each.db_id
        for each in there
        if (same_number(each.number, record.added_as) or same_number(each.number, record.number))
        and each.likeness(record)
    }


def _trace(fits: Sequence[Likened], wanted: Mapping[int, int]) -> Trace:
    is_sure = len(fits) == 1 and wanted[fits[0].db_id] == 1
    return Trace(", ".join(sorted(each.number for each in fits)), fits[0].db_id if is_sure else None)
