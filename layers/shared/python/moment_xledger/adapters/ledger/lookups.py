"""What Xledger said about numbers of customers and projects that a company keeps there by hand; and which customer in
Moment the one is that an invoice was issued to, where it has another name there."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from moment_xledger.adapters.ledger import keys
from moment_xledger.adapters.table import Item, Key, Put, Table
from moment_xledger.domain.companies import CompanyId
from moment_xledger.domain.invoice_references import LookedUp, Reference
from moment_xledger.domain.kinds import Kind

EVERY = "*"  # no number is called so


class Lookups:
    def __init__(self, table: Table) -> None:
        self._table = table

    def get_many(self, company: CompanyId, kind: Kind, numbers: Collection[str]) -> dict[str, LookedUp]:
        """Where the token may not read this kind, that is said about every number."""
        found = self._table.get_many(_key(company, kind, number) for number in (*numbers, EVERY))
        said = {sk.rpartition("#")[2]: _looked_up(item) for (_, sk), item in found.items()}
        unreadable = said.pop(EVERY, None)
        return said if unreadable is None else dict.fromkeys(numbers, unreadable) | said

    def note(self, company: CompanyId, kind: Kind, found: Mapping[str, LookedUp]) -> None:
        for number, each in found.items():
            hits = {} if each.hits is None else {"hits": each.hits}
            entity = {} if each.entity is None else {"entity": each.entity}
            item = {"at": keys.stamp(each.at)} | hits | entity
            self._table.write(Put(_key(company, kind, number), item))

    def same_customers(self, company: CompanyId, holders: Iterable[Reference]) -> dict[Reference, int]:
        """The customers' ids in Moment, of those that are known."""
        keys_ = {_holder_key(company, each): each for each in holders}
        return {keys_[key]: int(item["id"]) for key, item in self._table.get_many(keys_).items()}

    def note_same_customer(self, company: CompanyId, holder: Reference, id_: int, at: datetime) -> None:
        self._table.write(Put(_holder_key(company, holder), {"id": id_, "at": keys.stamp(at)}))


def _holder_key(company: CompanyId, holder: Reference) -> Key:
    return keys.records(company), f"HOLDER#{holder.number}"


def _key(company: CompanyId, kind: Kind, number: str) -> Key:
    return keys.records(company), f"LOOKUP#{kind}#{number}"


def _looked_up(item: Item) -> LookedUp:
    hits = int(item["hits"]) if "hits" in item else None
    return LookedUp(hits, item.get("entity"), keys.moment(item["at"]))
