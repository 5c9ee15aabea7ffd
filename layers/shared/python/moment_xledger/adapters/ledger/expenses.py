"""Expenses: what became of each posted line, how far Xledger's ledger was read, and whose turn it is to read it.

How many lines are in which state is counted in the very transactions that store them. One worker at a time has the
turn, so one counter is enough.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any

from boto3.dynamodb.conditions import Attr

from moment_xledger.adapters.ledger import keys
from moment_xledger.adapters.table import MOST_KEYS, Action, Delete, Item, Key, Put, Table, Update
from moment_xledger.domain.amount_votes import Amounts, Vote
from moment_xledger.domain.companies import CompanyId
from moment_xledger.domain.errors import Conflict
from moment_xledger.domain.expense_entries import Entry, State
from moment_xledger.domain.expense_facts import Facts, Ids
from moment_xledger.domain.expense_runs import Ledger as ReadLedger
from moment_xledger.domain.expense_runs import PassedOver, Window
from moment_xledger.domain.expenses import Expense, Left
from moment_xledger.domain.releases import as_stored, is_known

PATIENCE = timedelta(minutes=10)  # behind the turn of a run that did not come to its end
_DUE = ("due", "due_at")
_TEXTS = ("match_id", "voucher", "line_no", "counters", "countered_by", "asked")


@dataclass(frozen=True)
class Progress:
    """Everything that changed in Xledger before `cursor` was read, for a company with that `reach`."""

    cursor: datetime | None = None
    reach: str = ""
    failures: int = 0  # runs in a row that did not come to their end
    ran_at: datetime | None = None
    report: Mapping[str, Any] | None = None  # of the last run, for the page
    facts: Facts = field(default_factory=Facts)
    passed_over: tuple[PassedOver, ...] = ()  # those that were not tried for the longest time first


class Expenses:
    def __init__(self, table: Table) -> None:
        self._table = table

    def get_many(self, company: CompanyId, ids: Iterable[str]) -> dict[str, Entry]:
        found = self._table.get_many(_key(company, id_) for id_ in ids)
        return {entry.id: entry for entry in map(_entry, found.values())}

    def save(self, company: CompanyId, *changes: tuple[Entry | None, Entry]) -> list[Entry]:
        """Each as it was read and as it is to be; all or none. Raises `Conflict` if somebody else wrote one since."""
        actions: list[Action] = []
        for old, new in changes:
            unchanged = Attr("rev").eq(old.rev) if old else Attr("rev").not_exists()
            actions.append(Put(_key(company, new.id), _item(new), when=unchanged))
            before, after = set(_pointers(company, old)), set(_pointers(company, new))
            actions += [Delete(key) for key in sorted(before - after)]
            actions += [Put(key, {}) for key in sorted(after - before)]
        moves = Counter(str(new.state) for _, new in changes)
        moves.subtract(str(old.state) for old, _ in changes if old)
        self._table.write(*actions, *_counted(company, moves))
        return [_entry(_item(new) | {"sk": _key(company, new.id)[1]}) for _, new in changes]

    def forget(self, company: CompanyId, entry: Entry) -> None:
        """Of a line that waited, and has gone elsewhere."""
        pointers = [Delete(key) for key in _pointers(company, entry)]
        gone = Delete(_key(company, entry.id), when=Attr("rev").eq(entry.rev))
        self._table.write(gone, *pointers, *_counted(company, {str(entry.state): -1}))

    def count(self, company: CompanyId) -> dict[State, int]:
        """How many lines are in each state; one item is read, however many there are."""
        item = self._table.get(keys.expense_count(company)) or {}
        return {state: int(item.get(state, 0)) for state in State}

    def open(self, company: CompanyId) -> Iterator[list[Entry]]:
        """Those that wait, and intents that nobody has settled; some at a time."""
        found = self._table.query(keys.company(company), "EXPOPEN#")
        ids = [item["sk"].removeprefix("EXPOPEN#") for item in found]
        for first in range(0, len(ids), MOST_KEYS):
            found_here = self.get_many(company, ids[first : first + MOST_KEYS]).values()
            yield [entry for entry in found_here if is_known(entry.state)]

    def matching(self, company: CompanyId, match_id: str) -> list[Entry]:
        """Those with an expense in Moment."""
        prefix = f"EXPMATCH#{match_id}#"
        ids = [item["sk"].removeprefix(prefix) for item in self._table.query(keys.company(company), prefix)]
        found = self.get_many(company, ids)
        return [found[id_] for id_ in ids if id_ in found]

    def every(self, company: CompanyId) -> Iterator[Entry]:
        ids = (
            item["sk"].removeprefix("EXPENSE#")
            for item in self._table.query(keys.company(company), "EXPENSE#")
        )
        while some := list(islice(ids, MOST_KEYS)):
            yield from self.get_many(company, some).values()

    def progress(self, company: CompanyId) -> Progress:
        item = self._table.get(keys.imports(company)) or {}
        return Progress(
            keys.moment(item["cursor"]) if "cursor" in item else None,
            item.get("reach", ""),
            int(item.get("failures", 0)),
            keys.moment(item["ran_at"]) if "ran_at" in item else None,
            _plain(item["report"]) if "report" in item else None,
            _facts(item["facts"]) if "facts" in item else Facts(),
            tuple(map(_passed_over, item.get("passed_over", ()))),
        )

    def take_turn(self, company: CompanyId, worker: str, now: datetime, until: datetime) -> bool:
        """One worker at a time. Its own turn is lengthened; another's is over when its time is. A run that never ends
        becomes due."""
        free = (
            Attr("owner").not_exists() | Attr("owner").eq(worker) | Attr("lease_until").lte(keys.stamp(now))
        )
        turn = {"owner": worker, "lease_until": keys.stamp(until)} | _due(company, until + PATIENCE)
        try:
            self._table.write(Update(keys.imports(company), set=turn, when=free))
        except Conflict:
            return False
        return True

    def read_until(self, company: CompanyId, worker: str, cursor: datetime, reach: str) -> None:
        """Forward only, but for another reach. Raises `Conflict` if `worker` has lost its turn."""
        ahead = (
            Attr("cursor").not_exists() | Attr("cursor").lte(keys.stamp(cursor)) | ~Attr("reach").eq(reach)
        )
        moved = {"cursor": keys.stamp(cursor), "reach": reach}
        self._table.write(Update(keys.imports(company), set=moved, when=Attr("owner").eq(worker) & ahead))

    def learn(self, company: CompanyId, worker: str, facts: Facts) -> None:
        """Raises `Conflict` if `worker` has lost its turn."""
        stored = {
            "owner_code": facts.owner_code,
            "ids": str(facts.ids),
            "amounts": str(facts.amounts),
            "seen": sorted(facts.seen),
            "votes": [[each.voucher, str(each.amounts), each.is_sure] for each in facts.votes],
        }
        stored |= {"learned_at": keys.stamp(facts.learned_at)} if facts.learned_at else {}
        stored |= {"read_from": keys.stamp(facts.read_from)} if facts.read_from else {}
        self._table.write(Update(keys.imports(company), set={"facts": stored}, when=Attr("owner").eq(worker)))

    def pass_over(self, company: CompanyId, worker: str, passed_over: Iterable[PassedOver]) -> None:
        """All that is passed over from now on. Raises `Conflict` if `worker` has lost its turn."""
        stored = [
            {
                "ledger": str(each.ledger),
                "start": keys.stamp(each.window.start),
                "end": keys.stamp(each.window.end),
            }
            for each in passed_over
        ]
        mine = Attr("owner").eq(worker)
        self._table.write(Update(keys.imports(company), set={"passed_over": stored}, when=mine))

    def end_run(
        self,
        company: CompanyId,
        worker: str,
        now: datetime,
        report: Mapping[str, Any],
        failures: int,
        again: datetime | None = None,
    ) -> None:
        """Its turn is over at once, unless something of it may still arrive in Moment: then `leave_turn` is right.
        `again`: when it is to go on, where it has not come to its end."""
        self._end(company, worker, now, report, failures, ["owner", "lease_until"], again)

    def leave_turn(
        self, company: CompanyId, worker: str, now: datetime, report: Mapping[str, Any], failures: int
    ) -> None:
        """The turn runs out by itself; until then nobody begins, and the next hour is soon enough."""
        self._end(company, worker, now, report, failures, [])

    def is_not_wanted(self, company: CompanyId) -> None:
        """What an earlier run has left due is no longer to be done."""
        with suppress(Conflict):
            there = Attr("due").exists()
            self._table.write(Update(keys.imports(company), remove=_DUE, when=there))

    def _end(
        self,
        company: CompanyId,
        worker: str,
        now: datetime,
        report: Mapping[str, Any],
        failures: int,
        over: list[str],
        again: datetime | None = None,
    ) -> None:
        ended = {"ran_at": keys.stamp(now), "report": dict(report), "failures": failures}
        due, done = (_due(company, again), over) if again else ({}, [*over, *_DUE])
        with suppress(Conflict):  # somebody else has the turn by now, and his word counts
            self._table.write(
                Update(keys.imports(company), set=ended | due, remove=done, when=Attr("owner").eq(worker))
            )


def _due(company: CompanyId, at: datetime) -> Item:
    return {"due": keys.shard(keys.imports(company)[0]), "due_at": keys.stamp(at)}


def _facts(stored: Mapping[str, Any]) -> Facts:
    learned_at = keys.moment(stored["learned_at"]) if "learned_at" in stored else None
    seen = frozenset(stored["seen"])
    votes = tuple(
        Vote(name, as_stored(Amounts, shown), bool(sure)) for name, shown, sure in stored.get("votes", ())
    )
    ids, amounts = as_stored(Ids, stored["ids"]), as_stored(Amounts, stored["amounts"])
    read_from = keys.moment(stored["read_from"]) if "read_from" in stored else None
    return Facts(int(stored["owner_code"]), ids, amounts, seen, learned_at, votes, read_from)


def _passed_over(stored: Mapping[str, str]) -> PassedOver:
    window = Window(keys.moment(stored["start"]), keys.moment(stored["end"]))
    return PassedOver(as_stored(ReadLedger, stored["ledger"]), window)


def _counted(company: CompanyId, moves: Mapping[str, int]) -> Iterator[Action]:
    changed = {state: count for state, count in moves.items() if count}
    if changed:
        yield Update(keys.expense_count(company), add=changed)


def _key(company: CompanyId, id_: str) -> Key:
    return keys.company(company), f"EXPENSE#{id_}"


def _pointers(company: CompanyId, entry: Entry | None) -> Iterator[Key]:
    if entry is None:
        return
    if entry.state in (State.HELD, State.INTENT):
        yield keys.company(company), f"EXPOPEN#{entry.id}"
    if entry.state is State.BOOKED and entry.match_id:
        yield keys.company(company), f"EXPMATCH#{entry.match_id}#{entry.id}"


def _item(entry: Entry) -> Item:
    item: dict[str, Any] = {name: getattr(entry, name) for name in (*_TEXTS, "moment_id")}
    item |= {"state": str(entry.state), "rev": entry.rev + 1, "why": entry.why and str(entry.why)}
    item["day"] = entry.day and entry.day.isoformat()
    item["is_paid_net"] = entry.is_paid_net or None
    item["expense"] = entry.expense and entry.expense.model_dump_json()
    return {name: value for name, value in item.items() if value is not None}


def _entry(item: Item) -> Entry:
    return Entry(
        item["sk"].removeprefix("EXPENSE#"),
        as_stored(State, item["state"]),
        Expense.model_validate_json(item["expense"]) if "expense" in item else None,
        int(item["moment_id"]) if "moment_id" in item else None,
        why=as_stored(Left, item["why"]) if "why" in item else None,
        rev=int(item["rev"]),
        is_paid_net=bool(item.get("is_paid_net")),
        day=date.fromisoformat(item["day"]) if "day" in item else None,
        **{name: item.get(name) for name in _TEXTS},
    )


def _plain(report: Mapping[str, Any]) -> dict[str, Any]:
    """Numbers come back as `Decimal`."""
    return {
        name: {each: int(count) for each, count in value.items()}
        if isinstance(value, dict)
        else int(value)
        if not isinstance(value, str | bool)
        else value
        for name, value in report.items()
    }
