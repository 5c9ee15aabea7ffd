"""Every minute: finds what is due and wakes who can do it. Makes up for every wake that was lost.

Bounded, whatever there is. Companies' own work comes first, for no gate holds that up; then records, whose gates are
read a hundred at a time. A queue gets no more wakes than it has room for. The rest is left to the next minute, and as
each minute has an order of its own, nobody is always last.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from moment_xledger.domain.companies import CompanyId, TokenId
from moment_xledger.domain.kinds import Kind

if TYPE_CHECKING:
    from moment_xledger.adapters.ledger import Ledger
    from moment_xledger.adapters.ledger.due import Work
    from moment_xledger.domain.pauses import Pauses

MOST_WAITING = 1_000  # wakes in one queue
# Of those, for tokens that were refused or not answered again and again: each may hold a worker until its time-out.
MOST_PROBES = 400
GATES_AT_ONCE = 100
MOST_FAILURES = 3  # in one sweep; then the rest is left to the next minute
COUNTED = ("woken", "probed", "closed", "resumed", "mailing", "uploading", "importing", "rechecking", "left")
Shuffle = Callable[[list[Any]], None]


class Lane(Protocol):
    """A queue of wakes, for companies or for tokens."""

    def waiting(self) -> int:
        """About how many wakes nobody has taken yet."""

    def wake(self, names: Sequence[str]) -> int:
        """Returns how many of them the queue took."""


@dataclass(frozen=True)
class Lanes:
    records: Mapping[Kind, Lane]
    exports: Lane
    mails: Lane
    uploads: Lane
    expenses: Lane
    held: Lane


@dataclass(frozen=True)
class _DryLane:
    lane: Lane

    def waiting(self) -> int:
        return self.lane.waiting()

    def wake(self, names: Sequence[str]) -> int:
        return len(names)


def dry(lanes: Lanes) -> Lanes:
    """Asks the queues for their room, and wakes nobody."""
    records = {kind: _DryLane(lane) for kind, lane in lanes.records.items()}
    others = (lanes.exports, lanes.mails, lanes.uploads, lanes.expenses, lanes.held)
    return Lanes(records, *map(_DryLane, others))


@dataclass
class Swept:
    """How many were woken or left, and why; and what failed, in spite of which all else was tried."""

    counts: Counter[str] = field(default_factory=lambda: Counter(dict.fromkeys(COUNTED, 0)))
    failures: list[Exception] = field(default_factory=list)

    @property
    def has_failed_often(self) -> bool:
        """It is AWS that has trouble, and not one queue."""
        return len(self.failures) >= MOST_FAILURES

    @contextmanager
    def trying(self) -> Iterator[None]:
        try:
            yield
        except Exception as error:  # noqa: BLE001 -- kept, and raised by the function when all else is done
            self.failures.append(error)


def sweep(
    ledger: "Ledger", lanes: Lanes, now: datetime, shuffle: Shuffle, has_time: Callable[[], bool]
) -> Swept:
    """A wake for each company with something due of its own, and for each token with something due whose gate is not
    closed. Companies whose work is paused are passed over. `has_time`: for one step more."""
    swept = Swept()
    due = ledger.due.until(now, begin=int(now.timestamp()) // 60, has_time=has_time)
    pauses = ledger.pauses.now()
    of_companies = [
        ("resumed", due.exports, lanes.exports),
        ("mailing", due.mails, lanes.mails),
        ("uploading", due.uploads, lanes.uploads),
        ("importing", due.expenses, lanes.expenses),
        ("rechecking", due.held, lanes.held),
    ]
    shuffle(of_companies)
    for name, companies, lane in of_companies:
        with swept.trying():
            _wake_companies(name, [each for each in companies if not pauses.of(each)], lane, shuffle, swept)
    lines, records = _lines(due, pauses, shuffle), _Records(ledger, lanes.records, now, swept)
    for some in _chunks(lines):
        if has_time() and not swept.has_failed_often:
            with swept.trying():
                records.wake(dict(some))
    swept.counts["left"] += len(lines) - swept.counts["woken"] - swept.counts["closed"]
    return swept


def _wake_companies(
    name: str, companies: list[CompanyId], lane: Lane, shuffle: Shuffle, swept: Swept
) -> None:
    if swept.has_failed_often or not companies:
        swept.counts["left"] += len(companies)
        return
    shuffle(companies)
    taken = lane.wake(companies[: _room(lane)])
    swept.counts[name] += taken
    swept.counts["left"] += len(companies) - taken


def _lines(due: "Work", pauses: "Pauses", shuffle: Shuffle) -> list[tuple[TokenId, Kind]]:
    """Each token once, with one of the kinds that wait: whoever is woken for it carries the other as well. It is woken
    as long as one of its companies is not paused."""
    going = [line for line, companies in due.records.items() if not all(map(pauses.of, companies))]
    shuffle(going)
    lines = list(dict(going).items())
    shuffle(lines)
    return lines


class _Records:
    """Wakes tokens, as long as there is room in the queue of their kind."""

    def __init__(self, ledger: "Ledger", lanes: Mapping[Kind, Lane], now: datetime, swept: Swept) -> None:
        self._ledger, self._lanes, self._now, self._swept = ledger, lanes, now, swept
        self._rooms: dict[Kind, int] = {}
        self._probes: dict[Kind, int] = {}

    def wake(self, kinds: Mapping[TokenId, Kind]) -> None:
        for kind in sorted({*kinds.values()} - self._rooms.keys()):
            self._look_for_room(kind)
        wakes: dict[Kind, list[TokenId]] = defaultdict(list)
        for token, gate in self._ledger.gates.outlines(self._with_room(kinds)).items():
            if gate.is_closed(self._now):
                self._swept.counts["closed"] += 1
            elif not gate.is_probed or self._may_probe(kinds[token]):
                wakes[kinds[token]].append(token)
        for kind, tokens in wakes.items():
            with self._swept.trying():
                taken = self._lanes[kind].wake(tokens[: self._rooms[kind]])
                self._rooms[kind] -= taken
                self._swept.counts["woken"] += taken

    def _look_for_room(self, kind: Kind) -> None:
        self._rooms[kind] = self._probes[kind] = 0
        with self._swept.trying():
            self._rooms[kind] = _room(self._lanes[kind])
            self._probes[kind] = self._rooms[kind] - MOST_WAITING + MOST_PROBES

    def _with_room(self, kinds: Mapping[TokenId, Kind]) -> list[TokenId]:
        return [token for token, kind in kinds.items() if self._rooms[kind]]

    def _may_probe(self, kind: Kind) -> bool:
        self._probes[kind] -= 1
        self._swept.counts["probed"] += self._probes[kind] >= 0
        return self._probes[kind] >= 0


def _room(lane: Lane) -> int:
    return max(0, MOST_WAITING - lane.waiting())


def _chunks(lines: Sequence[tuple[TokenId, Kind]]) -> Iterable[Sequence[tuple[TokenId, Kind]]]:
    return (lines[first : first + GATES_AT_ONCE] for first in range(0, len(lines), GATES_AT_ONCE))
