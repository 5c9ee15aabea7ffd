"""A line posted in Xledger's ledger, as its Export service gives it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from types import MappingProxyType
from typing import NamedTuple


class Row(NamedTuple):
    """
    A posted line as Xledger has it; None where its column is missing or empty. A tuple, since there are a hundred
    thousand of them and a frozen dataclass takes three times as long to make.
    """

    amount: Decimal
    transaction_id: str | None = None
    voucher_no: str | None = None
    line_no: str | None = None
    source: str | None = None
    created: datetime | None = None
    modified: datetime | None = None
    voucher_date: date | None = None
    invoice_date: date | None = None
    invoice_no: str | None = None
    account: str | None = None
    department: str | None = None
    project: str | None = None
    supplier_no: str | None = None
    supplier_name: str | None = None
    text: str | None = None
    tax_rule: str | None = None
    tax_amount: Decimal | None = None
    currency: str | None = None
    currency_amount: Decimal | None = None
    match_id: str | None = None
    file_key: str | None = None
    # Columns that we do not know, in lower case, as they came.
    others: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that cannot be used. Neither text holds a value of it, but for its id."""

    reason: str
    where: str


def is_named(line: Row, words: str) -> bool:
    """Whether words such as `transaction_id 7, voucher_no 20001` can mean no other line."""
    named = dict(part.partition(" ")[::2] for part in words.split(", "))
    is_whole = "transaction_id" in named or {"voucher_no", "line_no"} <= named.keys()
    return is_whole and all(getattr(line, name, None) == value for name, value in named.items())


def posted_on(line: Row) -> date | None:
    return line.voucher_date or line.invoice_date
