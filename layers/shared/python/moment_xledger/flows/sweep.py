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


@dataclass
class Swept:
    """How many were woken or left, and why; and what failed, in spite of which all else was tried."""

    counts: Counter[str] = field(default_factory=lambda: Counter(dict.fromkeys(COUNTED, 0)))
    failures: list[Exception] = field(default_factory=list)

    @contextmanager
    def trying(self) -> Iterator[None]:
        try:
            yield
        except Exception as error:  # noqa: BLE001 -- kept, and raised by the function when all else is done
            self.failures.append(error)


def sweep(
    ledger: "Ledger", lanes: Lanes, now: datetime, shuffle: Shuffle, has_time: Callable[[], bool]
) -> Swept:
    """A wake for each company with something due of its own, and for each token and kind with something due whose gate
    is not closed. Companies whose work is paused are passed over. `has_time`: for one step more."""
    swept = Swept()
    due = ledger.due.until(now, begin=int(now.timestamp()) // 60, has_time=has_time)
    pauses = ledger.pauses.now()
    for name, companies, lane in (
        ("resumed", due.exports, lanes.exports),
        ("mailing", due.mails, lanes.mails),
        ("uploading", due.uploads, lanes.uploads),
        ("importing", due.expenses, lanes.expenses),
        ("rechecking", due.held, lanes.held),
    ):
        with swept.trying():
            _wake_companies(name, [each for each in companies if not pauses.of(each)], lane, shuffle, swept)
    with swept.trying():
        tokens = _tokens(due, pauses, shuffle)
        records = _Records(ledger, lanes.records, tokens, now, swept)
        for some in _chunks(list(tokens)):
            if not has_time() or records.are_all_lanes_full:
                swept.counts["left"] += len(some)
                continue
            with swept.trying():
                records.wake(some)
    return swept


def _wake_companies(
    name: str, companies: list[CompanyId], lane: Lane, shuffle: Shuffle, swept: Swept
) -> None:
    if not companies:
        return
    shuffle(companies)
    taken = lane.wake(companies[: _room(lane)])
    swept.counts[name] += taken
    swept.counts["left"] += len(companies) - taken


def _tokens(due: "Work", pauses: "Pauses", shuffle: Shuffle) -> dict[TokenId, list[Kind]]:
    """The kinds that each is to be woken for; a token is, as long as one of its companies goes on."""
    going = [line for line, companies in due.records.items() if not all(map(pauses.of, companies))]
    shuffle(going)
    tokens: dict[TokenId, list[Kind]] = defaultdict(list)
    for token, kind in going:
        tokens[token].append(kind)
    return tokens


class _Records:
    """Wakes tokens, as long as there is room in the queue of their kind."""

    def __init__(
        self,
        ledger: "Ledger",
        lanes: Mapping[Kind, Lane],
        tokens: Mapping[TokenId, Sequence[Kind]],
        now: datetime,
        swept: Swept,
    ) -> None:
        self._ledger, self._lanes, self._tokens, self._now, self._swept = ledger, lanes, tokens, now, swept
        self._rooms = dict.fromkeys(lanes, 0)
        for kind in sorted({kind for kinds in tokens.values() for kind in kinds}):
            with swept.trying():
                self._rooms[kind] = _room(lanes[kind])
        fullest = min(filter(None, self._rooms.values()), default=0)
        self._probes = fullest - MOST_WAITING + MOST_PROBES

    @property
    def are_all_lanes_full(self) -> bool:
        return not any(self._rooms.values())

    def wake(self, tokens: Sequence[TokenId]) -> None:
        wakes: dict[Kind, list[TokenId]] = defaultdict(list)
        for token, gate in self._ledger.gates.outlines(tokens).items():
            if gate.is_closed(self._now):
                self._swept.counts["closed"] += 1
            elif gate.is_probed and not self._may_probe():
                self._swept.counts["left"] += 1
            else:
                for kind in self._tokens[token]:
                    wakes[kind].append(token)
        for kind, woken in wakes.items():
            with self._swept.trying():
                taken = self._lanes[kind].wake(woken[: self._rooms[kind]])
                self._rooms[kind] -= taken
                self._swept.counts["woken"] += taken
                self._swept.counts["left"] += len(woken) - taken

    def _may_probe(self) -> bool:
        self._probes -= 1
        self._swept.counts["probed"] += self._probes >= 0
        return self._probes >= 0


def _room(lane: Lane) -> int:
    return max(0, MOST_WAITING - lane.waiting())


def _chunks(tokens: Sequence[TokenId]) -> Iterable[Sequence[TokenId]]:
    return (tokens[first : first + GATES_AT_ONCE] for first in range(0, len(tokens), GATES_AT_ONCE))
