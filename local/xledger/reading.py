"""Connections: filters, owners, pages. `edges` is null where nothing matches."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from operator import ge, gt, le, lt
from typing import Any

from local.xledger.errors import INVALID_VALUE, Refused
from local.xledger.plan import Plan
from local.xledger.state import IMPORTED, OWNED, Reach, State
from local.xledger.table import Record, Table, between, by_db_id

LONGEST_PAGE = 10_000
Test = Callable[[Record], bool]
COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {"_gte": ge, "_lte": le, "_gt": gt, "_lt": lt}


@dataclass(frozen=True)
class Reader:
    """What one token may read, and how the plan has it answered."""

    state: State
    reach: Reach
    plan: Plan


def connection(reader: Reader, tables: Sequence[str], arguments: Record) -> Record:
    """One page of a table, or of several as one, as a root field's arguments ask for it."""
    conditions: Record = arguments.get("filter") or {}
    tests = [_test(name, value, reader.state.tables[tables[0]]) for name, value in conditions.items()]
    tests += _owned_by(reader, tables[0], arguments) + _status(reader, arguments)
    tests += _visible_now(reader, tables[0])
    return page(_rows(reader.state, tables, conditions), tests, arguments, _edge)


def deltas(reader: Reader, table: str, arguments: Record) -> Record:
    """The feed of changes; a cursor is the place of a change in it."""
    kept = reader.state.changes(table, reader.plan.changes_kept_days)
    after = arguments.get("after")
    if after is not None and not _is_in(kept, after):
        if reader.plan.unknown_cursor == "refused":
            raise Refused(f"after: '{after[:50]}' is not a cursor.", INVALID_VALUE)
        kept = kept if reader.plan.unknown_cursor == "from_start" else []
        arguments = arguments | {"after": None}
    return page(kept, _owned_by(reader, table, arguments), arguments, _delta_edge)


def _is_in(feed: Sequence[Record], cursor: str) -> bool:
    is_number = cursor.isascii() and cursor.isdigit()
    return is_number and bool(feed) and feed[0]["dbId"] <= int(cursor) <= feed[-1]["dbId"]


def page(
    rows: Sequence[Record], tests: list[Test], arguments: Record, edge: Callable[[Record], Record]
) -> Record:
    """`rows` ascend by dbId. Without `first` and `last`: as much as one page may hold."""
    first, last = _size(arguments, "first"), _size(arguments, "last")
    if first is not None and last is not None:
        raise Refused("first, last: Give one of them.", INVALID_VALUE)
    after, before = _cursor(arguments, "after"), _cursor(arguments, "before")
    window = between(rows, after, before)
    if last is None:
        chosen, more = _first(window, tests, LONGEST_PAGE if first is None else first)
        ends = {"hasNextPage": more, "hasPreviousPage": _any(rows, None, after, tests)}
    else:
        chosen, more = _first(reversed(window), tests, last)
        chosen.reverse()
        ends = {"hasNextPage": _any(rows, before, None, tests), "hasPreviousPage": more}
    return {"edges": [edge(row) for row in chosen] or None, "pageInfo": ends}


def _first(rows: Iterable[Record], tests: list[Test], size: int) -> tuple[list[Record], bool]:
    """And whether there are more."""
    taken = list(islice(_passing(rows, tests), size + 1))
    return taken[:size], len(taken) > size


def _any(rows: Sequence[Record], from_cursor: int | None, to_cursor: int | None, tests: list[Test]) -> bool:
    """Whether anything lies beyond the cursor that the page began at; the record it names counts."""
    if from_cursor is None and to_cursor is None:
        return False
    after = None if from_cursor is None else from_cursor - 1
    before = None if to_cursor is None else to_cursor + 1
    return next(_passing(between(rows, after, before), tests), None) is not None


def _passing(rows: Iterable[Record], tests: list[Test]) -> Iterator[Record]:
    return (row for row in rows if all(test(row) for test in tests))


def _rows(state: State, tables: Sequence[str], conditions: Record) -> Sequence[Record]:
    first = _candidates(state.tables[tables[0]], conditions)
    others = [_candidates(state.tables[name], conditions) for name in tables[1:] if state.tables[name]]
    return sorted(chain(first, *others), key=by_db_id) if others else first


def _candidates(rows: Table, conditions: Record) -> Sequence[Record]:
    """By an index if there is one for any of the conditions."""
    for name, value in conditions.items():
        field = name.removesuffix("_in")
        if value is not None and rows.is_indexed(field):
            return rows.find_any(field, value if name.endswith("_in") else [value])
    return rows.records


def _test(name: str, value: Any, table: Table) -> Test:
    """Null equals null; to any other comparison with it nothing answers."""
    if name.endswith("_in"):
        field = name.removesuffix("_in")
        wanted = {table.folded(field, each) for each in value or ()}
        return lambda row: table.folded(field, row.get(field)) in wanted
    for suffix, compare in COMPARISONS.items():
        if name.endswith(suffix):
            field = name.removesuffix(suffix)
            return lambda row: value is not None and row.get(field) is not None and compare(row[field], value)
    return lambda row: table.folded(name, row.get(name)) == table.folded(name, value)


def _owned_by(reader: Reader, table: str, arguments: Record) -> list[Test]:
    """What `ownerSet` says, or the plan where the query does not. Shared data is in every set."""
    if table not in (*OWNED, "entities"):
        return []
    owner_set = arguments.get("ownerSet") or reader.plan.default_owner_set
    owner_set = reader.plan.all_owners if owner_set == "ALL" else owner_set
    owners = reader.reach.owners(reader.plan.mine if owner_set == "MINE" else owner_set)
    field = "dbId" if table == "entities" else "ownerDbId"
    return [lambda row: row[field] in owners]


def _status(reader: Reader, arguments: Record) -> list[Test]:
    """What `objectStatus` says, or the plan where the query does not."""
    today = reader.state.today()
    wanted = arguments.get("objectStatus") or reader.plan.default_object_status
    wanted = reader.plan.all_statuses if wanted == "ALL" else wanted
    if wanted not in ("OPEN", "CLOSED"):
        return []
    return [lambda row: ((row.get("toDate") or today) < today) == (wanted == "CLOSED")]


def _visible_now(reader: Reader, table: str) -> list[Test]:
    """A staged line until it is posted, a posted one from then on."""
    if table not in IMPORTED:
        return []
    now = reader.state.now()
    return [
        lambda row: row["visibleFrom"] <= now and (row["visibleUntil"] is None or now < row["visibleUntil"])
    ]


def _size(arguments: Record, name: str) -> int | None:
    size: int | None = arguments.get(name)
    if size is not None and not 0 <= size <= LONGEST_PAGE:
        raise Refused(f"{name}: At most {LONGEST_PAGE} records can be asked for.", INVALID_VALUE)
    return size


def _cursor(arguments: Record, name: str) -> int | None:
    cursor = arguments.get(name)
    if cursor is None:
        return None
    if not cursor.isascii() or not cursor.isdigit():
        raise Refused(f"{name}: '{cursor[:50]}' is not a cursor.", INVALID_VALUE)
    return int(cursor)


def _edge(record: Record) -> Record:
    return {"cursor": str(record["dbId"]), "node": record}


def _delta_edge(delta: Record) -> Record:
    return {"cursor": str(delta["dbId"]), "node": delta["node"]}
