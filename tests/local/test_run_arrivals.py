"""Whether every invoice left by its route exactly once is judged by what arrived."""

import json
from collections import Counter
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from local import ROOT
from local.mailbox import Mail
from local.run.arrivals import Arrived, in_files, in_imports, in_mails, uploads_between
from local.run.bodies import Body
from local.run.holds import missing_invoices

RECEPTION = "mb.00000@xledger.example"
INVOICE: dict[str, Any] = json.loads((ROOT / "events" / "invoice-finalized.json").read_text("utf-8"))


def a_mail(folder: Path, number: str, to: str = RECEPTION, *files: tuple[str, bytes]) -> Mail:
    message = EmailMessage()
    message.set_content("text")
    for name, content in files or ((f"faktura-{number}.pdf", b"%PDF-1.7"),):
        message.add_attachment(content, maintype="application", subtype="pdf", filename=name)
    path = folder / f"{len(list(folder.iterdir()))}.eml"
    path.write_bytes(message.as_bytes())
    return Mail("from@moment.example", (to,), "subject", path)


def an_upload(key: int = 7, outcome: str = "imported", *reasons: str) -> dict[str, Any]:
    names = {"fileKey": key, "fileName": f"{key}.csv", "importCode": "GL02b", "sha256": "ab"}
    return names | {"outcome": outcome, "rows": 2, "vouchers": 1, "reasons": list(reasons)}


def a_voucher(number: str, *amounts: str, key: int = 7) -> dict[str, Any]:
    return {"voucherNo": number, "fileKey": key, "lines": [{"amount": amount} for amount in amounts]}


def imported(before: list[Any], uploads: list[Any], *vouchers: dict[str, Any]) -> Arrived:
    after = {"uploads": uploads, "vouchers": list(vouchers)}
    return in_imports(uploads_between({"uploads": before}, after), after)


@pytest.mark.parametrize("format_", ["standard", "ar10", "gl02b"])
def test_invoices_are_found_in_a_file_of_any_format(format_: str) -> None:
    arrived = in_files([ROOT / "tests" / "expected" / f"{format_}.csv"])
    assert arrived.numbers["10231"] == 1
    assert all(number.isdecimal() for number in arrived.numbers)


def test_an_invoice_in_two_rows_of_a_file_is_there_once(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text("InvoiceNo;Text\n1;a\n1;b\n2;c\n")
    assert in_files([file, file]).numbers == Counter({"1": 2, "2": 2})


def test_the_name_of_the_pdf_tells_the_invoice(tmp_path: Path) -> None:
    mails = [a_mail(tmp_path, "1"), a_mail(tmp_path, "2"), a_mail(tmp_path, "9", "regnskap@nordvik.example")]
    assert in_mails(mails, RECEPTION) == Arrived("mail", Counter("12"))


@pytest.mark.parametrize(
    ("files", "found"),
    [
        pytest.param([("a.pdf", b"%PDF-"), ("b.pdf", b"%PDF-")], "2 attachments, 2 of them PDF", id="two"),
        pytest.param([("a.pdf", b"<html>")], "1 attachments, 0 of them PDF", id="no PDF"),
    ],
)
def test_a_mail_that_xledger_could_not_read_is_wrong(
    tmp_path: Path, files: list[tuple[str, bytes]], found: str
) -> None:
    arrived = in_mails([a_mail(tmp_path, "1", RECEPTION, *files)], RECEPTION)
    assert arrived.numbers == Counter()
    assert found in arrived.wrong[0]


def test_a_voucher_is_an_invoice(tmp_path: Path) -> None:
    arrived = imported([], [an_upload()], a_voucher("1", "12.50", "-12.50"), a_voucher("2", "0"))
    assert (arrived.numbers, arrived.wrong) == (Counter("12"), [])


def test_what_was_uploaded_before_this_run_is_not_ours() -> None:
    arrived = imported([an_upload(6)], [an_upload(6), an_upload(7)], a_voucher("1", key=6), a_voucher("2"))
    assert arrived.numbers == Counter("2")


def test_a_voucher_that_does_not_sum_to_zero_and_a_refused_file_are_said() -> None:
    refused = an_upload(8, "refused", "line 2: column 9 is missing.")
    arrived = imported([], [an_upload(), refused], a_voucher("1", "12.50", "-12.49"))
    assert arrived.wrong == [
        "Xledger's import of 8.csv: refused. line 2: column 9 is missing.",
        "Voucher 1 sums to 0.01 and not to zero.",
    ]


def verdict(*numbers: str, reported: frozenset[str] = frozenset()) -> list[str]:
    bodies = [
        Body(json.dumps(INVOICE | {"data": INVOICE["data"] | {"invoiceNumber": n}}), "") for n in (1, 2)
    ]
    said = {("invoice", number) for number in reported}
    return list(missing_invoices(bodies, "nordvik", said, Arrived("mail", Counter(numbers))))


def test_each_published_invoice_must_have_arrived_once() -> None:
    assert verdict("1", "2") == []
    assert verdict("1") == ["1 invoices that nothing was reported of are in no mail: 2."]
    assert verdict("1", reported=frozenset("2")) == []
    assert verdict("1", "2", "2", reported=frozenset("2")) == ["1 invoices are in more than one mail: 2."]
