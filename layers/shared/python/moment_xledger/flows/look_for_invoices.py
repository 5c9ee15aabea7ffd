"""Looks in Xledger for the invoices of a file that its import took, and lets those of a file that it refused as a
whole, or that was overtaken, go again.

A look costs two requests for most companies. Where the gate is closed, it waits, and the file stays handed over.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING

from moment_xledger.domain.companies import Company
from moment_xledger.domain.entities import Reached
from moment_xledger.domain.errors import Conflict, GateClosed, Rejected, TooMany, WrongRequest
from moment_xledger.domain.exports import SCHEDULE, Export
from moment_xledger.domain.invoices import Snapshot
from moment_xledger.domain.problems import Code, Problem
from moment_xledger.domain.seen_invoices import ABOUT, InXledger, in_xledger, is_given_up, looked, ranges
from moment_xledger.domain.uploads import EXPORT, REASONS, Upload
from moment_xledger.flows.recheck_file import in_file
from moment_xledger.flows.sync_records import Worker, open_channel

if TYPE_CHECKING:
    from moment_xledger.adapters.ledger import Ledger
    from moment_xledger.adapters.xledger_invoices import Row, XledgerInvoices
    from moment_xledger.adapters.xledger_reference import Reads
    from moment_xledger.flows.upload_export import Run

RUN = timedelta(seconds=40)  # of the requests of one look
AT_LEAST = timedelta(minutes=5)  # until a look is tried again where the gate was closed
RELEASED_AT_ONCE = 99

Reader = Callable[["Reads", Reached], "XledgerInvoices"]


def read_invoices(
    company: Company, dates: Collection[date], since: datetime, worker: Worker, reader: Reader
) -> InXledger:
    """The company's invoices about these dates, as far as its token may read them. Raises `GateClosed`."""
    owner = Reached(company.owner_code)
    if reach := worker.ledger.entities.reach(company.token_id):
        owner = reach.known.get(company.owner_code or 0, owner)
    with open_channel(company.token_id, replace(worker, run=RUN), holder=company) as channel:
        invoices = reader(channel, owner)
        posted = [_read(partial(invoices.posted, *each)) for each in ranges(dates)]
        parts = [*posted, _read(partial(invoices.staged, since))]
    rows = (row for part in parts for row in part or ())
    return in_xledger(rows, is_whole=all(part is not None for part in parts))


def _read(read: Callable[[], Iterator["Row"]]) -> list["Row"] | None:
    """None where the token may not read them, Xledger takes no such request, or there are too many."""
    try:
        return list(read())
    except (Rejected, WrongRequest, TooMany):
        return None


def look_for(upload: Upload, run: "Run") -> Upload:
    """The upload after one look. Raises `Conflict` if somebody else wrote it meanwhile."""
    now, ledger = run.uploader.clock(), run.uploader.ledger
    if is_given_up(upload, now):
        ledger.uploads.close(upload)
        return upload
    export = _export(upload, ledger)
    members = [export.as_stated(snapshot.invoice) for snapshot in _members(upload, ledger)]
    dates = [invoice.invoice_date for invoice in members]
    try:
        found = run.uploader.in_xledger(run.company, dates, upload.handed_over or upload.again)
    except GateClosed as closed:
        return run.save(replace(upload, again=max(closed.until, now + AT_LEAST)))
    after, finding = looked(upload, members, found, now)
    saved = run.save(after, finding)
    if saved.arrived:
        ledger.problems.close(run.company.id, [(EXPORT, upload.number)], ABOUT)
        ledger.uploads.close(saved)
    return saved


def take_apart(upload: Upload, run: "Run") -> None:
    """Releases the invoices that Xledger does not have, so that the next export takes those that are sound.

    Resumable: an invoice that was released before has no export any more. Raises `GateClosed` where nobody can look
    now, since an invoice that is there must not go again.
    """
    ledger, company = run.uploader.ledger, run.company
    _wait_for_open_export(upload, ledger)
    members = list(_members(upload, ledger))
    dates = [snapshot.invoice.invoice_date for snapshot in members]
    if members:
        found = run.uploader.in_xledger(company, dates, upload.handed_over or upload.again)
        export = _export(upload, ledger)
        missing = [each for each in members if not found.has(export.as_stated(each.invoice))]
        if len(missing) == len(members) == 1:
            _refuse(missing[0], upload, run)
        else:
            _release(missing, upload, ledger)
    _go_again("apart", upload, run)


def make_anew(upload: Upload, run: "Run") -> None:
    """Releases the invoices of a file that was overtaken: the sound ones go in a new one, the others are held.

    Resumable, as `take_apart`; Xledger need not be asked, since the file was surely not taken.
    """
    ledger = run.uploader.ledger
    _wait_for_open_export(upload, ledger)
    _release(list(_members(upload, ledger)), upload, ledger)
    _go_again("overtaken", upload, run)


def _wait_for_open_export(upload: Upload, ledger: "Ledger") -> None:
    """It may repeat this one, and must find all its members."""
    if ledger.exports.watermark(upload.company).open is not None:
        raise Conflict


def _go_again(why: str, upload: Upload, run: "Run") -> None:
    ledger, company = run.uploader.ledger, run.company
    ledger.exports.look_again(company.id, _export(upload, ledger).low)
    about = (*REASONS, Code.FILE_DIFFERS)
    ledger.problems.close(company.id, [(EXPORT, upload.number)], about)
    run.uploader.export(company.id, f"{why}-{upload.members_of}-{upload.export}", SCHEDULE)
    ledger.uploads.close(upload)


def _release(missing: Sequence[Snapshot], upload: Upload, ledger: "Ledger") -> None:
    rest = iter(missing)
    while some := list(islice(rest, RELEASED_AT_ONCE)):
        ledger.exports.release_members(upload.company, upload.members_of, [each.seq for each in some])


def _refuse(alone: Snapshot, upload: Upload, run: "Run") -> None:
    """The only invoice of its file is the one that Xledger refuses. People are told first, as everywhere."""
    now, code = run.uploader.clock(), Code.INVOICE_REFUSED_IN_XLEDGER
    details = {"export": upload.number}
    told = Problem(upload.company, "invoice", alone.invoice.number, code, details, "", now, now)
    run.uploader.ledger.problems.report([told])
    run.uploader.ledger.exports.refuse_member(upload.company, upload.members_of, alone.seq)


def _members(upload: Upload, ledger: "Ledger") -> Iterator[Snapshot]:
    return in_file(upload, _export(upload, ledger), ledger)


def _export(upload: Upload, ledger: "Ledger") -> Export:
    found = ledger.exports.get(upload.company, upload.export)
    if found is None:
        raise LookupError(f"export {upload.export} of {upload.company} has an upload, but is not there")
    return found
