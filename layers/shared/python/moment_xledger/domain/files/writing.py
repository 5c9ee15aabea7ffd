"""Writes an export's file: invoice by invoice, in memory that does not grow."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import IO

from moment_xledger.domain.files.cells import Part, Row, parts
from moment_xledger.domain.files.formats import format_of
from moment_xledger.domain.files.settings import Terms
from moment_xledger.domain.moment import Invoice

LINE_END = "\r\n"
_ROWS_AT_ONCE = 500
_NOTHING = Decimal(0)


@dataclass(frozen=True)
class Totals:
    """What the manifest says of a file. Sums are what the customers pay, by currency, then by Xledger's VAT code."""

    sha256: str
    rows: int
    invoices: int
    first: int
    last: int
    sums: Mapping[str, Mapping[str, Decimal]]

    @property
    def totals(self) -> Mapping[str, Decimal]:
        """By currency."""
        return {currency: sum(by_code.values(), _NOTHING) for currency, by_code in self.sums.items()}


def write(invoices: Iterable[Invoice], out: IO[bytes], terms: Terms) -> Totals:
    """Of invoices that are not `unfit`, as UTF-8 without BOM; the same invoices and terms give the same bytes."""
    columns = format_of(terms).columns
    tally, digest = _Tally(), hashlib.sha256()
    if terms.settings.has_header:
        _put(out, digest, ";".join(columns) + LINE_END)
    for page in _pages(invoices, terms, tally):
        _put(out, digest, _lines(page, len(columns)))
    return tally.totals(digest.hexdigest())


@dataclass
class _Tally:
    rows: int = 0
    invoices: int = 0
    first: int = 0
    last: int = 0
    sums: dict[str, dict[str, Decimal]] = field(default_factory=dict)

    def count(self, invoice: Invoice, parts: Sequence[Part]) -> None:
        """Raises `ValueError` where the parts are not the total: an invoice leaves whole or not at all."""
        number, rest = invoice.invoice_number, invoice.total
        sums = self.sums.setdefault(invoice.currency, {})
        for part in parts:
            sums[part.vat_code] = sums.get(part.vat_code, _NOTHING) + part.gross
            rest -= part.gross
        if rest:
            raise ValueError(f"invoice {number} does not balance: its file is not written")
        self.invoices += 1
        if number > self.last:
            self.last = number
        if not self.first or number < self.first:
            self.first = number

    def totals(self, sha256: str) -> Totals:
        return Totals(sha256, self.rows, self.invoices, self.first, self.last, self.sums)


def _pages(invoices: Iterable[Invoice], terms: Terms, tally: _Tally) -> Iterator[list[Row]]:
    rows, vat_codes, accounts = format_of(terms).rows, terms.vat_codes, terms.accounts
    page: list[Row] = []
    for invoice in invoices:
        its_parts = parts(invoice, vat_codes, accounts)
        tally.count(invoice, its_parts)
        page += rows(invoice, its_parts, terms)
        if len(page) >= _ROWS_AT_ONCE:
            tally.rows += len(page)
            yield page
            page = []
    if page:
        tally.rows += len(page)
        yield page


def _lines(rows: Sequence[Row], columns: int) -> str:
    """Joined, since nothing here may need quotes: what would is refused. A third of the time of `csv.writer`."""
    text = "\n".join(map(";".join, rows)) + "\n"
    separators = text.count(";"), text.count("\n")
    if separators != (len(rows) * (columns - 1), len(rows)) or "\r" in text or '"' in text:
        raise ValueError("a cell holds a separator, a line break or a quote: the file is not written")
    return text.replace("\n", LINE_END)


def _put(out: IO[bytes], digest: "hashlib._Hash", text: str) -> None:
    encoded = text.encode()
    digest.update(encoded)
    out.write(encoded)
