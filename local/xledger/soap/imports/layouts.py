"""A layout: its columns, what is checked of them, and what a row posts."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from local.xledger.soap.imports.checks import Check
from local.xledger.soap.imports.register import Register


@dataclass(frozen=True)
class Row:
    """A line of the file; columns count from 1."""

    line: int
    cells: Sequence[str]

    def __getitem__(self, column: int) -> str:
        return self.cells[column - 1].strip()


@dataclass(frozen=True)
class Column:
    number: int
    name: str
    check: Check
    required: bool = False
    longest: int | None = None

    def complaint(self, row: Row, register: Register) -> str | None:
        cell = row[self.number]
        if not cell:
            return f"{self._at(row)} is missing." if self.required else None
        if self.longest and len(cell) > self.longest:
            return f"{self._at(row)} is longer than {self.longest} characters."
        wrong = self.check(cell, register)
        return f"{self._at(row)}, '{cell[:40]}', {wrong}." if wrong else None

    def _at(self, row: Row) -> str:
        return f"line {row.line}: column {self.number}, {self.name}"


@dataclass(frozen=True)
class Posting:
    """What one row adds to its voucher."""

    voucher_no: str
    voucher_date: str
    account: str
    amount: Decimal
    customer: str
    project: str
    vat_code: str
    text: str
    invoice_no: str
    invoice_date: str


# The postings of a voucher's rows, unless the rows do not belong together; then why not.
VoucherCheck = Callable[[Sequence[Row], Sequence[Posting]], str | None]


@dataclass(frozen=True)
class Layout:
    """`heads` are the names that the first columns of the header must have; none: there is no header.

    `voucher_column` holds the voucher's number.
    """

    width: int
    heads: tuple[str, ...]
    columns: tuple[Column, ...]
    post: Callable[[Row, Register], Posting]
    check_voucher: VoucherCheck
    voucher_column: int


def balanced(rows: Sequence[Row], postings: Sequence[Posting]) -> str | None:
    total = sum((posting.amount for posting in postings), Decimal(0))
    return f"does not sum to zero but to {total}" if total else None
