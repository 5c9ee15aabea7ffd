"""Exports and the watermark. Each step can be taken again by whoever comes next, with the same result."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from boto3.dynamodb.conditions import Attr

from moment_xledger.adapters.ledger import keys
from moment_xledger.adapters.table import MOST_ACTIONS, Check, Item, Key, Put, Table, Update
from moment_xledger.domain.companies import CompanyId
from moment_xledger.domain.errors import Conflict
from moment_xledger.domain.exports import Export, Status, Watermark

MOST_MEMBERS = MOST_ACTIONS - 1  # marked together, with the check that the export is still frozen


class Exports:
    def __init__(self, table: Table) -> None:
        self._table = table

    def watermark(self, company: CompanyId) -> Watermark:
        item = self._table.get(_state(company))
        return _watermark(item) if item else Watermark()

    def get(self, company: CompanyId, number: int) -> Export | None:
        item = self._table.get(_export_key(company, number))
        return _export(company, item) if item else None

    def newest_first(self, company: CompanyId, limit: int | None = None) -> Iterator[Export]:
        found = self._table.query(keys.invoices(company), "EXP#", limit=limit, newest_first=True)
        yield from (_export(company, item) for item in found)

    def asked_for(self, company: CompanyId, request: str) -> int | None:
        """The export that this request made or joined."""
        item = self._table.get(_request(company, request))
        return int(item["export"]) if item else None

    def join(self, company: CompanyId, request: str, number: int) -> None:
        self._table.write(Put(_request(company, request), {"export": number}))

    def claim(self, export: Export, watermark: Watermark, request: str) -> None:
        """Raises `Conflict` if another export was claimed or finished since the watermark was read."""
        opened = replace(watermark, ver=watermark.ver + 1, open=export.number)
        unchanged = Attr("ver").eq(watermark.ver) if watermark.ver else Attr("ver").not_exists()
        self._table.write(
            Put(_state(export.company), _watermark_item(opened), when=unchanged),
            Put(_export_key(export.company, export.number), _item(export), when=Attr("status").not_exists()),
            Put(_request(export.company, request), {"export": export.number}),
        )

    def mark_members(self, export: Export, seqs: Sequence[int]) -> None:
        """At most `MOST_MEMBERS`. Raises `Conflict` if one has left with another export, or this one is ready."""
        free = Attr("x").not_exists() | Attr("x").eq(export.number)
        members = [
            Update((keys.invoices(export.company), f"SEQ#{seq:010}"), set={"x": export.number}, when=free)
            for seq in seqs
        ]
        frozen = Check(_export_key(export.company, export.number), when=Attr("status").eq(str(Status.FROZEN)))
        self._table.write(frozen, *members)

    def finish(self, export: Export, settled: int, now: datetime) -> None:
        """Ready, and the watermark moves. Does nothing where somebody else finished it, with the same file."""
        watermark = self.watermark(export.company)
        moved = replace(
            watermark,
            ver=watermark.ver + 1,
            open=None,
            last_export=export.number,
            last_at=now,
            settled=settled,
        )
        open_here = Attr("open").eq(export.number) & Attr("ver").eq(watermark.ver)
        frozen = Attr("status").eq(str(Status.FROZEN))
        try:
            self._table.write(
                Put(_state(export.company), _watermark_item(moved), when=open_here),
                Put(_export_key(export.company, export.number), _item(export), when=frozen),
            )
        except Conflict:
            stored = self.get(export.company, export.number)
            if stored is None or stored.status is not Status.READY or stored.sha256 != export.sha256:
                raise


def _state(company: CompanyId) -> Key:
    return keys.invoices(company), "XSTATE"


def _export_key(company: CompanyId, number: int) -> Key:
    return keys.invoices(company), f"EXP#{number:06}"


def _request(company: CompanyId, request: str) -> Key:
    return keys.invoices(company), f"TOK#{request}"


def _watermark_item(watermark: Watermark) -> Item:
    item = vars(watermark) | {"last_at": watermark.last_at and keys.stamp(watermark.last_at)}
    return {name: value for name, value in item.items() if value is not None}


def _watermark(item: Item) -> Watermark:
    return Watermark(
        int(item["ver"]),
        int(item["last_export"]),
        keys.moment(item["last_at"]) if "last_at" in item else None,
        int(item["settled"]),
        int(item["open"]) if "open" in item else None,
    )


def _item(export: Export) -> Item:
    item = vars(export) | {
        "claimed": keys.stamp(export.claimed),
        "status": str(export.status),
        "total": str(export.total),
    }
    del item["company"]
    return item


def _export(company: CompanyId, item: Item) -> Export:
    return Export(
        company,
        number=int(item["number"]),
        low=int(item["low"]),
        high=int(item["high"]),
        by=item["by"],
        claimed=keys.moment(item["claimed"]),
        status=Status(item["status"]),
        file_name=item["file_name"],
        rows=int(item["rows"]),
        invoices=int(item["invoices"]),
        first=int(item["first"]),
        last=int(item["last"]),
        total=Decimal(item["total"]),
        sha256=item["sha256"],
    )
