"""Records by dbId, in the order they came, with indexes for what people look up by."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from operator import itemgetter
from typing import Any

# Fields as the schema spells them. A reference is the other record itself, and so always up to date.
Record = dict[str, Any]

INDEXED = ("code", "description", "companyNumber", "companyDbId", "objectKindDbId")
by_db_id = itemgetter("dbId")


class Table:
    """`fold` is applied to codes before they are compared."""

    def __init__(self, records: Iterable[Record] = (), fold: Callable[[str], str] = str) -> None:
        self._fold = fold
        self.records: list[Record] = []  # ascending by dbId
        self._by_db_id: dict[int, Record] = {}
        self._indexes: dict[str, dict[Any, dict[int, Record]]] = {name: defaultdict(dict) for name in INDEXED}
        for record in records:
            self.add(record)

    def add(self, record: Record) -> Record:
        """`record` must have a higher dbId than all before it."""
        self.records.append(record)
        self._by_db_id[record["dbId"]] = record
        self._index(record, INDEXED)
        return record

    def change(self, record: Record, changes: Record) -> None:
        touched = [name for name in INDEXED if name in changes]
        self._forget(record, touched)
        record.update(changes)
        self._index(record, touched)

    def remove(self, record: Record) -> None:
        self.records.pop(bisect_left(self.records, record["dbId"], key=by_db_id))
        del self._by_db_id[record["dbId"]]
        self._forget(record, INDEXED)

    def get(self, db_id: int) -> Record | None:
        return self._by_db_id.get(db_id)

    def find(self, field: str, value: Any) -> list[Record]:
        """Those whose `field` is `value`, in no promised order."""
        if field == "dbId":
            return [self._by_db_id[value]] if value in self._by_db_id else []
        if field in self._indexes and value is not None:
            return list(self._indexes[field].get(self.folded(field, value), {}).values())
        return [record for record in self.records if record.get(field) == value]

    def find_any(self, field: str, values: Iterable[Any]) -> list[Record]:
        """As `find` for each of `values`, in the order of dbId."""
        found = {record["dbId"]: record for value in values for record in self.find(field, value)}
        return [found[db_id] for db_id in sorted(found)]

    def _index(self, record: Record, names: Iterable[str]) -> None:
        for name in names:
            if record.get(name) is not None:
                self._indexes[name][self.folded(name, record[name])][record["dbId"]] = record

    def _forget(self, record: Record, names: Iterable[str]) -> None:
        for name in names:
            if record.get(name) is not None:
                del self._indexes[name][self.folded(name, record[name])][record["dbId"]]

    def folded(self, field: str, value: Any) -> Any:
        return self._fold(value) if field == "code" and value is not None else value

    @staticmethod
    def is_indexed(field: str) -> bool:
        return field == "dbId" or field in INDEXED

    def __iter__(self) -> Iterator[Record]:
        return iter(self.records)

    def __len__(self) -> int:
        return len(self.records)


def between(records: Sequence[Record], after: int | None, before: int | None) -> Sequence[Record]:
    """The records whose dbId lies strictly between the two."""
    low = 0 if after is None else bisect_right(records, after, key=by_db_id)
    high = len(records) if before is None else bisect_left(records, before, key=by_db_id)
    return records[low:high]
