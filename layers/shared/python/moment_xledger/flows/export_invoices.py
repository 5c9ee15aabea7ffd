"""Makes an export: claim, members, files, ready. Read each step as: whoever dies here is followed by somebody who
takes the same step again, with the same result."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from tempfile import SpooledTemporaryFile
from typing import IO, TYPE_CHECKING

from moment_xledger.domain.companies import Company, CompanyId
from moment_xledger.domain.exports import Export, Status, never_leaves_in_a_file, next_export
from moment_xledger.domain.files.writing import Totals, write
from moment_xledger.domain.invoices import Snapshot
from moment_xledger.domain.problems import Code, Problem
from moment_xledger.flows.offer_held import offer_held

if TYPE_CHECKING:
    from moment_xledger.adapters.files import Files
    from moment_xledger.adapters.ledger import Ledger

MARKED_AT_ONCE = 99  # with the check of the export, what one transaction takes
IN_MEMORY = 4 * 1024 * 1024  # of a file that is being made; the rest lies on disk


@dataclass(frozen=True)
class Exporter:
    ledger: "Ledger"
    files: "Files"
    clock: Callable[[], datetime]


def export_invoices(
    company_id: CompanyId, request: str, by: str, exporter: Exporter, repeats: int | None = None
) -> Export | None:
    """The export that `request` made or joined, ready; None where there is nothing new.

    While an export is open, everybody who asks gets that one. The same request always gets the same export.
    """
    company = exporter.ledger.companies.get_known(company_id)
    number = exporter.ledger.exports.asked_for(company_id, request)
    if number is None:
        number = _join_or_claim(company, request, by, exporter, repeats)
    if number is None:
        return None
    export = exporter.ledger.exports.get(company_id, number)
    if export is None:
        raise LookupError(f"export {number} of {company_id} is claimed, but not there")
    return export if export.status is Status.READY else _make(export, exporter)


def _join_or_claim(
    company: Company, request: str, by: str, exporter: Exporter, repeats: int | None
) -> int | None:
    """Raises `Conflict` if somebody else claims at the same moment: the request comes back, and joins."""
    watermark = exporter.ledger.exports.watermark(company.id)
    if watermark.open is not None:
        exporter.ledger.exports.join(company.id, request, watermark.open)
        return watermark.open
    offer_held(company, exporter.ledger, exporter.clock)
    export = next_export(company, watermark, exporter.ledger.invoices.head(company.id), by, exporter.clock())
    if repeats is not None:
        export = replace(export, repeats=repeats, low=0, high=0)
    elif not any(export.takes(snapshot) for snapshot in _candidates(export, exporter.ledger)):
        _report_unfit(export, exporter)
        return None
    exporter.ledger.exports.claim(export, watermark, request)
    return export.number


def _candidates(export: Export, ledger: "Ledger") -> Iterator[Snapshot]:
    for snapshot in ledger.invoices.since(export.company, export.low):
        if snapshot.seq > export.high:
            return
        yield snapshot


def _make(export: Export, exporter: Exporter) -> Export:
    """From wherever it was left. Raises `Conflict` if it cannot be finished as it was claimed."""
    first, last, settled = _mark_members(export, exporter.ledger)
    with SpooledTemporaryFile(IN_MEMORY) as out:
        totals = render(export, exporter.ledger, first, last, out)
        ready = _ready(export, totals)
        out.seek(0)
        exporter.files.put_once(ready.folder + ready.file_name(), out, "text/csv", ready.sha256)
    exporter.ledger.exports.finish(ready, settled, exporter.clock())
    _report_unfit(export, exporter)
    return ready


def _mark_members(export: Export, ledger: "Ledger") -> tuple[int, int, int]:
    """Lowest and highest invoice number among them, and up to which seq every invoice has left or never will."""
    if export.repeats is not None:
        repeated = ledger.exports.get(export.company, export.repeats)
        if repeated is None:
            raise LookupError(f"export {export.repeats} of {export.company} is not there")
        return repeated.first, repeated.last, ledger.exports.watermark(export.company).settled
    numbers: list[int] = []
    settled, is_unbroken = export.low, True
    candidates = _candidates(export, ledger)
    while chunk := list(islice(candidates, MARKED_AT_ONCE)):
        members = [snapshot for snapshot in chunk if export.takes(snapshot)]
        ledger.exports.mark_members(export, [snapshot.seq for snapshot in members])
        found = [snapshot.invoice.invoice_number for snapshot in members]
        numbers = [min(numbers[:1] + found), max(numbers[1:] + found)] if found or numbers else []
        for snapshot in chunk:
            is_unbroken = is_unbroken and (_is_settled(snapshot) or snapshot in members)
            settled = snapshot.seq if is_unbroken else settled
    return numbers[0], numbers[1], settled


def _is_settled(snapshot: Snapshot) -> bool:
    return snapshot.export is not None or never_leaves_in_a_file(snapshot)


def render(export: Export, ledger: "Ledger", first: int, last: int, out: IO[bytes]) -> Totals:
    """The file's bytes, in the order of the invoice numbers. The same for ever."""
    members = (
        snapshot.invoice
        for snapshot in ledger.invoices.in_number_order(export.company, first, last)
        if snapshot.export == export.members_of
    )
    return write(members, out, export.terms)


def _ready(export: Export, totals: Totals) -> Export:
    return replace(
        export,
        status=Status.READY,
        rows=totals.rows,
        invoices=totals.invoices,
        first=totals.first,
        last=totals.last,
        sums=totals.sums,
        sha256=totals.sha256,
    )


def _report_unfit(export: Export, exporter: Exporter) -> None:
    now = exporter.clock()
    exporter.ledger.problems.report(
        Problem(
            export.company,
            "invoice",
            snapshot.invoice.number,
            Code.FORMAT_CANNOT_HOLD,
            {"field": found.field, "limit": found.limit},
            first_seen=now,
            last_seen=now,
        )
        for snapshot in _candidates(export, exporter.ledger)
        if snapshot.export is None and (found := export.unfit(snapshot))
    )
