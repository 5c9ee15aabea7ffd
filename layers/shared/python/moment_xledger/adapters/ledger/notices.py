"""What each address of a company was told. Whoever is about to mail one takes it first, so that nobody else does."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from boto3.dynamodb.conditions import Attr

from moment_xledger.adapters.ledger import keys
from moment_xledger.adapters.table import Item, Put, Table, Update
from moment_xledger.domain.companies import CompanyId
from moment_xledger.domain.errors import Conflict
from moment_xledger.domain.notices import Told

# A run that died holds its address no longer than this.
LEASE = timedelta(minutes=4)


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
        self._table.write(Put(keys.told(taken.company, taken.address), _item(told), when=mine))


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
