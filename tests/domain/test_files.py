import csv
import hashlib
import io
import os
import random
import re
import subprocess
import sys
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moment_xledger.domain.companies import CompanyId, Language
from moment_xledger.domain.details import field_name
from moment_xledger.domain.files.formats import format_of, unfit
from moment_xledger.domain.files.limits import LIMITS
from moment_xledger.domain.files.names import file_name
from moment_xledger.domain.files.settings import FileFormat, Terms
from moment_xledger.domain.files.text import clean
from moment_xledger.domain.files.unfit import Unfit, first_unfit
from moment_xledger.domain.files.writing import write
from moment_xledger.domain.moment import Invoice
from moment_xledger.domain.preflight import reason_of
from moment_xledger.domain.problems import Problem
from tests.expected.invoices import CUSTOMER, INVOICES, a_line, an_invoice, terms

EXPECTED = Path(__file__).parent.parent / "expected"
FORMATS = tuple(FileFormat)
AMOUNT = re.compile(r"-?\d+\.\d\d")
TRIGGERS = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
# 1-based, as in the formats' descriptions
AMOUNT_COLUMNS = {FileFormat.STANDARD: {8}, FileFormat.AR10: {9, 28}, FileFormat.GL02B: {25, 26}}
HOSTILE = ' a;"\t\r\n\x00\x0b\x85\xa0=+-@＝＋－＠﹢\u037e\u0301\u200b\u200d\u2028\u202e\ufeff\uffff\ud83d\N{GIRL}æøå'


def written(invoices: Iterable[Invoice], on: Terms) -> bytes:
    out = io.BytesIO()
    write(invoices, out, on)
    return out.getvalue()


def read(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode(), newline=""), delimiter=";"))


def columns(invoice: Invoice, on: Terms, *wanted: int) -> list[tuple[str, ...]]:
    rows = read(written([invoice], on))[1 if on.settings.has_header else 0 :]
    return [tuple(row[number - 1] for number in wanted) for row in rows]


@pytest.mark.parametrize("name", FORMATS)
def test_the_file_is_as_expected_to_the_byte(name):
    assert written(INVOICES, terms(name)) == (EXPECTED / f"{name}.csv").read_bytes()


@pytest.mark.parametrize(
    "surroundings",
    [
        {"PYTHONHASHSEED": "1", "TZ": "Pacific/Kiritimati", "LC_ALL": "C"},
        {"PYTHONHASHSEED": "2", "TZ": "America/Adak", "LC_ALL": "C.UTF-8", "PYTHONUTF8": "0"},
    ],
)
def test_the_bytes_do_not_depend_on_locale_time_zone_or_hash_seed(surroundings):
    script = (
        "import sys; from tests.domain.test_files import *\n"
        "for name in FORMATS: print(hashlib.sha256(written(INVOICES, terms(name))).hexdigest())"
    )
    environment = (
        os.environ | surroundings | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    )
    ran = subprocess.run(  # noqa: S603 this very Python
        [sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True
    )
    expected = [hashlib.sha256((EXPECTED / f"{name}.csv").read_bytes()).hexdigest() for name in FORMATS]
    assert ran.stdout.split() == expected


@pytest.mark.parametrize(("name", "count"), [("standard", 9), ("ar10", 29), ("gl02b", 50)])
def test_every_row_has_all_columns(name, count):
    assert {len(row) for row in read(written(INVOICES, terms(name)))} == {count}


def test_totals_are_those_of_the_file():
    out = io.BytesIO()
    totals = write(INVOICES, out, terms())
    rows = read(out.getvalue())[1:]

    assert totals.sha256 == hashlib.sha256(out.getvalue()).hexdigest()
    assert (totals.rows, totals.invoices) == (len(rows), len(INVOICES)) == (10, 8)
    assert (totals.first, totals.last) == (10231, 10238)
    for code, total in totals.sums["NOK"].items():
        assert total == sum(Decimal(row[7]) for row in rows if row[8] == code)
    assert totals.totals == {"NOK": sum(invoice.total for invoice in INVOICES)}


def test_no_invoices_make_a_header_and_no_totals():
    out = io.BytesIO()
    totals = write([], out, terms())
    assert out.getvalue() == (";".join(format_of(terms()).columns) + "\r\n").encode()
    assert (totals.rows, totals.invoices, totals.sums) == (0, 0, {})


@pytest.mark.parametrize("name", ["standard", "gl02b"])
def test_the_header_can_be_left_out(name):
    with_header, without = written(INVOICES, terms(name)), written(INVOICES, terms(name, header=False))
    assert with_header == (";".join(format_of(terms(name)).columns) + "\r\n").encode() + without


@pytest.mark.parametrize("invoice", INVOICES, ids=lambda invoice: invoice.number)
def test_in_standard_the_rows_of_an_invoice_add_up_to_its_total(invoice):
    assert sum(Decimal(gross) for (gross,) in columns(invoice, terms(), 8)) == invoice.total


@pytest.mark.parametrize("invoice", INVOICES, ids=lambda invoice: invoice.number)
def test_in_ar10_the_customer_line_and_the_gross_sums_are_zero(invoice):
    (total, _), *revenue = columns(invoice, terms("ar10"), 9, 28)
    assert Decimal(total) + sum(Decimal(gross) for _, gross in revenue) == 0


@pytest.mark.parametrize("amounts", ["gross", "net"])
@pytest.mark.parametrize("invoice", INVOICES, ids=lambda invoice: invoice.number)
def test_in_gl02b_a_voucher_sums_to_zero(invoice, amounts):
    lines = columns(invoice, terms("gl02b", gl02b_amount=amounts), 26)
    assert sum(Decimal(value) for (value,) in lines) == 0


@pytest.mark.parametrize(
    ("project", "department", "placed"),
    [
        (2, 1, ["10", "P-7", ""]),
        (1, 2, ["P-7", "10", ""]),
        (3, 1, ["10", "", "P-7"]),
        (1, 1, ["P-7", "", ""]),
    ],
)
def test_gl02b_has_project_and_department_in_the_companys_gl_objects(project, department, placed):
    dimensions = {"project_dimension": project, "department_dimension": department}
    chosen = terms("gl02b", department="10").model_copy(update=dimensions)
    _, *revenue = columns(an_invoice(projectNumber="P-7"), chosen, 11, 12, 13)
    assert [list(line) for line in revenue] == [placed] * len(revenue)


def test_gl02b_has_no_column_for_a_project_in_gl_object_4():
    chosen = terms("gl02b").model_copy(update={"project_dimension": 4})
    found = first_unfit(an_invoice(projectNumber="P-7"), chosen)
    assert found is not None
    assert (found.field, found.limit) == ("projectNumber", "GL 1-3")
    assert first_unfit(an_invoice(projectNumber=None), chosen) is None


@pytest.mark.parametrize(("department", "held"), [("70", True), ("", False)])
def test_gl02b_has_no_column_for_a_department_in_gl_object_5(department, held):
    chosen = terms("gl02b", department=department).model_copy(update={"department_dimension": 5})
    found = first_unfit(an_invoice(projectNumber="P-7"), chosen)
    assert (found and (found.field, found.limit)) == (("department", "GL 1-3") if held else None)


def test_ar10_has_its_department_wherever_xledger_keeps_it():
    chosen = terms("ar10", department="70").model_copy(update={"department_dimension": 5})
    assert first_unfit(an_invoice(projectNumber="P-7"), chosen) is None


def test_gl02b_with_net_amounts_has_the_vat_on_a_line_of_its_own():
    lines = columns(INVOICES[1], terms("gl02b", gl02b_amount="net"), 9, 23, 26)
    assert lines == [
        ("1500", "", "129500.00"),
        ("3000", "3", "-100000.00"),
        ("2700", "", "-25000.00"),
        ("3100", "5", "-4500.00"),
    ]


def test_gl02b_has_a_foreign_amount_and_the_same_in_kroner():
    lines = columns(an_invoice(currency="EUR", exchangeRate="11.7355"), terms("gl02b"), 24, 25, 26)
    assert lines == [("EUR", "125000.00", "1466937.50"), ("EUR", "-125000.00", "-1466937.50")]


def test_an_export_that_was_claimed_by_an_older_release_keeps_its_bytes():
    older = terms("gl02b").model_copy(update={"renderer": 1})
    lines = columns(an_invoice(currency="EUR", exchangeRate="11.7355"), older, 24, 25, 26)
    assert lines == [("EUR", "125000.00", ""), ("EUR", "-125000.00", "")]
    assert [terms(name).renderer for name in FORMATS] == [1, 1, 2]


def test_in_kroner_the_customer_owes_what_the_total_comes_to_and_the_largest_line_takes_the_rest():
    lines = [
        a_line("3", "0.80", "0.20", "1.00"),
        a_line("5", "3.33", "0.00", "3.33"),
        a_line("6", "0.07", "0.00", "0.07"),
    ]
    bill = an_invoice(currency="USD", exchangeRate="10.4444", total="4.40", vatLines=lines)
    assert [home for _, home in columns(bill, terms("gl02b"), 25, 26)] == [
        "45.96",
        "-10.44",
        "-34.79",
        "-0.73",
    ]


@given(
    st.lists(st.integers(1, 10**9), min_size=1, max_size=6),
    st.decimals("0.00000001", "99999", places=8),
    st.sampled_from(["gross", "net"]),
    st.sampled_from([1, -1]),
)
def test_a_voucher_in_any_currency_sums_to_zero_in_both(nets, rate, amounts, sign):
    lines = [
        (Decimal(sign * net) / 100, (Decimal(sign * net) / 400).quantize(Decimal("0.01"))) for net in nets
    ]
    codes = ("3", "31", "33", "5", "6", "7")
    content = [
        a_line(code, str(net), str(vat), str(net + vat))
        for code, (net, vat) in zip(codes, lines, strict=False)
    ]
    total = sum(net + vat for net, vat in lines)
    credit: dict[str, Any] = {"kind": "CREDIT_NOTE", "creditedInvoiceNumber": 1} if sign < 0 else {}
    bill = an_invoice(currency="JPY", exchangeRate=str(rate), total=str(total), vatLines=content, **credit)
    found = columns(bill, terms("gl02b", gl02b_amount=amounts), 25, 26)
    (_, owed), *_ = found
    assert [sum(Decimal(row[at]) for row in found) for at in (0, 1)] == [0, 0]
    assert Decimal(owed) == (total * rate).quantize(Decimal("0.01"), "ROUND_HALF_UP")


def test_codes_that_xledger_cannot_tell_apart_become_one_row():
    invoice = an_invoice(
        total="240.00",
        vatLines=[a_line("3", "100.00", "25.00", "125.00"), a_line("31", "100.00", "15.00", "115.00")],
    )
    same = Terms(vat_codes={"3": "S", "31": "S"})
    assert columns(invoice, same, 8, 9) == [("240.00", "S")]


def test_but_not_where_they_go_to_two_accounts():
    invoice = an_invoice(
        total="225.00",
        vatLines=[a_line("3", "100.00", "25.00", "125.00"), a_line("5", "100.00", "0.00", "100.00")],
    )
    same = terms("ar10").model_copy(update={"vat_codes": {"3": "S", "5": "S"}})
    assert columns(invoice, same, 7, 8, 28)[1:] == [("3000", "S", "-125.00"), ("3100", "S", "-100.00")]


@pytest.mark.parametrize("total", ["-0.00", "0", "0.0"])
def test_nothing_is_0_00(total):
    assert columns(an_invoice(total=total, vatLines=[a_line("3", total, total, total)]), terms(), 8) == [
        ("0.00",)
    ]


@pytest.mark.parametrize(
    ("description", "text"),
    [
        ("For mye fakturert", "For mye fakturert, faktura 10198"),
        ("Kreditnota for faktura 10198", "Kreditnota for faktura 10198"),
        ("", "Kreditnota for faktura 10198"),
        ("=+-", "Kreditnota for faktura 10198"),
        ("x" * 200, "x" * 85 + ", faktura 10198"),
    ],
)
def test_a_credit_notes_text_ends_with_the_invoice_it_corrects(description, text):
    note = an_invoice(kind="CREDIT_NOTE", creditedInvoiceNumber=10198, description=description)
    assert columns(note, terms(), 2) == [(text,)]
    assert len(text) <= 100


@pytest.mark.parametrize(
    ("name", "but", "reason"),
    [
        pytest.param("standard", {"number": 123_456_789}, None, id="standard holds nine digits"),
        pytest.param("ar10", {"number": 12_345_678}, None, id="ar10 holds eight digits"),
        pytest.param("ar10", {"number": 123_456_789}, Unfit("invoiceNumber", "0-9, max. 8"), id="not nine"),
        pytest.param("gl02b", {"number": 123_456_789}, Unfit("invoiceNumber", "0-9, max. 8"), id="nor gl02b"),
        pytest.param("standard", {"projectNumber": "P-1042"}, None, id="standard holds long projects"),
        pytest.param(
            "ar10",
            {"projectNumber": "P-1042"},
            Unfit("projectNumber", "A-Å 0-9 . _ / -, max. 4"),
            id="ar10 holds short projects",
        ),
        pytest.param("ar10", {"projectNumber": None}, None, id="no project fits"),
        pytest.param(
            "standard",
            {"projectNumber": "-1"},
            Unfit("projectNumber", "A-Å 0-9 . _ / -, max. 25"),
            id="a code that would run as a formula",
        ),
        pytest.param(
            "ar10",
            {"customer": CUSTOMER | {"customerNumber": "K-1"}},
            Unfit("customerNumber", "0-9, max. 9"),
            id="ar10 numbers its customers",
        ),
        pytest.param("standard", {"kid": "1;2"}, Unfit("kid", "0-9 -, max. 25"), id="a KID is digits"),
        pytest.param("standard", {"currency": "EUR"}, Unfit("currency", "NOK"), id="standard is in kroner"),
        pytest.param("ar10", {"currency": "EUR"}, Unfit("currency", "NOK"), id="so is ar10"),
        pytest.param(
            "gl02b",
            {"currency": "SEK"},
            Unfit("exchangeRate", "", currency="SEK"),
            id="gl02b needs the amount in kroner too",
        ),
        pytest.param("gl02b", {"currency": "SEK", "exchangeRate": "1.0521"}, None, id="which the rate gives"),
        pytest.param(
            "ar10",
            {
                "total": "100000000000.00",
                "vatLines": [a_line("5", "100000000000.00", "0.00", "100000000000.00")],
            },
            Unfit("total", "< 100000000000"),
            id="ar10 has fifteen characters for an amount",
        ),
        pytest.param(
            "standard",
            {"kind": "CREDIT_NOTE"},
            Unfit("creditedInvoiceNumber", "0-9, max. 25"),
            id="a credit note corrects something",
        ),
        pytest.param(
            "standard",
            {"kind": "CREDIT_NOTE", "creditedInvoiceNumber": 10198},
            Unfit("total", "≤ 0"),
            id="a credit note takes back",
        ),
        pytest.param("standard", {"total": "1.00"}, Unfit("total", "= Σ gross"), id="it must add up"),
        pytest.param(
            "standard",
            {"vatLines": [a_line("99", "100000.00", "25000.00", "125000.00")]},
            Unfit("vatCode", "3, 31, 32, 33, 5, 51, 52, 6, 7"),
            id="an unmapped VAT code",
        ),
    ],
)
def test_what_a_format_cannot_hold_is_named(name, but, reason):
    assert unfit(an_invoice(**but), terms(name)) == reason


def longest(name: str, field: str) -> int:
    """As the published table says, which has it in words: `0-9, max. 8`."""
    limit = getattr(LIMITS[FileFormat(name)], field)
    return int(limit.text.rpartition(" ")[2])


# A field of the table, the same in Moment's event, and a value of so many characters.
AT_THE_LIMIT = [
    ("invoice_number", "number", lambda long: int("9" * long)),
    ("customer_number", "customer", lambda long: CUSTOMER | {"customerNumber": "7" * long}),
    ("project_number", "projectNumber", lambda long: "P" * long),
    ("payment_id", "kid", lambda long: "0" * long),
]


@pytest.mark.parametrize(("field", "named", "of_length"), AT_THE_LIMIT)
@pytest.mark.parametrize("name", FORMATS)
def test_the_longest_stands_whole_in_the_file(name, field, named, of_length):
    value = of_length(min(longest(name, field), 12 if field == "invoice_number" else 25))
    invoice = an_invoice(**{named: value})
    assert unfit(invoice, terms(name)) is None
    whole = value["customerNumber"] if isinstance(value, dict) else str(value)
    assert any(whole in row for row in read(written([invoice], terms(name))))


@pytest.mark.parametrize(("field", "named", "of_length"), AT_THE_LIMIT)
@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("language", Language)
def test_one_sign_more_is_held_and_the_sentence_says_how_many_there_may_be(
    name, field, named, of_length, language
):
    at = longest(name, field)
    if at == 25 and field != "payment_id":
        return  # Moment's event takes no more than that itself
    found = unfit(an_invoice(**{named: of_length(at + 1)}), terms(name))
    assert found is not None
    code, details = reason_of(found)
    told = Problem(CompanyId("nordvik"), "invoice", "10231", code, details).sentence(language)
    assert f"max. {at}" in told
    assert field_name(found.field, language) in told


def test_an_import_definition_of_ones_own_may_take_longer_projects():
    assert unfit(an_invoice(projectNumber="P-1042"), terms("ar10", ar10_longest_project=10)) is None


@pytest.mark.parametrize("name", FORMATS)
def test_every_expected_invoice_fits(name):
    assert [unfit(invoice, terms(name)) for invoice in INVOICES] == [None] * len(INVOICES)


def test_what_would_need_quotes_is_refused_not_written():
    with pytest.raises(ValueError, match="a separator, a line break or a quote"):
        written([an_invoice(kid="1;2")], terms())


def test_an_invoice_that_does_not_add_up_is_refused_not_written():
    with pytest.raises(ValueError, match="invoice 10231 does not balance"):
        written([an_invoice(total="1.00")], terms())


@given(
    st.text(st.one_of(st.sampled_from(HOSTILE), st.characters(exclude_categories=()))),
    st.sampled_from(FORMATS),
)
def test_hostile_text_reads_back_as_the_cleaned_text(text, name):
    assert_reads_back([with_texts(text)], name)


def test_a_hundred_thousand_hostile_rows_read_back_too():
    dice = random.Random(1905)
    texts = ("".join(dice.choices(HOSTILE, k=10_000 if n % 2_000 == 0 else n % 120)) for n in range(100_000))
    assert_reads_back([with_texts(text) for text in texts], FileFormat.STANDARD)


def with_texts(text: str) -> Invoice:
    """Past the checks on arrival, which refuse some of this."""
    ordinary = INVOICES[2 if len(text) % 2 else 0]
    customer = ordinary.customer.model_copy(update={"name": text})
    return ordinary.model_copy(update={"description": text, "customer": customer})


def assert_reads_back(invoices: list[Invoice], name: FileFormat) -> None:
    on = terms(name, header=False)
    rows = read(written(invoices, on))
    text = {FileFormat.STANDARD: 1, FileFormat.AR10: 20, FileFormat.GL02B: 21}[name]
    per_invoice = 1 if name is FileFormat.STANDARD else 2

    assert len(rows) == len(invoices) * per_invoice
    for position, row in enumerate(rows):
        description = invoices[position // per_invoice].description
        assert row[text].startswith(clean(description, 80))
        assert_harmless(row, AMOUNT_COLUMNS[name])


def assert_harmless(row: list[str], amounts: set[int]) -> None:
    for number, cell in enumerate(row, start=1):
        if number in amounts and cell:
            assert AMOUNT.fullmatch(cell)
        else:
            assert not cell.startswith(TRIGGERS)


def test_the_files_name_says_whose_when_and_which():
    name = file_name("501", date(2026, 11, 22), 17, FileFormat.GL02B)
    assert name == "moment-xledger-501-20261122-000017-gl02b.csv"


def test_a_companys_name_cannot_break_out_of_the_files():
    name = file_name("../Ål & Sønn", date(2026, 11, 22), 17, FileFormat.STANDARD, ".json")
    assert name == "moment-xledger-l-S-nn-20261122-000017-standard.json"
