"""What must be true of an invoice before it may leave, and what is kept of it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from moment_xledger.domain.companies import Company, Route
from moment_xledger.domain.kid import is_valid_kid
from moment_xledger.domain.moment import Invoice, InvoiceKind
from moment_xledger.domain.problems import Code


@dataclass(frozen=True)
class Snapshot:
    """A finalized invoice as it arrived: never changed, and numbered in the order of arrival, without gaps."""

    seq: int
    invoice: Invoice
    route: Route
    arrived: datetime
    export: int | None = None  # the one it left with


@dataclass(frozen=True)
class Fault:
    code: Code
    details: Mapping[str, str]


def fault(invoice: Invoice, company: Company, known_customers: Collection[str]) -> Fault | None:
    """Why this invoice must be held back; None where it may go. Amounts agree to the øre or not at all."""
    difference = invoice.total - sum((line.gross for line in invoice.vat_lines), Decimal(0))
    unmapped = [line.vat_code for line in invoice.vat_lines if line.vat_code not in company.vat_codes]
    number = invoice.customer.customer_number
    if difference or any(line.net + line.vat != line.gross for line in invoice.vat_lines):
        return Fault(Code.TOTAL_DIFFERS, {"difference": str(difference)})
    if unmapped:
        return Fault(Code.VAT_CODE_UNMAPPED, {"vat_code": unmapped[0]})
    if invoice.kid and not is_valid_kid(invoice.kid):
        return Fault(Code.KID_INVALID, {})
    if invoice.kind is InvoiceKind.CREDIT_NOTE and invoice.credited_invoice_number is None:
        return Fault(Code.CREDIT_NOTE_WITHOUT_INVOICE, {})
    if invoice.kind is InvoiceKind.INVOICE and invoice.due_date < invoice.invoice_date:
        return Fault(Code.DUE_BEFORE_INVOICE_DATE, {})
    if company.export_customers and number not in known_customers:
        return Fault(Code.CUSTOMER_UNKNOWN, {"customer": number})
    return None
