"""What each address of a company was told, and which companies are to be looked at because of it.

Whoever is about to mail an address takes it first, so that nobody else does.
"""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from boto3.dynamodb.conditions import Attr

from moment_xledger.adapters.ledger import keys
from moment_xledger.adapters.table import Item, Put, Table, Update
from moment_xledger.domain.companies import CompanyId
from moment_xledger.domain.errors import Conflict
from moment_xledger.domain.notices import Told

# A run that died holds its address no longer than this.
LEASE = timedelta(minutes=4)
# An address that was told nothing for so long is forgotten. What is still wrong by then is told once more.
REMEMBERED = timedelta(days=400)


@dataclass(frozen=True)
class Taken:
    """An address that is ours until `until`."""

    company: CompanyId
    address: str
    told: Told
    until: datetime


class Notices:
    def __init__(self, table: Table) -> None:
        self._table = table

    def told(self, company: CompanyId, address: str) -> Told:
        return _told(self._table.get(keys.told(company, address)) or {})

    def take(self, company: CompanyId, address: str, now: datetime) -> Taken | None:
        """None where somebody else is mailing it at this moment."""
        until = now + LEASE
        free = Attr("held_until").not_exists() | Attr("held_until").lte(keys.stamp(now))
        try:
            self._table.write(
                Update(keys.told(company, address), set={"held_until": keys.stamp(until)}, when=free)
            )
        except Conflict:
            return None
        return Taken(company, address, self.told(company, address), until)

    def give_back(self, taken: Taken, told: Told) -> None:
        """With what it has been told by now. Raises `Conflict` if it was taken over meanwhile."""
        mine = Attr("held_until").eq(keys.stamp(taken.until))
        forgotten = {"ttl": int((taken.until + REMEMBERED).timestamp())}
        self._table.write(Put(keys.told(taken.company, taken.address), _item(told) | forgotten, when=mine))

    def to_look_at(self, now: datetime, most: int) -> list[CompanyId]:
        """Those of which something may have to be told by now, the longest waiting first."""
        share = -(-most // len(keys.LOOK_SHARDS))
        found = (
            key
            for shard in keys.LOOK_SHARDS
            for key in islice(self._table.due(shard, keys.stamp(now), share), share)
        )
        return [CompanyId(pk.removeprefix("T#")) for pk, *_ in found]

    def look_now(self, company: CompanyId) -> None:
        self._table.write(look_mark(company))

    def put_off_look(self, company: CompanyId, until: datetime) -> None:
        """Whose job was queued: it is queued again only if nobody has looked by then."""
        earlier = Attr("due_at").lt(keys.stamp(until))
        with suppress(Conflict):
            self._table.write(Update(keys.look(company), set={"due_at": keys.stamp(until)}, when=earlier))

    def look_marks(self, company: CompanyId) -> int:
        """To be read before what is to be told is."""
        return int((self._table.get(keys.look(company)) or {}).get("marks", 0))

    def looked(self, company: CompanyId, marks: int, again: datetime | None) -> None:
        """When to look again, if ever. What was marked after `marks` were read is looked at again at once."""
        key = keys.look(company)
        unchanged = Attr("marks").eq(marks) if marks else Attr("marks").not_exists()
        with suppress(Conflict):
            if again:
                at = {"due": keys.shard(key[0], keys.LOOK_SHARDS), "due_at": keys.stamp(again)}
                self._table.write(Update(key, set=at, add={"marks": 1}, when=unchanged))
            elif marks:
                self._table.write(Update(key, remove=["due", "due_at"], when=unchanged))


def look_mark(company: CompanyId) -> Update:
    """In the write after which something may have to be told at once."""
    key = keys.look(company)
    at = {"due": keys.shard(key[0], keys.LOOK_SHARDS), "due_at": keys.stamp(keys.AT_ONCE)}
    return Update(key, set=at, add={"marks": 1})


def _item(told: Told) -> Item:
    times = {name: keys.stamp(at) for name in ("urgent_at", "digest_at") if (at := getattr(told, name))}
    return {"urgent": sorted(told.urgent), "slot": told.slot, "open_then": told.open_then, **times}


def _told(item: Item) -> Told:
    return Told(
        frozenset(item.get("urgent", ())),
        keys.moment(item["urgent_at"]) if "urgent_at" in item else None,
        item.get("slot", ""),
        keys.moment(item["digest_at"]) if "digest_at" in item else None,
        int(item.get("open_then", 0)),
    )
