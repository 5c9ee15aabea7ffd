"""Invoices of one company that come all at once, to receivers that work side by side over a ledger as slow as DynamoDB.

Time is simulated. A call takes as long as DynamoDB's usually do; a transaction holds its items meanwhile, and whoever
writes one of them is refused, as DynamoDB does it.
"""

import json
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from random import Random
from typing import Any

from local.bench.frame import Cell, Say, Table
from local.bench.large_exports import invoices, ready_for_invoices
from local.proof.scheduling import Scheduler
from local.twins.table import FakeTable
from local.twins.world import COMPANY, START
from moment_xledger.adapters.ledger import Ledger
from moment_xledger.adapters.table import (
    FIRST_PAUSE_OF_A_RACE,
    LONGEST_PAUSE_OF_A_RACE,
    Action,
    DueKey,
    Item,
    Key,
)
from moment_xledger.domain.errors import Conflict, SyncError
from moment_xledger.flows.receive_events import Message, Receiver, receive_events

INVOICES, RECEIVERS, BATCH = 8_000, 10, 100
A_MINUTE = timedelta(minutes=1)
HIDDEN = timedelta(seconds=190)  # a message that was not dealt with, as in template.yaml
A_WINDOW = timedelta(seconds=1)
TIME_OUT = timedelta(seconds=30)
AN_EVENT = timedelta(milliseconds=1)  # to read one, with a third of a processor

# Milliseconds, from and to: most are near the lower end.
A_READ, A_QUERY, A_WRITE = (3, 12), (5, 20), (5, 15)
A_TRANSACTION, ITS_ITEM = (15, 40), 0.3

COLUMNS = (
    "invoices of one company",
    "came within, s",
    "receivers",
    "at the first delivery",
    "at the second",
    "later",
    "batches that failed (0)",
    "transactions refused",
    "all stored after, s",
)
NOTE = (
    f"Batches of up to {BATCH}; one that fails comes back after {HIDDEN.total_seconds():.0f} s. Time is simulated: a "
    f"read takes {A_READ[0]} to {A_READ[1]} ms, a transaction of a hundred actions "
    f"{A_TRANSACTION[0] + 100 * ITS_ITEM:.0f} to {A_TRANSACTION[1] + 100 * ITS_ITEM:.0f}, and it refuses whoever "
    "writes one of its items meanwhile."
)


class SlowTable(FakeTable):
    """`refused`: transactions that met another one, or came too late."""

    def __init__(self, scheduler: Scheduler, random: Random) -> None:
        super().__init__()
        self._scheduler, self._random = scheduler, random
        self._held: Counter[Key] = Counter()
        self.refused = 0
        self.is_fast = True  # while all is made ready

    def get(self, key: Key) -> Item | None:
        self._wait(A_READ)
        return super().get(key)

    def get_many(self, keys: Iterable[Key]) -> dict[Key, Item]:
        wanted = list(dict.fromkeys(keys))
        for _ in range(0, len(wanted), 100):
            self._wait(A_READ)
        return {key: item for key in wanted if (item := FakeTable.get(self, key))}

    def query(self, pk: str, prefix: str = "", **how: Any) -> Iterator[Item]:
        self._wait(A_QUERY)
        yield from list(super().query(pk, prefix, **how))

    def due(self, shard: str, until: str, limit: int | None = None) -> Iterator[DueKey]:
        self._wait(A_QUERY)
        yield from list(super().due(shard, until, limit))

    def write(self, *actions: Action) -> None:
        keys = [action.key for action in actions]
        met = [at for at, key in enumerate(keys) if self._held[key]]
        with self._holding(keys if len(keys) > 1 and not met else []):
            self._wait(A_WRITE if len(keys) == 1 else A_TRANSACTION, 0 if met else len(keys) * ITS_ITEM)
            try:
                self._refuse(met)
                with self._at_once():
                    super().write(*actions)
            except Conflict:
                self.refused += len(keys) > 1
                raise

    def _refuse(self, met: Sequence[int]) -> None:
        if met:
            raise Conflict(met)

    def pause(self, tries: int) -> None:
        """As the real table does it."""
        span = min(FIRST_PAUSE_OF_A_RACE * 2**tries, LONGEST_PAUSE_OF_A_RACE)
        if not self.is_fast:
            self._scheduler.wait(timedelta(seconds=span * self._random.random()))

    @contextmanager
    def _holding(self, keys: Sequence[Key]) -> Iterator[None]:
        self._held.update(keys)
        try:
            yield
        finally:
            self._held.subtract(keys)

    @contextmanager
    def _at_once(self) -> Iterator[None]:
        """What the twin reads of itself takes no time."""
        was, self.is_fast = self.is_fast, True
        try:
            yield
        finally:
            self.is_fast = was

    def _wait(self, span: tuple[float, float], more: float = 0) -> None:
        if not self.is_fast and self._scheduler.current:
            self._scheduler.wait(timedelta(milliseconds=self._random.triangular(*span, span[0]) + more))


@dataclass(frozen=True)
class Found:
    """`deliveries`: how many invoices were stored at which one. `longest`: seconds of a call."""

    deliveries: Mapping[int, int]
    failed: int
    refused: int
    seconds: float
    longest: float


def many_at_once(say: Say) -> list[Table]:
    rows: list[list[Cell]] = []
    for within in (A_MINUTE, timedelta(seconds=1)):
        say(f"{INVOICES:,} within {within.total_seconds():.0f} s")
        found = take_in(INVOICES, within)
        later = sum(count for delivery, count in found.deliveries.items() if delivery > 2)
        first, second = (found.deliveries.get(delivery, 0) for delivery in (1, 2))
        deliveries = first, second, later
        rows.append(
            [
                INVOICES,
                within.total_seconds(),
                RECEIVERS,
                *deliveries,
                found.failed,
                found.refused,
                found.seconds,
            ]
        )
    return [Table("Many at once", COLUMNS, rows, NOTE)]


def take_in(count: int, within: timedelta, receivers: int = RECEIVERS, seed: int = 1) -> Found:
    return _Crowd(count, within, receivers, seed).found()


class _Crowd:
    def __init__(self, count: int, within: timedelta, receivers: int, seed: int) -> None:
        self._scheduler, self._random = Scheduler(START), Random(seed)
        self._table = SlowTable(self._scheduler, self._random)
        self._ledger = Ledger(self._table)  # type: ignore[arg-type]
        ready_for_invoices(self._ledger)
        self._table.is_fast = False
        self._waiting: deque[Message] = deque()
        self._received, self._deliveries = Counter[str](), Counter[int]()
        self._idle, self._left, self._failed, self._longest = receivers, count, 0, timedelta()
        for n, invoice in enumerate(invoices(count)):
            body = json.dumps(
                {
                    "specversion": "1.0",
                    "id": f"{n}",
                    "source": "moment",
                    "type": "team.moment.invoice.finalized",
                }
                | {"time": "2026-11-22T09:00:00Z", "momentcompany": COMPANY.id}
                | {"data": json.loads(invoice.to_json())}
            )
            self._arrive(Message(f"m{n}", body), within * self._random.random())

    def found(self) -> Found:
        self._scheduler.run(lambda: not self._left)
        seconds = (self._scheduler.now - START).total_seconds()
        longest = self._longest.total_seconds()
        return Found(dict(self._deliveries), self._failed, self._table.refused, seconds, longest)

    def _arrive(self, message: Message, after: timedelta) -> None:
        def arrive() -> None:
            self._waiting.append(message)
            self._dispatch(BATCH)

        self._scheduler.later(after, arrive)
        self._scheduler.later(after + A_WINDOW, lambda: self._dispatch(1))

    def _dispatch(self, least: int) -> None:
        while self._idle and len(self._waiting) >= least:
            batch = [self._waiting.popleft() for _ in range(min(BATCH, len(self._waiting)))]
            self._idle -= 1
            self._scheduler.start("receive_events", lambda batch=batch: self._receive(batch))  # type: ignore[misc]

    def _receive(self, batch: Sequence[Message]) -> None:
        began = self._scheduler.now
        self._received.update(message.id for message in batch)
        self._scheduler.wait(AN_EVENT * len(batch))
        files: Any = None
        try:
            receive_events(batch, Receiver(self._ledger, files, _nobody, _nobody, self._scheduler.clock))
        except SyncError:
            self._failed += 1
            for message in batch:
                self._arrive(message, HIDDEN - (self._scheduler.now - began))
        else:
            self._deliveries.update(self._received[message.id] for message in batch)
            self._left -= len(batch)
        self._longest = max(self._longest, self._scheduler.now - began)
        self._idle += 1
        self._dispatch(BATCH)
        self._scheduler.later(A_WINDOW, lambda: self._dispatch(1))


def _nobody(*_: object) -> None:
    pass
