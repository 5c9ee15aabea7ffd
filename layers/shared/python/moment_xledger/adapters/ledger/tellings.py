"""Exports that the accountant is to be told of: who has been, and who is still to be. In the index `due` until done."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from boto3.dynamodb.conditions import Attr

from moment_xledger.adapters.ledger import keys
from moment_xledger.adapters.table import Delete, Item, Key, Put, Table, Update
from moment_xledger.domain.companies import CompanyId

# Whoever tells must be done by then, or somebody else goes on.
LEASE = timedelta(minutes=5)


@dataclass(frozen=True)
class Telling:
    """`done`: addresses that need no mail any more, because it was sent or because they refuse it."""

    company: CompanyId
    export: int
    done: tuple[str, ...] = ()
    attempts: int = 0
    held_until: datetime | None = None


def to_tell(company: CompanyId, export: int, now: datetime) -> Put:
    """In the transaction that makes the export ready, so that none is forgotten."""
    return Put(_key(company, export), {"done": [], "attempts": 0, **_due(company, now + LEASE)})


class Tellings:
    def __init__(self, table: Table) -> None:
        self._table = table

    def open(self, company: CompanyId) -> Iterator[Telling]:
        """Oldest first."""
        for item in self._table.query(keys.invoices(company), "TELL#"):
            yield _telling(company, item)

    def take(self, telling: Telling, now: datetime) -> datetime:
        """Until when nobody else tells of it. Raises `Conflict` if somebody does at this moment."""
        until = now + LEASE
        free = Attr("held_until").not_exists() | Attr("held_until").lte(keys.stamp(now))
        unchanged = Attr("attempts").eq(telling.attempts)  # and there: who is done deletes it
        self._table.write(
            Update(
                _key(telling.company, telling.export),
                set={"held_until": keys.stamp(until), **_due(telling.company, until)},
                add={"attempts": 1},
                when=unchanged & free,
            )
        )
        return until

    def note(self, telling: Telling, done: Sequence[str], until: datetime) -> None:
        """Raises `Conflict` if it has been taken over since."""
        mine = Attr("held_until").eq(keys.stamp(until))
        self._table.write(Update(_key(telling.company, telling.export), set={"done": list(done)}, when=mine))

    def put_off(self, telling: Telling, until: datetime, later: datetime) -> None:
        """Free for whoever comes, and looked for at `later`."""
        mine = Attr("held_until").eq(keys.stamp(until))
        self._table.write(
            Update(
                _key(telling.company, telling.export),
                set=_due(telling.company, later),
                remove=("held_until",),
                when=mine,
            )
        )

    def close(self, telling: Telling, done: Sequence[str], now: datetime) -> None:
        """Kept as a record of who was told, where nobody looks for work."""
        told = {"done": list(done), "at": keys.stamp(now)}
        key = keys.invoices(telling.company), f"TOLD#{telling.export:06}"
        self._table.write(Put(key, told, books_of=now), Delete(_key(telling.company, telling.export)))

    def told(self, company: CompanyId, export: int) -> tuple[str, ...]:
        item = self._table.get((keys.invoices(company), f"TOLD#{export:06}"))
        return tuple(item["done"]) if item else ()


def _key(company: CompanyId, export: int) -> Key:
    return keys.invoices(company), f"TELL#{export:06}"


def _due(company: CompanyId, at: datetime) -> Item:
    return {"due": keys.shard(keys.invoices(company)), "due_at": keys.stamp(at)}


def _telling(company: CompanyId, item: Item) -> Telling:
    return Telling(
        company,
        int(item["sk"].removeprefix("TELL#")),
        tuple(item["done"]),
        int(item["attempts"]),
        keys.moment(item["held_until"]) if "held_until" in item else None,
    )
