"""What the formats have in common: how a day, an amount and a text stand in a cell. Part of renderer 1."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache

from moment_xledger.domain.files.limits import LIMITS
from moment_xledger.domain.files.settings import FileFormat
from moment_xledger.domain.files.text import clean, cut
from moment_xledger.domain.moment import Invoice, InvoiceKind

Row = tuple[str, ...]

LONGEST_TEXT = LIMITS[FileFormat.STANDARD].longest_text  # the same in all of them
CREDIT_NOTE = InvoiceKind.CREDIT_NOTE  # looked up once: an enum's member costs as much as a cell


@dataclass(slots=True)  # frozen it would take four times as long to make, and there is one per row
class Part:
    """What an invoice has at one of Xledger's VAT codes and, where the format has accounts, one account."""

    vat_code: str
    account: str
    net: Decimal
    vat: Decimal
    gross: Decimal


def parts(invoice: Invoice, vat_codes: Mapping[str, str], accounts: Mapping[str, str]) -> Sequence[Part]:
    """In the order of the invoice. Lines that Xledger cannot tell apart become one."""
    found = [
        Part(vat_codes[line.vat_code], accounts.get(line.vat_code, ""), line.net, line.vat, line.gross)
        for line in invoice.vat_lines
    ]
    return found if len(found) == 1 else _merged(found)


def _merged(parts: Iterable[Part]) -> list[Part]:
    merged: dict[tuple[str, str], Part] = {}
    for part in parts:
        key = part.vat_code, part.account
        so_far = merged.get(key)
        merged[key] = part if so_far is None else _together(so_far, part)
    return list(merged.values())


def _together(one: Part, other: Part) -> Part:
    net, vat, gross = one.net + other.net, one.vat + other.vat, one.gross + other.gross
    return Part(one.vat_code, one.account, net, vat, gross)


@lru_cache(maxsize=1_000)
def day(value: date) -> str:
    return value.isoformat().replace("-", "")


def due_day(invoice: Invoice) -> str:
    """A credit note is due at once."""
    return day(invoice.invoice_date if invoice.kind is CREDIT_NOTE else invoice.due_date)


def amount(value: Decimal) -> str:
    """Two decimals, always; never `-0.00`."""
    text = str(value)
    if text[-3:-2] == "." and (value or text[0] != "-"):
        return text
    return f"{value + 0:.2f}"


def posting_text(invoice: Invoice) -> str:
    """Never empty. A credit note's ends with the number of the invoice that it corrects."""
    if invoice.kind is CREDIT_NOTE:
        return _credit_text(invoice.description, str(invoice.credited_invoice_number))
    return clean(invoice.description, LONGEST_TEXT) or f"Faktura {invoice.number}"


def _credit_text(description: str, credited: str) -> str:
    text = clean(description, LONGEST_TEXT)
    if text.split(" ")[-1] == credited:
        return text
    if not text:
        return f"Kreditnota for faktura {credited}"
    ending = f", faktura {credited}"
    return cut(text, LONGEST_TEXT - len(ending)) + ending
