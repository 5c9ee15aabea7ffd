"""Invoices that wait for something: for a customer or a project to be in Xledger, for another invoice to leave.

Each wait has a pointer below what is waited for, so that the invoices are found by its number. What is waited for has
one item, with what is known of it, and a pointer below the time at which it is to be looked at next. A pointer is
written before the invoice is held, and removed after it went: a worker that dies in between leaves a pointer too many,
never one too few.

The item `XHELD` makes a company due when the first of these looks is.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from itertools import islice, takewhile

from boto3.dynamodb.conditions import Attr, ConditionBase

from moment_xledger.adapters.ledger import keys
from moment_xledger.adapters.table import MOST_ACTIONS, Action, Delete, Item, Key, Put, Table, Update
from moment_xledger.domain.companies import CompanyId
from moment_xledger.domain.errors import Conflict
from moment_xledger.domain.invoice_references import Awaited, Waiting

Wait = tuple[str, str, int]  # the kind and the number of what is waited for, and the invoice that waits

AT_ONCE = 33  # a pointer each, and at most two items for what is waited for: one transaction
TRIES = 10  # where others write the same at this moment


@dataclass(frozen=True)
class Desk:
    """What a company has to do about what waits. `marks`: how often somebody said that there is something.

    `round`: the place behind which the round of looks at all that is held goes on; None where none is under way.
    `rounds`: how often one was asked for.
    """

    marks: int = 0
    round: str | None = None
    rounds: int = 0


class Waits:
    def __init__(self, table: Table) -> None:
        self._table = table

    def add(self, company: CompanyId, waits: Iterable[Wait], now: datetime) -> None:
        """Does nothing for those that wait already. Raises `Conflict` where others keep writing the same."""
        wanted = list(dict.fromkeys(waits))
        there = self._table.get_many(_pointer(company, *wait) for wait in wanted)
        fresh = iter([wait for wait in wanted if _pointer(company, *wait) not in there])
        while some := list(islice(fresh, AT_ONCE)):
            self._add(company, some, now)
        self.mark(company, now)

    def _add(self, company: CompanyId, waits: Sequence[Wait], now: datetime) -> None:
        wanted = dict.fromkeys((kind, number) for kind, number, _ in waits)
        for _ in range(TRIES):
            known = self._table.get_many(_key(company, *each) for each in wanted)
            awaited = (
                action
                for each in wanted
                for action in _begun(company, *each, known.get(_key(company, *each)), now)
            )
            with suppress(Conflict):
                return self._table.write(*awaited, *(Put(_pointer(company, *wait), {}) for wait in waits))
        raise Conflict

    def among(self, company: CompanyId, kind: str, numbers: Collection[str]) -> list[Awaited]:
        """Those of these numbers that an invoice waits for."""
        found = self._table.get_many(_key(company, kind, number) for number in numbers)
        return [_awaited(item) for item in found.values()]

    def due(self, company: CompanyId, now: datetime, limit: int) -> list[Awaited]:
        """Some of what is to be looked at by now, what has been due for longest first."""
        while True:
            found = self._table.query(keys.invoices(company), "LOOK#", limit=limit)
            places = [
                _look(item) for item in takewhile(lambda each: _look(each)[0] <= now, islice(found, limit))
            ]
            known = self._table.get_many(_key(company, kind, number) for _, kind, number in places)
            awaited = [_awaited(item) for item in known.values()]
            left = {(each.look, each.kind, each.number) for each in awaited}
            stale = [place for place in places if place not in left]
            for place in stale:  # another release knows nothing of these pointers
                self._table.write(Delete(_place(company, *place)))
            if not stale or len(stale) < len(places):
                return [each for each in awaited if (each.look, each.kind, each.number) in set(places)]

    def next_look(self, company: CompanyId) -> datetime | None:
        first = next(self._table.query(keys.invoices(company), "LOOK#", limit=1), None)
        return _look(first)[0] if first else None

    def look_again(self, company: CompanyId, looks: Mapping[Awaited, datetime]) -> None:
        """When each is looked at next. Where somebody has said since it was read that it is to be looked at, it is."""
        self._write_each([*_moved(company, each, at)] for each, at in looks.items())

    def look_now(self, company: CompanyId, kind: str, numbers: Collection[str], now: datetime) -> bool:
        """Something may have changed about these numbers. True where an invoice waits for one of them.

        A company of whose invoices none waits costs one read. Raises `Conflict` where others keep writing the same.
        """
        work = self._table.get(keys.held_work(company))
        if not numbers or (work is not None and "due_at" not in work):
            return False
        found = self.among(company, kind, numbers)
        for each in found:
            self._hurry(company, each, now)
        if found:
            self.mark(company, now)
        return bool(found)

    def _hurry(self, company: CompanyId, awaited: Awaited, now: datetime) -> None:
        for _ in range(TRIES):
            with suppress(Conflict):
                return self._table.write(*_hurried(company, awaited, now))
            again = self.among(company, awaited.kind, [awaited.number])
            if not again:  # nobody waits for it any more
                return None
            awaited = again[0]
        raise Conflict

    def ask_xledger(self, company: CompanyId, awaited: Iterable[Awaited]) -> None:
        """These numbers are to be looked up there, by the worker that has the token."""
        puts = iter([Put(_question(company, each.kind, each.number), {}) for each in awaited])
        while some := list(islice(puts, MOST_ACTIONS)):
            self._table.write(*some)

    def to_look_up(self, company: CompanyId, kind: str, limit: int) -> list[str]:
        """Some of the numbers of this kind that are to be looked up in Xledger."""
        prefix = _question(company, kind, "")[1]
        found = self._table.query(keys.invoices(company), prefix, limit=limit)
        return [str(item["sk"]).removeprefix(prefix) for item in islice(found, limit)]

    def looked_up(self, company: CompanyId, kind: str, numbers: Iterable[str]) -> None:
        deletes = iter([Delete(_question(company, kind, number)) for number in numbers])
        while some := list(islice(deletes, MOST_ACTIONS)):
            self._table.write(*some)

    def waiting_for(
        self, company: CompanyId, kind: str, number: str, limit: int, after: int | None = None
    ) -> list[Waiting]:
        """Some of the invoices that wait for it, those `after` this one."""
        behind = "" if after is None else _pointer(company, kind, number, after)[1]
        prefix = f"WAITS#{kind}#{number}#"
        found = self._table.query(keys.invoices(company), prefix, after=behind, limit=limit)
        return [_waiting(item) for item in islice(found, limit)]

    def note_answer(self, company: CompanyId, kind: str, number: str, answer: str, now: datetime) -> None:
        said = {"answer": str(answer), "asked": keys.stamp(now)}
        with suppress(Conflict):  # nobody waits for it any more
            is_there = Attr("since").exists()
            self._table.write(Update(_key(company, kind, number), set=said, when=is_there))

    def note_told(
        self, company: CompanyId, kind: str, number: str, invoices: Iterable[int], code: str
    ) -> None:
        for invoice in invoices:
            with suppress(Conflict):
                is_there = Attr("pk").exists()
                key = _pointer(company, kind, number, invoice)
                self._table.write(Update(key, set={"told": str(code)}, when=is_there))

    def note_all_told(self, company: CompanyId, awaited: Awaited, code: str) -> None:
        """People were told of every invoice that waited for it when it was read."""
        same = Attr("marks").eq(awaited.marks)
        with suppress(Conflict):
            told = {"told": str(code), "told_marks": awaited.marks}
            self._table.write(Update(_key(company, awaited.kind, awaited.number), set=told, when=same))

    def forget_told(self, company: CompanyId, kind: str, number: str, invoice: int) -> None:
        """Should it wait for the same again, people are told anew."""
        is_there = Attr("pk").exists()
        with suppress(Conflict):
            self._table.write(
                Update(_pointer(company, kind, number, invoice), set={"told": ""}, when=is_there),
                Update(_key(company, kind, number), add={"marks": 1}, when=is_there),
            )

    def remove(self, company: CompanyId, gone: Iterable[tuple[Awaited, int]]) -> None:
        """These invoices wait for it no more."""
        deletes = (Delete(_pointer(company, each.kind, each.number, invoice)) for each, invoice in gone)
        while some := list(islice(deletes, MOST_ACTIONS)):
            self._table.write(*some)

    def forget(self, company: CompanyId, over: Iterable[Awaited]) -> None:
        """They are waited for no more; but those for which somebody began to wait since they were read."""
        self._write_each([[*_forgotten(company, each)] for each in over])

    def _write_each(self, changes: Iterable[Sequence[Action]]) -> None:
        """In as few transactions as may be. One that another writer has made void is left out."""
        several = iter([actions for actions in changes if actions])
        while some := list(islice(several, AT_ONCE)):
            try:
                self._table.write(*(action for actions in some for action in actions))
            except Conflict:
                for actions in some:
                    with suppress(Conflict):
                        self._table.write(*actions)

    def mark(self, company: CompanyId, due: datetime) -> None:
        """There is something to do for this company from `due` on. Always after what there is to do is stored."""
        self._table.write(_mark(company, due))

    def recheck(self, company: CompanyId, now: datetime) -> None:
        """All that is held is to be looked at again, if anything is: what was wrong may have been put right."""
        if any(True for _ in self._table.query(keys.invoices(company), "HELD#", limit=1)):
            self.ask_round(company, now)

    def ask_round(self, company: CompanyId, now: datetime) -> None:
        """All that is held, and all that is waited for, is to be looked at again."""
        work = keys.held_work(company)
        due = {"due": keys.shard(work[0]), "due_at": keys.stamp(now)}
        self._table.write(Update(work, set=due | {"round": ""}, add={"marks": 1, "rounds": 1}))

    def begin(self, company: CompanyId, now: datetime) -> None:
        """The first round of a company, by which what an earlier release held gets its looks."""
        if "rounds" not in (self._table.get(keys.held_work(company)) or {}):
            self.ask_round(company, now)

    def desk(self, company: CompanyId) -> Desk:
        item = self._table.get(keys.held_work(company)) or {}
        return Desk(int(item.get("marks", 0)), item.get("round"), int(item.get("rounds", 0)))

    def round_goes_on(self, company: CompanyId, read: Desk, place: str | None) -> bool:
        """Behind this place, or is over. False where another round was asked for since `read`."""
        same = Attr("rounds").eq(read.rounds)
        changed = {"remove": ["round"]} if place is None else {"set": {"round": place}}
        with suppress(Conflict):
            self._table.write(Update(keys.held_work(company), when=same, **changed))
            return True
        return False

    def take_turn(self, company: CompanyId, worker: str, now: datetime, until: datetime) -> bool:
        """One worker at a time. Its own turn is lengthened; another's is over when its time is."""
        free = (
            Attr("owner").not_exists() | Attr("owner").eq(worker) | Attr("lease_until").lte(keys.stamp(now))
        )
        turn = {"owner": worker, "lease_until": keys.stamp(until)}
        try:
            self._table.write(Update(keys.held_work(company), set=turn, when=free))
        except Conflict:
            return False
        return True

    def end_turn(self, company: CompanyId, worker: str, marks: int, again: datetime | None) -> None:
        """Nothing is left until `again`, unless somebody marked something since `marks` was read."""
        mine, key = Attr("owner").eq(worker), keys.held_work(company)
        over = ["owner", "lease_until"]
        due = {} if again is None else {"due": keys.shard(key[0]), "due_at": keys.stamp(again)}
        rested = over if due else [*over, "due", "due_at"]
        try:
            unmarked = mine & (Attr("marks").eq(marks) if marks else Attr("marks").not_exists())
            self._table.write(Update(key, set=due, remove=rested, when=unmarked))
        except Conflict:
            with suppress(Conflict):
                self._table.write(Update(key, remove=over, when=mine))

    def without_look(self, company: CompanyId, after: str, size: int) -> tuple[list[Awaited], str | None]:
        """What an earlier release began to wait for, among the next `size` that are waited for; and the place of the
        last of these, None where there are no more."""
        items = list(self._table.query(keys.invoices(company), "AWAITED#", after=after, limit=size))
        found = [each for each in map(_awaited, items) if each.look is None]
        return found, str(items[-1]["sk"]) if len(items) == size else None


def _begun(company: CompanyId, kind: str, number: str, known: Item | None, now: datetime) -> Iterator[Action]:
    """The sum of the marks does not matter, only that each beginning changes it."""
    key = _key(company, kind, number)
    if known and "look" in known:
        yield Update(key, add={"marks": 1}, when=Attr("look").exists())
        return
    at = keys.stamp(now)
    unlooked = Attr("look").not_exists()
    yield Update(key, set={"look": at}, set_once={"since": at}, add={"marks": 1}, when=unlooked)
    yield Put(_place(company, now, kind, number), {})


def _forgotten(company: CompanyId, awaited: Awaited) -> Iterator[Action]:
    same = Attr("marks").eq(awaited.marks) & _looked_at(awaited)
    yield Delete(_key(company, awaited.kind, awaited.number), when=same)
    if awaited.look:
        yield Delete(_place(company, awaited.look, awaited.kind, awaited.number))


def _moved(company: CompanyId, awaited: Awaited, at: datetime) -> Iterator[Action]:
    if at == awaited.look:
        return
    unmarked = Attr("marks").eq(awaited.marks) & _looked_at(awaited)
    yield Update(_key(company, awaited.kind, awaited.number), set={"look": keys.stamp(at)}, when=unmarked)
    yield from _replaced(company, awaited, at)


def _hurried(company: CompanyId, awaited: Awaited, now: datetime) -> Iterator[Action]:
    """The mark is for a worker that looks at it just now, and may have read what is old."""
    key, same = _key(company, awaited.kind, awaited.number), _looked_at(awaited)
    if awaited.look and awaited.look <= now:
        yield Update(key, add={"marks": 1}, when=same)
        return
    yield Update(key, set={"look": keys.stamp(now)}, add={"marks": 1}, when=same)
    yield from _replaced(company, awaited, now)


def _replaced(company: CompanyId, awaited: Awaited, at: datetime) -> Iterator[Action]:
    if awaited.look:
        yield Delete(_place(company, awaited.look, awaited.kind, awaited.number))
    yield Put(_place(company, at, awaited.kind, awaited.number), {})


def _looked_at(awaited: Awaited) -> ConditionBase:
    if awaited.look is None:
        return Attr("since").exists() & Attr("look").not_exists()
    return Attr("look").eq(keys.stamp(awaited.look))


def _mark(company: CompanyId, due: datetime) -> Update:
    key = keys.held_work(company)
    due_at = {"due": keys.shard(key[0]), "due_at": keys.stamp(due)}
    return Update(key, set=due_at, add={"marks": 1})


def _key(company: CompanyId, kind: str, number: str) -> Key:
    return keys.invoices(company), f"AWAITED#{kind}#{number}"


def _place(company: CompanyId, at: datetime, kind: str, number: str) -> Key:
    return keys.invoices(company), f"LOOK#{keys.stamp(at)}#{kind}#{number}"


def _look(item: Item) -> tuple[datetime, str, str]:
    _, at, kind, number = item["sk"].split("#", 3)
    return keys.moment(at), kind, number


def _question(company: CompanyId, kind: str, number: str) -> Key:
    return keys.invoices(company), f"QUESTION#{kind}#{number}"


def _pointer(company: CompanyId, kind: str, number: str, invoice: int) -> Key:
    return keys.invoices(company), f"WAITS#{kind}#{number}#{invoice:012}"


def _waiting(item: Item) -> Waiting:
    return Waiting(int(item["sk"].rpartition("#")[2]), item.get("told", ""))


def _awaited(item: Item) -> Awaited:
    _, kind, number = item["sk"].split("#", 2)
    return Awaited(
        kind,
        number,
        keys.moment(item["since"]),
        int(item["marks"]),
        item.get("answer", ""),
        keys.moment(item["asked"]) if "asked" in item else None,
        keys.moment(item["look"]) if "look" in item else None,
        item.get("told", "") if item.get("told_marks") == item["marks"] else "",
    )
