"""The table in memory, which counts what DynamoDB would bill and how often it is called."""

import json
from collections.abc import Iterable, Iterator
from math import ceil
from typing import Any

from local.twins.table import FakeTable
from moment_xledger.adapters.table import Action, Item, Key

READ_BYTES, WRITE_BYTES = 4096, 1024  # of one unit
EVENTUALLY = 0.5  # of a unit, where a read need not be consistent
TRANSACTION = 2  # each item is written as if twice


class MeteredTable(FakeTable):
    def __init__(self) -> None:
        super().__init__()
        self.reads = self.writes = 0.0  # units
        self.calls = 0
        self._is_own = False  # what the twin reads for itself is not billed

    def get(self, key: Key) -> Item | None:
        found = super().get(key)
        if not self._is_own:
            self.calls += 1
            self.reads += _units(found, READ_BYTES)
        return found

    def get_many(self, keys: Iterable[Key]) -> dict[Key, Item]:
        wanted = list(dict.fromkeys(keys))
        before = self.calls
        found = super().get_many(wanted)
        self.calls = before + ceil(len(wanted) / 100)
        return found

    def query(self, pk: str, prefix: str = "", **how: Any) -> Iterator[Item]:
        found = list(super().query(pk, prefix, **how))
        self.calls += 1
        self.reads += _units(found, READ_BYTES)
        yield from found

    def due(self, shard: str, until: str, limit: int | None = None) -> Iterator[Key]:
        found = list(super().due(shard, until, limit))
        self.calls += 1
        self.reads += EVENTUALLY * _units(found, READ_BYTES)
        yield from found

    def write(self, *actions: Action) -> None:
        self.calls += bool(actions)
        before = self._stored(actions)
        self._is_own = True
        try:
            super().write(*actions)
        finally:
            self._is_own = False
            self._bill(before, self._stored(actions))

    def _stored(self, actions: Iterable[Action]) -> list[Item | None]:
        return [FakeTable.get(self, action.key) for action in actions]

    def _bill(self, before: list[Item | None], after: list[Item | None]) -> None:
        times = TRANSACTION if len(before) > 1 else 1
        for old, new in zip(before, after, strict=True):
            self.writes += times * max(_units(old, WRITE_BYTES), _units(new, WRITE_BYTES))
            self.writes += _entry(old) != _entry(new)  # in the index


def _units(content: Any, size: int) -> int:
    """At least one, also for nothing."""
    return max(1, ceil(len(json.dumps(content, default=str)) / size))


def _entry(item: Item | None) -> tuple[Any, Any]:
    return ((item or {}).get("due"), (item or {}).get("due_at"))
