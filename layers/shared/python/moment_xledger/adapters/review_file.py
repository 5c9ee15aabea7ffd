"""The same invoices for eyes: an .xlsx in which numbers of invoices are text, and dates and amounts are what they are.

The import file itself must not be opened and saved in Excel: that drops leading zeros and shortens long KIDs.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import count, islice
from typing import Any, BinaryIO

import xlsxwriter

from moment_xledger.domain.companies import Language
from moment_xledger.domain.files.review import Cells

# A spreadsheet in Norwegian shows these as 31.10.2026 and 125 000,00.
# [$-414] is Norwegian: LibreOffice then writes a decimal comma whatever the machine's own language; Excel always
# writes amounts as the machine does.
DATE, AMOUNT = "dd.mm.yyyy", "[$-414]#,##0.00"
MOST_ROWS = 1_000_000  # a sheet holds 1,048,576; what is over goes to the next one

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
    Language.NORWEGIAN: {"sheet": "Fakturaer", "sum": "Sum"},
    Language.ENGLISH: {"sheet": "Invoices", "sum": "Sum"},
}
_DATES, _AMOUNTS, _VAT_CODE, _CURRENCY = (7, 8), (11, 12, 13), 10, 14  # columns
_OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


def write_review(rows: Iterable[Cells], out: BinaryIO, language: Language, created: datetime) -> None:
    """`rows` as `review_rows` makes them, then a sum per VAT code. The same arguments give the same bytes."""
    sums: Sums = {}
    counted = _counted(rows, sums)
    with xlsxwriter.Workbook(out, _OPTIONS) as book:
        book.set_properties({"created": created.astimezone(UTC).replace(tzinfo=None)})
        day = book.add_format({"num_format": DATE, "align": "left"})
        amount = book.add_format({"num_format": AMOUNT})
        for page in count(1):
            sheet = _add_sheet(book, page, language)
            last = _write_rows(sheet, islice(counted, MOST_ROWS), 1, day, amount)
            sheet.autofilter(0, 0, last, len(_COLUMNS) - 1)
            if last < MOST_ROWS:
                break
        _write_rows(sheet, _sum_rows(sums, language), last + 2, day, amount)


def _add_sheet(book: Any, page: int, language: Language) -> Any:
    name = _WORDS[language]["sheet"]
    sheet = book.add_worksheet(name if page == 1 else f"{name} {page}")
    _write_header(book, sheet, language)
    return sheet


def _write_rows(sheet: Any, rows: Iterable[Cells], first: int, day: Any, amount: Any) -> int:
    """Returns the last row."""
    row = first - 1
    for row, cells in enumerate(rows, start=first):
        for column, cell in enumerate(cells):
            if cell is None:
                continue
            if column in _AMOUNTS:
                sheet.write_number(row, column, Decimal(cell), amount)
            elif column in _DATES:
                sheet.write_datetime(row, column, date.fromisoformat(cell), day)
            else:
                sheet.write_string(row, column, cell)
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


def _counted(rows: Iterable[Cells], sums: Sums) -> Iterator[Cells]:
    """Adds each row to `sums` as it goes by."""
    for cells in rows:
        key = str(cells[_CURRENCY]), str(cells[_VAT_CODE])
        so_far = sums.get(key, [Decimal(0)] * 3)
        sums[key] = [one + Decimal(cells[at] or 0) for one, at in zip(so_far, _AMOUNTS, strict=True)]
        yield cells


def _sum_rows(sums: Sums, language: Language) -> Iterator[Cells]:
    for (currency, code), amounts in sorted(sums.items()):
        yield _WORDS[language]["sum"], *(None,) * 9, code, *map(str, amounts), currency
