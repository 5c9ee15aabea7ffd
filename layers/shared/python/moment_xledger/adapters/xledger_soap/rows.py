"""One row of an export, typed."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from lxml import etree

from moment_xledger.adapters.xledger_soap.assumed import Column, Kind, assumed

OSLO = ZoneInfo("Europe/Oslo")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A posted line as Xledger has it; None where its column is missing or empty."""

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
    amount: Decimal
    match_id: str | None = None
    file_key: str | None = None
    others: Mapping[str, str] = field(
        default_factory=dict
    )  # columns we do not know, in lower case, as they came


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that cannot be used. Neither text holds a value of it, but for its id."""

    reason: str
    where: str


class _Unreadable(ValueError):
    pass


def read_row(element: etree._Element, number: int) -> Row | BadRow:
    """`number`: its place in the answer, from 1."""
    fields: dict[str, Any] = {}
    try:
        _read_into(fields, element)
        _check(fields)
    except _Unreadable as problem:
        return BadRow(str(problem), _where(fields, number))
    return Row(**fields)


def _read_into(fields: dict[str, Any], element: etree._Element) -> None:
    others = fields["others"] = dict[str, str]()
    for cell in element:
        name, column = _column(cell.tag)
        if len(cell):
            raise _Unreadable(f"{name} holds elements, not text")
        text = (cell.text or "").strip()
        if name in others or (column and column.field in fields):
            raise _Unreadable(f"{name} comes twice")
        if column is None:
            others[name] = text
        else:
            fields[column.field] = _READERS[column.kind](text, name) if text else None


@cache
def _column(tag: str) -> tuple[str, Column | None]:
    name = etree.QName(tag).localname
    column = assumed().columns.get(name.lower())
    return (name if column else name.lower()), column


def _check(fields: Mapping[str, Any]) -> None:
    ways = assumed().identities
    if not any(all(fields.get(part) for part in way) for way in ways):
        raise _Unreadable("no id: neither TransactionID nor VoucherNo with LineNo")
    if fields.get("amount") is None:
        raise _Unreadable("no Amount")


def _where(fields: Mapping[str, Any], number: int) -> str:
    known = [
        f"{name} {fields[name]}" for name in ("transaction_id", "voucher_no", "line_no") if fields.get(name)
    ]
    return ", ".join([f"row {number}", *known])


_AMOUNT = re.compile(r"-?[0-9]{1,18}(?:[.,][0-9]{1,8})?")
_AMBIGUOUS = re.compile(r"-?[0-9]{1,3},[0-9]{3}")
_SPACES = str.maketrans("", "", " \u00a0\u202f")


def _amount(text: str, column: str) -> Decimal:
    """Decimals after a point or a comma, thousands apart by spaces at most. `1,234` could be either: not guessed."""
    plain = text.translate(_SPACES)
    if not _AMOUNT.fullmatch(plain) or _AMBIGUOUS.fullmatch(plain):
        raise _Unreadable(f"{column} is not an amount such as 1234.50 or 1234,50")
    return Decimal(plain.replace(",", "."))


def _instant(text: str, column: str) -> datetime:
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        raise _Unreadable(f"{column} is not a time such as 2026-11-22 09:15:00") from None
    return (read if read.tzinfo else read.replace(tzinfo=OSLO)).astimezone(UTC)


def _day(text: str, column: str) -> date:
    """Of a time with an offset, the day that it was in Oslo."""
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        raise _Unreadable(f"{column} is not a date such as 2026-11-22") from None
    return read.astimezone(OSLO).date() if read.tzinfo else read.date()


def _text(text: str, column: str) -> str:
    return text


_READERS: Mapping[Kind, Callable[[str, str], object]] = {
    Kind.TEXT: _text,
    Kind.DAY: _day,
    Kind.INSTANT: _instant,
    Kind.AMOUNT: _amount,
}
