"""What a format cannot hold: it stops that invoice, never the export."""

from collections.abc import Iterator
from dataclasses import dataclass

from moment_xledger.domain.files.limits import HOME, Limit, Limits, limits_of
from moment_xledger.domain.files.settings import GL_OBJECTS, Absent, FileFormat, Terms
from moment_xledger.domain.moment import Invoice, InvoiceKind


@dataclass(frozen=True)
class Unfit:
    """`field` as in Moment's event; `limit` in a notation that needs no translation, such as `0-9, max. 8`."""

    field: str
    limit: str
    absent: Absent | None = None  # where it is not the format, but Xledger that lacks something
    currency: str = ""  # where the format takes it, but its exchange rate is missing


def first_unfit(invoice: Invoice, terms: Terms) -> Unfit | None:
    if absent := first_absent(invoice, terms):
        return Unfit("vatCode", absent.theirs, absent)
    limits = limits_of(terms.settings)
    for field, value, limit in _values(invoice, terms, limits):
        if not limit.pattern.fullmatch(value):
            return Unfit(field, limit.text)
    return (
        _without_column(invoice, terms)
        or _wrong_line(invoice, terms)
        or _wrong_total(invoice)
        or _wrong_money(invoice, limits)
    )


def first_absent(invoice: Invoice, terms: Terms) -> Absent | None:
    """What this invoice needs and Xledger does not have."""
    used = {None, *(line.vat_code for line in invoice.vat_lines)}
    return next((absent for absent in terms.absent if absent.vat_code in used), None)


def _values(invoice: Invoice, terms: Terms, limits: Limits) -> Iterator[tuple[str, str, Limit]]:
    yield "invoiceNumber", invoice.number, limits.invoice_number
    yield "customerNumber", invoice.customer.customer_number, limits.customer_number
    if invoice.project_number is not None:
        yield "projectNumber", invoice.project_number, limits.project_number
    yield "kid", invoice.payment_id, limits.payment_id
    yield "currency", invoice.currency, limits.currency
    if invoice.kind is InvoiceKind.CREDIT_NOTE:
        yield "creditedInvoiceNumber", str(invoice.credited_invoice_number or ""), limits.credited_number
    for line in invoice.vat_lines:
        if theirs := terms.vat_codes.get(line.vat_code):
            yield "vatCode", theirs, limits.vat_code


def _without_column(invoice: Invoice, terms: Terms) -> Unfit | None:
    if terms.settings.format is not FileFormat.GL02B:
        return None
    placed = (
        ("projectNumber", invoice.project_number, terms.project_dimension),
        ("department", terms.settings.department, terms.department_dimension),
    )
    for field, value, dimension in placed:
        if value and dimension not in GL_OBJECTS:
            return Unfit(field, f"GL 1-{GL_OBJECTS[-1]}")
    return None


def _wrong_line(invoice: Invoice, terms: Terms) -> Unfit | None:
    for line in invoice.vat_lines:
        if line.vat_code not in terms.vat_codes:
            return Unfit("vatCode", ", ".join(terms.vat_codes))
    return None


def _wrong_total(invoice: Invoice) -> Unfit | None:
    if sum(line.gross for line in invoice.vat_lines) != invoice.total:
        return Unfit("total", "= Σ gross")
    if invoice.kind is InvoiceKind.CREDIT_NOTE and invoice.total > 0:
        return Unfit("total", "≤ 0")
    return None


def _wrong_money(invoice: Invoice, limits: Limits) -> Unfit | None:
    if limits.needs_rate and invoice.currency != HOME and invoice.exchange_rate is None:
        return Unfit("exchangeRate", "", currency=invoice.currency)
    largest = limits.largest
    amounts = (invoice.total, *(amount for line in invoice.vat_lines for amount in (line.net, line.gross)))
    if largest and any(abs(amount) >= largest for amount in amounts):
        return Unfit("total", f"< {largest:.0f}")
    return None
