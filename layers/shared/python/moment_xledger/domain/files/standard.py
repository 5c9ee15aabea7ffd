"""The default: one row per invoice and VAT code, with the fields that Moment's help page lists."""

from collections.abc import Sequence

from moment_xledger.domain.files.cells import Part, Row, amount, day, due_day, posting_text
from moment_xledger.domain.files.settings import Terms
from moment_xledger.domain.moment import Invoice

COLUMNS = (
    "InvoiceNo",
    "Text",
    "CustomerNo",
    "Project",
    "InvoiceDate",
    "DueDate",
    "PaymentId",
    "TotalAmount",
    "VatCode",
)


def rows(invoice: Invoice, parts: Sequence[Part], _: Terms) -> list[Row]:
    shared = (
        invoice.number,
        posting_text(invoice),
        invoice.customer.customer_number,
        invoice.project_number or "",
        day(invoice.invoice_date),
        due_day(invoice),
        invoice.payment_id,
    )
    return [(*shared, amount(part.gross), part.vat_code) for part in parts]
