"""Numbers come from Moment and must stay as they are in Xledger. What differs there is reported, never mended."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from moment_xledger.domain.kinds import Kind
from moment_xledger.domain.numbers import same_number
from moment_xledger.domain.problems import Code
from moment_xledger.domain.records import Record, project_end

REPORTED = (
    Code.NUMBER_MOVED_IN_XLEDGER,
    Code.CLOSED_IN_XLEDGER,
    Code.GONE_FROM_XLEDGER,
    Code.NUMBER_DOUBLED_IN_XLEDGER,
)


@dataclass(frozen=True)
class Numbered:
    """A customer or project as Xledger has it now. `owner`: the owner code of the company that it belongs to."""

    db_id: int
    number: str
    ends: date | None = None
    owner: int | None = None


@dataclass(frozen=True)
class Finding:
    record: Record
    code: Code
    details: Mapping[str, str]


def findings(
    records: Iterable[Record], held: Collection[Numbered], owner: int | None, today: date
) -> Iterator[Finding]:
    """Of records that are in Xledger. `held`: everything there with one of their ids or numbers."""
    by_id = {each.db_id: each for each in held}
    for record in records:
        found = _finding(record, by_id.get(record.db_id or 0), held, owner, today)
        if found:
            yield Finding(record, *found)


def _finding(
    record: Record, found: Numbered | None, held: Collection[Numbered], owner: int | None, today: date
) -> tuple[Code, Mapping[str, str]] | None:
    if found is None:
        return Code.GONE_FROM_XLEDGER, {}
    if not same_number(found.number, record.sent_number):
        return Code.NUMBER_MOVED_IN_XLEDGER, {"theirs": found.number}
    others = [
        each for each in held if same_number(each.number, record.sent_number) and each.db_id != found.db_id
    ]
    if any(owner is None or each.owner == owner for each in others):
        return Code.NUMBER_DOUBLED_IN_XLEDGER, {}
    if found.ends and found.ends < today and not _closed_by_us(record, today):
        return Code.CLOSED_IN_XLEDGER, {"date": found.ends.isoformat()}
    return None


def _closed_by_us(record: Record, today: date) -> bool:
    end = project_end(record) if record.kind is Kind.PROJECT else None
    return end is not None and end < today
