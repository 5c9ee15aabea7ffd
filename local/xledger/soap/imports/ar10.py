"""AR10: a voucher file of 29 columns without a header, each line beginning with GBAT10."""

from collections.abc import Sequence
from decimal import Decimal

from local.xledger.soap.imports import checks
from local.xledger.soap.imports.layouts import Column, Layout, Posting, Row, balanced
from local.xledger.soap.imports.register import Register

RECEIVABLES = "1500"

COLUMNS = (
    Column(1, "identification", checks.one_of("GBAT10"), required=True),
    Column(2, "voucher no.", checks.number, longest=8),
    Column(3, "voucher date", checks.date, required=True),
    Column(4, "voucher type", checks.number, required=True, longest=3),
    Column(5, "period", checks.period, required=True),
    Column(6, "accounting year", checks.year, required=True),
    Column(7, "account", checks.account, required=True),
    Column(8, "VAT code", checks.vat_code, required=True, longest=5),
    Column(9, "balance", checks.amount, required=True, longest=15),
    Column(10, "customer no.", checks.customer, longest=9),
    Column(12, "contact name", checks.text, longest=30),
    Column(13, "address", checks.text, longest=200),
    Column(14, "postal code", checks.text, longest=30),
    Column(15, "postal place", checks.text, longest=30),
    Column(16, "invoice no.", checks.text, longest=25),
    Column(17, "KID", checks.text, longest=30),
    Column(18, "due date", checks.date),
    Column(19, "not used", checks.blank),
    Column(20, "bank account", checks.text, longest=20),
    Column(21, "text for the general ledger", checks.text, longest=100),
    Column(22, "text for the sub-ledger", checks.text, longest=100),
    Column(23, "interest invoicing", checks.one_of("1", "2", "3")),
    # Longer than where the layout comes from, which has department and project the other way round.
    Column(24, "department", checks.text, longest=25),
    Column(25, "project", checks.project, longest=25),
    Column(26, "payment terms", checks.number, longest=4),
    Column(27, "gross flag", checks.one_of("T", "F")),
    Column(28, "gross sum", checks.amount, longest=20),
    Column(29, "end marker", checks.one_of("x"), required=True),
)


def _amount(row: Row) -> Decimal:
    """T: the gross sum counts, F: the line does not, blank: its balance does."""
    counted = {"T": row[28] or "0", "F": "0"}
    return Decimal(counted.get(row[27], row[9]))


def _post(row: Row, register: Register) -> Posting:
    named = {"customer": row[10], "project": row[25], "vat_code": row[8], "text": row[21]}
    named |= {"invoice_no": row[16], "invoice_date": row[3]}
    return Posting(row[2], row[3], row[7], _amount(row), **named)


def _check_voucher(rows: Sequence[Row], postings: Sequence[Posting]) -> str | None:
    for row in rows:
        if row[7] == RECEIVABLES and not row[10]:
            return f"has no customer in column 10 on account {RECEIVABLES}"
        if row[27] == "T" and not row[28]:
            return "has the gross flag T and no gross sum"
    return balanced(rows, postings)


AR10 = Layout(29, (), COLUMNS, _post, _check_voucher, voucher_column=2)
