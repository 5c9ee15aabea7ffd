"""The same invoices for eyes: an .xlsx in which numbers of invoices are text, and dates and amounts are what they are.

The import file itself must not be opened and saved in Excel: that drops leading zeros and shortens long KIDs.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import count, islice
from typing import Any, BinaryIO

import xlsxwriter

from moment_xledger.domain.companies import Language
from moment_xledger.domain.files.cells import Part, parts
from moment_xledger.domain.files.settings import Terms
from moment_xledger.domain.files.text import tidy
from moment_xledger.domain.moment import Invoice, InvoiceKind

# A spreadsheet in Norwegian shows these as 31.10.2026 and 125 000,00.
# [$-414] is Norwegian: LibreOffice then writes a decimal comma whatever the machine's own language; Excel always
# writes amounts as the machine does.
DATE, AMOUNT = "dd.mm.yyyy", "[$-414]#,##0.00"
MOST_ROWS = 1_000_000  # a sheet holds 1,048,576; what is over goes to the next one

Cell = str | date | Decimal | None
Sums = dict[tuple[str, str], list[Decimal]]

_COLUMNS = {
    # English: Norwegian, width
    "Invoice no.": ("Fakturanr.", 12),
    "Kind": ("Type", 11),
    "Credits": ("Krediterer", 12),
    "Customer no.": ("Kundenr.", 12),
    "Customer": ("Kunde", 32),
    "Project": ("Prosjekt", 12),
    "Text": ("Tekst", 50),
    "Invoice date": ("Fakturadato", 12),
    "Due date": ("Forfallsdato", 12),
    "KID": ("KID", 27),
    "VAT code": ("MVA-kode", 10),
    "Net": ("Netto", 15),
    "VAT": ("MVA", 15),
    "Gross": ("Brutto", 15),
    "Currency": ("Valuta", 8),
}
_WORDS = {
    Language.NORWEGIAN: {
        "sheet": "Fakturaer",
        "INVOICE": "Faktura",
        "CREDIT_NOTE": "Kreditnota",
        "sum": "Sum",
    },
    Language.ENGLISH: {"sheet": "Invoices", "INVOICE": "Invoice", "CREDIT_NOTE": "Credit note", "sum": "Sum"},
}
_OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


def write_review(
    invoices: Iterable[Invoice], out: BinaryIO, terms: Terms, language: Language, created: datetime
) -> None:
    """One row per invoice and VAT code, then a sum per VAT code. The same arguments give the same bytes."""
    sums: Sums = {}
    rows = _rows(invoices, terms, language, sums)
    with xlsxwriter.Workbook(out, _OPTIONS) as book:
        book.set_properties({"created": created.astimezone(UTC).replace(tzinfo=None)})
        formats = {
            date: book.add_format({"num_format": DATE, "align": "left"}),
            Decimal: book.add_format({"num_format": AMOUNT}),
        }
        for page in count(1):
            sheet = _add_sheet(book, page, language)
            last = _write_rows(sheet, islice(rows, MOST_ROWS), 1, formats)
            sheet.autofilter(0, 0, last, len(_COLUMNS) - 1)
            if last < MOST_ROWS:
                break
        _write_rows(sheet, _sum_rows(sums, language), last + 2, formats)


def _add_sheet(book: Any, page: int, language: Language) -> Any:
    name = _WORDS[language]["sheet"]
    sheet = book.add_worksheet(name if page == 1 else f"{name} {page}")
    _write_header(book, sheet, language)
    return sheet


def _write_rows(sheet: Any, rows: Iterable[Sequence[Cell]], first: int, formats: Mapping[type, Any]) -> int:
    """Returns the last row."""
    row = first - 1
    for row, cells in enumerate(rows, start=first):
        for column, cell in enumerate(cells):
            _write_cell(sheet, row, column, cell, formats)
    return row


def _write_header(book: Any, sheet: Any, language: Language) -> None:
    bold = book.add_format({"bold": True})
    for column, (english, (norwegian, width)) in enumerate(_COLUMNS.items()):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, norwegian if language is Language.NORWEGIAN else english, bold)
    sheet.freeze_panes(1, 0)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)  # one page wide
    sheet.repeat_rows(0)
    # No green corners on invoice numbers.
    sheet.ignore_errors({"number_stored_as_text": f"A1:XFD{MOST_ROWS + 1}"})


def _write_cell(sheet: Any, row: int, column: int, cell: Cell, formats: Mapping[type, Any]) -> None:
    match cell:
        case str():
            sheet.write_string(row, column, cell)
        case date():
            sheet.write_datetime(row, column, cell, formats[date])
        case Decimal():
            sheet.write_number(row, column, cell, formats[Decimal])


def _rows(
    invoices: Iterable[Invoice], terms: Terms, language: Language, sums: Sums
) -> Iterator[Sequence[Cell]]:
    """Adds each row to `sums` as it goes by."""
    for invoice in invoices:
        for part in parts(invoice, terms.vat_codes, {}):
            _add(sums, (invoice.currency, part.vat_code), part)
            yield _row(invoice, part, language)


def _sum_rows(sums: Sums, language: Language) -> Iterator[Sequence[Cell]]:
    for (currency, code), amounts in sorted(sums.items()):
        yield _WORDS[language]["sum"], *(None,) * 9, code, *amounts, currency


def _add(sums: Sums, key: tuple[str, str], part: Part) -> None:
    so_far = sums.get(key, [Decimal(0)] * 3)
    sums[key] = [one + other for one, other in zip(so_far, (part.net, part.vat, part.gross), strict=True)]


def _row(invoice: Invoice, part: Part, language: Language) -> Sequence[Cell]:
    credited = invoice.credited_invoice_number
    is_credit_note = invoice.kind is InvoiceKind.CREDIT_NOTE
    return (
        invoice.number,
        _WORDS[language][invoice.kind],
        str(credited) if credited else None,
        invoice.customer.customer_number,
        tidy(invoice.customer.name),
        invoice.project_number,
        tidy(invoice.description),
        invoice.invoice_date,
        invoice.invoice_date if is_credit_note else invoice.due_date,
        invoice.payment_id,
        part.vat_code,
        part.net,
        part.vat,
        part.gross,
        invoice.currency,
    )
