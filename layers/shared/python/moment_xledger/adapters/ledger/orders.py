"""Exports that were asked for while the work stood still, until it goes on. They lie in the index, so that the sweep
finds them."""

from datetime import datetime

from boto3.dynamodb.conditions import Attr

from moment_xledger.adapters.ledger import keys
from moment_xledger.adapters.table import Delete, Item, Key, Put, Table
from moment_xledger.domain.companies import CompanyId
from moment_xledger.domain.errors import Conflict
from moment_xledger.domain.orders import Order


class Orders:
    def __init__(self, table: Table) -> None:
        self._table = table

    def keep(self, order: Order, now: datetime) -> None:
        """Once for each who asks: a daily export that stood still for a week is one export."""
        key = _key(order)
        item: Item = {"request": order.request, "by": order.by}
        item |= {"repeats": order.repeats} if order.repeats else {}
        self._table.write(Put(key, {**item, "due": keys.shard(key[0]), "due_at": keys.stamp(now)}))

    def of(self, company: CompanyId) -> list[Order]:
        found = self._table.query(keys.company(company), "ORDER#")
        return [_order(company, item) for item in found]

    def done(self, order: Order) -> None:
        """What was asked for meanwhile, in another pause, stays."""
        try:
            self._table.write(Delete(_key(order), when=Attr("request").eq(order.request)))
        except Conflict:
            return


def _key(order: Order) -> Key:
    return keys.company(order.company), f"ORDER#{order.repeats or 'NEW'}#{order.by}"


def _order(company: CompanyId, item: Item) -> Order:
    return Order(company, item["request"], item["by"], int(item["repeats"]) if "repeats" in item else None)
