"""A company's month in Moment and here, invoice by invoice, in memory that does not grow with them."""

from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

from moment_xledger.domain.companies import Company, Route
from moment_xledger.domain.control import ControlReport, Place
from moment_xledger.domain.errors import Unreachable
from moment_xledger.domain.invoice_mails import State as MailState
from moment_xledger.domain.invoices import KEPT_HERE, Snapshot, fault
from moment_xledger.domain.moment import Invoice
from moment_xledger.domain.reconciliation import Unusable, is_older_than_us, read_listed
from moment_xledger.domain.seen_invoices import is_looked_for
from moment_xledger.domain.uploads import State as UploadState
from moment_xledger.domain.uploads import Upload
from moment_xledger.flows.compare_invoices import in_ledger
from moment_xledger.flows.reconcile import Keys, Moment, set_up

if TYPE_CHECKING:
    from moment_xledger.adapters.ledger import Ledger

LEFT_BY_MAIL = (MailState.SENT, MailState.BOUNCED)
LONGEST_AHEAD = timedelta(days=366)  # of its arrival, that an invoice is dated
EARLY = timedelta(days=31)  # an invoice is seldom finalized longer before its date


class TakesTooLong(Exception):
    """There is no half a report."""


def control_report(
    company: Company,
    month: date,
    ledger: "Ledger",
    vault: Keys,
    moment: Moment,
    has_time: Callable[[], bool] = lambda: True,
) -> ControlReport:
    """Of the invoices dated in the month of that day. Raises `Unreachable` if Moment cannot be asked, and
    `TakesTooLong` when there is no time left."""
    report = ControlReport(month.replace(day=1))
    _add_ledger(company, report, ledger, has_time)
    _add_held(company, report, ledger, has_time)
    _add_moment(company, report, ledger, vault, moment, has_time)
    return report


def _while(has_time: Callable[[], bool]) -> None:
    if not has_time():
        raise TakesTooLong


def _add_ledger(
    company: Company, report: ControlReport, ledger: "Ledger", has_time: Callable[[], bool]
) -> None:
    @cache
    def upload_of(export: int) -> Upload | None:
        return ledger.uploads.get(company.id, export)

    for snapshot in ledger.invoices.since(company.id, _too_early(company, report.month, ledger)):
        _while(has_time)
        if report.takes(snapshot.invoice.invoice_date):
            place, detail = _place(snapshot, company, upload_of, ledger)
            report.add(Place.IN_LEDGER, snapshot.invoice, str(snapshot.route))
            report.add(place, snapshot.invoice, str(snapshot.route), detail)


def _too_early(company: Company, month: date, ledger: "Ledger") -> int:
    """How many invoices arrived so long before the month that none of them can be dated in it."""
    since = datetime.combine(month - LONGEST_AHEAD, time(), UTC)

    def arrived(before: int) -> datetime:
        snapshot = ledger.invoices.get(company.id, before + 1)
        return snapshot.arrived if snapshot else since

    return bisect_left(range(ledger.invoices.head(company.id)), since, key=arrived)


def _place(
    snapshot: Snapshot,
    company: Company,
    upload_of: Callable[[int], Upload | None],
    ledger: "Ledger",
) -> tuple[Place, str]:
    if snapshot.route is Route.OFF or snapshot.invoice.do_not_transfer:
        return Place.KEPT, ""
    if snapshot.route is Route.EMAIL:
        mail = ledger.mails.get(company.id, snapshot.seq)
        if mail and mail.state in LEFT_BY_MAIL:
            return Place.MAILED, str(mail.state)
        return Place.WAITING, str(mail.state) if mail else ""
    if snapshot.export is None:
        return Place.WAITING, ""
    if snapshot.route is Route.FILE:
        return Place.EXPORTED, str(snapshot.export)
    upload = upload_of(snapshot.export)
    if upload and upload.state is UploadState.UPLOADED:
        place = Place.UPLOADED if upload.arrived or not is_looked_for(upload) else Place.HANDED_OVER
        return place, str(snapshot.export)
    return Place.WAITING, str(upload.state) if upload else ""


def _add_held(
    company: Company, report: ControlReport, ledger: "Ledger", has_time: Callable[[], bool]
) -> None:
    for held in ledger.invoices.held(company.id):
        _while(has_time)
        if report.takes(held.invoice.invoice_date):
            why = held.why or fault(held.invoice, company)
            if why and why.code in KEPT_HERE:
                report.add(Place.KEPT, held.invoice, str(company.route))
            else:
                report.add(Place.HELD, held.invoice, str(company.route), str(why.code) if why else "")


def _add_moment(
    company: Company,
    report: ControlReport,
    ledger: "Ledger",
    vault: Keys,
    moment: Moment,
    has_time: Callable[[], bool],
) -> None:
    key = vault.moment_key(company)
    since = datetime.combine(report.month - EARLY, time(), UTC)
    began, newest_id = set_up(company, ledger), 0
    for page in moment.invoice_pages(company.id, key, since):
        _while(has_time)
        fresh = [content for content in page if _id(content) > newest_id]  # others were pushed here
        newest_id = max(map(_id, fresh), default=newest_id)
        listed = [each for content in fresh if (each := read_listed(content))]
        may_count = [each for each in listed if not each.invoice_date or report.takes(each.invoice_date)]
        _add_listed(company, may_count, began, report, ledger)


def _id(content: Mapping[str, Any]) -> int:
    id_ = content.get("id")
    if not isinstance(id_, int):
        raise Unreachable("Moment: an invoice of the list has no id")
    return id_


def _add_listed(
    company: Company,
    listed: Sequence[Invoice | Unusable],
    began: datetime | None,
    report: ControlReport,
    ledger: "Ledger",
) -> None:
    """One whose date cannot be read may be of this month, so it is not passed over unless it is here."""
    here = in_ledger(company.id, [each.invoice_number for each in listed], ledger)
    for each in listed:
        if not each.invoice_date and each.invoice_number in here:
            continue
        invoice = each if isinstance(each, Invoice) else None
        report.add(Place.IN_MOMENT, invoice)
        if each.invoice_number in here.skipped and each.invoice_number not in here.arrived:
            report.add(Place.KEPT, invoice)
        elif each.invoice_number not in here:
            report.add(_why_absent(each, began), invoice)


def _why_absent(listed: Invoice | Unusable, began: datetime | None) -> Place:
    if is_older_than_us(listed.invoice_date, began):
        return Place.EARLIER
    return Place.MISSING if isinstance(listed, Invoice) else Place.UNREADABLE
