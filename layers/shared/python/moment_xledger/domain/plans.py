"""The least that Xledger must be told so that its records are as Moment has them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from moment_xledger.domain.records import Record


class Known(Protocol):
    """A record as Xledger has it."""

    @property
    def db_id(self) -> int: ...

    def is_as_wanted(self, record: Record) -> bool: ...


@dataclass(frozen=True)
class Plan:
    """Each record is in exactly one of these; the numbers are ids in Xledger."""

    in_step: list[tuple[Record, int]] = field(default_factory=list)
    add: list[Record] = field(default_factory=list)
    update: list[tuple[Record, int]] = field(default_factory=list)
    doubled: list[Record] = field(default_factory=list)


def plan(records: Iterable[Record], found: Mapping[str, Sequence[Known]]) -> Plan:
    """`found`: what a look-up by number brought. Two records with one number in Xledger are never made three."""
    made = Plan()
    for record in records:
        hits = found.get(record.number, ())
        if record.db_id is not None:
            (made.in_step if record.is_in_step else made.update).append((record, record.db_id))
        elif len(hits) > 1:
            made.doubled.append(record)
        elif not hits:
            made.add.append(record)
        elif hits[0].is_as_wanted(record):
            made.in_step.append((record, hits[0].db_id))
        else:
            made.update.append((record, hits[0].db_id))
    return made
