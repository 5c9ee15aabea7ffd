"""How much memory a worker needs, by how many records wait for it. The worker is a process of its own; the ledger and
Xledger are in another one, so that what they hold does not count."""

import multiprocessing
import tracemalloc
from collections.abc import Mapping
from multiprocessing.managers import BaseManager
from typing import Any

from local.bench.frame import Cell, Say, Table
from local.bench.load import new_customers
from local.twins.table import FakeTable
from local.twins.world import TOKEN_ID, World
from moment_xledger.adapters.ledger import Ledger
from moment_xledger.adapters.table import Action, Item, Key
from moment_xledger.domain.companies import Token
from moment_xledger.domain.errors import GateClosed
from moment_xledger.domain.replies import Reply
from moment_xledger.flows.sync_customers import sync_customers

FEW, MANY = 1_000, 20_000


class Outside:
    """The twins, in a process of their own."""

    def __init__(self) -> None:
        self._world = World()

    def fill(self, customers: int) -> None:
        events = list(new_customers(customers))
        for start in range(0, customers, 1_000):
            self._world.receive(*events[start : start + 1_000])

    def table(self, operation: str, *given: Any, **named: Any) -> Any:
        found = getattr(self._world.table, operation)(*given, **named)
        return list(found) if operation in ("query", "due") else found

    def ask(self, token: Token, operation: str, variables: Mapping[str, Any]) -> Reply:
        return self._world.xledger.ask(token, operation, variables)


class _Manager(BaseManager):
    pass


_Manager.register("Outside", Outside)


class _Table(FakeTable):
    """The other process's."""

    def __init__(self, outside: Any) -> None:
        self._outside = outside

    def get(self, key: Key) -> Item | None:
        found: Item | None = self._outside.table("get", key)
        return found

    def get_many(self, keys: Any) -> dict[Key, Item]:
        found: dict[Key, Item] = self._outside.table("get_many", list(keys))
        return found

    def query(self, pk: str, prefix: str = "", **named: Any) -> Any:
        return iter(self._outside.table("query", pk, prefix, **named))

    def write(self, *actions: Action) -> None:
        self._outside.table("write", *actions)


def memory(say: Say) -> list[Table]:
    found = []
    for waiting in (FEW, MANY):
        say(f"a worker with {waiting:,} records waiting")
        found.append(peak_megabytes(waiting))
    few, many = found
    row: list[Cell] = ["a worker's peak, MB", few, many, many / few]
    return [
        Table("Memory of a worker", ("what", f"{FEW:,} records wait", f"{MANY:,} wait", "ratio (< 2)"), [row])
    ]


def peak_megabytes(waiting: int) -> float:
    """Of objects in a worker that carries so many dirty customers, run after run, until none is left."""
    context = multiprocessing.get_context("spawn")
    with _Manager(ctx=context) as manager, context.Pool(1) as pool:
        outside = manager.Outside()  # type: ignore[attr-defined]
        outside.fill(waiting)
        peak: float = pool.apply(_carry, (outside, waiting))
    return peak


def _carry(outside: Any, waiting: int) -> float:
    world = World()
    world.ledger = Ledger(_Table(outside))  # type: ignore[arg-type]
    world.xledger = outside
    carried = 0
    tracemalloc.start()
    for _ in range(waiting):
        try:
            report = sync_customers(TOKEN_ID, world.worker(), lambda *_: {})
        except GateClosed:
            continue
        carried += report.added
        if carried == waiting:
            break
    return tracemalloc.get_traced_memory()[1] / 1024**2
