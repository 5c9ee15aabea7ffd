"""
A posted line: its columns by name, in the order of the rows that are given away.

Amounts are Decimal, debit positive; days are dates; Created and Modified are wall time in Central Europe.
"""

import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

Value = str | int | Decimal | date | datetime | None
Line = dict[str, Value]

COLUMNS = (
    *("TransactionID", "VoucherNo", "LineNo", "TrSource", "Created", "Modified", "VoucherDate"),
    *("InvoiceDate", "InvoiceNo", "Account", "Posting1", "Posting2", "SubledgerNo", "SubledgerName", "Text"),
    *("TaxRule", "TaxAmount", "Currency", "CurrencyAmount", "Amount", "MatchID", "FileKey"),
)
NUMBERS = ("TransactionID", "VoucherNo", "LineNo", "MatchID", "FileKey")
AMOUNTS = ("TaxAmount", "CurrencyAmount", "Amount")
DATES = ("VoucherDate", "InvoiceDate")
MOMENTS = ("Created", "Modified")
OF_THE_SUPPLIER = ("InvoiceDate", "InvoiceNo", "SubledgerNo", "SubledgerName")
OPEN = "Open"  # true or false and no column: whether the line is unpaid; one that does not say is open

PAYABLES = "2400"
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
NOT_IN_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class NotALine(ValueError):
    """One sentence on what is wrong."""


def read_line(given: Any) -> Line:
    """From JSON. What cannot be read as its column's kind stays text, so that tests can spoil a line."""
    if not isinstance(given, Mapping):
        raise NotALine("A line is an object of columns.")
    for name, value in given.items():
        if not NAME.fullmatch(name):
            raise NotALine(f"'{name}' cannot be the name of a column.")
        if (name == OPEN) != isinstance(value, bool):
            raise NotALine(f"{OPEN} is true or false, and nothing else is.")
        if not isinstance(value, str | int | None) or NOT_IN_XML.search(str(value)):
            raise NotALine(f"{name}: write text or a whole number; an amount as text.")
    return {name: _typed(name, value) for name, value in given.items()}


def _typed(name: str, value: str | int | None) -> Value:
    try:
        if value is None:
            return None
        if name in AMOUNTS:
            return Decimal(str(value))
        if name in DATES:
            return date.fromisoformat(str(value))
        return datetime.fromisoformat(str(value)) if name in MOMENTS else value
    except (ValueError, InvalidOperation):
        return value
