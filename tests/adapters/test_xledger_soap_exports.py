"""Rows out of an export: three shapes of the result, odd spellings, and answers that are not to be trusted."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from html import escape
from io import BytesIO
from pathlib import Path
from resource import RUSAGE_SELF, getrusage
from tempfile import TemporaryFile

import pytest
from lxml import etree
from werkzeug.wrappers import Response

from moment_xledger.adapters.xledger_soap.assumed import assumed
from moment_xledger.adapters.xledger_soap.exports import read_rows
from moment_xledger.adapters.xledger_soap.posting import Answer
from moment_xledger.adapters.xledger_soap.rows import read_row
from moment_xledger.domain.companies import SoapLogin
from moment_xledger.domain.faults import in_norwegian
from moment_xledger.domain.posted_lines import BadRow, Row
from moment_xledger.domain.soap_outcomes import (
    CallFailed,
    Failure,
    Faulted,
    InDoubt,
    NoResult,
    NotSoap,
    Oddity,
)
from tests.adapters.xledger_soap_fake import Connected, connected, cut, envelope, fault, says

LOGIN = SoapLogin("ws-nordvik", "hush", "key-1")
OPERATION = "GetGLTransactionsData"
SCHEMA = (
    '<xs:schema id="NewDataSet" xmlns="" xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:element name="Table">'
    '<xs:complexType><xs:sequence><xs:element name="Amount" type="xs:decimal"/></xs:sequence></xs:complexType>'
    "</xs:element></xs:schema>"
)
DIFFGRAM = '<diffgr:diffgram xmlns:diffgr="urn:schemas-microsoft-com:xml-diffgram-v1">{}</diffgr:diffgram>'


@pytest.fixture(scope="module")
def served() -> Iterator[Connected]:
    yield from connected()


@pytest.fixture
def xledger(served: Connected) -> Connected:
    return served.fresh()


def line(**columns: str) -> str:
    cells = {"TransactionID": "1", "Amount": "100.00"} | columns
    return "<Table>" + "".join(f"<{name}>{text}</{name}>" for name, text in cells.items()) + "</Table>"


def numbered(count: int) -> str:
    return "".join(
        line(TransactionID=str(number), Text="blåbær &amp; lyng") + "\n" for number in range(count)
    )


def elements(rows: str) -> str:
    return f'<NewDataSet xmlns="">\n{rows}</NewDataSet>'


def bare_elements(rows: str) -> str:
    return rows


def text(rows: str) -> str:
    return escape(f'<?xml version="1.0" encoding="utf-16"?>\n<NewDataSet>{rows}</NewDataSet>', quote=False)


def text_in_cdata(rows: str) -> str:
    return f"<![CDATA[<NewDataSet>{rows}</NewDataSet>]]>"


def text_with_schema(rows: str) -> str:
    return escape(f"<NewDataSet>{SCHEMA}{rows}</NewDataSet>", quote=False)


def dataset(rows: str) -> str:
    before = (
        '<diffgr:before><Table diffgr:id="Table1"><TransactionID>9</TransactionID></Table></diffgr:before>'
    )
    return SCHEMA + DIFFGRAM.format(f'<NewDataSet xmlns="">{rows}</NewDataSet>{before}')


SHAPES = [elements, bare_elements, text, text_in_cdata, text_with_schema, dataset]
Shape = Callable[[str], str]


def read(xledger: Connected, result: str) -> list[Row | BadRow]:
    xledger.fake.answers[OPERATION] = [says(OPERATION, result)]
    return list(xledger.client(LOGIN).transactions("posted_lines", "", 99168))


def test_an_export_is_asked_for_with_everything_that_the_service_wants(xledger: Connected):
    filter_ = '[Modified] > "2026-11-20 00:00:00"'
    xledger.fake.answers[OPERATION] = [says(OPERATION, elements(line()))]

    assert len(list(xledger.client(LOGIN).transactions("posted_lines", filter_, 99168))) == 1

    (call,) = xledger.fake.calls
    assert call.path == "/WS/Common/Lib/Export.asmx"
    assert call.fields == {
        "sUserName": "ws-nordvik",
        "sKey": "key-1",
        "sApplication": "XLEDGERTEST",
        "sFreeText": "",
        "sFilter": filter_,
        "eDataOption": "All",
        "iEntityCode": "99168",
    }


@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_gives_every_row_in_order(xledger: Connected, shape: Shape):
    rows = read(xledger, shape(numbered(1500)))
    assert [(row.transaction_id, row.text) for row in rows if isinstance(row, Row)] == [
        (str(number), "blåbær & lyng") for number in range(1500)
    ]


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("count", [1, 2])
def test_few_rows_are_rows_too(xledger: Connected, shape: Shape, count: int):
    assert len(read(xledger, shape(numbered(count)))) == count


@pytest.mark.parametrize(
    "result",
    ["", "  ", elements(""), text(""), dataset(""), SCHEMA, DIFFGRAM.format(""), text_with_schema("")],
)
def test_no_rows_are_no_error(xledger: Connected, result: str):
    assert read(xledger, result) == []


@pytest.mark.parametrize("shape", SHAPES)
def test_rows_come_out_whole_wherever_a_piece_ends(monkeypatch: pytest.MonkeyPatch, shape: Shape):
    content = says(OPERATION, shape(numbered(3))).get_data()
    for size in (1, 2, 3, 7, 64, 100):
        for module in ("envelopes", "exports"):
            monkeypatch.setattr(f"moment_xledger.adapters.xledger_soap.{module}.PIECE", size)
        rows = list(read_rows(Answer(200, "text/xml", BytesIO(content)), OPERATION))
        assert [row.transaction_id for row in rows if isinstance(row, Row)] == ["0", "1", "2"], size


def test_a_row_is_typed_and_keeps_what_nobody_knows(xledger: Connected):
    cells = {
        "transactionid": "4711",
        "VOUCHERNO": "301",
        "LineNo": "2",
        "TrSource": "AP",
        "Created": "2026-11-02 10:15:00",
        "Modified": "2026-07-02T10:15:00.1234567+02:00",
        "VoucherDate": "2026-11-02",
        "InvoiceDate": "2026-10-31T00:00:00",
        "InvoiceNo": "F-77",
        "Account": "4300",
        "Posting1": "10",
        "Posting2": "P-1042",
        "SubledgerNo": "20017",
        "SubledgerName": " Fjord &amp; Fjell AS ",
        "Text": "",
        "TaxRule": "1",
        "TaxAmount": "250,00",
        "Currency": "NOK",
        "CurrencyAmount": "-1 000,5",
        "Amount": "1000.0000",
        "MatchID": "88",
        "FileKey": "",
        "ExtOrder": "B-5",
    }
    body = "".join(f"<{name}>{value}</{name}>" for name, value in cells.items())
    assert read(xledger, elements(f"<Table>{body}</Table>")) == [
        Row(
            transaction_id="4711",
            voucher_no="301",
            line_no="2",
            source="AP",
            created=datetime(2026, 11, 2, 9, 15, tzinfo=UTC),
            modified=datetime(2026, 7, 2, 8, 15, 0, 123456, tzinfo=UTC),
            voucher_date=date(2026, 11, 2),
            invoice_date=date(2026, 10, 31),
            invoice_no="F-77",
            account="4300",
            department="10",
            project="P-1042",
            supplier_no="20017",
            supplier_name="Fjord & Fjell AS",
            tax_rule="1",
            tax_amount=Decimal("250.00"),
            currency="NOK",
            currency_amount=Decimal("-1000.5"),
            amount=Decimal("1000.0000"),
            match_id="88",
            others={"extorder": "B-5"},
        )
    ]


def test_a_match_of_zero_is_none(xledger: Connected):
    (row,) = read(xledger, elements(line(MatchID="0", FileKey="0")))
    assert isinstance(row, Row)
    assert (row.match_id, row.file_key) == (None, None)


@pytest.mark.parametrize(
    ("cells", "reason", "where"),
    [
        ("<Amount>1</Amount>", "no id: neither TransactionID nor VoucherNo with LineNo", "row 2"),
        ("<VoucherNo>7</VoucherNo><Amount>1</Amount>", "no id: neither", "row 2, voucher_no 7"),
        ("<TransactionID>9</TransactionID>", "no Amount", "row 2, transaction_id 9"),
        ("<TransactionID>9</TransactionID><Amount/>", "no Amount", "row 2, transaction_id 9"),
        ("<TransactionID>9</TransactionID><Amount>12 kr</Amount>", "Amount is not an amount", "row 2, tr"),
        ("<TransactionID>9</TransactionID><Amount>1,234</Amount>", "Amount is not an amount", "row 2, tr"),
        ("<TransactionID>9</TransactionID><Amount>1.234,50</Amount>", "Amount is not an amount", "row 2, tr"),
        ("<TransactionID>9</TransactionID><Amount>NaN</Amount>", "Amount is not an amount", "row 2, tr"),
        ("<TransactionID>9</TransactionID><Amount>1E3</Amount>", "Amount is not an amount", "row 2, tr"),
        (
            "<TransactionID>9</TransactionID><InvoiceDate>31.12.26</InvoiceDate>",
            "InvoiceDate is not a",
            "row 2, tr",
        ),
        ("<TransactionID>9</TransactionID><Created>soon</Created>", "Created is not a time", "row 2, tr"),
        (
            "<TransactionID>9</TransactionID><Amount>1</Amount><AMOUNT>2</AMOUNT>",
            "a column comes twice",
            "row 2, tr",
        ),
        ("<TransactionID>9</TransactionID><Text><b>x</b></Text>", "Text holds elements", "row 2, tr"),
        ("", "no id: neither", "row 2"),
        (
            f"<TransactionID>9</TransactionID><Amount>1</Amount><Posting2>{'P' * 101}</Posting2>",
            "project is longer than 100 signs",
            "row 2, tr",
        ),
    ],
)
def test_a_row_that_cannot_be_read_is_reported_and_the_others_go_on(
    xledger: Connected, cells: str, reason: str, where: str
):
    first, bad, last = read(xledger, elements(f"{line()}<Table>{cells}</Table>{line()}"))
    assert isinstance(first, Row)
    assert isinstance(last, Row)
    assert isinstance(bad, BadRow)
    assert bad.reason.startswith(reason)
    assert bad.where.startswith(where)
    assert in_norwegian(bad.reason) != bad.reason


def test_rows_beside_the_table_are_reported(xledger: Connected):
    rows = read(xledger, elements(numbered(2)) + f'<Second xmlns="">{line()}</Second>')
    assert [type(row) for row in rows] == [Row, Row, BadRow]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2026-11-02", date(2026, 11, 2)),
        ("2026-11-02 23:59:59", date(2026, 11, 2)),
        ("2026-11-02T00:00:00+01:00", date(2026, 11, 2)),
        ("2026-11-01T23:00:00Z", date(2026, 11, 2)),
        ("20261102", date(2026, 11, 2)),
        ("0001-01-01T00:00:00", None),
        ("9999-12-31T23:59:59.9999999-01:00", None),
    ],
)
def test_a_date_is_the_day_in_oslo(written: str, meant: date | None):
    row = read_row(etree.fromstring(line(InvoiceDate=written, Modified=written)), 1)
    assert isinstance(row, Row)
    assert row.invoice_date == meant
    assert (row.modified is None) == (meant is None)


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
BOMB = f'<!DOCTYPE r [<!ENTITY l0 "lol">{LAUGHS}]>'
EXTERNAL = f'<!DOCTYPE r [<!ENTITY x SYSTEM "{Path(__file__).as_uri()}">]>'


def with_prolog(prolog: str, result: str) -> Response:
    plain = says(OPERATION, elements(line(Text=result))).get_data(as_text=True)
    return Response(plain.replace("?>", "?>" + prolog, 1), content_type="text/xml")


def encoded(declared: str, encoding: str) -> Response:
    plain = says(OPERATION, elements(line(Text="blåbær"))).get_data(as_text=True)
    return Response(plain.replace("utf-8", declared).encode(encoding), content_type="text/xml")


@pytest.mark.parametrize(
    ("answer", "failure"),
    [
        pytest.param(with_prolog(EXTERNAL, "&x;"), NotSoap(200, Oddity.DTD), id="an external entity"),
        pytest.param(with_prolog(BOMB, "&l9;"), NotSoap(200, Oddity.DTD), id="a billion laughs"),
        pytest.param(
            with_prolog('<!DOCTYPE r SYSTEM "http://127.0.0.1:9/r.dtd">', ""),
            NotSoap(200, Oddity.DTD),
            id="a DTD",
        ),
        pytest.param(
            says(OPERATION, escape(f"{BOMB}<r><t><TransactionID>&l9;</TransactionID></t></r>")),
            NotSoap(200, Oddity.DTD),
            id="a DTD inside the text",
        ),
        pytest.param(
            says(OPERATION, elements(line(Text="&nowhere;"))),
            InDoubt("its XML breaks off or is broken"),
            id="an entity that nobody declared",
        ),
        pytest.param(
            encoded("utf-8", "latin-1"), NotSoap(200, Oddity.ENCODING), id="Latin-1 that says UTF-8"
        ),
        pytest.param(
            encoded("x-unheard-of", "utf-8"), NotSoap(200, Oddity.ENCODING), id="an unknown encoding"
        ),
        pytest.param(
            says(OPERATION, elements("<a>" * 300)), NotSoap(200, Oddity.TOO_LARGE), id="elements 300 deep"
        ),
        pytest.param(
            says(OPERATION, "You have no access &amp; no data"),
            NotSoap(200, Oddity.NO_ROWS),
            id="words for rows",
        ),
        pytest.param(
            says(OPERATION, escape("<NewDataSet><Table>")),
            NotSoap(200, Oddity.BROKEN_ROWS),
            id="text that breaks off",
        ),
        pytest.param(says(OPERATION, None), NoResult(OPERATION), id="no result"),
        pytest.param(Response(envelope("")), NoResult(OPERATION), id="an empty body"),
        pytest.param(fault("No such entity"), Faulted("No such entity"), id="a fault"),
        pytest.param(
            cut(says(OPERATION, elements(numbered(5000))), 100_000), InDoubt("ProtocolError"), id="a cut body"
        ),
        pytest.param(
            Response("<html><body>Busy</body></html>", 503, content_type="text/html"),
            NotSoap(503, Oddity.HTML),
            id="an HTML page",
        ),
    ],
)
def test_what_is_no_export_is_refused(xledger: Connected, answer: Response, failure: Failure):
    xledger.fake.answers[OPERATION] = [answer]
    with pytest.raises(CallFailed) as failed:
        list(xledger.client(LOGIN).transactions("posted_lines", "", 99168))
    assert failed.value.failure == failure


@pytest.mark.parametrize("encoding", ["utf-16", "iso-8859-1", "windows-1252"])
def test_other_encodings_are_read_if_they_are_what_they_say(xledger: Connected, encoding: str):
    xledger.fake.answers[OPERATION] = [encoded(encoding, encoding)]
    (row,) = xledger.client(LOGIN).transactions("posted_lines", "", 99168)
    assert isinstance(row, Row)
    assert row.text == "blåbær"


def test_reading_stops_at_the_size_limit(xledger: Connected):
    sent = 0

    def endless() -> Response:
        def body() -> Iterator[bytes]:
            nonlocal sent
            while sent < 30_000_000:
                sent += 100_000
                yield b" " * 100_000

        return Response(body(), content_type="text/xml")

    xledger.fake.answers[OPERATION] = [endless]
    with pytest.raises(CallFailed) as failed:
        xledger.client(LOGIN).transactions("posted_lines", "", 99168)
    assert failed.value.failure == NotSoap(200, Oddity.TOO_LARGE)
    assert sent < 30_000_000


def test_a_fault_is_known_before_the_first_row_is_asked_for(xledger: Connected):
    xledger.fake.answers = {
        OPERATION: [fault("key expired"), says(OPERATION, elements(line()))],
        "LogonKey": [says("LogonKey", "key-2")],
    }
    rows = xledger.client(LOGIN).transactions("posted_lines", "", 99168)
    assert xledger.fake.asked == [OPERATION, "LogonKey", OPERATION]
    assert xledger.kept == ["key-2"]
    assert len(list(rows)) == 1


def test_the_fields_of_a_row_and_the_columns_on_file_are_the_same():
    assert {column.field for column in assumed().columns.values()} == set(Row._fields) - {"others"}


def measure(shape: Shape, escaped: bool) -> None:
    """Run in a process of its own: prints by how many MiB 40,000 rows of half a kilobyte make it grow."""
    head, _, tail = says(OPERATION, shape("@")).get_data().partition(b"@")
    row = line(Text="x" * 400)
    with TemporaryFile() as body:
        body.writelines([head, *[(escape(row) if escaped else row).encode()] * 40_000, tail])
        body.seek(0)
        before = getrusage(RUSAGE_SELF).ru_maxrss
        assert sum(1 for _ in read_rows(Answer(200, "", body), OPERATION)) == 40_000
    sys.stdout.write(str((getrusage(RUSAGE_SELF).ru_maxrss - before) // 1024))


@pytest.mark.parametrize(("shape", "escaped"), [("elements", False), ("text", True), ("dataset", False)])
def test_memory_does_not_grow_with_the_number_of_rows(shape: str, escaped: bool):
    module = "tests.adapters.test_xledger_soap_exports"
    program = f"from {module} import *; measure({shape}, {escaped})"
    grown = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", program],
        cwd=Path(__file__).parents[2],
        env={"PYTHONPATH": "layers/shared/python:."},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert int(grown.stdout) <= 8
