"""Writes an export's file: invoice by invoice, in memory that does not grow."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import islice
from typing import IO

from moment_xledger.domain.files.cells import Part, parts
from moment_xledger.domain.files.formats import format_of
from moment_xledger.domain.files.settings import Terms
from moment_xledger.domain.moment import Invoice

LINE_END = "\r\n"
_AT_ONCE = 500  # invoices
_in_a_line = ";".join
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
    lines = Lines(terms)
    return lines.write(map(lines.of, invoices), out)


class Lines:
    """What a file on these terms says of each invoice, asked for in any order, and of all of them together."""

    def __init__(self, terms: Terms) -> None:
        self._terms, format_ = terms, format_of(terms)
        self._columns, self._rows = format_.columns, format_.rows
        self._vat_codes, self._accounts = terms.vat_codes, terms.accounts
        self._tally = _Tally()
        self._count = self._tally.count

    def of(self, invoice: Invoice) -> str:
        its_parts = parts(invoice, self._vat_codes, self._accounts)
        rows = list(map(_in_a_line, self._rows(invoice, its_parts, self._terms)))
        self._count(invoice, its_parts, len(rows))
        return LINE_END.join(rows) + LINE_END

    def write(self, texts: Iterable[str], out: IO[bytes]) -> Totals:
        """The texts of all that were asked for, in the order of the file.

        Nothing in them may need quotes, so they are only joined: a third of the time of `csv.writer`. Raises
        `ValueError` behind the last one if a cell held a separator, a line break or a quote.
        """
        digest, found = hashlib.sha256(), _Signs()
        if self._terms.settings.has_header:
            _put(out, digest, ";".join(self._columns) + LINE_END)
        for block in _blocks(texts):
            found.count(block)
            _put(out, digest, block)
        if found != _Signs.of(self._tally.rows, len(self._columns)):
            raise ValueError("a cell holds a separator, a line break or a quote: the file is not to be used")
        return self._tally.totals(digest.hexdigest())


@dataclass
class _Signs:
    separators: int = 0
    returns: int = 0
    feeds: int = 0
    quotes: int = 0

    @classmethod
    def of(cls, rows: int, columns: int) -> "_Signs":
        return cls(rows * (columns - 1), rows, rows)

    def count(self, text: str) -> None:
        self.separators += text.count(";")
        self.returns += text.count("\r")
        self.feeds += text.count("\n")
        self.quotes += text.count('"')


def _blocks(texts: Iterable[str]) -> Iterator[str]:
    """Many at once: to write each by itself would cost as much as to make it."""
    texts = iter(texts)
    while some := list(islice(texts, _AT_ONCE)):
        yield "".join(some)


def _put(out: IO[bytes], digest: "hashlib._Hash", text: str) -> None:
    encoded = text.encode()
    digest.update(encoded)
    out.write(encoded)


@dataclass(slots=True)
class _Tally:
    rows: int = 0
    invoices: int = 0
    first: int = 0
    last: int = 0
    sums: dict[str, dict[str, Decimal]] = field(default_factory=dict)

    def count(self, invoice: Invoice, parts: Sequence[Part], rows: int) -> None:
        """Raises `ValueError` where the parts are not the total: an invoice leaves whole or not at all."""
        number, rest = invoice.invoice_number, invoice.total
        sums = self.sums.get(invoice.currency)
        if sums is None:
            sums = self.sums[invoice.currency] = {}
        for part in parts:
            sums[part.vat_code] = sums.get(part.vat_code, _NOTHING) + part.gross
            rest -= part.gross
        if rest:
            raise ValueError(f"invoice {number} does not balance: its file is not written")
        self.rows += rows
        self.invoices += 1
        if number > self.last:
            self.last = number
        if not self.first or number < self.first:
            self.first = number

    def totals(self, sha256: str) -> Totals:
        return Totals(sha256, self.rows, self.invoices, self.first, self.last, self.sums)
