"""The list of a company's exports, and the button that makes one."""

from datetime import timedelta
from typing import Any

import pytest

from moment_xledger.domain.companies import CompanyId
from moment_xledger.domain.deeds import What
from moment_xledger.domain.pauses import Pause
from tests.builders import COMPANY, a_company, an_invoice
from tests.console.site import Site, opened
from tests.world import START


def test_a_line_says_what_when_by_whom_and_how_much(site: Site) -> None:
    site.export(10231, 10232)
    line = site.browser().get("/exports").text
    for shown in ("22.11.2026 10:00", "Tidsplanen", "10231–10232", "250\u00a0000,00 NOK", "Klar"):
        assert shown in line


def test_the_list_as_json_says_the_same(site: Site) -> None:
    site.export(10231, 10232)
    (line,) = site.browser().get_json("/exports").facts["exports"]
    assert line == {
        "number": 1,
        "made": "2026-11-22T09:00:00Z",
        "by": "schedule",
        "status": "ready",
        "repeats": None,
        "invoices": 2,
        "first_number": 10231,
        "last_number": 10232,
        "totals": {"NOK": "250000.00"},
    }


def test_twenty_five_a_page_newest_first_and_every_export_once(site: Site) -> None:
    for number in range(1, 28):
        site.export(10_000 + number)
    browser, seen, address = site.browser(), [], "/exports"
    while address:
        page = browser.get_json(address).facts
        assert len(page["exports"]) <= 25
        seen += [line["number"] for line in page["exports"]]
        older = page["older_than"]
        address = f"/exports?before={older}" if older else ""
    assert seen == list(range(27, 0, -1))


def test_each_currency_has_its_own_sum(monkeypatch: pytest.MonkeyPatch) -> None:
    site = opened(monkeypatch, [a_company(file={"format": "gl02b"}, owner_code=10001)])
    site.receive(an_invoice(10230, currency="EUR", exchangeRate="11.7525"))
    site.export(10231, 10232)
    browser = site.browser()
    (line,) = browser.get_json("/exports").facts["exports"]
    assert line["totals"] == {"EUR": "125000.00", "NOK": "250000.00"}
    page = browser.get("/exports").text
    assert "125\u00a0000,00 EUR" in page
    assert "250\u00a0000,00 NOK" in page


@pytest.mark.parametrize(
    ("arrived", "says"),
    [
        (0, "Ingen nye fakturaer venter på eksport. Den siste var eksport 1, 22.11.2026 10:00."),
        (1, "1 ny faktura venter"),
        (3, "3 nye fakturaer venter"),
        (205, "Over 200 nye fakturaer venter"),
    ],
)
def test_the_page_says_what_waits_or_since_when_nothing_does(site: Site, arrived: int, says: str) -> None:
    site.export(10231)
    site.receive(*(an_invoice(20_000 + number) for number in range(arrived)))
    assert says in site.browser().get("/exports").text


def test_what_no_export_would_take_is_not_said_to_wait(site: Site) -> None:
    site.receive(an_invoice(10231, doNotTransfer=True))
    browser = site.browser()
    assert browser.get_json("/exports").facts["waiting"] == 0
    text = browser.get("/exports").text
    assert "Ingen fakturaer venter på eksport." in text
    assert "ferdigstilt" not in text, "one is"


def test_one_old_invoice_that_never_fits_does_not_hide_the_new_ones(site: Site) -> None:
    site.receive(an_invoice(10000, currency="EUR"))  # which the standard format cannot hold
    site.receive(*(an_invoice(10_000 + number) for number in range(1, 206)))
    site.export(10300)
    assert site.browser().get_json("/exports").facts["waiting"] == 0
    site.receive(an_invoice(10301), an_invoice(10302))
    assert site.browser().get_json("/exports").facts["waiting"] == 2


def test_a_company_without_invoices_is_told_so(site: Site) -> None:
    text = site.browser().get("/exports").text
    assert "Ingen fakturaer venter på eksport." in text
    assert "Ingen eksporter ennå" in text


def test_export_now_starts_a_job_by_name_and_comes_back(site: Site) -> None:
    site.receive(an_invoice(10231))
    browser = site.browser()
    asked = browser.press("/exports", "/exports")
    assert (asked.status, len(site.jobs)) == (303, 1)
    assert "bestilt" in browser.get(asked.place).text
    (export,) = site.work()
    assert export
    assert export.by == "Kari Nordmann"
    assert "Eksporten du bestilte, er klar" in browser.get(asked.place).text


def test_who_asks_in_a_pause_is_told_when_it_will_be_made(site: Site) -> None:
    site.receive(an_invoice(10231))
    site.world.ledger.pauses.pause(COMPANY.id, Pause(START, "operator", "feil konto"))
    browser = site.browser()
    asked = browser.press("/exports", "/exports")
    assert "den lages av seg selv når pausen er over" in browser.get(asked.place).text


def test_a_double_click_is_one_export(site: Site) -> None:
    site.receive(an_invoice(10231))
    browser = site.browser()
    form = browser.get("/exports").inputs()
    browser.post("/exports", form)
    browser.post("/exports", form)
    first, second = site.work()
    assert first
    assert second
    assert first.number == second.number


def test_two_pages_ask_with_two_tokens(site: Site) -> None:
    browser = site.browser()
    assert browser.get("/exports").hidden("request") != browser.get("/exports").hidden("request")


@pytest.mark.parametrize("request_token", ["", "x", "A" * 23, "TOK#" + "A" * 18, "../" + "A" * 19])
def test_a_request_token_that_no_page_made_is_refused(site: Site, request_token: str) -> None:
    assert site.browser().press("/exports", "/exports", request=request_token).status == 400
    assert site.jobs == []


def test_asking_is_noted(site: Site) -> None:
    browser = site.browser()
    site.world.time.now += timedelta(minutes=1)
    browser.press("/exports", "/exports")
    newest = next(site.world.ledger.audit.of(COMPANY.id))
    assert (newest.who, newest.what, newest.when) == (
        "Kari Nordmann",
        What.ASKED_FOR_EXPORT,
        site.world.time(),
    )


def test_an_open_export_is_shown_as_being_made(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    site.receive(an_invoice(10231))

    def dies(*_: Any) -> None:
        raise ConnectionError

    monkeypatch.setattr(site.files, "put_once", dies)
    browser = site.browser()
    browser.press("/exports", "/exports")
    with pytest.raises(ConnectionError):
        site.work()
    assert "Eksport 1 lages nå" in browser.get("/exports").text
    page = browser.get("/exports/1")
    assert "Lages nå" in page.text
    assert "Last ned" not in page.text
    assert browser.get_json("/exports/1").facts["files"] == []
    assert browser.press("/exports", "/exports/1/files/file").status == 404
    assert browser.get("/exports/1/again").status == 404


def test_one_sees_only_ones_own_company(monkeypatch: pytest.MonkeyPatch) -> None:
    other = a_company("other", name="Annet AS")
    site = opened(monkeypatch, [COMPANY, other])
    site.export(10231, 10232)
    site.world.time.now += timedelta(hours=1)
    site.export(70001, company=CompanyId("other"))
    page = site.browser(company=CompanyId("other")).get("/exports").text
    assert "70001" in page
    assert "Nordvik" not in page
    assert "10231" not in page
