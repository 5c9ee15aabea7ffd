"""What the review file says of each invoice: its cells as text, which the spreadsheet turns into dates and amounts."""

import json
from collections.abc import Sequence

from moment_xledger.domain.companies import Language
from moment_xledger.domain.files.cells import parts
from moment_xledger.domain.files.settings import Terms
from moment_xledger.domain.files.text import tidy
from moment_xledger.domain.moment import Invoice, InvoiceKind

Cells = Sequence[str | None]

KINDS = {
    Language.NORWEGIAN: {InvoiceKind.INVOICE: "Faktura", InvoiceKind.CREDIT_NOTE: "Kreditnota"},
    Language.ENGLISH: {InvoiceKind.INVOICE: "Invoice", InvoiceKind.CREDIT_NOTE: "Credit note"},
}


def review_rows(invoice: Invoice, terms: Terms, language: Language) -> list[Cells]:
    """One for each of Xledger's VAT codes."""
    credited = invoice.credited_invoice_number
    is_credit_note = invoice.kind is InvoiceKind.CREDIT_NOTE
    shared = (
        invoice.number,
        KINDS[language][invoice.kind],
        str(credited) if credited else None,
        invoice.customer.customer_number,
        tidy(invoice.customer.name),
        invoice.project_number,
        tidy(invoice.description),
        invoice.invoice_date.isoformat(),
        (invoice.invoice_date if is_credit_note else invoice.due_date).isoformat(),
        invoice.payment_id,
    )
    return [
        (*shared, part.vat_code, str(part.net), str(part.vat), str(part.gross), invoice.currency)
        for part in parts(invoice, terms.vat_codes, {})
    ]


def as_text(rows: Sequence[Cells]) -> str:
    return json.dumps(rows, ensure_ascii=False, separators=(",", ":"))


def from_text(text: str) -> list[Cells]:
    found: list[Cells] = json.loads(text)
    return found
