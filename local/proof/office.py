"""One company that takes in its invoices and exports them, by the real flows over a table and a bucket in memory.

Every call to the outside goes through `turns`, which decides when it is made, and whether its caller lives on.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from random import Random
from typing import IO, Any, NamedTuple, Protocol, TypeVar

from sortedcontainers import SortedDict

from local.proof.arrivals import numbers_in
from local.proof.story import Published, Size, Story, companies, tell_of_invoices
from local.proof.taking_turns import Chooser, Turns
from local.twins.table import FakeTable
from local.twins.world import START
from moment_xledger.adapters.ledger import Ledger
from moment_xledger.adapters.ledger.lookups import EVERY
from moment_xledger.adapters.table import Action, Item, Key
from moment_xledger.domain.errors import FileDiffers
from moment_xledger.domain.invoice_references import LookedUp
from moment_xledger.domain.kinds import Kind
from moment_xledger.domain.preflight import Lists
from moment_xledger.flows.export_invoices import Exporter, export_asked_for
from moment_xledger.flows.make_export import A_PART
from moment_xledger.flows.receive_events import Message, Receiver, receive_events

Answer = TypeVar("Answer")
Partitions = dict[str, SortedDict[Any, Any]]


class Calls(Protocol):
    def call(self, carry_out: Callable[[], Answer]) -> Answer: ...


class Table(FakeTable):
    def __init__(self, turns: Callable[[], Calls]) -> None:
        super().__init__()
        self._turns, self.written, self._is_shared = turns, 0, False

    def get(self, key: Key) -> Item | None:
        return self._turns().call(lambda: FakeTable.get(self, key))

    def get_many(self, keys: Iterable[Key]) -> dict[Key, Item]:
        wanted = dict.fromkeys(keys)
        if not wanted:  # nothing goes out
            return {}
        return self._turns().call(lambda: {key: item for key in wanted if (item := FakeTable.get(self, key))})

    def query(self, pk: str, prefix: str = "", **how: Any) -> Iterator[Item]:
        yield from self._turns().call(lambda: list(FakeTable.query(self, pk, prefix, **how)))

    def write(self, *actions: Action) -> None:
        def write() -> None:
            self._own()
            FakeTable.write(self, *actions)
            self.written += 1

        self._turns().call(write)

    def contents(self) -> tuple[Partitions, Partitions]:
        """As they are now, whatever is written afterwards."""
        self._is_shared = True
        return self._partitions, self._due

    def hold(self, contents: tuple[Partitions, Partitions]) -> None:
        self._partitions, self._due = contents
        self._is_shared = True

    def _own(self) -> None:
        """Copied deep enough: no item is changed in its place."""
        if self._is_shared:
            self._partitions, self._due = _copied(self._partitions), _copied(self._due)
            self._is_shared = False


class Bucket:
    def __init__(self, turns: Callable[[], Calls]) -> None:
        self._turns = turns
        self.files: dict[str, bytes] = {}

    def put_once(self, key: str, body: IO[bytes], content_type: str, sha256: str) -> None:
        content = body.read()
        self._turns().call(lambda: self._put(key, content))

    def _put(self, key: str, content: bytes) -> None:
        if self.files.setdefault(key, content) != content:
            raise FileDiffers(key)

    def sha256(self, key: str) -> str | None:
        return self._turns().call(lambda: _sha256(self.files[key]) if key in self.files else None)


class World(NamedTuple):
    """All that the jobs share."""

    table: tuple[Partitions, Partitions]
    files: dict[str, bytes]


class Office:
    """One company with files, and people who ask for them. `part`: invoices that an export claims at once."""

    def __init__(self, random: Random, invoices: int, part: int = A_PART) -> None:
        self.part = part
        self.turns: Calls = Turns({})
        self.steps = 0
        self.table, self.bucket = Table(lambda: self.turns), Bucket(lambda: self.turns)
        self.ledger = Ledger(self.table)  # type: ignore[arg-type]
        company = companies(None)[0].model_copy(
            update={"export_customers": False, "export_projects": False, "notify": ()}
        )
        self.company = company
        self.ledger.companies.save(company)
        unreadable = {EVERY: LookedUp(None, None, START)}  # so that any invoice may come
        for kind in Kind:
            self.ledger.lookups.note(company.id, kind, unreadable)
        self.ledger.references.save(company.token_id, Lists(START, None, None))  # the same of its lists
        story = Story([company])
        tell_of_invoices(story, company, random, Size(invoices=invoices))
        self.published = story.published
        self.numbers = story.invoices[company.id]

    def arrival(self, *published: Published) -> Callable[[], None]:
        messages = [Message(f"m{n}", json.dumps(each.event)) for n, each in enumerate(published)]
        receiver = Receiver(self.ledger, self.bucket, _nobody, _nobody, lambda: START)  # type: ignore[arg-type]

        def arrive() -> None:
            receive_events(messages, receiver)

        return arrive

    def click(self, request: str, by: str, after: timedelta = timedelta()) -> Callable[[], None]:
        """`after` is how long after the others."""
        files: Any = self.bucket
        exporter = Exporter(self.ledger, files, lambda: START + after, _no_review, part=self.part)

        def click() -> None:
            export_asked_for(self.company.id, request, by, exporter, None, _nobody)

        return click

    def play(self, jobs: dict[str, Callable[[], None]], chooser: Chooser) -> list[str]:
        """What is wrong when all is done, and a last export was made in peace."""
        turns = self.turns = Turns(jobs)
        try:
            turns.run(chooser)
        finally:
            self.steps = turns.steps
        return self.wrong_after_a_last_export()

    def wrong_after_a_last_export(self) -> list[str]:
        self.in_peace(self.click("last", "Kari", after=timedelta(days=1)))
        return self.wrong()

    def in_peace(self, work: Callable[[], Answer]) -> Answer:
        self.turns = Turns({})
        return work()

    def world(self) -> World:
        return World(self.table.contents(), dict(self.bucket.files))

    def hold(self, world: World) -> None:
        self.table.hold(world.table)
        self.bucket.files = dict(world.files)

    def wrong(self) -> list[str]:
        """A file whose bytes would change is refused by the bucket, and its job would never be done."""
        left = Counter(
            number
            for name, body in self.bucket.files.items()
            if name.endswith(".csv")
            for number in numbers_in(body.decode())
        )
        lost = [f"invoice {n} is lost" for n in self.numbers if not left[n]]
        doubled = [f"invoice {n} left {count} times" for n, count in left.items() if count > 1]
        return lost + doubled + self._changed()

    def _changed(self) -> list[str]:
        exports = {
            each.folder + each.file_name(): each for each in self.ledger.exports.newest_first(self.company.id)
        }
        kept = {name: _sha256(body) for name, body in self.bucket.files.items() if name.endswith(".csv")}
        noted = {name: each.sha256 for name, each in exports.items()}
        return [
            f"{name} is not what was noted of it"
            for name in kept | noted
            if kept.get(name) != noted.get(name)
        ]


def _copied(partitions: Partitions) -> Partitions:
    return {name: partition.copy() for name, partition in partitions.items()}


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _no_review(*_: object) -> None:
    """A spreadsheet takes a hundred times as long as all else, and has no part in the protocol."""


def _nobody(*_: object) -> None:
    pass
