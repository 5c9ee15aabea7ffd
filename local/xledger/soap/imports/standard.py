"""Nine columns under a header, a row for each invoice and VAT code: an import made for one tenant."""

from collections.abc import Sequence
from decimal import Decimal

from local.xledger.soap.imports import checks
from local.xledger.soap.imports.layouts import Column, Layout, Posting, Row
from local.xledger.soap.imports.register import Register

RECEIVABLES = "1500"  # the import knows it, the file does not say

COLUMNS = (
    Column(1, "InvoiceNo", checks.number, required=True, longest=25),
    Column(2, "Text", checks.text, required=True, longest=100),
    Column(3, "CustomerNo", checks.customer, required=True, longest=25),
    Column(4, "Project", checks.project, longest=25),
    Column(5, "InvoiceDate", checks.date, required=True),
    Column(6, "DueDate", checks.date, required=True),
    Column(7, "PaymentId", checks.text, required=True, longest=25),
    Column(8, "TotalAmount", checks.amount_to_the_ore, required=True),
    Column(9, "VatCode", checks.vat_code, required=True, longest=5),
)
SHARED = slice(7)  # the columns that are the same on all rows of an invoice


def _post(row: Row, register: Register) -> Posting:
    named = {"customer": row[3], "project": row[4], "vat_code": row[9], "text": row[2]}
    named |= {"invoice_no": row[1], "invoice_date": row[5]}
    return Posting(row[1], row[5], RECEIVABLES, Decimal(row[8]), **named)


def _check_voucher(rows: Sequence[Row], postings: Sequence[Posting]) -> str | None:
    different = {tuple(row.cells[SHARED]) for row in rows}
    return "has rows that differ in columns 1 to 7" if len(different) > 1 else None


STANDARD = Layout(
    9, tuple(column.name for column in COLUMNS), COLUMNS, _post, _check_voucher, voucher_column=1
)
