"""Invoices as Xledger has them: posted ones of the receivables ledger, and those that an import has staged.

Both reads are optional: a missing right is `NoRight`, and closes no gate. Fields, filters and the meaning of the
transaction sources are those of a public client in use (onecore's xledger-adapter); a payment's row bears the invoice's
number too, so rows of other sources than AR, SO and OS are left out.
"""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from moment_xledger.adapters.xledger_reference import Reads
from moment_xledger.domain.days import OSLO
from moment_xledger.domain.entities import Reached
from moment_xledger.domain.errors import TooMany

A_PAGE = 10_000
MOST_PAGES = 5
OF_INVOICES = ("AR", "SO", "OS")
STAGED_BEFORE = timedelta(minutes=15)  # clocks differ

Row = tuple[str, str]  # invoice number, and customer number where the row tells


class XledgerInvoices:
    def __init__(self, channel: Reads, entity: Reached) -> None:
        self._channel, self._entity = channel, entity

    def posted(self, first: date, last: date) -> Iterator[Row]:
        """Those of this entity that are dated from `first` to `last`.

        At most `MOST_PAGES` requests; raises `TooMany` where there are more.
        """
        wanted = {"from": first.isoformat(), "until": (last + timedelta(days=1)).isoformat()}
        for node in self._pages("ReadPostedInvoices", "arTransactions", wanted):
            owner = (node.get("owner") or {}).get("ownerCode")
            source = ((node.get("transactionHeader") or {}).get("transactionSource") or {}).get("code")
            if source in (None, *OF_INVOICES) and owner in (None, self._entity.owner_code):
                yield (
                    str(node.get("invoiceNumber") or ""),
                    str((node.get("subledger") or {}).get("code") or ""),
                )

    def staged(self, since: datetime) -> Iterator[Row]:
        """Those that were staged since then. Xledger writes times as Central European wall time."""
        local = (since - STAGED_BEFORE).astimezone(OSLO)
        wanted = {"since": f"{local:%Y-%m-%dT%H:%M:%S}"}
        for node in self._pages("ReadStagedInvoices", "glImportItems", wanted):
            if self._entity.owner_db_id in (None, _number(node.get("ownerDbId"))):
                yield str(node.get("invoiceNumber") or ""), ""

    def _pages(self, operation: str, field: str, wanted: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
        after = None
        for _ in range(MOST_PAGES):
            answer = self._channel.read(operation, {**wanted, "first": A_PAGE, "after": after}, optional=True)
            connection = answer.get(field) or {}
            edges = connection.get("edges") or []
            yield from (edge["node"] for edge in edges if edge.get("node"))
            if not edges or not connection["pageInfo"]["hasNextPage"]:
                return
            after = edges[-1]["cursor"]
        raise TooMany(operation)


def _number(value: object) -> int | None:
    return None if value is None else int(str(value))
