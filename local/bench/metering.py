"""The table in memory, which counts what DynamoDB would bill and how often it is called."""

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from math import ceil
from typing import Any

from local.twins.table import FakeTable
from moment_xledger.adapters.table import MOST_KEYS, Action, DueKey, Item, Key

READ_BYTES, WRITE_BYTES = 4096, 1024  # of one unit
A_PAGE = 1024**2  # bytes that one query reads at most
ENCODED = json.JSONEncoder(default=str).encode
EVENTUALLY = 0.5  # of a unit, where a read need not be consistent
TRANSACTION = 2  # each item is written as if twice


class MeteredTable(FakeTable):
    def __init__(self) -> None:
        super().__init__()
        self.reads = self.writes = 0.0  # units
        self.calls = 0

    def called(self) -> None:
        self.calls += 1

    @contextmanager
    def unbilled(self) -> Iterator[None]:
        """For who only looks."""
        counted = self.reads, self.writes, self.calls
        try:
            yield
        finally:
            self.reads, self.writes, self.calls = counted

    def get(self, key: Key) -> Item | None:
        found = super().get(key)
        self.called()
        self.reads += _units(found, READ_BYTES)
        return found

    def get_many(self, keys: Iterable[Key]) -> dict[Key, Item]:
        wanted, found = iter(dict.fromkeys(keys)), {}
        while batch := list(islice(wanted, MOST_KEYS)):
            self.called()
            for key in batch:
                item = super().get(key)
                self.reads += _units(item, READ_BYTES)
                if item is not None:
                    found[key] = item
        return found

    def query(self, pk: str, prefix: str = "", **how: Any) -> Iterator[Item]:
        yield from self._paged(super().query(pk, prefix, **how), 1)

    def due(self, shard: str, until: str, limit: int | None = None) -> Iterator[DueKey]:
        yield from self._paged(super().due(shard, until, limit), EVENTUALLY)

    def _paged(self, found: Iterable[Any], share: float) -> Iterator[Any]:
        """A page is paid for when it is read, also by a caller who then stops."""
        rest = iter(found)
        while True:
            page, size = [], 0
            for each in rest:
                page.append(each)
                size += _size(each)
                if size >= A_PAGE:
                    break
            self.called()
            self.reads += share * max(1, ceil(size / READ_BYTES))
            yield from page
            if size < A_PAGE:
                return

    def write(self, *actions: Action) -> None:
        if actions:
            self.called()
        before = [self.lying(action.key) for action in actions]
        try:
            super().write(*actions)
        finally:
            self._bill(before, [self.lying(action.key) for action in actions])

    def _bill(self, before: list[Item | None], after: list[Item | None]) -> None:
        times = TRANSACTION if len(before) > 1 else 1
        for old, new in zip(before, after, strict=True):
            self.writes += times * max(_units(old, WRITE_BYTES), _units(new, WRITE_BYTES))
            self.writes += _entry(old) != _entry(new)  # in the index


def _size(content: Any) -> int:
    return len(ENCODED(content))


def _units(content: Any, size: int) -> int:
    """At least one, also for nothing."""
    return max(1, ceil(_size(content) / size))


def _entry(item: Item | None) -> tuple[Any, Any]:
    return ((item or {}).get("due"), (item or {}).get("due_at"))
