"""The mail that carries an invoice, read as the other end reads it; and what may become of it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from moment_xledger.domain import invoice_mails
from moment_xledger.domain.companies import EMAIL_ADDRESS, Company, CompanyId, Route, can_be_mailed_to
from moment_xledger.domain.invoice_mails import Choice, InvoiceMail, State, decided, wait_before
from moment_xledger.domain.invoice_message import message
from moment_xledger.domain.invoices import Snapshot
from moment_xledger.domain.mails import on_the_wire
from moment_xledger.domain.moment import Invoice
from moment_xledger.domain.problems import REASONS
from tests.builders import a_company, an_invoice

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
SENDER = "xledger@moment.example"
RECEPTION = "mb.00000@xledger.example"
A_PDF = b"%PDF-1.7\n" + bytes(range(256)) * 40 + b"\n%%EOF\n"
MAIL = InvoiceMail(CompanyId("nordvik"), 1, "10231")


def company(**but: Any) -> Company:
    return a_company(**({"route": "email", "reception_address": RECEPTION} | but))


def as_sent(mail: InvoiceMail = MAIL, settings: Company | None = None, **but: Any) -> bytes:
    snapshot = Snapshot(1, Invoice.model_validate(an_invoice(**but)["data"]), Route.EMAIL, NOW)
    return on_the_wire(message(mail, snapshot, settings or company(), SENDER, A_PDF))


def as_read(raw: bytes) -> EmailMessage:
    return message_from_bytes(raw, EmailMessage, policy=policy.default)


def test_the_head_says_from_whom_to_whom_and_what():
    read = as_read(as_sent())
    assert read["From"] == "Nordvik Arkitekter AS <xledger@moment.example>"
    assert read["To"] == RECEPTION
    assert read["Subject"] == "Faktura 10231 Fjord Bygg 10001 AS"
    assert parsedate_to_datetime(str(read["Date"])) == NOW
    assert read["Message-ID"] == "<nordvik.10231.1@moment.example>"
    assert read["X-SES-MESSAGE-TAGS"] == "company=nordvik, invoice=10231, attempt=1"


def test_the_one_attachment_is_the_pdf_byte_for_byte():
    (attachment,) = as_read(as_sent()).iter_attachments()
    assert (attachment.get_content_type(), attachment.get_filename()) == (
        "application/pdf",
        "faktura-10231.pdf",
    )
    assert attachment.get_content() == A_PDF


def test_the_text_repeats_the_key_fields_for_people():
    body: Any = as_read(as_sent()).get_body("plain")
    assert body.get_content().splitlines() == [
        "Faktura 10231",
        "",
        "Kunde: Fjord Bygg 10001 AS (10001)",
        "Prosjekt: P-1",
        "Fakturadato: 2026-10-31",
        "Forfallsdato: 2026-11-14",
        "KID: 602243",
        "Totalt: 125000.00 NOK",
    ]


def test_a_credit_note_says_what_it_corrects():
    line = {"vatCode": "3", "net": "-100.00", "vat": "-25.00", "gross": "-125.00"}
    read = as_read(
        as_sent(
            kind="CREDIT_NOTE",
            creditedInvoiceNumber=10200,
            kid=None,
            total="-125.00",
            vatLines=[line],
        )
    )
    (attachment,) = read.iter_attachments()
    body: Any = read.get_body("plain")
    assert attachment.get_filename() == "kreditnota-10231.pdf"
    assert str(read["Subject"]).startswith("Kreditnota 10231 ")
    assert "Retter faktura: 10200" in body.get_content().splitlines()
    assert "KID" not in body.get_content()


def test_a_company_that_reads_english_gets_english_but_the_same_file_name():
    read = as_read(as_sent(settings=company(language="en")))
    (attachment,) = read.iter_attachments()
    assert read["Subject"] == "Invoice 10231 Fjord Bygg 10001 AS"
    assert attachment.get_filename() == "faktura-10231.pdf"


def test_the_same_invoice_and_pdf_give_the_same_bytes_and_nothing_that_a_relay_must_recode():
    raw = as_sent(customer={"customerNumber": "10001", "name": "Bølgeblikk & Sønn «Øst» AS"})
    assert raw == as_sent(customer={"customerNumber": "10001", "name": "Bølgeblikk & Sønn «Øst» AS"})
    assert raw.isascii()
    assert all(line.endswith(b"\r") for line in raw.split(b"\n")[:-1])
    assert max(map(len, raw.splitlines())) < 998
    assert as_read(raw)["Subject"] == "Faktura 10231 Bølgeblikk & Sønn «Øst» AS"


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        pytest.param("Fjord\r\nBcc: thief@example.com", "Fjord Bcc: thief@example.com", id="a line break"),
        pytest.param("Fjord\n\n<html>", "Fjord <html>", id="the end of the head"),
        pytest.param("Fjord\u2028Bygg\x00\x1b[31m", "Fjord Bygg [31m", id="what does not print"),
        pytest.param("F" * 900, "F" * 100, id="a very long one"),
    ],
)
def test_a_customers_name_stays_in_its_line(name, shown):
    read = as_read(as_sent(customer={"customerNumber": "10001", "name": name}))
    assert read["Subject"] == f"Faktura 10231 {shown}"
    assert read["Bcc"] is None
    assert len(list(read.iter_attachments())) == 1


def test_a_companys_name_is_shown_however_it_is_spelt():
    read = as_read(as_sent(settings=company(name='Nordvik "A", Sønn & Co. (Øst)')))
    (address,) = read["From"].addresses
    assert (address.display_name, address.addr_spec) == ('Nordvik "A", Sønn & Co. (Øst)', SENDER)


@pytest.mark.parametrize(
    "address",
    [
        "mb@xledger.net\r\nBcc: thief@example.com",
        "mb@xledger.net\n",
        "mb@xledger.net, thief@example.com",
        "Xledger <mb@xledger.net>",
        "mb(note)@xledger.net",
        "mb..00000@xledger.net",
        "mottak.æøå@xledger.net",
        "mb@xledger",
        "mb@-xledger.net",
        "",
    ],
)
def test_settings_refuse_a_reception_address_that_is_not_one_plain_address(address):
    with pytest.raises(ValidationError, match="reception_address"):
        company(reception_address=address)


@pytest.mark.parametrize(
    ("address", "is_taken"),
    [
        (f"{'m' * 64}@{'x' * 63}.net", True),
        (f"{'m' * 65}@xledger.net", False),
        (f"mb.00000@{'x' * 64}.net", False),
        ("=?utf-8?q?mb?=@xledger.net", False),
        ("mb=?.00000@xledger.net", False),
        ("mb+moment=faktura@xledger.net", True),
        ("o'neill.00000@xledger.net", True),
    ],
)
def test_an_address_is_taken_only_where_a_mail_to_it_bears_it_unchanged(address: str, is_taken: bool):
    assert can_be_mailed_to(address) is is_taken
    if is_taken:
        (read,) = as_read(as_sent(settings=company(reception_address=address)))["To"].addresses
        assert read.addr_spec == address


@given(st.from_regex(EMAIL_ADDRESS, fullmatch=True).filter(lambda text: len(text) <= 254))
def test_whatever_address_the_settings_take_a_mail_bears_it_unchanged(address: str):
    if can_be_mailed_to(address):
        (read,) = as_read(as_sent(settings=company(reception_address=address)))["To"].addresses
        assert read.addr_spec == address


def test_what_was_sent_again_by_a_persons_word_has_another_name_and_a_retry_has_not():
    again = decided(replace(MAIL, state=State.UNCERTAIN, attempt=1), Choice.SEND_AGAIN)
    retry = decided(replace(MAIL, state=State.STOPPED), Choice.SEND_AGAIN)
    assert as_read(as_sent(again))["Message-ID"] == "<nordvik.10231.2@moment.example>"
    assert as_read(as_sent(again))["X-SES-MESSAGE-TAGS"] == "company=nordvik, invoice=10231, attempt=2"
    assert as_read(as_sent(retry))["Message-ID"] == "<nordvik.10231.1@moment.example>"


@pytest.mark.parametrize("state", [State.PENDING, State.SENDING, State.SENT])
def test_a_person_decides_only_what_is_in_question(state):
    with pytest.raises(ValueError, match="nothing to decide"):
        decided(replace(MAIL, state=state), Choice.IT_ARRIVED)


@pytest.mark.parametrize(
    ("tries", "minutes"),
    [
        pytest.param(1, 1, id="soon"),
        pytest.param(4, 8, id="then twice as long each time"),
        pytest.param(7, 60, id="but no longer than an hour"),
        pytest.param(1_000_000, 60, id="however often"),
    ],
)
def test_how_long_a_failed_mail_waits(tries, minutes):
    assert wait_before(tries) == timedelta(minutes=minutes)


@pytest.mark.parametrize("code", invoice_mails.REASONS)
def test_every_reason_says_in_both_languages_what_to_do(code):
    details = {"number": "10231", "limit": "7", "why": "Permanent"}
    for sentence in (REASONS[code].norwegian, REASONS[code].english):
        assert "10231" in sentence.format_map(details)
