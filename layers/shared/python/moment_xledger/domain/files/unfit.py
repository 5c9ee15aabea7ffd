"""What a format cannot hold: it stops that invoice, never the export."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from moment_xledger.domain.files.settings import Absent, Terms
from moment_xledger.domain.moment import Invoice, InvoiceKind


@dataclass(frozen=True)
class Unfit:
    """`field` as in Moment's event; `limit` in a notation that needs no translation, such as `0-9, max. 8`."""

    field: str
    limit: str
    absent: Absent | None = None  # where it is not the format, but Xledger that lacks something


class Limit(NamedTuple):
    pattern: re.Pattern[str]
    text: str


def digits(longest: int) -> Limit:
    return Limit(re.compile(f"[0-9]{{1,{longest}}}"), f"0-9, max. {longest}")


def code(longest: int) -> Limit:
    """Not beginning with `-`, which would run as a formula."""
    rest = f"[A-Za-z0-9ÆØÅæøå._/-]{{0,{longest - 1}}}"
    return Limit(re.compile(f"[A-Za-z0-9ÆØÅæøå._/]{rest}"), f"A-Å 0-9 . _ / -, max. {longest}")


PAYMENT_ID = Limit(re.compile("[0-9]{1,24}[0-9-]|[0-9]"), "0-9 -, max. 25")
CURRENCY = Limit(re.compile("[A-Z]{3}"), "A-Z, 3")
# A file that does not name the currency is in kroner: anything else would be posted as kroner.
KRONER_ONLY = Limit(re.compile("NOK"), "NOK")


class Limits(NamedTuple):
    """What one format can hold."""

    invoice_number: Limit
    customer_number: Limit
    project_number: Limit
    currency: Limit


def first_unfit(invoice: Invoice, terms: Terms, limits: Limits) -> Unfit | None:
    if absent := first_absent(invoice, terms):
        return Unfit("vatCode", absent.theirs, absent)
    for field, value, limit in _values(invoice, limits):
        if not limit.pattern.fullmatch(value):
            return Unfit(field, limit.text)
    return _wrong_line(invoice, terms) or _wrong_total(invoice)


def first_absent(invoice: Invoice, terms: Terms) -> Absent | None:
    """What this invoice needs and Xledger does not have."""
    used = {None, *(line.vat_code for line in invoice.vat_lines)}
    return next((absent for absent in terms.absent if absent.vat_code in used), None)


def _values(invoice: Invoice, limits: Limits) -> Iterator[tuple[str, str, Limit]]:
    yield "invoiceNumber", invoice.number, limits.invoice_number
    yield "customerNumber", invoice.customer.customer_number, limits.customer_number
    if invoice.project_number is not None:
        yield "projectNumber", invoice.project_number, limits.project_number
    yield "kid", invoice.payment_id, PAYMENT_ID
    yield "currency", invoice.currency, limits.currency
    if invoice.kind is InvoiceKind.CREDIT_NOTE:
        yield "creditedInvoiceNumber", str(invoice.credited_invoice_number or ""), digits(25)


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
