"""Requests that a token has used of a share of its hour; see `domain.turns`."""

from datetime import datetime
from decimal import Decimal

from moment_xledger.adapters.ledger import keys
from moment_xledger.adapters.table import Put, Table
from moment_xledger.domain.companies import TokenId
from moment_xledger.domain.turns import Share, Spent


class Spending:
    def __init__(self, table: Table) -> None:
        self._table = table

    def get(self, token: TokenId, name: str, share: Share, plan: int | None) -> Spent:
        item = self._table.get(keys.spent(token, name))
        if item is None:
            return Spent(share, plan)
        return Spent(share, plan, float(item["requests"]), keys.moment(item["at"]))

    def add(self, token: TokenId, name: str, spent: Spent, requests: int, now: datetime) -> None:
        """Only the holder of the token's gate does."""
        after = spent.with_more(requests, now)
        counted = Decimal(str(round(after.requests, 3)))
        self._table.write(Put(keys.spent(token, name), {"requests": counted, "at": keys.stamp(now)}))
