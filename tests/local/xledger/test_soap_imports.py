"""Uploaded files are read as an importer reads them: posted whole, or refused with the first reasons."""

import hashlib
from typing import Any

import pytest

from tests.local.xledger.caller import ADD_COMPANIES, ADD_CUSTOMERS, ADD_PROJECTS, Caller, customer
from tests.local.xledger.soap_caller import SoapCaller

OWN = {"MOMENT": "standard"}
GL02B_HEADER = ";".join(
    ["ImpSystem", "ImpSystemRef", "Entity", "VoucherType", "VoucherNo", "FiscalYear", *["-"] * 44]
)
STANDARD_HEADER = "InvoiceNo;Text;CustomerNo;Project;InvoiceDate;DueDate;PaymentId;TotalAmount;VatCode"


def importing(**plan: Any) -> SoapCaller:
    """With the customer 20017 and the project P-1042."""
    caller = SoapCaller({"own_import_codes": OWN, **plan}).log_on()
    graphql = Caller()
    graphql.xledger = caller.xledger
    company = graphql.add(ADD_COMPANIES, {"description": "Fjord Bygg AS"})[0]
    graphql.add(ADD_CUSTOMERS, customer("20017", company))
    graphql.add(ADD_PROJECTS, {"code": "P-1042", "description": "Brygge"})
    return caller


def row(width: int, cells: dict[int, str]) -> str:
    return ";".join(cells.get(column, "") for column in range(1, width + 1))


def file(*rows: str, ending: str = "\r\n") -> bytes:
    return "".join(each + ending for each in rows).encode()


AR10_SHARED = {1: "GBAT10", 2: "10231", 3: "20261031", 4: "1", 5: "10", 6: "2026", 18: "20261114", 29: "x"}
AR10_CUSTOMER = AR10_SHARED | {7: "1500", 8: "1", 9: "1250.00", 10: "20017", 12: "Ærlig & Sønn"}
AR10_REVENUE = AR10_SHARED | {7: "3000", 8: "3", 9: "-1000.00", 25: "P-1042", 27: "T", 28: "-1250.000"}


def ar10(customer: dict[int, str] | None = None, revenue: dict[int, str] | None = None) -> bytes:
    return file(row(29, AR10_CUSTOMER | (customer or {})), row(29, AR10_REVENUE | (revenue or {})))


GL02B_SHARED = {
    1: "GL02b",
    2: "Moment",
    3: "99168",
    4: "AR",
    5: "10231",
    6: "2026",
    7: "10",
    8: "20261031",
    50: "x",
}
GL02B_CUSTOMER = GL02B_SHARED | {9: "1500", 14: "20017", 19: "20261114", 26: "1250.00"}
GL02B_REVENUE = GL02B_SHARED | {9: "3000", 12: "P-1042", 23: "3", 24: "NOK", 25: "-1250.00", 26: "-1250.00"}


def gl02b(customer: dict[int, str] | None = None, revenue: dict[int, str] | None = None) -> bytes:
    rows = row(50, GL02B_CUSTOMER | (customer or {})), row(50, GL02B_REVENUE | (revenue or {}))
    return file(GL02B_HEADER, *rows)


def gl02() -> bytes:
    """The same without the third column."""
    lines = gl02b().decode().splitlines()
    return file(*(";".join([*line.split(";")[:2], *line.split(";")[3:]]) for line in lines))


STANDARD = {1: "10231", 2: "Tegning", 3: "20017", 4: "P-1042", 5: "20261031", 6: "20261114", 7: "10231"}


def standard(**changed: str) -> bytes:
    first = STANDARD | {8: "1250.00", 9: "3"} | {int(name[1:]): cell for name, cell in changed.items()}
    return file(STANDARD_HEADER, row(9, first), row(9, STANDARD | {8: "45.00", 9: "5"}))


def uploaded(content: bytes, code: str = "AR10", **plan: Any) -> dict[str, Any]:
    caller = importing(**plan)
    assert caller.upload(content, code) > 0
    (upload,) = caller.xledger.seen()["uploads"]
    return dict(upload)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        pytest.param(ar10(), "AR10", id="AR10"),
        pytest.param(ar10().replace(b"\r\n", b"\n"), "AR10", id="with bare line ends"),
        pytest.param(gl02b(), "GL02b", id="GL02b"),
        pytest.param(gl02(), "GL02", id="GL02"),
        pytest.param(standard(), "MOMENT", id="a code of the tenant's own"),
    ],
)
def test_a_sound_file_is_posted(content: bytes, code: str) -> None:
    upload = uploaded(content, code)
    assert upload["reasons"] == []
    assert (upload["outcome"], upload["rows"], upload["vouchers"]) == ("imported", 2, 1)
    assert upload["sha256"] == hashlib.sha256(content).hexdigest()
    assert (upload["importCode"], upload["entityCode"]) == (code, 99168)


def test_what_is_posted_can_be_seen() -> None:
    caller = importing()
    key = caller.upload(ar10())
    assert caller.xledger.seen()["vouchers"] == [
        {
            "voucherNo": "10231",
            "voucherDate": "20261031",
            "fileKey": key,
            "entityCode": 99168,
            "lines": [
                {
                    "account": "1500",
                    "customer": "20017",
                    "project": "",
                    "vatCode": "1",
                    "text": "",
                    "amount": "1250.00",
                },
                {
                    "account": "3000",
                    "customer": "",
                    "project": "P-1042",
                    "vatCode": "3",
                    "text": "",
                    "amount": "-1250.000",
                },
            ],
        }
    ]


@pytest.mark.parametrize(
    ("content", "code", "says"),
    [
        pytest.param(ar10()[:-4], "AR10", "there are 28 columns and should be 29", id="a column too few"),
        pytest.param(ar10({3: ""}), "AR10", "column 3, voucher date is missing", id="a mandatory one"),
        pytest.param(ar10({3: "20260230"}), "AR10", "'20260230', is not a date", id="no such day"),
        pytest.param(ar10({18: "31.10.2026"}), "AR10", "is not a date as yyyymmdd", id="another date format"),
        pytest.param(ar10({9: "1250,00"}), "AR10", "not an amount with a decimal point", id="a comma"),
        pytest.param(ar10({10: "20018"}), "AR10", "'20018', is no customer", id="unknown customer"),
        pytest.param(ar10({10: ""}), "AR10", "has no customer in column 10", id="receivable of nobody"),
        pytest.param(ar10({}, {25: "P-9"}), "AR10", "'P-9', is no project", id="unknown project"),
        pytest.param(ar10({}, {7: "3999"}), "AR10", "'3999', is no account", id="unknown account"),
        pytest.param(ar10({}, {8: "99"}), "AR10", "'99', is no VAT code", id="unknown VAT code"),
        pytest.param(ar10({2: "102310231"}), "AR10", "longer than 8", id="too long a number"),
        pytest.param(ar10({29: "y"}), "AR10", "is not x", id="another end marker"),
        pytest.param(ar10({19: "a"}), "AR10", "must be blank", id="the column not used"),
        pytest.param(ar10({9: "1250.01"}), "AR10", "sum to zero but to 0.01", id="an øre too much"),
        pytest.param(ar10({}, {27: ""}), "AR10", "sum to zero but to 250.00", id="net against gross"),
        pytest.param(ar10({}, {28: ""}), "AR10", "no gross sum", id="a flag without its sum"),
        pytest.param(ar10({2: "10232"}), "AR10", "voucher 10232 does not sum", id="rows of two vouchers"),
        pytest.param(b"\xef\xbb\xbf" + ar10(), "AR10", "byte order mark", id="a byte order mark"),
        pytest.param(ar10().decode().encode("latin-1"), "AR10", "not UTF-8", id="another encoding"),
        pytest.param(b"\r\n", "AR10", "holds no rows", id="an empty line"),
        pytest.param(file(GL02B_HEADER), "GL02b", "holds no rows", id="a header alone"),
        pytest.param(gl02b().split(b"\n", 1)[1], "GL02b", "where ImpSystem is expected", id="no header"),
        pytest.param(gl02b({3: "7"}), "GL02b", "is not the entity", id="another entity"),
        pytest.param(gl02b({4: "XX"}), "GL02b", "is not AR or AP", id="unknown voucher type"),
        pytest.param(gl02b({}, {24: "KR"}), "GL02b", "is no currency", id="unknown currency"),
        pytest.param(gl02b({}, {26: "-1000.00"}), "GL02b", "but to 250.00", id="net amounts"),
        pytest.param(gl02b({14: ""}), "GL02b", "has no customer", id="receivable of nobody in GL02b"),
        pytest.param(gl02b(), "GL02", "where VoucherType is expected", id="GL02b sent as GL02"),
        pytest.param(standard(c8="1250"), "MOMENT", "a point and two decimals", id="whole kroner"),
        pytest.param(standard(c6="20261115"), "MOMENT", "differ in columns 1 to 7", id="rows that differ"),
        pytest.param(standard(c7=""), "MOMENT", "PaymentId is missing", id="no payment id"),
    ],
)
def test_a_file_that_is_wrong_is_taken_and_refused_later(content: bytes, code: str, says: str) -> None:
    upload = uploaded(content, code)
    assert upload["outcome"] == "refused"
    assert says in upload["reasons"][0]
    assert upload["vouchers"] == 0


def test_a_reason_names_line_and_column_and_only_the_first_are_kept() -> None:
    rows = [row(29, AR10_CUSTOMER | {10: "0"})] * 30
    reasons = uploaded(file(*rows))["reasons"]
    assert reasons[0] == "line 1: column 10, customer no., '0', is no customer."
    assert len(reasons) == 10


def test_an_importer_may_want_net_amounts() -> None:
    net = gl02b({}, {26: "-1000.00"})
    assert uploaded(net, "GL02b", gl02_amounts="net")["outcome"] == "imported"


def test_a_voucher_that_comes_again_is_posted_with_a_warning() -> None:
    caller = importing()
    keys = [caller.upload(ar10()) for _ in range(2)]
    assert keys[0] < keys[1]
    first, second = caller.xledger.seen()["uploads"]
    assert first["warnings"] == []
    assert second["warnings"] == [{"warning": "doubled", "voucherNo": "10231"}]
    assert second["outcome"] == "imported"


def test_a_refused_file_does_not_make_the_next_one_a_double() -> None:
    caller = importing()
    caller.upload(ar10({9: "1.00"}))
    caller.upload(ar10())
    assert [each["warnings"] for each in caller.xledger.seen()["uploads"]] == [[], []]


@pytest.mark.parametrize(("content", "code"), [(ar10(), "AR11"), (ar10(), ""), (b"", "AR10")])
def test_what_no_import_is_defined_for_is_not_taken(content: bytes, code: str) -> None:
    caller = importing()
    assert caller.upload(content, code) == 0
    assert caller.xledger.seen()["uploads"] == []


def test_a_scanned_document_is_kept_unread() -> None:
    caller = importing()
    fields = {"sFileName": "bilag.pdf", "aFile": b"%PDF", "iEntityCode": 99168}
    key = int(caller.text("ReceiveScannerFile", **caller.known, **fields) or 0)
    (upload,) = caller.xledger.seen()["uploads"]
    assert (upload["fileKey"], upload["importCode"], upload["outcome"]) == (key, None, "scanned")
