"""Customers and projects: the newest state of each, and pointers to those that are dirty or wait for something.

How many are in which state is counted in the very transactions that store them, so that nobody has to read them all.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from itertools import islice, takewhile
from typing import Any

from boto3.dynamodb.conditions import Attr, ConditionBase

from moment_xledger.adapters.ledger import keys
from moment_xledger.adapters.ledger.attempts import as_text, from_text
from moment_xledger.adapters.ledger.hours import tried
from moment_xledger.adapters.table import MOST_ACTIONS, Action, Delete, Item, Key, Put, Table, Update
from moment_xledger.domain.companies import CompanyId, TokenId
from moment_xledger.domain.errors import Conflict
from moment_xledger.domain.kinds import Kind
from moment_xledger.domain.moment import Customer, Project
from moment_xledger.domain.numbers import number_key, same_number
from moment_xledger.domain.problems import Code
from moment_xledger.domain.records import Record, State
from moment_xledger.domain.releases import are_known, as_stored, is_known
from moment_xledger.domain.turns import Pending
from moment_xledger.domain.versions import Restored, Statement

Change = tuple[Record | None, Record]  # as it was read, as it is to be

READ_AT_ONCE = 100
COUNTED_BESIDE = 2 * len(Kind)  # the counters of each kind, and what was tried in this hour

# Where those lie by age that wait: for their turn, those that were refused before apart; and for their customer.
_AGES = {State.DIRTY: ("DIRTY#{}#0#", "DIRTY#{}#1#"), State.WAITING: ("AGED#{}#",)}

WAITERS = ("WAIT", "LACK")  # projects that wait for a customer, and those that have given it up

DISPUTED = "disputed"  # counted beside the states
_GAVE_UP = "id_"  # and the Moment id of one that gave a number up

CONTENT: dict[Kind, type[Customer | Project]] = {Kind.CUSTOMER: Customer, Kind.PROJECT: Project}


class Records:
    def __init__(self, table: Table) -> None:
        self._table = table

    def get_many(
        self, company: CompanyId, wanted: Iterable[tuple[Kind, int]]
    ) -> dict[tuple[Kind, int], Record]:
        found = self._table.get_many(keys.entity(company, kind, id_) for kind, id_ in wanted)
        return {
            (record.kind, record.id): record for record in (_record(company, item) for item in found.values())
        }

    def by_number(self, company: CompanyId, kind: Kind, numbers: Iterable[str]) -> dict[str, Record]:
        """Who owns which number, in whatever spelling."""
        owners = self._owners(company, kind, numbers)
        found = self.get_many(company, [(kind, id_) for id_ in set(owners.values())])
        return {number: found[kind, id_] for number, id_ in owners.items() if (kind, id_) in found}

    def _owners(self, company: CompanyId, kind: Kind, numbers: Iterable[str]) -> dict[str, int]:
        wanted = {number: keys.codes(company, kind, number) for number in numbers}
        found = self._table.get_many({key: None for codes in wanted.values() for key in codes})
        owners = {number: next(filter(None, map(found.get, codes)), None) for number, codes in wanted.items()}
        return {number: int(owner["id"]) for number, owner in owners.items() if owner}

    def owner_of(self, company: CompanyId, kind: Kind, number: str) -> int | None:
        """The Moment id that the number belongs to."""
        return self._owners(company, kind, [number]).get(number)

    def gave_up(self, company: CompanyId, kind: Kind, numbers: Iterable[str]) -> dict[str, set[int]]:
        """The Moment ids of those that once had a number, or were to have it, by that number; also of one that has it
        again."""
        wanted = {number: keys.gave_up(company, kind, number) for number in numbers}
        found = self._table.get_many(wanted.values())
        return {
            number: {int(name.removeprefix(_GAVE_UP)) for name in found[key] if name.startswith(_GAVE_UP)}
            for number, key in wanted.items()
            if key in found
        }

    def holders(
        self, company: CompanyId, kind: Kind, entity: str, db_ids: Collection[int]
    ) -> dict[int, Record]:
        """The records whose these are in Xledger. `link_older` comes first."""
        links = {keys.link(company, kind, entity, db_id): db_id for db_id in db_ids}
        ids = {links[key]: int(item["id"]) for key, item in self._table.get_many(links).items()}
        records = self.get_many(company, [(kind, id_) for id_ in set(ids.values())])
        found = {db_id: records[kind, id_] for db_id, id_ in ids.items() if (kind, id_) in records}
        return {
            db_id: record
            for db_id, record in found.items()
            if record.db_id == db_id and record.entity in (None, entity)
        }

    def linked(self, company: CompanyId, kind: Kind, entity: str, db_ids: Collection[int]) -> set[int]:
        """What some record has been known by, also where it was given up. `link_older` comes first."""
        links = {keys.link(company, kind, entity, db_id): db_id for db_id in db_ids}
        return {links[key] for key in self._table.get_many(links)}

    def link_older(self, company: CompanyId, kind: Kind, entity: str) -> None:
        """Once for a company: what older releases stored gets its links, page by page."""
        key = keys.linked(company, kind)
        place = self._table.get(key) or {"after": ""}
        while (after := place.get("after")) is not None:
            records, behind = self.page(company, kind, after, READ_AT_ONCE - 1)
            links = {
                keys.link(company, kind, record.entity or entity, record.db_id): record.id
                for record in records
                if record.db_id is not None
            }
            place = {} if behind is None else {"after": behind}
            puts = [Put(link, {"id": id_}) for link, id_ in links.items()]
            self._table.write(*puts, Put(key, place))

    def claimants(self, company: CompanyId, kind: Kind, number: str) -> list[Record]:
        """Those that were to have this number while another had it."""
        found = self._table.query(keys.company(company), f"CLAIM#{kind}#{number}#")
        return self._in_order(company, kind, [int(pointer["id"]) for pointer in found])

    def dirty(self, company: CompanyId, kind: Kind, limit: int) -> list[Record]:
        """The oldest first; those that were refused before come last. A pointer may be left from another release."""
        found = self._table.query(keys.company(company), f"DIRTY#{kind}#", limit=limit)
        ids = dict.fromkeys(int(pointer["id"]) for pointer in found)
        records = self._in_order(company, kind, ids)
        return [record for record in records if record.state is State.DIRTY]

    def alike(self, company: CompanyId, kind: Kind, group: str, limit: int | None = None) -> list[Record]:
        """Those of a group that is refused alike; all, if no limit is given."""
        found = self._table.query(keys.company(company), f"ALIKE#{kind}#{group}#", limit=limit)
        return self._in_order(company, kind, [int(pointer["id"]) for pointer in islice(found, limit)])

    def count_alike(self, company: CompanyId, kind: Kind, group: str) -> int:
        return sum(1 for _ in self._table.query(keys.company(company), f"ALIKE#{kind}#{group}#"))

    def waiting_for(self, company: CompanyId, numbers: Iterable[str]) -> Iterator[tuple[str, list[Record]]]:
        """Projects that wait for one of these customers, or have given it up: customer by customer, with its number,
        some at a time.

        Each customer's own are asked for: what it costs does not grow with those that wait for others.
        """
        states = [state for state in WAITERS if self._any_waits(company, state)]
        for number in numbers:
            for state in states:
                ids = self._ids_of_waiters(company, state, number)
                while some := list(islice(ids, READ_AT_ONCE)):
                    records = self._in_order(company, Kind.PROJECT, some)
                    yield number, [record for record in records if _lacks(record, number)]

    def _ids_of_waiters(self, company: CompanyId, state: str, number: str) -> Iterator[int]:
        seen: set[int] = set()
        for each in _spelled(number):
            for pointer in self._customer_pointers(company, state, f"{each}#"):
                if (id_ := int(pointer["id"])) not in seen:
                    seen.add(id_)
                    yield id_

    def _any_waits(self, company: CompanyId, state: str) -> bool:
        return any(True for _ in self._customer_pointers(company, state, limit=1))

    def _customer_pointers(
        self, company: CompanyId, state: str, number: str = "", limit: int | None = None
    ) -> Iterator[Item]:
        prefix = f"{state}#{Kind.CUSTOMER}#{number}"
        return self._table.query(keys.company(company), prefix, limit=limit)

    def waiting_since(
        self, company: CompanyId, until: datetime, after: str, size: int
    ) -> tuple[list[Record], str, datetime | None]:
        """Some of the projects that have waited for their customer since then or longer, oldest first.

        Also the place that the next ones come `after`, and since when the first of those has waited; None where there
        are no more.
        """
        prefix, last = f"AGED#{Kind.PROJECT}#", keys.stamp(until)
        pointers = list(self._table.query(keys.company(company), prefix, after=after, limit=size + 1))
        old = list(takewhile(lambda pointer: pointer["since"] <= last, pointers[:size]))
        records = self._in_order(company, Kind.PROJECT, [int(pointer["id"]) for pointer in old])
        waiting = [record for record in records if record.state is State.WAITING]
        following = keys.moment(pointers[len(old)]["since"]) if len(pointers) > len(old) else None
        return waiting, str(old[-1]["sk"]) if old else after, following

    def round_of_looks(self, company: CompanyId) -> tuple[datetime, str] | None:
        """When the round of looks at those that wait began, and the place up to which it has come."""
        item = self._table.get(keys.round_of_looks(company))
        return (keys.moment(item["began"]), str(item["after"])) if item else None

    def save_round(self, company: CompanyId, began: datetime, after: str) -> None:
        self._table.write(Put(keys.round_of_looks(company), {"began": keys.stamp(began), "after": after}))

    def note_arrivals(self, company: CompanyId, numbers: Collection[str], at: datetime) -> Key | None:
        """Before these customers are stored as being in Xledger: the projects that wait for them are to be released.
        None where no project waits for anything."""
        if not any(self._any_waits(company, state) for state in WAITERS):
            return None
        key = keys.company(company), f"CAME#{Kind.CUSTOMER}#{keys.stamp(at)}#{min(numbers)}"
        self._table.write(Put(key, {"numbers": sorted(numbers)}))
        return key

    def arrivals(self, company: CompanyId) -> Iterator[tuple[Key, set[str]]]:
        """What was noted and not yet done with."""
        for item in self._table.query(keys.company(company), f"CAME#{Kind.CUSTOMER}#"):
            yield (item["pk"], item["sk"]), set(item["numbers"])

    def released(self, note: Key, left: Collection[str] = ()) -> None:
        """Nobody waits for these customers any more, but for those that are left."""
        self._table.write(Put(note, {"numbers": sorted(left)}) if left else Delete(note))

    def count(self, company: CompanyId, kind: Kind) -> dict[State, int]:
        """How many are in each state: the same few items are read, however many records there are."""
        return self.counts(company)[kind]

    def counts(self, company: CompanyId) -> dict[Kind, dict[State, int]]:
        """As `count`, of all kinds at once."""
        found: Counter[tuple[Kind, State]] = Counter()
        for (_, sk), item in self._table.get_many(keys.record_counts(company)).items():
            kind = as_stored(Kind, sk.split("#")[1])
            found.update({(kind, state): int(item.get(state, 0)) for state in State})
        return {kind: {state: found[kind, state] for state in State} for kind in Kind}

    def disputed(self, company: CompanyId, kind: Kind, limit: int) -> list[Record]:
        """Some of those that Moment said something else of later, yet not in a higher version."""
        found = self._table.query(keys.company(company), f"DISPUTED#{kind}#", limit=limit)
        records = self._in_order(company, kind, [int(pointer["id"]) for pointer in islice(found, limit)])
        return [record for record in records if record.disputed]

    def count_disputed(self, company: CompanyId) -> int:
        """The same few items are read, however many there are."""
        counters = self._table.get_many(keys.record_counts(company)).values()
        return sum(int(item.get(DISPUTED, 0)) for item in counters)

    def ask_takeover(self, company: CompanyId, at: datetime) -> None:
        """A person said that what is disputed counts; it stands until all of it was taken over."""
        self._table.write(Update(keys.takeover(company), set={"asked": keys.stamp(at)}))

    def is_takeover_asked(self, company: CompanyId) -> bool:
        return self._table.get(keys.takeover(company)) is not None

    def takeover_done(self, company: CompanyId) -> None:
        self._table.write(Delete(keys.takeover(company)))

    def mend_counts(
        self, company: CompanyId, kind: Kind, has_time: Callable[[], bool] = lambda: True
    ) -> bool:
        """Counts all, and puts the counters right where they say something else. Whether it did.

        Only if no counter was changed meanwhile: somebody who writes at this moment is left in peace. Where there is
        no time for all, nothing is changed.
        """
        before = list(self._table.query(keys.company(company), f"COUNT#{kind}#"))
        stored = self._table.query(keys.records(company), f"ENT#{kind}#")
        off: Counter[str] = Counter()
        for item in stored:
            if not has_time():
                return False
            off[str(item["state"])] += 1
        for item in before:
            off.subtract({str(state): int(item.get(state, 0)) for state in State})
        wrong = {state: difference for state, difference in off.items() if difference}
        try:
            if wrong:
                self._table.write(*_mended(company, kind, wrong, before))
        except Conflict:
            return False
        return bool(wrong)

    def oldest_waiting(
        self, company: CompanyId, kind: Kind, states: Collection[State] = (State.DIRTY, State.WAITING)
    ) -> datetime | None:
        """Since when the one has waited that waits longest for its turn, or for its customer.

        `states`: those to look for, where it is known that there are none in another."""
        pk = keys.company(company)
        prefixes = [prefix for state in states for prefix in _AGES[state]]
        firsts = (next(self._table.query(pk, prefix.format(kind), limit=1), None) for prefix in prefixes)
        return min((keys.moment(first["since"]) for first in firsts if first), default=None)

    def every(self, company: CompanyId, kind: Kind) -> Iterator[Record]:
        """Read page by page."""
        for item in self._table.query(keys.records(company), f"ENT#{kind}#"):
            yield _record(company, item)

    def page(self, company: CompanyId, kind: Kind, after: str, size: int) -> tuple[list[Record], str | None]:
        """Some records of a kind, and what the next page comes `after`; None where this is the last one."""
        prefix = f"ENT#{kind}#"
        found = self._table.query(keys.records(company), prefix, after=after, limit=size)
        items = list(islice(found, size))
        records = [_record(company, item) for item in items]
        return records, str(items[-1]["sk"]) if len(items) == size else None

    def _in_order(self, company: CompanyId, kind: Kind, ids: Iterable[int]) -> list[Record]:
        wanted = [(kind, id_) for id_ in ids]
        found = self.get_many(company, wanted)
        return [found[key] for key in wanted if key in found and is_known(found[key].state)]

    def save(self, changes: Sequence[Change]) -> list[Record]:
        """Writes what it can; returns the records (as they were to be) that somebody else changed meanwhile."""
        lost: list[Record] = []
        for batch in _batches(changes):
            try:
                counted = _counted([change for change, _ in batch])
                carried = tried(change for change, _ in batch)
                self._table.write(*[each for _, actions in batch for each in actions], *counted, *carried)
            except Conflict:
                lost += self._one_by_one([change for change, _ in batch])
        return lost

    def pass_on(self, giver: Change, taker: Change) -> bool:
        """Writes both or none. A number that the first one owned may be the second one's then. Returns whether it
        was written: not if somebody else changed either of them meanwhile."""
        merged = {action.key: action for change in (giver, taker) for action in _actions(*change)}
        may = Attr("id").not_exists() | Attr("id").eq(giver[1].id) | Attr("id").eq(taker[1].id)
        merged |= {key: Put(key, {"id": taker[1].id}, when=may) for key in _codes(taker[1])}
        try:
            self._table.write(*merged.values(), *_counted([giver, taker]), *tried([giver, taker]))
        except Conflict:
            return False
        return True

    def _one_by_one(self, changes: Sequence[Change]) -> list[Record]:
        lost = []
        for old, new in changes:
            try:
                self._table.write(*_actions(old, new), *_counted([(old, new)]), *tried([(old, new)]))
            except Conflict:
                lost.append(new)
        return lost

    def erase(self, company: CompanyId, kind: Kind, id_: int) -> str | None:
        """All that is kept of one record: itself, its number, its place in Xledger, what was said of the two. Returns
        the number; None where there is no such record.

        Should Moment publish it again, it is looked up by its number, as any that is new here. Raises `Conflict` if
        somebody else writes it at this moment.
        """
        record = self.get_many(company, [(kind, id_)]).get((kind, id_))
        if record is None:
            return None
        theirs = self._table.get_many([*_codes(record), *_links(record)])
        mine = [key for key, item in theirs.items() if int(item["id"]) == id_]
        number, pk = record.content.number, keys.records(company)
        beside = [(pk, f"LOOKUP#{kind}#{number}")]
        beside += [(pk, item["sk"]) for item in self._table.query(pk, f"HOLDER#{number}=")]
        self._table.write(
            Delete(keys.entity(company, kind, id_), when=Attr("rev").eq(record.rev)),
            *map(Delete, dict.fromkeys((*mine, *_pointers(record), *beside))),
            _uncounted(record),
        )
        return number

    def mark_work(self, token: TokenId, kind: Kind, company: CompanyId, due: datetime) -> None:
        """There is something to do for this company from `due` on. Always after the record is stored."""
        key = keys.work(token, kind, company)
        self._table.write(
            Update(key, set={"due": keys.shard(key[0]), "due_at": keys.stamp(due)}, add={"marks": 1})
        )

    def mark_work_by(self, token: TokenId, kind: Kind, company: CompanyId, latest: datetime) -> None:
        """As `mark_work`, but what is due earlier stays so."""
        key, marked = keys.work(token, kind, company), {"marks": 1}
        due = {"due": keys.shard(key[0]), "due_at": keys.stamp(latest)}
        later = Attr("due_at").not_exists() | Attr("due_at").gt(due["due_at"])
        try:
            self._table.write(Update(key, set=due, add=marked, when=later))
        except Conflict:  # whoever does what is due now may have looked already
            self._table.write(Update(key, set_once=due, add=marked))

    def work(self, token: TokenId, kind: Kind) -> dict[CompanyId, tuple[int, datetime]]:
        """Companies with something to do: the count of marks that stand for it, and from when on."""
        found = self._table.query(keys.token(token), f"WORK#{kind}#")
        return {
            CompanyId(item["sk"].split("#", 2)[2]): (int(item["marks"]), keys.moment(item["due_at"]))
            for item in found
            if "due_at" in item
        }

    def pending(self, token: TokenId) -> list[Pending]:
        """As `work`, of all kinds at once."""
        found = self._table.query(keys.token(token), "WORK#")
        return [
            _pending(item)
            for item in found
            if "due_at" in item and are_known(Kind, [item["sk"].split("#")[1]])
        ]

    def note_wake(self, token: TokenId, pending: Pending) -> None:
        """A wake was sent that comes when this work is due."""
        key = keys.work(token, pending.kind, pending.company)
        self._table.write(Update(key, set={"woken_for": keys.stamp(pending.due)}))

    def forget_work(self, token: TokenId, kind: Kind, company: CompanyId) -> None:
        """Of a company that has left: whoever marked it did not know yet."""
        self._table.write(Delete(keys.work(token, kind, company)))

    def work_done(
        self, token: TokenId, kind: Kind, company: CompanyId, marks: int, again: datetime | None = None
    ) -> None:
        """Nothing is left (until `again`), unless somebody marked work since `marks` was read."""
        key = keys.work(token, kind, company)
        when = Attr("marks").eq(marks)
        try:
            if again is None:
                self._table.write(Update(key, remove=["due", "due_at"], when=when))
            else:
                self._table.write(Update(key, set={"due_at": keys.stamp(again)}, when=when))
        except Conflict:
            return


def _batches(changes: Iterable[Change]) -> Iterator[list[tuple[Change, list[Action]]]]:
    """A transaction takes an item once: two records that want one number go in different ones."""
    batch: list[tuple[Change, list[Action]]] = []
    taken: set[Key] = set()
    for change in changes:
        actions = _actions(*change)
        wanted = {action.key for action in actions}
        if len(taken) + len(actions) > MOST_ACTIONS - COUNTED_BESIDE or taken & wanted:
            yield batch
            batch, taken = [], set()
        batch.append((change, actions))
        taken |= wanted
    if batch:
        yield batch


def _actions(old: Record | None, new: Record) -> list[Action]:
    """The record, if nobody wrote it since `old`; its number, if nobody else has it; its pointers."""
    unchanged = Attr("rev").not_exists() if old is None else Attr("rev").eq(old.rev)
    actions: list[Action] = [Put(keys.entity(new.company, new.kind, new.id), _item(new), when=unchanged)]
    held, owned = _codes(old), _codes(new)
    free = Attr("id").not_exists() | Attr("id").eq(new.id)
    actions += [Put(key, {"id": new.id}, when=free) for key in owned if key not in held]
    actions += [Delete(key) for key in held if key not in owned]
    given_up = _known_by(old) - _known_by(new)
    actions += [
        Update(keys.gave_up(new.company, new.kind, each), set={f"{_GAVE_UP}{new.id}": True})
        for each in sorted(given_up)
    ]
    actions += [Put(key, {"id": new.id}) for key in _links(new) if key not in _links(old)]
    before, after = _pointers(old), _pointers(new)
    actions += [Delete(key) for key in before if key not in after]
    actions += [
        Put(key, {"id": new.id, "since": keys.stamp(new.since)}) for key in after if key not in before
    ]
    return actions


def _codes(record: Record | None) -> list[Key]:
    number = record and record.owned_number
    return keys.codes(record.company, record.kind, number) if record and number else []


def _known_by(record: Record | None) -> set[str]:
    """In Moment, and as its owner here."""
    return {number_key(each) for each in (record.number, record.owned_number) if each} if record else set()


def _links(record: Record | None) -> list[Key]:
    """What was given up keeps its link: it is told by the record that it is not its any more."""
    if record is None or record.db_id is None or record.entity is None:
        return []
    return [keys.link(record.company, record.kind, record.entity, record.db_id)]


def _counted(changes: Iterable[Change]) -> list[Action]:
    """The least that the counters change. Which of them does not matter: they are read together."""
    changed: dict[Key, Counter[str]] = defaultdict(Counter)
    shard = ""
    for old, new in changes:
        shard = shard or f"{new.id % keys.COUNTERS:02}"
        key = (keys.company(new.company), f"COUNT#{new.kind}#{shard}")
        changed[key][str(new.state)] += 1
        changed[key][DISPUTED] += bool(new.disputed) - bool(old and old.disputed)
        if old:
            changed[key][str(old.state)] -= 1
    moves = {key: {state: n for state, n in counts.items() if n} for key, counts in changed.items()}
    return [Update(key, add=counts) for key, counts in moves.items() if counts]


def _uncounted(record: Record) -> Update:
    key = (keys.company(record.company), f"COUNT#{record.kind}#{record.id % keys.COUNTERS:02}")
    return Update(key, add={str(record.state): -1} | ({DISPUTED: -1} if record.disputed else {}))


def _pointers(record: Record | None) -> list[Key]:
    if record is None:
        return []
    disputed = [(keys.company(record.company), f"DISPUTED#{record.kind}#{record.id}")]
    return [*_pointers_of_state(record), *(disputed if record.disputed else [])]


def _pointers_of_state(record: Record) -> list[Key]:
    pk = keys.company(record.company)
    content = record.content
    since = f"{keys.stamp(record.since)}#{record.id}"
    if record.state is State.DIRTY:
        return [(pk, f"DIRTY#{record.kind}#{int(record.suspect)}#{since}")]
    if record.state is State.WAITING and isinstance(content, Project):
        return [*_by_customer("WAIT", record), (pk, f"AGED#{record.kind}#{since}")]
    if record.problem is Code.NUMBER_TAKEN:
        return [(pk, f"CLAIM#{record.kind}#{content.number}#{record.id}")]
    if record.group:
        return [(pk, f"ALIKE#{record.kind}#{record.group}#{record.id}")]
    if record.problem is Code.CUSTOMER_UNKNOWN and isinstance(content, Project):
        return _by_customer("LACK", record)
    return []


def _by_customer(state: str, project: Record) -> list[Key]:
    pk, number = keys.company(project.company), _customer_number(project)
    return [(pk, f"{state}#{Kind.CUSTOMER}#{each}#{project.id}") for each in _spelled(number)]


def _spelled(number: str) -> list[str]:
    """In the form that all spellings of it share, and as it is typed, where an older release writes and looks."""
    return list(dict.fromkeys((number_key(number), number)))


def _customer_number(record: Record) -> str:
    return (isinstance(record.content, Project) and record.content.customer_number) or ""


def _lacks(record: Record, number: str) -> bool:
    """A pointer may be left from another release."""
    waits = record.state is State.WAITING or record.problem is Code.CUSTOMER_UNKNOWN
    return waits and same_number(_customer_number(record), number)


def _mended(company: CompanyId, kind: Kind, wrong: Mapping[str, int], before: Iterable[Item]) -> list[Action]:
    """In the first counter, on condition that all are as they were. The others get nothing added: a mere check of them
    would need a right that nothing else of the night's work needs."""
    known = {item["sk"]: item for item in before}
    names = [f"COUNT#{kind}#{shard:02}" for shard in range(keys.COUNTERS)]
    nothing = {str(State.DIRTY): 0}
    return [
        Update((keys.company(company), name), add=nothing if n else wrong, when=_unchanged(known.get(name)))
        for n, name in enumerate(names)
    ]


def _unchanged(item: Item | None) -> ConditionBase:
    if item is None:
        return Attr("pk").not_exists()
    condition: ConditionBase = Attr("pk").exists()
    for state in State:
        condition &= Attr(state).eq(item[state]) if state in item else Attr(state).not_exists()
    return condition


def _item(record: Record) -> Item:
    item: dict[str, Any] = {
        "rev": record.rev + 1,
        "content": record.content.to_json(),
        "state": str(record.state),
        "since": keys.stamp(record.since),
        "sent_version": record.sent_version,
        "sent_hash": record.sent_hash,
        "sent_number": record.sent_number,
        "added_as": record.added_as,
        "added_at": record.added_at and keys.stamp(record.added_at),
        "sent_company": record.sent_company,
        "former_companies": list(record.former_companies) or None,
        "db_id": record.db_id,
        "entity": record.entity,
        "refers_to": record.refers_to,
        "same_company": record.same_company,
        "sent_end": record.sent_end,
        "suspect": record.suspect,
        "closed_on": record.closed_on and record.closed_on.isoformat(),
        "problem": record.problem and str(record.problem),
        "details": dict(record.details),
        "attempts": as_text(record.attempts) if record.attempts else None,
        "said_at": record.said_at and keys.stamp(record.said_at),
        "from_api": record.from_api or None,
        "disputed": record.disputed and _statement_item(record.disputed),
        "restored": record.restored
        and {"at": keys.stamp(record.restored.at), "before": record.restored.before},
        "replaces": list(record.replaces) or None,
        "replaced_by": record.replaced_by,
    }
    return {name: value for name, value in item.items() if value is not None}


def _record(company: CompanyId, item: Item) -> Record:
    kind = Kind(item["sk"].split("#")[1])
    return Record(
        company,
        CONTENT[kind].model_validate_json(item["content"]),
        as_stored(State, item["state"]),
        keys.moment(item["since"]),
        rev=int(item["rev"]),
        sent_version=_number(item, "sent_version"),
        sent_hash=item.get("sent_hash"),
        sent_number=item.get("sent_number"),
        added_as=item.get("added_as"),
        added_at=keys.moment(item["added_at"]) if "added_at" in item else None,
        sent_company=item.get("sent_company"),
        former_companies=tuple(item.get("former_companies", ())),
        db_id=_number(item, "db_id"),
        entity=item.get("entity"),
        refers_to=_number(item, "refers_to"),
        same_company=_number(item, "same_company"),
        sent_end=item.get("sent_end"),
        suspect=item["suspect"],
        closed_on=date.fromisoformat(item["closed_on"]) if "closed_on" in item else None,
        problem=as_stored(Code, item["problem"]) if "problem" in item else None,
        details=item.get("details", {}),
        attempts=from_text(item["attempts"]) if "attempts" in item else (),
        said_at=keys.moment(item["said_at"]) if "said_at" in item else None,
        from_api=item.get("from_api", False),
        disputed=_statement(kind, item["disputed"]) if "disputed" in item else None,
        restored=_restored(item["restored"]) if "restored" in item else None,
        replaces=tuple(int(id_) for id_ in item.get("replaces", ())),
        replaced_by=None if "replaced_by" not in item else int(item["replaced_by"]),
    )


def _pending(item: Item) -> Pending:
    _, kind, company = item["sk"].split("#", 2)
    woken_for = keys.moment(item["woken_for"]) if "woken_for" in item else None
    return Pending(Kind(kind), CompanyId(company), keys.moment(item["due_at"]), woken_for)


def _statement_item(said: Statement) -> Item:
    """Only what an event said can be disputed."""
    return {"content": said.content.to_json(), "at": said.at and keys.stamp(said.at)}


def _statement(kind: Kind, item: Item) -> Statement:
    at = keys.moment(item["at"]) if item["at"] else None
    return Statement(CONTENT[kind].model_validate_json(item["content"]), at)


def _restored(item: Item) -> Restored:
    return Restored(keys.moment(item["at"]), item["before"])


def _number(item: Item, name: str) -> int | None:
    return int(item[name]) if name in item else None
