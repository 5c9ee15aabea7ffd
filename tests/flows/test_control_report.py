"""The control report of a month: each invoice of Moment's is accounted for."""

import tracemalloc
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from moment_xledger.domain.companies import Language, Route
from moment_xledger.domain.control import detail_name
from moment_xledger.domain.errors import KeyRefused, Unreachable
from moment_xledger.domain.invoice_mails import InvoiceMail, sent
from moment_xledger.domain.invoice_mails import State as MailState
from moment_xledger.domain.settings_changes import Saved
from moment_xledger.domain.uploads import State, Upload
from moment_xledger.flows.control_report import TakesTooLong, control_report
from tests.builders import an_invoice
from tests.flows.office import COMPANY, MORNING
from tests.flows.test_reconcile import Nights

OCTOBER = date(2026, 10, 1)
EUROS: dict[str, Any] = {"currency": "EUR"}
UPLOADS: dict[str, Any] = {
    "route": Route.UPLOAD,
    "owner_code": 99168,
    "import_code": "MOMENT",
}


def report_of(nights: Nights, day: date = OCTOBER) -> Any:
    ledger = nights.office.ledger
    return control_report(ledger.companies.get_known(COMPANY), day, ledger, nights.vault, nights.moment)


def rows(nights: Nights, day: date = OCTOBER) -> list[str]:
    text = report_of(nights, day).to_csv(Language.ENGLISH)
    return list(text.splitlines()[1:])


@pytest.fixture
def nights() -> Nights:
    return Nights()


def test_what_came_long_before_the_month_is_not_even_read(
    nights: Nights, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A month costs the same however many years there are."""
    office = nights.office
    office.set(invoice_days_ahead=366)
    now = office.now
    office.now = now - timedelta(days=700)
    office.arrive(
        *(an_invoice(number, invoiceDate="2024-12-01", dueDate="2024-12-15") for number in range(1, 61))
    )
    office.now = now - timedelta(days=300)
    office.arrive(*(an_invoice(number) for number in range(61, 64)))
    office.now = now
    office.arrive(*(an_invoice(number) for number in range(64, 71)))
    read, since = [], office.ledger.invoices.since

    def watched(*given: Any) -> Iterator[Any]:
        for each in since(*given):
            read.append(each.seq)
            yield each

    monkeypatch.setattr(office.ledger.invoices, "since", watched)
    assert "arrived;file;;NOK;10;1250000,00" in rows(nights)
    assert read == list(range(61, 71))


def test_each_invoice_is_accounted_for_by_route_and_currency(nights: Nights) -> None:
    arrived = [an_invoice(1), an_invoice(2, **EUROS), an_invoice(3)]
    office = nights.office
    office.arrive(*arrived)
    office.made()
    later = [an_invoice(4), an_invoice(5, doNotTransfer=True), an_invoice(6, kid="1")]
    office.arrive(*later)
    office.arrive(skipped := an_invoice(7, kid="1"))
    office.ledger.invoices.skip(COMPANY, 7, office.now)
    lost = [an_invoice(8, total="-10.50"), an_invoice(9, currency="?"), an_invoice(10, invoiceNumber=None)]
    nights.finalize(*arrived, *later, skipped, *lost)
    assert rows(nights) == [
        "in Moment;;;;1;",
        "in Moment;;;EUR;1;125000,00",
        "in Moment;;;NOK;7;749989,50",
        "arrived;file;;EUR;1;125000,00",
        "arrived;file;;NOK;4;500000,00",
        "left in an export;file;1;NOK;2;250000,00",
        "waiting;file;;EUR;1;125000,00",  # the file cannot hold it
        "waiting;file;;NOK;1;125000,00",
        "stays here;;;NOK;1;125000,00",
        "stays here;file;;NOK;1;125000,00",
        "held back;file;its KID is wrong;NOK;1;125000,00",
        "missing;;;NOK;1;-10,50",
        "cannot be read;;;;1;",
    ]


def test_one_whose_date_cannot_be_read_is_not_passed_over_in_silence(nights: Nights) -> None:
    nights.office.arrive(an_invoice(1))
    nights.finalize(an_invoice(1, invoiceDate="soon"), an_invoice(2, invoiceDate=None))
    assert rows(nights, date(2026, 9, 1)) == ["in Moment;;;;1;", "cannot be read;;;;1;"]


def test_it_stops_when_its_time_is_over_also_where_thousands_are_held_back(nights: Nights) -> None:
    nights.office.arrive(*(an_invoice(number, kid="1") for number in range(1, 6)))
    company, times = nights.office.ledger.companies.get_known(COMPANY), iter([True, True])
    with pytest.raises(TakesTooLong):
        control_report(
            company, OCTOBER, nights.office.ledger, nights.vault, nights.moment, lambda: next(times, False)
        )
    assert nights.moment.asked_from == []


def test_only_the_month_counts_by_the_date_of_the_invoice(nights: Nights) -> None:
    dates = ("2026-09-30", "2026-10-01", "2026-10-31", "2026-11-01")
    invoices = [an_invoice(n, invoiceDate=day, dueDate="2026-12-01") for n, day in enumerate(dates, 1)]
    nights.office.arrive(*invoices)
    nights.finalize(*invoices)
    assert rows(nights, date(2026, 10, 17)) == [
        "in Moment;;;NOK;2;250000,00",
        "arrived;file;;NOK;2;250000,00",
        "waiting;file;;NOK;2;250000,00",
    ]
    assert nights.moment.asked_from == [datetime(2026, 8, 31, tzinfo=UTC)]


def test_a_file_that_is_not_yet_uploaded_waits(nights: Nights) -> None:
    nights.office.set(**UPLOADS)
    nights.office.arrive(an_invoice(1))
    export = nights.office.made()
    assert rows(nights)[-1] == "waiting;upload;to be sent;NOK;1;125000,00"
    uploads = nights.office.ledger.uploads
    (upload,) = uploads.open(COMPANY)
    assert isinstance(upload, Upload)
    uploads.save(replace(upload, state=State.UPLOADED), is_open=False)
    assert rows(nights)[-1] == f"uploaded;upload;{export.number};NOK;1;125000,00"


def test_one_that_leaves_by_mail_waits_until_it_is_sent() -> None:
    nights = Nights(route=Route.EMAIL, reception_address="mb.00000@xledger.example")
    nights.office.arrive(an_invoice(1))
    assert rows(nights)[-1] == "waiting;mail;;NOK;1;125000,00"
    mails, later = nights.office.ledger.mails, MORNING + timedelta(minutes=5)
    mails.take_turn(COMPANY, "a worker", MORNING, later)
    mails.add(COMPANY, "a worker", 0, 1, [InvoiceMail(COMPANY, 1, "1")])
    (mail,) = mails.open(COMPANY)
    assert rows(nights)[-1] == "waiting;mail;to be sent;NOK;1;125000,00"
    mails.save(sent(mail, "receipt"), is_open=False)
    assert rows(nights)[-1] == "left by mail;mail;sent;NOK;1;125000,00"


def test_what_is_older_than_the_company_here_is_not_called_missing(nights: Nights) -> None:
    company = nights.office.ledger.companies.get_known(COMPANY)
    nights.office.ledger.companies.save(company, 1, Saved(2, MORNING, "Kari", ()))
    nights.finalize(an_invoice(1))
    assert rows(nights)[-1] == "from before the company was set up here;;;NOK;1;125000,00"


def test_one_that_was_pushed_to_the_next_page_counts_once(nights: Nights) -> None:
    class Pushed:
        def invoice_pages(self, *_: Any) -> Iterator[list[dict[str, Any]]]:
            data = [an_invoice(number)["data"] for number in (1, 2, 3)]
            yield data[:2]
            yield data[1:]

    nights.moment = Pushed()  # type: ignore[assignment]
    assert rows(nights)[0] == "in Moment;;;NOK;3;375000,00"


def test_without_moment_there_is_no_report(nights: Nights) -> None:
    nights.moment.down_at_page = 1
    with pytest.raises(Unreachable):
        report_of(nights)
    nights.vault.take_away(COMPANY)
    with pytest.raises(KeyRefused, match="no API key"):
        report_of(nights)


def test_a_norwegian_spreadsheet_reads_it(nights: Nights) -> None:
    nights.office.arrive(an_invoice(1))
    nights.finalize(an_invoice(1))
    assert report_of(nights).to_csv(Language.NORWEGIAN) == (
        "\ufeffHvor;Rute;Detalj;Valuta;Antall;Sum inkl. MVA\r\n"
        "i Moment;;;NOK;1;125000,00\r\n"
        "mottatt;fil;;NOK;1;125000,00\r\n"
        "venter;fil;;NOK;1;125000,00\r\n"
    )


def test_ten_times_the_invoices_take_no_more_memory(nights: Nights) -> None:
    class Many:
        def __init__(self, count: int) -> None:
            self.count = count

        def invoice_pages(self, *_: Any) -> Iterator[list[dict[str, Any]]]:
            for start in range(1, self.count, 100):
                yield [an_invoice(number)["data"] for number in range(start, start + 100)]

    def peak(count: int) -> int:
        nights.moment = Many(count)  # type: ignore[assignment]
        tracemalloc.start()
        report_of(nights)
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    peak(100)
    assert peak(5_000) < 1.5 * peak(500)


@pytest.mark.parametrize("state", sorted({*MailState, *State} - {State.UPLOADED}))
def test_how_far_one_has_come_is_said_in_both_languages(state: str) -> None:
    names = {detail_name(state, language) for language in Language}
    assert len(names) == len(Language)
