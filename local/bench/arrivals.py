"""Taking events in, beside a bare Powertools loop that parses the same events and makes the same writes."""

import json
from collections.abc import Sequence
from datetime import timedelta
from itertools import chain
from typing import Any

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

from local.bench.frame import Say, Spread, Table, race, spent
from local.bench.load import edits, new_customers
from local.twins.table import FakeTable
from local.twins.world import COMPANY, START, World
from moment_xledger.adapters.ledger import Ledger
from moment_xledger.adapters.table import Action
from moment_xledger.domain.events import read_event

CUSTOMERS, EDITS, BATCH = 1_000, 2_000, 100
COLUMNS = ("what", "ours, events/s", "bare loop, events/s", "ours ÷ bare")
NOTE = (
    "The bare loop is Powertools' BatchProcessor: it parses each event as we do, and then makes the very writes that "
    "we made. What is stored it need not read, and its writes are built before; nor does it look whose number it is, "
    "or what is over now. The table is in memory. By the processor's time; rounds take turns."
)

Writes = list[list[tuple[Action, ...]]]  # by batch


class Remembering(FakeTable):
    """Keeps what was written, in the order in which it was."""

    def __init__(self) -> None:
        super().__init__()
        self.written: list[tuple[Action, ...]] = []

    def write(self, *actions: Action) -> None:
        super().write(*actions)
        self.written.append(actions)


def arrivals(say: Say) -> list[Table]:
    bodies = _bodies()
    batches = [bodies[start : start + BATCH] for start in range(0, len(bodies), BATCH)]
    writes = _writes(batches)
    say(f"{len(bodies):,} events in batches of {BATCH}")
    found = race(lambda: _ours(batches), lambda: _bare(batches, writes))
    ours, bare = (
        Spread.of(len(bodies) / seconds for seconds in vars(side).values())
        for side in (found.ours, found.baseline)
    )
    ratio = Spread.of(1 / each for each in vars(found.ratio).values())
    what = f"{CUSTOMERS:,} new customers and {EDITS:,} edits, in batches of {BATCH}"
    return [Table("Taking events in", COLUMNS, [[what, ours, bare, ratio]], NOTE)]


def _bodies() -> list[str]:
    changed = (each.event for each in edits(EDITS, CUSTOMERS, START, timedelta(minutes=10), seed=1))
    return [json.dumps(event) for event in chain(new_customers(CUSTOMERS), changed)]


def _writes(batches: Sequence[Sequence[str]]) -> Writes:
    world, table = World(), Remembering()
    world.ledger = Ledger(table)  # type: ignore[arg-type]
    world.ledger.companies.save(COMPANY)
    made = []
    for batch in batches:
        table.written = []
        world.receive(*batch)
        made.append(table.written)
    return made


def _ours(batches: Sequence[Sequence[str]]) -> float:
    world = World()

    def take_in() -> None:
        for batch in batches:
            world.receive(*batch)

    return spent(take_in)


def _bare(batches: Sequence[Sequence[str]], writes: Writes) -> float:
    table: Any = FakeTable()
    Ledger(table).companies.save(COMPANY)
    records = [[_record(n, body) for n, body in enumerate(batch)] for batch in batches]

    def take_in() -> None:
        for batch, made in zip(records, writes, strict=True):
            _take_in(batch, made, table)

    return spent(take_in)


def _record(number: int, body: str) -> dict[str, Any]:
    return {"messageId": str(number), "body": body, "eventSource": "aws:sqs"}


def _take_in(records: list[dict[str, Any]], writes: list[tuple[Action, ...]], table: FakeTable) -> None:
    process_partial_response({"Records": records}, _parse, BatchProcessor(event_type=EventType.SQS))
    for actions in writes:
        table.write(*actions)


def _parse(record: SQSRecord) -> None:
    read_event(record.body)
