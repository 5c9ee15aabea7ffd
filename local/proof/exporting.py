"""The export protocol by itself: the real flows take in one company's invoices and export them, again and again and at
the same time, over the table and the bucket in memory. Many more runs than the whole simulation could afford."""

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from random import Random
from typing import IO, Any

from local.proof.arrivals import numbers_in
from local.proof.story import Published, Size, Story, companies, tell_of_invoices
from local.proof.taking_turns import Choice, Chooser, Lot, Script, SeenBefore, Turns
from local.twins.table import FakeTable
from local.twins.world import START
from moment_xledger.adapters.ledger import Ledger
from moment_xledger.adapters.table import Action, Item, Key
from moment_xledger.domain.errors import FileDiffers
from moment_xledger.domain.exports import SCHEDULE, SWEEP
from moment_xledger.flows.export_invoices import Exporter, export_asked_for
from moment_xledger.flows.receive_events import Message, Receiver, receive_events

DEATHS = 0.08  # before a call, and as many after one
CLICKS = 5


class Table(FakeTable):
    """`state` sums up what it holds."""

    def __init__(self, turns: Callable[[], Turns]) -> None:
        super().__init__()
        self._turns, self._state = turns, 0

    def get(self, key: Key) -> Item | None:
        return self._turns().call(lambda: FakeTable.get(self, key))

    def get_many(self, keys: Iterable[Key]) -> dict[Key, Item]:
        return self._turns().call(
            lambda: {key: item for key in dict.fromkeys(keys) if (item := FakeTable.get(self, key))}
        )

    def query(self, pk: str, prefix: str = "", **how: Any) -> Iterator[Item]:
        yield from self._turns().call(lambda: list(FakeTable.query(self, pk, prefix, **how)))

    def write(self, *actions: Action) -> None:
        def write() -> None:
            FakeTable.write(self, *actions)
            self._state = 0

        self._turns().call(write)

    def state(self) -> int:
        self._state = self._state or hash(repr(self._partitions))
        return self._state


class Bucket:
    def __init__(self, turns: Callable[[], Turns]) -> None:
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


class Office:
    """One company with files, and people who ask for them."""

    def __init__(self, random: Random, invoices: int) -> None:
        self.turns = Turns({})
        self.table, self.bucket = Table(lambda: self.turns), Bucket(lambda: self.turns)
        self.ledger = Ledger(self.table)  # type: ignore[arg-type]
        company = companies(None)[0].model_copy(update={"export_customers": False, "notify": ()})
        self.company = company
        self.ledger.companies.save(company)
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

    def click(self, request: str, by: str) -> Callable[[], None]:
        exporter = Exporter(self.ledger, self.bucket, lambda: START, _no_review)  # type: ignore[arg-type]

        def click() -> None:
            export_asked_for(self.company.id, request, by, exporter, None, _nobody)

        return click

    def play(self, jobs: dict[str, Callable[[], None]], chooser: Chooser) -> list[str]:
        """What is wrong when all is done, and a last export was made in peace."""
        self.turns = Turns(jobs)
        self.turns.run(chooser)
        self.click("last", "Kari")()
        return self.wrong()

    def state(self) -> int:
        return hash((self.table.state(), *self.bucket.files))

    def wrong(self) -> list[str]:
        """A file whose bytes would change is refused by the bucket, and its job would never be done."""
        left = Counter(
            number
            for name, body in self.bucket.files.items()
            if name.endswith(".csv")
            for number in numbers_in(body.decode())
        )
        lost = [f"invoice {n} is lost" for n in self.numbers if not left[n]]
        return lost + [f"invoice {n} left {count} times" for n, count in left.items() if count > 1]


@dataclass(frozen=True)
class Told:
    steps: int
    deaths: int
    wrong: tuple[str, ...]


def play_lot(seed: int) -> Told:
    """Invoices late, doubled and in any order; clicks, some of them at the same moment and by the same name."""
    random = Random(seed)
    office = Office(random, invoices=8)
    events = [*office.published, *random.sample(office.published, 2)]
    random.shuffle(events)
    jobs: dict[str, Callable[[], None]] = {}
    while events:
        some = [events.pop() for _ in range(min(len(events), random.randint(1, 3)))]
        jobs[f"arrival {len(jobs)}"] = office.arrival(*some)
    for n in range(CLICKS):
        by = random.choice(["Kari", "Ola", SCHEDULE, SWEEP])
        jobs[f"click {n}"] = office.click(f"r{random.randrange(CLICKS)}", by)
    lot = Lot(random, DEATHS)
    try:
        wrong = office.play(jobs, lot)
    except Exception as error:  # noqa: BLE001 -- a job that always fails is never done
        wrong = [f"{type(error).__name__}: {error}"]
    return Told(office.turns.steps, lot.died, tuple(wrong))


@dataclass
class Explored:
    """`schedules` are those that were played to their end; the others came to where one of these had been."""

    schedules: int = 0
    joined: int = 0
    wrong: int = 0


def explore(preemptions: int, deaths: int, first: int = 0, of: int = 1) -> Explored:
    """Every schedule of two people who click while an invoice arrives late, with at most so many changes of who is at
    work besides those that must be, and so many deaths. Only each `of`th first choice, from `first` on."""
    explored, known = Explored(), set[Any]()
    waiting: list[tuple[Choice, ...]] = [()]
    while waiting:
        choices = waiting.pop()
        office, jobs = _two_clicks()
        script = Script(choices, office.state, known)
        try:
            explored.wrong += bool(office.play(jobs, script))
            explored.schedules += 1
        except SeenBefore:
            explored.joined += 1
        may_go_on = [each for each in script.after if _is_within(script, each, preemptions, deaths)]
        waiting += [(*choices, each) for each in (may_go_on if choices else may_go_on[first::of])]
    return explored


def _is_within(script: Script, choice: Choice, preemptions: int, deaths: int) -> bool:
    if choice.verdict == "goes on":
        return script.preempted < preemptions
    return script.died < deaths


def _two_clicks() -> tuple[Office, dict[str, Callable[[], None]]]:
    office = Office(Random(1), invoices=2)
    office.arrival(office.published[0])()
    jobs = {
        "Kari": office.click("kari", "Kari"),
        "Ola": office.click("ola", "Ola"),
        "late": office.arrival(office.published[1]),
    }
    return office, jobs


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _no_review(*_: object) -> None:
    """A spreadsheet takes a hundred times as long as all else, and has no part in the protocol."""


def _nobody(*_: object) -> None:
    pass
