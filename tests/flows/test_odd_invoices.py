"""Odd invoices by every route and in every format: each leaves whole and right, or is held with its reason, and an
ordinary one beside it leaves in any case."""

import email
from decimal import Decimal
from email import policy
from typing import Any

import pytest

from moment_xledger.domain.moment import Invoice
from tests.builders import an_invoice
from tests.domain.published_layouts import Voucher, read_vouchers
from tests.domain.test_published_layouts import agree
from tests.flows.mailroom import A_PDF, Mailroom
from tests.flows.upload_room import UploadRoom

ODD, ORDINARY, FIRST = 7302, 7399, 7301
FORMATS: dict[str, dict[str, Any]] = {
    "standard": {"format": "standard"},
    "ar10": {"format": "ar10"},
    "gl02b": {"format": "gl02b"},
    "gl02b-net": {"format": "gl02b", "gl02b_amount": "net"},
}
WAYS = [(route, name) for route in ("file", "upload") for name in FORMATS]


def line(code: str, net: str, vat: str, gross: str, **but: Any) -> dict[str, Any]:
    return {"vatCode": code, "net": net, "vat": vat, "gross": gross} | but


def invoice(*lines: dict[str, Any], total: str, **but: Any) -> dict[str, Any]:
    return {"total": total, "vatLines": list(lines), "projectNumber": "P-2", **but}


def credit(*lines: dict[str, Any], total: str, of: int = FIRST, **but: Any) -> dict[str, Any]:
    return invoice(*lines, total=total, kind="CREDIT_NOTE", creditedInvoiceNumber=of, **but)


AT_25 = line("3", "80.40", "20.10", "100.50")
TEXT = 'Befaring; "Åsgård"\r\n=uke 47\tmøte – æøå ÆØÅ 🙂'
HELD_IN_EUROS = {
    "standard": "FORMAT_CANNOT_HOLD",
    "ar10": "FORMAT_CANNOT_HOLD",
    "gl02b": "EXCHANGE_RATE_MISSING",
    "gl02b-net": "EXCHANGE_RATE_MISSING",
}
WITH_RATE = HELD_IN_EUROS | {"gl02b": "", "gl02b-net": ""}
LEAVES = dict.fromkeys(FORMATS, "")

# What it says, and by which reason each format holds it back; a mail holds anything that is sound.
CASES = {
    "zero total, two lines": (
        invoice(line("3", "40.00", "10.00", "50.00"), line("6", "-50.00", "0.00", "-50.00"), total="0.00"),
        LEAVES,
    ),
    "zero total, one line": (invoice(line("3", "0.00", "0.00", "0.00"), total="0.00"), LEAVES),
    "zero at one code": (
        invoice(line("3", "0.00", "0.00", "0.00"), line("31", "20.00", "3.00", "23.00"), total="23.00"),
        LEAVES,
    ),
    "a negative line": (
        invoice(AT_25, line("33", "-10.00", "-1.20", "-11.20"), total="89.30"),
        LEAVES,
    ),
    "a negative line at the same code": (
        invoice(AT_25, line("3", "-8.04", "-2.01", "-10.05"), total="90.45"),
        LEAVES,
    ),
    "a rounding line": (invoice(AT_25, line("6", "0.50", "0.00", "0.50"), total="101.00"), LEAVES),
    "a negative rounding line": (
        invoice(AT_25, line("6", "-0.50", "0.00", "-0.50"), total="100.00"),
        LEAVES,
    ),
    "an øre at 25 %": (invoice(line("3", "0.01", "0.00", "0.01"), total="0.01"), LEAVES),
    "many codes": (
        invoice(
            AT_25,
            line("31", "33.33", "5.00", "38.33", rows=3),
            line("33", "70.01", "8.40", "78.41"),
            line("5", "12.00", "0.00", "12.00"),
            line("52", "7.77", "0.00", "7.77"),
            line("6", "1.23", "0.00", "1.23"),
            total="238.24",
        ),
        LEAVES,
    ),
    "a text with all that breaks a file": (invoice(AT_25, total="100.50", description=TEXT), LEAVES),
    "a name with all that breaks a file": (
        invoice(AT_25, total="100.50", customer={"customerNumber": "10077", "name": f"{TEXT} AS"}),
        LEAVES,
    ),
    "no text": (invoice(AT_25, total="100.50", description=""), LEAVES),
    "no project": (invoice(AT_25, total="100.50", projectNumber=None), LEAVES),
    "a long text": (invoice(AT_25, total="100.50", description="Æ" * 4_000), LEAVES),
    "no KID": (invoice(AT_25, total="100.50", kid=None), LEAVES),
    "a KID that ends with a hyphen": (invoice(AT_25, total="100.50", kid="6-"), LEAVES),
    "a credit note of all": (
        credit(line("3", "-100000.00", "-25000.00", "-125000.00"), total="-125000.00"),
        LEAVES,
    ),
    "a credit note of a part": (credit(line("3", "-80.40", "-20.10", "-100.50"), total="-100.50"), LEAVES),
    "a credit note of a part, with a long text": (
        credit(line("3", "-80.40", "-20.10", "-100.50"), total="-100.50", description="ø" * 300),
        LEAVES,
    ),
    "a credit note of nothing": (credit(line("3", "0.00", "0.00", "0.00"), total="0.00"), LEAVES),
    "euros without a rate": (invoice(AT_25, total="100.50", currency="EUR"), HELD_IN_EUROS),
    "euros with a rate": (
        invoice(
            AT_25, line("6", "0.49", "0.00", "0.49"), total="100.99", currency="EUR", exchangeRate="11.7355"
        ),
        WITH_RATE,
    ),
    "kronor with a rate": (
        invoice(AT_25, total="100.50", currency="SEK", exchangeRate="1.0213"),
        WITH_RATE,
    ),
    "kroner with the rate 1": (invoice(AT_25, total="100.50", exchangeRate="1"), LEAVES),
    "a long project number": (
        invoice(AT_25, total="100.50", projectNumber="PROSJEKT-2026/47"),
        LEAVES | {"ar10": "FORMAT_CANNOT_HOLD"},
    ),
    "a customer number with letters": (
        invoice(AT_25, total="100.50", customer={"customerNumber": "K-1077", "name": "Ås"}),
        LEAVES | {"ar10": "FORMAT_CANNOT_HOLD"},
    ),
    "a customer number with blanks": (
        invoice(AT_25, total="100.50", customer={"customerNumber": "K 1077", "name": "Ås"}),
        dict.fromkeys(FORMATS, "FORMAT_CANNOT_HOLD"),
    ),
    "a very large amount": (
        invoice(line("6", "100000000000.00", "0.00", "100000000000.00"), total="100000000000.00"),
        LEAVES | {"ar10": "FORMAT_CANNOT_HOLD"},
    ),
}
ALL = [pytest.param(said, held, id=name) for name, (said, held) in CASES.items()]


def as_invoice(number: int, said: dict[str, Any]) -> Invoice:
    return Invoice.model_validate(an_invoice(number, **said)["data"])


def room_for(route: str, name: str) -> UploadRoom:
    room = UploadRoom(route=route, file=FORMATS[name], import_code="MOMENT")
    room.receive(FIRST)
    return room


def vouchers(room: UploadRoom, name: str) -> dict[int, Voucher]:
    (export,) = room.export()
    content = room.files.held[export.folder + export.file_name()]
    if str(export.route) == "upload":
        room.upload()
        assert [content for _, content, _, _ in room.imports.files] == [content]
    layout = name.partition("-")[0]
    return {int(each.number): each for each in read_vouchers(content, layout)}


def agree_by(name: str, said: Invoice, voucher: Voucher) -> None:
    """With net amounts, the VAT stands on lines of its own."""
    if name == "gl02b-net":
        vat = voucher.by_code.pop("", Decimal(0))
        assert vat == sum(line.vat for line in said.vat_lines)
        for line in said.vat_lines:
            if line.vat:
                voucher.by_code[line.vat_code] += line.vat
    agree(said, voucher, name.partition("-")[0])


@pytest.mark.parametrize(("said", "held"), ALL)
@pytest.mark.parametrize(("route", "name"), WAYS, ids="-".join)
def test_in_a_file_it_stands_whole_and_right_or_is_held_with_its_reason(
    route: str, name: str, said: dict[str, Any], held: dict[str, str]
) -> None:
    room = room_for(route, name)
    room.receive(ODD, **said)
    room.receive(ORDINARY, description="Månedlig vedlikehold")
    found = vouchers(room, name)
    reason = held[name]
    assert set(found) == {FIRST, ORDINARY} | (set() if reason else {ODD})
    expected = [("invoice", str(ODD), reason)] if reason else []
    assert list(room.problems()) == expected
    if not reason:
        agree_by(name, as_invoice(ODD, said), found[ODD])
    for language in ("nb", "en"):
        for problem in room.ledger.problems.of(room.company.id):
            assert str(ODD) in problem.sentence(language)  # type: ignore[arg-type]


@pytest.mark.parametrize(("said", "held"), ALL)
def test_by_mail_it_goes_whatever_it_says_if_it_is_sound(said: dict[str, Any], held: dict[str, str]) -> None:
    room = Mailroom()
    room.receive(FIRST)
    room.receive(ODD, **said)
    room.receive(ORDINARY)
    room.run()
    mails = [email.message_from_bytes(content, policy=policy.default) for _, content in room.post.mails]
    assert len(mails) == 3
    assert list(room.ledger.problems.of(room.company.id)) == []
    (mail,) = [each for each in mails if f" {ODD} " in str(each["Subject"])]
    (attached,) = mail.iter_attachments()
    assert attached.get_content() == A_PDF
    sent = as_invoice(ODD, said)
    body = mail.get_body()
    assert body is not None
    text = body.get_content()
    assert f"({sent.customer.customer_number})" in text
    assert f"{sent.total} {sent.currency}" in text
    assert "\n" not in str(mail["Subject"]).strip()
