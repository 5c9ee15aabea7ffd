"""Twins that die at a call of one's choice, before it is carried out."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.fakes import FakeFiles, FakeTable


class Died(Exception):
    """The process is gone. Nothing in the code may catch it."""


@dataclass
class Fate:
    """Dies at the call number `at`, counted from 1, over all twins that share it. 0: never.

    Calls that a twin makes of itself do not count. `telling`: the calls before which something had changed; to die at
    any other leaves the same as to die at the one before.
    """

    at: int = 0
    calls: int = 0
    telling: list[int] = field(default_factory=list)
    _has_changed: bool = True
    _depth: int = 0

    def note_change(self) -> None:
        self._has_changed = True

    @contextmanager
    def call(self, *, changes: bool = False) -> Iterator[None]:
        if self._depth:
            yield
            return
        self.calls += 1
        if self._has_changed:
            self.telling.append(self.calls)
        self._has_changed = changes
        if self.calls == self.at:
            raise Died
        self._depth += 1
        try:
            yield
        finally:
            self._depth -= 1


class CrashingTable(FakeTable):
    def __init__(self, fate: Fate) -> None:
        super().__init__()
        self._fate = fate

    def get(self, key: Any) -> Any:
        with self._fate.call():
            return super().get(key)

    def get_many(self, keys: Any) -> Any:
        with self._fate.call():
            return super().get_many(keys)

    def query(self, *args: Any, **options: Any) -> Iterator[Any]:
        with self._fate.call():
            found = list(super().query(*args, **options))
        yield from found

    def write(self, *actions: Any) -> None:
        with self._fate.call(changes=True):
            super().write(*actions)


class CrashingFiles(FakeFiles):
    def __init__(self, fate: Fate) -> None:
        super().__init__()
        self._fate = fate

    def put_once(self, *args: Any) -> None:
        with self._fate.call(changes=True):
            super().put_once(*args)
