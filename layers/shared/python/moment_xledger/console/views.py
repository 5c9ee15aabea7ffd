"""The facts of each page, as plain values: a page shows them, and JSON is them."""

import json
from dataclasses import replace
from itertools import islice

from moment_xledger.adapters.ledger import keys
from moment_xledger.console.desk import Desk
from moment_xledger.console.facts.exports import (
    Asked,
    ExportRow,
    Exports,
    FinishedExport,
    SeriesFacts,
    UnfinishedExport,
    UploadFacts,
)
from moment_xledger.domain.companies import Company
from moment_xledger.domain.exports import Export, Status, Watermark, next_export, routes_to_export
from moment_xledger.domain.invoices import Snapshot
from moment_xledger.flows.fetch_file import Piece, is_there, name_of

A_PAGE = 25
MOST_COUNTED = 200  # invoices that wait for an export; the page says "more than" beyond


def list_of_exports(company: Company, desk: Desk, before: int | None, asked: str) -> Exports:
    desk = desk.beforehand([keys.watermark(company.id), keys.head(company.id)])
    watermark = desk.ledger.exports.watermark(company.id)
    newest = max(watermark.last_export, watermark.open or 0)
    first = min(newest, before - 1) if before else newest
    found = desk.ledger.exports.downwards(company.id, first, A_PAGE + 1)
    reach = max((export.high for export in found), default=0)
    return {
        "exports": [_row(export) for export in found[:A_PAGE]],
        "older_than": found[A_PAGE - 1].number if len(found) > A_PAGE else None,
        "being_made": watermark.open,
        "waiting": _waiting(company, watermark, reach, desk),
        "waiting_counted_to": MOST_COUNTED,
        "last_export": watermark.last_export or None,
        "last_export_at": watermark.last_at,
        "asked": _asked(company, desk, asked) if asked else None,
    }


def one_export(export: Export, desk: Desk) -> FinishedExport | UnfinishedExport:
    if export.status is not Status.READY:
        return {**_row(export), "files": []}
    manifest = desk.files().read(export.folder + name_of(export, Piece.MANIFEST))
    return {
        **_row(export),
        "rows": export.rows,
        "format": export.terms.settings.format,
        "sums_by_vat_code": {currency: dict(sorted(sums.items())) for currency, sums in export.sums.items()},
        "sha256": export.sha256,
        "upload": _upload(export, desk),
        "series": _series(manifest) if manifest else None,
        "files": [
            {"piece": piece, "name": name_of(export, piece)} for piece in _there(export, manifest, desk)
        ],
    }


def _row(export: Export) -> ExportRow:
    return {
        "number": export.number,
        "made": export.claimed,
        "by": export.by,
        "status": export.status,
        "repeats": export.repeats,
        "invoices": export.invoices,
        "first_number": export.first or None,
        "last_number": export.last or None,
        "totals": export.totals,
    }


def _waiting(company: Company, watermark: Watermark, reach: int, desk: Desk) -> int:
    """How many an export would take now, counted to one more than `MOST_COUNTED` at most.

    One old invoice that never fits keeps the watermark where it is, so what came behind the exports' `reach` is
    looked at too: the page must not say that there is nothing new while there is.
    """
    head = desk.ledger.invoices.head(company.id)
    now, routes = desk.clock(), routes_to_export(company)
    exports = [next_export(company, watermark, head, "", now, route) for route in routes]
    looked_at = list(
        islice(desk.ledger.invoices.between(company.id, watermark.settled, head), MOST_COUNTED + 1)
    )
    if len(looked_at) > MOST_COUNTED:
        behind = max(reach, looked_at[-1].seq)
        looked_at += islice(desk.ledger.invoices.since(company.id, behind), MOST_COUNTED + 1)
    waiting = sum(any(_would_go(snapshot, export) for export in exports) for snapshot in looked_at)
    return min(waiting, MOST_COUNTED + 1)


def _would_go(snapshot: Snapshot, export: Export) -> bool:
    """Also what was in a file that is not used: it goes again."""
    return replace(export, part_of=snapshot.part_of).takes(snapshot)


def _upload(export: Export, desk: Desk) -> UploadFacts | None:
    """What came of handing it to Xledger's import; None where that is not done by us, or with another file."""
    upload = desk.ledger.uploads.get(export.company, export.members_of)
    if upload is None or upload.export != export.number:
        return None
    return {
        "state": upload.state,
        "file_key": upload.file_key,
        "arrived": upload.arrived,
        "seen": upload.seen,
        "can_be_seen": not upload.is_blind,
        "unsound": upload.unsound,
    }


def _asked(company: Company, desk: Desk, request: str) -> Asked:
    """What became of an order that this person has just sent."""
    number = desk.ledger.exports.asked_for(company.id, request)
    export = desk.ledger.exports.get(company.id, number) if number else None
    paused = number is None and desk.ledger.pauses.now().of(company.id) is not None
    return {"export": number, "status": export.status if export else None, "is_paused": paused}


def _series(manifest: bytes) -> SeriesFacts:
    content = json.loads(manifest)
    return {
        "gaps": content["gaps"],
        "gaps_not_listed": content["gapsNotListed"],
        "late": content["late"],
        "late_not_listed": content["lateNotListed"],
    }


def _there(export: Export, manifest: bytes | None, desk: Desk) -> list[Piece]:
    """The file is always offered: where it is missing, it is made again or the alarm is raised."""
    review = [Piece.REVIEW] if is_there(export, Piece.REVIEW, desk.files()) else []
    return [Piece.FILE, *review, *([Piece.MANIFEST] if manifest else [])]
