"""GL02b, 50 columns under a header; and GL02, which is the same without the entity."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal

from local.xledger.soap.imports import checks
from local.xledger.soap.imports.layouts import Column, Layout, Posting, Row, balanced
from local.xledger.soap.imports.register import Register

ENTITY = 3
VOUCHER_TYPES = ("AR", "AP", "GL", "MA", "LG", "SO")
RECEIVABLES = "1500"
HEADS = ("ImpSystem", "ImpSystemRef", "Entity", "VoucherType", "VoucherNo", "FiscalYear")

COLUMNS = (
    Column(1, "ImpSystem", checks.text, longest=25),
    Column(2, "ImpSystemRef", checks.text, longest=25),
    Column(ENTITY, "Entity", checks.entity, required=True),
    Column(4, "VoucherType", checks.one_of(*VOUCHER_TYPES), required=True, longest=8),
    Column(5, "VoucherNo", checks.number, required=True, longest=8),
    Column(6, "FiscalYear", checks.year),
    Column(7, "PeriodNo", checks.period),
    Column(8, "VoucherDate", checks.date, required=True),
    Column(9, "Account", checks.account, required=True),
    Column(12, "Posting 2", checks.project),
    Column(14, "SubledgerNo", checks.customer),
    Column(16, "InvoiceDate", checks.date),
    Column(19, "DueDate", checks.date),
    Column(23, "TaxRule", checks.vat_code),
    Column(24, "Currency", checks.currency),
    Column(25, "Currency Amount", checks.amount),
    Column(26, "Amount", checks.amount, required=True),
    Column(50, "EOL", checks.one_of("x"), required=True),
)


def _amount(row: Row, register: Register) -> Decimal:
    """With the VAT that Xledger adds, where the importer is set up for net amounts."""
    amount = Decimal(row[26])
    if register.plan.gl02_amounts == "gross":
        return amount
    vat = amount * register.vat_rate(row[23])
    return amount + vat.quantize(Decimal("0.01"), ROUND_HALF_UP)


def _post(row: Row, register: Register) -> Posting:
    named = {"customer": row[14], "project": row[12], "vat_code": row[23], "text": row[22]}
    named |= {"invoice_no": row[17], "invoice_date": row[16]}
    return Posting(row[5], row[8], row[9], _amount(row, register), **named)


def _check_voucher(rows: Sequence[Row], postings: Sequence[Posting]) -> str | None:
    if any(each.account == RECEIVABLES and not each.customer for each in postings):
        return f"has no customer on account {RECEIVABLES}"
    return balanced(rows, postings)


GL02B = Layout(50, HEADS, COLUMNS, _post, _check_voucher, voucher_column=5)


def _without_entity(column: Column) -> Column:
    return replace(column, number=column.number - 1) if column.number > ENTITY else column


def _post_without_entity(row: Row, register: Register) -> Posting:
    return _post(_widened(row), register)


def _widened(row: Row) -> Row:
    return Row(row.line, [*row.cells[: ENTITY - 1], "", *row.cells[ENTITY - 1 :]])


GL02 = Layout(
    width=49,
    heads=tuple(name for name in HEADS if name != "Entity"),
    columns=tuple(_without_entity(column) for column in COLUMNS if column.number != ENTITY),
    post=_post_without_entity,
    check_voucher=_check_voucher,
    voucher_column=4,
)
