"""The ledger: a plausible year, what can be asked of it, and the shapes it comes in."""

import time
from collections import defaultdict
from decimal import Decimal
from typing import Any

import pytest
from lxml import etree

from local.sample.nordvik import NORDVIK
from local.sample.projects import project_number
from local.xledger.soap.ledger.lines import COLUMNS, OF_THE_SUPPLIER
from tests.local.xledger.soap_caller import SoapCaller, content_of, logged_on

PROJECTS = {project_number(n) for n in range(NORDVIK.projects)}


@pytest.fixture(scope="module")
def caller() -> SoapCaller:
    return logged_on(supplier_on_gl_lines=True)


@pytest.fixture(scope="module")
def year(caller: SoapCaller) -> list[dict[str, str]]:
    return caller.general_ledger()


def test_every_voucher_sums_to_zero(year: list[dict[str, str]]) -> None:
    sums: defaultdict[str, Decimal] = defaultdict(Decimal)
    for line in year:
        sums[line["VoucherNo"]] += Decimal(line["Amount"])
    assert len(sums) > 500
    assert not any(sums.values())


def test_it_is_the_year_up_to_yesterday(year: list[dict[str, str]]) -> None:
    created = [line["Created"] for line in year]
    assert created == sorted(created)
    assert "2025-11-23" <= created[0] < "2025-12"
    assert "2026-11-20" <= created[-1] < "2026-11-23"


def test_it_holds_what_a_year_holds(year: list[dict[str, str]]) -> None:
    costs = [line for line in year if "4000" <= line["Account"] <= "7999"]
    assert len({line["TransactionID"] for line in year}) == len(year) == 1512
    assert {"AP", "AR", "BA", "EFT", "OCR", "GL", "CHD"} == {line["TrSource"] for line in year}
    assert {"0", "1", "11", "13"} == {line["TaxRule"] for line in costs if "TaxRule" in line}
    assert {"NOK", "EUR", "SEK"} == {line["Currency"] for line in costs}
    named = {line["Posting2"] for line in costs if "Posting2" in line}
    assert len(named & PROJECTS) > 50
    assert "P-9001" in named  # which Moment never had
    assert any("Posting2" not in line for line in costs)
    assert any(line["Modified"] > line["Created"] for line in costs)


def test_the_vat_of_a_line_follows_its_tax_rule(year: list[dict[str, str]]) -> None:
    for line in year:
        if line.get("TaxRule") == "1":
            assert abs(Decimal(line["Amount"]) / 4 - Decimal(line["TaxAmount"])) <= Decimal("0.01")


def test_what_is_reversed_leaves_nothing(year: list[dict[str, str]]) -> None:
    reversals = [line for line in year if line["Text"].startswith("Tilbakeført")]
    for reversal in reversals:
        same = [
            Decimal(line["Amount"])
            for line in year
            if (line["MatchID"], line["LineNo"]) == (reversal["MatchID"], reversal["LineNo"])
        ]
        assert len(same) == 2
        assert sum(same) == 0
    assert len(reversals) > 50


def test_a_payment_has_the_match_id_of_its_invoice(caller: SoapCaller) -> None:
    lines = caller.supplier_ledger()
    payments = [line for line in lines if line["TrSource"] in ("BA", "EFT")]
    invoices = {line["MatchID"]: line for line in lines if line["TrSource"] == "AP"}
    assert len(payments) > 100
    for payment in payments:
        paid = invoices[payment["MatchID"]]
        assert Decimal(paid["Amount"]) == -Decimal(payment["Amount"])
        assert paid["SubledgerNo"] == payment["SubledgerNo"]


def test_open_and_closed_are_all() -> None:
    caller = logged_on()
    counts = [len(caller.supplier_ledger(None, option)) for option in ("Open", "Closed", "All")]
    assert counts[0] + counts[1] == counts[2]
    assert 0 < counts[0] < counts[1]


def test_the_supplier_stands_in_the_supplier_ledger_only() -> None:
    caller = logged_on()
    general = next(line for line in caller.general_ledger() if line["TrSource"] == "AP")
    assert not set(OF_THE_SUPPLIER) & set(general)
    (owed,) = (line for line in caller.supplier_ledger() if line["VoucherNo"] == general["VoucherNo"])
    assert set(OF_THE_SUPPLIER) <= set(owed)
    assert owed["MatchID"] == general["MatchID"]


def test_the_same_seed_gives_the_same_year_and_another_another() -> None:
    years = [logged_on(ledger={"seed": seed, "lines": 54}).general_ledger() for seed in (1, 1, 2)]
    assert years[0] == years[1] != years[2]


FILTERS = [
    ('[Modified] > "2026-11-01"', lambda line: line["Modified"] > "2026-11-01 00:00:00"),
    ('[Modified] > "2026-03-01 12:00:00"', lambda line: line["Modified"] > "2026-03-01 12:00:00"),
    ('[voucherdate] <= "2026-03-01"', lambda line: line["VoucherDate"] <= "2026-03-01"),
    ('[Account] = "4510"', lambda line: line["Account"] == "4510"),
    ('[Amount] < "0"', lambda line: Decimal(line["Amount"]) < 0),
    ('[LineNo]>="3"', lambda line: line["LineNo"] == "3"),
    (
        '[Account] >= "4000" AND [Account] < "5000" and [Posting2] = "P-1003"',
        lambda line: "4000" <= line["Account"] < "5000" and line.get("Posting2") == "P-1003",
    ),
]


@pytest.mark.parametrize(("condition", "is_meant"), FILTERS, ids=[text for text, _ in FILTERS])
def test_a_filter_chooses_lines(
    caller: SoapCaller, year: list[dict[str, str]], condition: str, is_meant: Any
) -> None:
    chosen = caller.general_ledger(condition)
    assert chosen == [line for line in year if is_meant(line)]
    assert 0 < len(chosen) < len(year)


@pytest.mark.parametrize(
    ("condition", "says"),
    [
        ("Modified > 3", "cannot be read"),
        ('[Colour] = "red"', "no column [Colour]"),
        ('[Modified] > "soon"', "cannot be compared"),
        ('[Amount] > "1,5"', "cannot be compared"),
        ('[Account] = "1" [Account] = "2"', "joined with 'and'"),
        ('[Account] = "1" and ', "joined with 'and'"),
        ('[Account] = "1" or [Account] = "2"', "joined with 'and'"),
    ],
)
def test_a_filter_that_makes_no_sense_is_a_fault(caller: SoapCaller, condition: str, says: str) -> None:
    assert says in caller.refusal("GetGLTransactionsData", **caller.export_fields(condition))


def test_free_text_is_looked_for_in_the_text(caller: SoapCaller) -> None:
    chosen = caller.general_ledger(text="LYDBEREGNING")
    assert chosen
    assert all("Lydberegning" in line["Text"] for line in chosen)


def shaped(shape: str) -> tuple[list[etree._Element], bytes]:
    """The rows, found as each shape wants it."""
    caller = logged_on(result_shape=shape, ledger={"lines": 54})
    content = content_of(caller.send("GetGLTransactionsData", **caller.export_fields()))
    root = etree.fromstring(content)
    if shape == "string":
        root = etree.fromstring(str(root.xpath("string()")))
    return root.findall(".//{*}NewDataSet/GLTransactions") or root.findall("GLTransactions"), content


def test_the_shapes_hold_the_same_rows() -> None:
    shapes = {shape: shaped(shape) for shape in ("fragment", "string", "dataset")}
    cells = {
        shape: [[(cell.tag, cell.text) for cell in row] for row in rows]
        for shape, (rows, _) in shapes.items()
    }
    assert cells["fragment"] == cells["string"] == cells["dataset"]
    assert len(cells["fragment"]) == 54
    assert b"&lt;GLTransactions&gt;" in shapes["string"][1]
    assert b"msdata:rowOrder" in shapes["dataset"][1]


def test_columns_come_in_one_order_and_empty_ones_not_at_all(year: list[dict[str, str]]) -> None:
    order = {name: place for place, name in enumerate(COLUMNS)}
    for line in year:
        places = [order[name] for name in line]
        assert places == sorted(places)
        assert all(line.values())


def test_amounts_with_a_comma_and_dates_with_a_time() -> None:
    caller = logged_on(decimal_comma=True, dates_with_time=True)
    line = caller.general_ledger()[0]
    assert "," in line["Amount"]
    assert line["VoucherDate"].endswith("T00:00:00")


LINE = {"TransactionID": 5, "Account": "2400", "Amount": "-10.00", "Colour": "rød", "InvoiceNo": None}


def test_added_lines_take_the_place_of_those_with_their_id() -> None:
    caller = logged_on(ledger={"lines": 54})
    first = caller.general_ledger()[0]["TransactionID"]
    changed = {"TransactionID": first, "Text": "rettet", "Amount": "ti"}
    caller.xledger.post_lines({"lines": [changed, LINE, {"Text": "uten nummer"}]})
    lines = caller.general_ledger()
    assert lines[0] == {"TransactionID": first, "Text": "rettet", "Amount": "ti"}
    assert lines[54:] == [
        {"TransactionID": "5", "Account": "2400", "Amount": "-10.00", "Colour": "rød"},
        {"Text": "uten nummer"},
    ]


def test_a_ledger_can_be_made_of_added_lines_alone() -> None:
    caller = logged_on()
    caller.xledger.post_lines({"lines": [{**LINE, "Open": False}], "replace": True})
    assert len(caller.supplier_ledger(None, "Closed")) == len(caller.general_ledger()) == 1
    assert caller.general_ledger(None, "Open") == []


def test_a_document_that_is_not_there_is_a_fault(caller: SoapCaller) -> None:
    assert "no file 1" in caller.refusal("GetAttachment", **caller.known, lFileKey=1, iEntityCode=99168)


def test_an_answer_begins_before_its_rows_are_made() -> None:
    caller = logged_on(ledger={"lines": 1_000_000})
    began = time.perf_counter()
    answer = caller.send("GetGLTransactionsData", **caller.export_fields())
    first = [next(answer.parts) for _ in range(4)]  # type: ignore[attr-defined]
    assert time.perf_counter() - began < 1
    assert b"<TransactionID>" in b"".join(first)
