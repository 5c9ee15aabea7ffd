"""The mail about a scheduled export: who gets it, once, and what it says."""

from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest

from moment_xledger.domain.errors import Conflict
from moment_xledger.domain.mails import (
    AddressRefused,
    MailDelayed,
    MailInDoubt,
    RecipientUnverified,
    Stopped,
    on_the_wire,
)
from tests.builders import an_invoice
from tests.flows.office import COMPANY, CONSOLE, MORNING, READER, Office

KARI, OLA = "kari@nordvik.example", "ola@nordvik.example"


def with_an_export(*numbers: int, **but: Any) -> Office:
    office = Office(**but)
    office.arrive(*map(an_invoice, numbers or (1, 2)))
    office.scheduled()
    return office


def the_mail(office: Office) -> EmailMessage:
    """As whoever gets it reads it."""
    ((_, message),) = office.post.sent
    return message_from_bytes(on_the_wire(message), EmailMessage, policy=policy.default)


def text_of(office: Office, kind: str = "plain") -> str:
    body = the_mail(office).get_body((kind,))
    assert body is not None
    return str(body.get_content()).replace("\u00a0", " ")


# --- who, and once --------------------------------------------------------------------------------------


def test_each_reader_gets_one_mail_alone_and_once() -> None:
    office = with_an_export(notify=(KARI, OLA, KARI))
    assert office.tell().summary() == {"sent": 2, "refused": 0, "nobody": 0, "delayed": []}
    office.tell()
    assert office.post.readers == [KARI, OLA]
    assert [message["To"] for _, message in office.post.sent] == [KARI, OLA]
    assert office.ledger.tellings.told(COMPANY, 1) == (KARI, OLA)


def test_an_export_that_a_person_asked_for_is_told_to_nobody() -> None:
    office = Office()
    office.arrive(an_invoice(1))
    office.made(by="Kari")
    office.tell()
    assert office.post.sent == []


def test_where_nobody_is_listed_there_is_no_mail_and_the_log_says_so() -> None:
    office = with_an_export(notify=())
    assert office.tell().nobody == 1
    assert office.tell().nobody == 0


def test_an_address_that_is_refused_holds_up_nobody_and_is_a_problem() -> None:
    office = with_an_export(notify=(KARI, OLA))
    office.post.fails[KARI] = [AddressRefused("InvalidParameterValue")]
    office.tell()
    assert office.post.readers == [OLA]
    assert office.problems("mail") == [(KARI, "ADDRESS_REFUSED")]
    (problem,) = office.ledger.problems.of(COMPANY, "mail")
    assert "eksport 1" in problem.sentence(office.ledger.companies.get_known(COMPANY).language)
    assert list(office.ledger.tellings.open(COMPANY)) == []


def test_an_address_that_the_sandbox_refuses_holds_up_nobody_and_gets_its_mail_later() -> None:
    office = with_an_export(notify=(KARI, OLA))
    office.post.fails[KARI] = [RecipientUnverified("InSandbox")]
    assert office.tell().summary() == {"sent": 1, "refused": 0, "nobody": 0, "delayed": ["InSandbox"]}
    assert office.problems("mail") == []
    office.now += timedelta(minutes=10)
    office.tell()
    assert office.post.readers == [OLA, KARI]


def test_an_address_that_a_mail_came_back_from_waits_for_a_person() -> None:
    office = with_an_export(notify=(KARI, OLA))
    office.ledger.mails.stop(COMPANY, Stopped(KARI, "General", MORNING))
    office.tell()
    assert office.post.readers == [OLA]
    office.ledger.mails.confirm(COMPANY, KARI, MORNING)
    office.now += timedelta(minutes=10)
    office.tell()
    assert office.post.readers == [OLA, KARI]


def test_news_of_the_mail_find_their_company() -> None:
    office = with_an_export()
    office.tell()
    assert the_mail(office)["X-SES-MESSAGE-TAGS"] == "company=nordvik, notice=export"


def test_the_problem_is_over_when_that_address_takes_a_mail() -> None:
    office = with_an_export(notify=(KARI,))
    office.post.fails[KARI] = [AddressRefused("InvalidParameterValue")]
    office.tell()
    office.arrive(an_invoice(3))
    office.scheduled()
    office.tell()
    assert (office.post.readers, office.problems("mail")) == ([KARI], [])


@pytest.mark.parametrize("failure", [MailDelayed("Throttling"), MailInDoubt("ReadTimeoutError")])
def test_what_could_not_go_goes_later_by_itself_and_nothing_goes_twice(failure: Exception) -> None:
    office = with_an_export(notify=(KARI, OLA))
    office.post.fails[OLA] = [failure]
    assert office.tell().delayed == [str(failure)]
    assert office.post.readers == [KARI]
    office.sweep()
    assert office.post.readers == [KARI, OLA]
    assert office.ledger.due.until(office.now + timedelta(days=1)).exports == ()


def test_an_outage_is_waited_out_for_longer_and_longer() -> None:
    office = with_an_export()
    office.post.fails["*"] = [MailDelayed("ServiceUnavailable")] * 20
    waits = []
    for _ in range(6):
        began = office.now
        office.tell()
        while not office.ledger.due.until(office.now).exports:
            office.now += timedelta(minutes=1)
        waits.append((office.now - began) // timedelta(minutes=1))
    assert waits == [5, 10, 20, 40, 60, 60]
    office.post.fails.clear()
    office.tell()
    assert office.post.readers == [READER]


def test_while_one_tells_no_other_does() -> None:
    office = with_an_export()
    (telling,) = office.ledger.tellings.open(COMPANY)
    office.ledger.tellings.take(telling, office.now)
    office.tell()
    assert office.post.sent == []
    with pytest.raises(Conflict):
        office.ledger.tellings.take(telling, office.now)


def test_who_dies_while_telling_is_followed_by_somebody_who_mails_the_rest() -> None:
    office = with_an_export(notify=(KARI, OLA))
    office.post.fails[OLA] = [KeyboardInterrupt()]  # type: ignore[list-item]
    with pytest.raises(KeyboardInterrupt):
        office.tell()
    office.sweep()
    assert office.post.readers == [KARI, OLA]


def test_a_second_copy_can_be_known_by_its_id_and_no_other_mail_has_it() -> None:
    office = with_an_export(notify=(KARI, OLA))
    office.post.fails[OLA] = [MailInDoubt("ReadTimeoutError")]
    office.tell()
    office.sweep()
    again = with_an_export(notify=(KARI, OLA))
    again.tell()
    ids = {to: (message["Message-ID"], message["X-Moment-Xledger-Id"]) for to, message in office.post.sent}
    assert ids == {
        to: (message["Message-ID"], message["X-Moment-Xledger-Id"]) for to, message in again.post.sent
    }
    assert len(set(ids.values())) == 2
    assert not any(address in str(ids.values()) for address in (KARI, OLA))


def test_who_is_listed_when_the_mail_goes_gets_it() -> None:
    office = with_an_export(notify=(KARI,))
    office.set(notify=(OLA,))
    office.tell()
    assert office.post.readers == [OLA]


# --- what it says ---------------------------------------------------------------------------------------

LINES = [
    {"vatCode": "3", "net": "987654.00", "vat": "246913.50", "gross": "1234567.50"},
    {"vatCode": "6", "net": "-0.50", "vat": "0.00", "gross": "-0.50"},
]


def test_the_subject_says_it_all() -> None:
    office = Office()
    office.arrive(an_invoice(1, vatLines=LINES, total="1234567.00"), an_invoice(2))
    office.scheduled()
    office.tell()
    assert the_mail(office)["Subject"] == (
        "Eksport 1 til Xledger: 2 fakturaer, 1 359 567,00 kr – Nordvik Arkitekter AS"
    )


def test_one_invoice_is_not_many_and_each_currency_has_its_total() -> None:
    office = Office(language="en", file={"format": "gl02b"}, owner_code=99168)
    office.arrive(an_invoice(1))
    office.scheduled()
    office.arrive(an_invoice(2), an_invoice(3, currency="EUR", exchangeRate="11.7525"))
    office.scheduled()
    office.tell()
    assert [message["Subject"].partition(" – ")[0] for _, message in office.post.sent] == [
        "Export 1 to Xledger: 1 invoice, 125 000,00 kr",
        "Export 2 to Xledger: 2 invoices, 125 000,00 kr + 125 000,00 EUR",
    ]


@pytest.mark.parametrize("kind", ["plain", "html"])
def test_it_holds_numbers_sums_gaps_late_ones_and_what_needs_help(kind: str) -> None:
    office = Office(issue_limit="last_month")
    office.arrive(an_invoice(5))
    office.made()
    office.arrive(
        an_invoice(4),
        an_invoice(7, vatLines=LINES, total="1234567.00"),
        an_invoice(8, kid="1"),
        an_invoice(10, doNotTransfer=True),
        an_invoice(11),
    )
    office.scheduled()
    office.tell()
    text = text_of(office, kind)
    for said in (
        "Eksport 2 for Nordvik Arkitekter AS er klar",
        "22.11.2026 06:00",
        "1 484 567,00 kr",
        "1 484 567,50 kr",
        "−0,50 kr",
        "31.10.2026",
        "ikke mottatt fra Moment",
        "holdt tilbake: KID er feil",
        "skal ikke overføres",
        "foran eksport 1",
        "KID på faktura 8 kan ikke brukes: den må ha 2 til 25 tegn.",
        READER,
        "Vedlegg til fakturaene følger ikke med",
    ):
        assert said in text, said


@pytest.mark.parametrize("kind", ["plain", "html"])
def test_its_link_opens_the_export_and_is_never_one_to_the_bucket(kind: str) -> None:
    office = with_an_export()
    office.tell()
    text = text_of(office, kind)
    token = text.partition(CONSOLE + "e/")[2].split()[0].split('"')[0]
    link = office.ledger.links.read(token, office.now + timedelta(days=13))
    assert link is not None
    assert (link.company, link.export) == (COMPANY, 1)
    assert office.ledger.links.read(token, MORNING + timedelta(days=14)) is None
    assert "X-Amz" not in text
    assert not list(the_mail(office).iter_attachments())


@pytest.mark.parametrize("language", ["no", "en"])
@pytest.mark.parametrize(
    ("file_format", "said"),
    [
        ("standard", {"no": "ingen ferdig definisjon", "en": "no ready-made definition"}),
        ("ar10", {"no": "importdefinisjonen AR10", "en": "import definition AR10"}),
        ("gl02b", {"no": "importdefinisjonen GL02b", "en": "import definition GL02b"}),
    ],
)
def test_how_to_import_it_depends_on_the_format(
    file_format: str, said: dict[str, str], language: str
) -> None:
    settings = {"format": file_format, "ar10_longest_project": 10}
    office = with_an_export(file=settings, owner_code=99168, language=language)
    office.tell()
    for text in (text_of(office), text_of(office, "html").replace("<b>", "").replace("</b>", "")):
        assert "Forsystem → Importer → Filimport" in text
        assert said[language] in text


def test_a_name_is_text_in_the_page_as_in_the_subject() -> None:
    office = with_an_export(name="Hansen & Sønn AS")
    office.tell()
    assert the_mail(office)["Subject"].endswith("– Hansen & Sønn AS")
    assert "Hansen & Sønn AS" in text_of(office)
    assert "Hansen &amp; Sønn AS" in text_of(office, "html")


def test_a_long_list_of_problems_is_cut_and_counted() -> None:
    office = Office()
    office.arrive(*(an_invoice(number, kid="1") for number in range(1, 31)), an_invoice(31))
    office.scheduled()
    office.tell()
    assert text_of(office).count("kan ikke brukes: den må ha 2 til 25 tegn") == 20
    assert "… og 10 til" in text_of(office)


def test_no_program_answers_it() -> None:
    office = with_an_export()
    office.tell()
    assert the_mail(office)["Auto-Submitted"] == "auto-generated"
