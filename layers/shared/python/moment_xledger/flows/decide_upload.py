"""What a person says about a file that Xledger refused, or of which nobody can know whether it arrived."""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from moment_xledger.domain.companies import CompanyId
from moment_xledger.domain.deeds import Deed, What
from moment_xledger.domain.exports import Export
from moment_xledger.domain.problems import Code, Problem
from moment_xledger.domain.uploads import EXPORT, REASONS, Choice, Upload, decided
from moment_xledger.flows.recheck_file import in_file

if TYPE_CHECKING:
    from moment_xledger.adapters.ledger import Ledger

DEEDS = {
    Choice.SEND_AGAIN: What.HAD_FILE_UPLOADED_AGAIN,
    Choice.IT_ARRIVED: What.SAID_FILE_ARRIVED,
    Choice.TAKE_APART: What.HAD_FILE_TAKEN_APART,
}


def resolve_upload(
    company: CompanyId,
    number: int,
    choice: Choice,
    by: str,
    ledger: "Ledger",
    clock: Callable[[], datetime],
    file_key: int | None = None,
) -> None:
    """Due at once; the caller may wake. `file_key`: Xledger's own number of the file, if the person has found it.

    `number` is any export of the same invoices. The line in the audit comes first: nothing is changed that is not
    in it. Raises `ValueError` where there is nothing to decide, and `Conflict` if somebody else decided meanwhile.
    """
    export = ledger.exports.get(company, number)
    upload = ledger.uploads.get(company, export.members_of) if export else None
    if export is None or upload is None:
        raise ValueError(f"export {number} is not uploaded; there is nothing to decide")
    changed = decided(upload, choice, file_key, clock())
    if choice is Choice.IT_ARRIVED:
        _tell_of_the_late(upload, export, ledger, clock())
    ledger.audit.note(Deed(company, clock(), by, DEEDS[choice], export=upload.export))
    ledger.uploads.save(changed, is_open=True)
    ledger.problems.close(company, [(EXPORT, upload.number)], REASONS)


def _tell_of_the_late(upload: Upload, export: Export, ledger: "Ledger", now: datetime) -> None:
    """Those that were marked "do not transfer" while the file was thought to be refused."""
    marked = [each.invoice for each in in_file(upload, export, ledger) if each.invoice.do_not_transfer]
    said = ledger.invoices.arrived(upload.company, [invoice.invoice_number for invoice in marked])
    code = Code.NOT_TO_TRANSFER_TOO_LATE
    ledger.problems.report(
        Problem(
            upload.company,
            "invoice",
            invoice.number,
            code,
            {"version": str(said[invoice.invoice_number].said)},
            first_seen=now,
            last_seen=now,
        )
        for invoice in marked
    )
