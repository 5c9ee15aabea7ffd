import hashlib
import io
import os
import subprocess
import sys
from collections.abc import Iterable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from zipfile import ZipFile

import openpyxl
import pytest

from moment_xledger.adapters import review_file
from moment_xledger.adapters.review_file import write_review
from moment_xledger.domain.companies import Language
from moment_xledger.domain.files.review import review_rows
from moment_xledger.domain.moment import Invoice
from tests.expected.invoices import CUSTOMER, INVOICES, an_invoice, terms

CREATED = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)


def written(invoices: Iterable[Invoice], language: Language = Language.NORWEGIAN) -> bytes:
    out = io.BytesIO()
    rows = (row for invoice in invoices for row in review_rows(invoice, terms(), language))
    write_review(rows, out, language, CREATED)
    return out.getvalue()


def sheets(content: bytes) -> list[Any]:
    return openpyxl.load_workbook(io.BytesIO(content)).worksheets


def by_heading(sheet: Any, row: int) -> dict[str, Any]:
    return {
        heading.value: cell
        for heading, cell in zip(sheet[1], sheet[row], strict=True)
        if cell.value is not None
    }


def test_an_invoice_has_text_numbers_real_dates_and_real_amounts():
    [sheet] = sheets(written([an_invoice(10231, kid="0020017102318", projectNumber="0042")]))
    row = by_heading(sheet, 2)

    assert {heading: cell.value for heading, cell in row.items()} == {
        "Fakturanr.": "10231",
        "Type": "Faktura",
        "Kundenr.": "10001",
        "Kunde": "Fjord Bygg AS",
        "Prosjekt": "0042",
        "Tekst": "Prosjektering uke 40-43",
        "Fakturadato": datetime(2026, 10, 31),  # noqa: DTZ001 a spreadsheet's day
        "Forfallsdato": datetime(2026, 11, 14),  # noqa: DTZ001
        "KID": "0020017102318",
        "MVA-kode": "3",
        "Netto": 100000,
        "MVA": 25000,
        "Brutto": 125000,
        "Valuta": "NOK",
    }
    assert row["Fakturadato"].number_format == "dd.mm.yyyy"
    assert row["Brutto"].number_format == "[$-414]#,##0.00"
    assert {row[text].data_type for text in ("Fakturanr.", "Kundenr.", "Prosjekt", "KID", "MVA-kode")} == {
        "s"
    }


def test_a_credit_note_is_negative_due_at_once_and_names_its_invoice():
    [sheet] = sheets(written([INVOICES[2]]))
    row = by_heading(sheet, 2)
    assert (row["Type"].value, row["Krediterer"].value, row["Brutto"].value) == (
        "Kreditnota",
        "10198",
        -12500,
    )
    assert row["Forfallsdato"].value == row["Fakturadato"].value


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", "{=1}", "http://ond.example", "0123", "'=1"]
)
def test_text_stays_text_without_an_apostrophe(text):
    [sheet] = sheets(written([an_invoice(description=text, customer={**CUSTOMER, "name": text})]))
    row = by_heading(sheet, 2)
    for cell in (row["Tekst"], row["Kunde"]):
        assert (cell.value, cell.data_type, cell.hyperlink) == (text, "s", None)


def test_what_no_spreadsheet_can_hold_is_a_space():
    ordinary = an_invoice()
    hostile = ordinary.model_copy(update={"description": "a\x00\x0b\r\nb\uffff\ud83d;c"})
    [sheet] = sheets(written([hostile]))
    assert by_heading(sheet, 2)["Tekst"].value == "a b \ufffd c"


def test_a_text_of_ten_thousand_signs_is_whole():
    [sheet] = sheets(written([an_invoice(description="æ" * 10_000)]))
    assert by_heading(sheet, 2)["Tekst"].value == "æ" * 10_000


def test_sums_per_vat_code_stand_under_a_blank_row_outside_the_filter():
    [sheet] = sheets(written(INVOICES))
    rows = sum(len({line.vat_code for line in invoice.vat_lines}) for invoice in INVOICES)
    sums = {by_heading(sheet, row)["MVA-kode"].value: row for row in range(rows + 3, sheet.max_row + 1)}

    assert [cell.value for cell in sheet[rows + 2]] == [None] * 15
    assert sheet.auto_filter.ref == f"A1:O{rows + 1}"
    assert set(sums) == {"3", "5", "6"}
    for code, row in sums.items():
        lines = [line for invoice in INVOICES for line in invoice.vat_lines if line.vat_code == code]
        cells = by_heading(sheet, row)
        assert cells["Fakturanr."].value == "Sum"
        for heading, field in {"Netto": "net", "MVA": "vat", "Brutto": "gross"}.items():
            assert Decimal(str(cells[heading].value)) == sum(getattr(line, field) for line in lines)


def test_the_header_is_bold_and_stays_in_sight_and_numbers_get_no_warning():
    content = written(INVOICES)
    [sheet] = sheets(content)
    xml = ZipFile(io.BytesIO(content)).read("xl/worksheets/sheet1.xml").decode()

    assert all(cell.font.bold for cell in sheet[1])
    assert sheet.freeze_panes == "A2"
    assert sheet.column_dimensions["G"].width > 40
    assert 'numberStoredAsText="1"' in xml


def test_headings_are_in_the_companys_language():
    [sheet] = sheets(written(INVOICES, Language.ENGLISH))
    assert [cell.value for cell in sheet[1]][:3] == ["Invoice no.", "Kind", "Credits"]
    assert sheet.title == "Invoices"


def test_more_than_a_sheet_holds_goes_to_the_next(monkeypatch):
    monkeypatch.setattr(review_file, "MOST_ROWS", 3)
    pages = sheets(written(an_invoice(number) for number in range(1, 6)))

    assert [page.title for page in pages] == ["Fakturaer", "Fakturaer 2"]
    assert [row[0].value for page in pages for row in page] == [
        *("Fakturanr.", "1", "2", "3"),
        *("Fakturanr.", "4", "5", None, "Sum"),
    ]
    assert by_heading(pages[1], 5)["Brutto"].value == 5 * 125000


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "America/Adak"])
def test_the_bytes_do_not_depend_on_time_zone_hash_seed_or_the_hour(zone):
    script = (
        "from tests.adapters.test_review_file import *\nprint(hashlib.sha256(written(INVOICES)).hexdigest())"
    )
    path = os.pathsep.join(path for path in sys.path if path)
    digests = {
        subprocess.run(  # noqa: S603 this very Python
            [sys.executable, "-c", script],
            env=os.environ | {"PYTHONPATH": path, "TZ": zone, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert digests == {f"{hashlib.sha256(written(INVOICES)).hexdigest()}\n".encode()}


def test_a_day_is_that_day():
    [sheet] = sheets(written([an_invoice(invoiceDate="2026-02-28", dueDate="2026-03-01")]))
    row = by_heading(sheet, 2)
    assert (row["Fakturadato"].value.date(), row["Forfallsdato"].value.date()) == (
        date(2026, 2, 28),
        date(2026, 3, 1),
    )
