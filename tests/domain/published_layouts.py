"""Reads the bytes of an invoice file column by column against the published layouts, and knows nothing of the writer.

The layouts are those of Mamut's help (GBAT10, which AR10 is), of Moment's help (AR10, GL02b, and the fields of the file
that is read by hand), and the order of GL02's columns.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import groupby

DAY = r"(19|20)\d{2}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])"
AMOUNT = r"-?\d{1,13}\.\d{2}"
TEXT = r'[^;"\t\r\n]*'
EMPTY = ""


@dataclass(frozen=True)
class Column:
    """`names`: its heading, where the layout has one. Without `required` it may be empty."""

    pattern: str
    longest: int = 1_000
    required: bool = False
    name: str = ""


@dataclass
class Voucher:
    """What a receiver understands of one invoice."""

    number: str
    issued: date
    due: date | None = None
    customer: str = ""
    payment_id: str = ""
    project: str = ""
    currency: str = ""
    total: Decimal = Decimal(0)
    home_total: Decimal = Decimal(0)
    by_code: dict[str, Decimal] = field(default_factory=dict)  # with VAT


STANDARD = (
    Column(r"\d+", 25, True, "InvoiceNo"),
    Column(TEXT, 100, True, "Text"),
    Column(r"\S.*", 25, True, "CustomerNo"),
    Column(r"\S.*", 25, False, "Project"),
    Column(DAY, 8, True, "InvoiceDate"),
    Column(DAY, 8, True, "DueDate"),
    Column(r"\d+-?", 25, True, "PaymentId"),
    Column(AMOUNT, 20, True, "TotalAmount"),
    Column(r"[A-Za-z0-9._-]+", 5, True, "VatCode"),
)
AR10 = (
    Column("GBAT10", 6, True),
    Column(r"\d+", 8, True),
    Column(DAY, 8, True),
    Column(r"\d+", 3, True),
    Column(r"[1-9]|1[0-2]", 2, True),
    Column(r"\d{4}", 4, True),
    Column(r"\d+", 4, True),
    Column(r"[A-Za-z0-9._-]+", 5, True),
    Column(AMOUNT, 15, True),
    Column(r"\d+", 9),
    Column(EMPTY),
    Column(TEXT, 30),
    Column(TEXT, 200),
    Column(TEXT, 30),
    Column(TEXT, 30),
    Column(TEXT, 25, True),
    Column(r"\d+-?", 30, True),
    Column(DAY, 8, True),
    Column(EMPTY),
    Column(EMPTY),
    Column(TEXT, 100, True),
    Column(TEXT, 100, True),
    Column(EMPTY),
    Column(TEXT, 6),
    Column(TEXT, 4),
    Column(EMPTY),
    Column("T", 1),
    Column(AMOUNT, 20),
    Column("x", 1, True),
)
_GL02_NAMES = [
    "ImpSystem",
    "ImpSystemRef",
    "Entity",
    "VoucherType",
    "VoucherNo",
    "FiscalYear",
    "PeriodNo",
    "VoucherDate",
    "Account",
    "Account_Ledger",
    "Posting1",
    "Posting_2_(PRJ)",
    "XGL",
    "SubledgerNo",
    "SubledgerName",
    "InvoiceDate",
    "InvoiceNo",
    "Xidentifier/KID",
    "DueDate",
    "BankAccount",
    "PaymentTerms",
    "Text",
    "TaxRule",
    "Currency",
    "Currency_Amount",
    "Amount",
    "UpdateSubledger",
]
_GL02_FILLED: Mapping[int, Column] = {
    1: Column("GL02b", 25, True),
    2: Column("Moment", 25, True),
    3: Column(r"\d{3,5}", 5, True),
    4: Column(r"[A-Za-z0-9]+", 8, True),
    5: Column(r"\d+", 8, True),
    6: Column(r"\d{4}", 4, True),
    7: Column(r"[1-9]|1[0-2]", 2, True),
    8: Column(DAY, 8, True),
    9: Column(r"\d+", 10, True),
    11: Column(TEXT, 25),
    12: Column(TEXT, 25),
    14: Column(TEXT, 25),
    15: Column(TEXT, 100),
    16: Column(DAY, 8, True),
    17: Column(r"\d+", 8, True),
    18: Column(r"\d+-?", 25),
    19: Column(DAY, 8),
    22: Column(TEXT, 100, True),
    23: Column(r"[A-Za-z0-9._-]+", 5),
    24: Column(r"[A-Z]{3}", 3),
    25: Column(AMOUNT, 20),
    26: Column(AMOUNT, 20, True),
    50: Column("x", 1, True),
}
GL02B = tuple(_GL02_FILLED.get(number, Column(EMPTY)) for number in range(1, 51))
LAYOUTS = {"standard": STANDARD, "ar10": AR10, "gl02b": GL02B}


def read_vouchers(content: bytes, layout: str) -> list[Voucher]:
    """Every invoice of the file. Raises `AssertionError` where a byte is not as the layout is published."""
    rows = _rows(content, layout)
    read = {"standard": _standard, "ar10": _ar10, "gl02b": _gl02b}[layout]
    number = 0 if layout == "standard" else 1 if layout == "ar10" else 4
    groups = groupby(rows, key=lambda row: row[number])
    found = [read(list(group)) for _, group in groups]
    assert len({voucher.number for voucher in found}) == len(found), "an invoice's rows are not together"
    return found


def _rows(content: bytes, layout: str) -> list[list[str]]:
    assert not content.startswith(b"\xef\xbb\xbf"), "a byte order mark"
    text = content.decode("utf-8")
    assert text.endswith("\r\n"), "the last line does not end"
    lines = text.removesuffix("\r\n").split("\r\n")
    assert not any("\n" in line or "\r" in line for line in lines), "a line end of another kind"
    rows = [line.split(";") for line in lines]
    columns = LAYOUTS[layout]
    if layout == "standard":
        assert rows.pop(0) == [column.name for column in STANDARD]
    if layout == "gl02b":
        heads = rows.pop(0)
        assert [head.replace(" ", "_") for head in heads[: len(_GL02_NAMES)]] == _GL02_NAMES
        assert (len(heads), heads[-1]) == (50, "EOL")
    for row in rows:
        assert len(row) == len(columns), f"{len(row)} columns"
        for at, (cell, column) in enumerate(zip(row, columns, strict=True), start=1):
            _check(cell, column, f"column {at}: {cell!r}")
    return rows


def _check(cell: str, column: Column, where: str) -> None:
    assert len(cell.encode("utf-16-le")) // 2 <= column.longest, f"{where} is too long"
    assert cell or not column.required, f"{where} is missing"
    assert not cell or re.fullmatch(column.pattern, cell), f"{where} is not as published"
    assert cell == cell.strip(), f"{where} has blanks around it"
    assert cell != "-0.00", where


def _day(cell: str) -> date:
    return date(int(cell[:4]), int(cell[4:6]), int(cell[6:]))


def _standard(rows: list[list[str]]) -> Voucher:
    first = rows[0]
    assert all(row[:7] == first[:7] for row in rows)
    number, _, customer, project, issued, due, payment_id = first[:7]
    found = Voucher(number, _day(issued), _day(due), customer, payment_id, project)
    for row in rows:
        _add(found, row[8], Decimal(row[7]))
    return found


def _ar10(rows: list[list[str]]) -> Voucher:
    """The customer's line, then revenue by gross sums: what Xledger computes VAT from."""
    customer, *revenue = rows
    issued = _day(customer[2])
    assert (int(customer[4]), int(customer[5])) == (issued.month, issued.year)
    assert all(row[:6] == customer[:6] and row[15:18] == customer[15:18] for row in rows)
    assert customer[1] == customer[15], "the voucher's number is the invoice's"
    assert customer[9], "no customer"
    assert (customer[26], customer[27]) == ("", "")
    found = Voucher(customer[15], issued, _day(customer[17]), customer[9], customer[16], customer[24])
    for row in revenue:
        assert (row[9], row[26]) == ("", "T")
        _add(found, row[7], -Decimal(row[27]))
        assert abs(Decimal(row[8])) <= abs(Decimal(row[27]))
    assert Decimal(customer[8]) == found.total, "the customer owes what the revenue comes to"
    return found


def _gl02b(rows: list[list[str]]) -> Voucher:
    customer, *revenue = rows
    issued = _day(customer[7])
    assert (int(customer[6]), int(customer[5])) == (issued.month, issued.year)
    assert all(row[:8] == customer[:8] and row[15:17] == customer[15:17] for row in rows)
    assert customer[13], "no customer"
    assert customer[22] == "", "the customer's line has no VAT code"
    found = Voucher(
        customer[16], issued, _day(customer[18]), customer[13], customer[17], revenue[0][11], customer[23]
    )
    amount = 24 if found.currency else 25
    for row in revenue:
        assert (row[13], row[14], row[17], row[18], row[23]) == ("", "", "", "", found.currency)
        _add(found, row[22], -Decimal(row[amount]))
    assert Decimal(customer[amount]) == found.total
    assert sum(Decimal(row[25]) for row in rows) == 0, "the voucher does not sum to zero"
    if not found.currency:
        assert all(row[24] == "" for row in rows)
    found.home_total = Decimal(customer[25])
    return found


def _add(voucher: Voucher, code: str, gross: Decimal) -> None:
    voucher.by_code[code] = voucher.by_code.get(code, Decimal(0)) + gross
    voucher.total += gross
