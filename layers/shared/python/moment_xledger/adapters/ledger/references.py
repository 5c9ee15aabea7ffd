"""Xledger's accounts and VAT codes as they were last read, by token; how far its feeds of changes were read, and in
which night somebody last began to.
"""

from datetime import datetime
from typing import Any

from moment_xledger.adapters.ledger import keys
from moment_xledger.adapters.table import Put, Table
from moment_xledger.domain.companies import TokenId
from moment_xledger.domain.kinds import Kind
from moment_xledger.domain.preflight import Lists


class References:
    def __init__(self, table: Table) -> None:
        self._table = table

    def get(self, token: TokenId) -> Lists | None:
        item = self._table.get(keys.lists(token))
        if item is None:
            return None
        accounts, vat_codes = item.get("accounts"), item.get("vat_codes")
        return Lists(
            keys.moment(item["read_at"]),
            None if accounts is None else frozenset(accounts),
            None if vat_codes is None else frozenset(vat_codes),
        )

    def save(self, token: TokenId, lists: Lists) -> None:
        item: dict[str, Any] = {"read_at": keys.stamp(lists.read_at)}
        for name, codes in (("accounts", lists.accounts), ("vat_codes", lists.vat_codes)):
            item |= {} if codes is None else {name: sorted(codes)}
        self._table.write(Put(keys.lists(token), item))

    def guarded(self, token: TokenId) -> str:
        """When its last look at changes began, as text that sorts; empty before the first."""
        item = self._table.get((keys.token(token), "GUARDED"))
        return str(item["began"]) if item else ""

    def note_guarded(self, token: TokenId, now: datetime) -> None:
        self._table.write(Put((keys.token(token), "GUARDED"), {"began": keys.stamp(now)}))

    def cursor(self, token: TokenId, kind: Kind) -> str | None:
        """Behind the last change that was looked at; None before the first night."""
        item = self._table.get((keys.token(token), f"FEED#{kind}"))
        return str(item["cursor"]) if item else None

    def move_cursor(self, token: TokenId, kind: Kind, cursor: str) -> None:
        self._table.write(Put((keys.token(token), f"FEED#{kind}"), {"cursor": cursor}))
