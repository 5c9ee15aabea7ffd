"""A month's control report as a page, as CSV and as JSON; Moment is asked while one waits."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from moment_xledger.console.report_page import PATIENCE
from moment_xledger.domain.companies import Language
from moment_xledger.domain.sessions import Role
from tests.builders import COMPANY, an_invoice
from tests.console.site import Site

OCTOBER = "/report?month=2026-10"  # in which the builders' invoices are dated
CSV = "/report.csv?month=2026-10"


@pytest.fixture
def month(site: Site) -> Site:
    """In Moment four: one is in an export, one waits, one is held back, one never came."""
    invoices = [an_invoice(number) for number in (1, 2, 4)] + [an_invoice(3, kid="1")]
    site.moment.save(site.world.time(), *invoices)
    site.export(1)
    site.receive(an_invoice(2), an_invoice(3, kid="1"))
    return site


def lines(site: Site) -> list[tuple[str, str, int, str]]:
    facts = site.browser().get_json(OCTOBER).facts
    return [(line["place"], line["detail"], line["count"], line["total"]) for line in facts["lines"]]


def test_each_invoice_is_accounted_for(month: Site) -> None:
    one = str(an_invoice(1)["data"]["total"])
    assert [line[:3] for line in lines(month)] == [
        ("in Moment", "", 4),
        ("arrived", "", 2),
        ("left in an export", "1", 1),
        ("waiting", "", 1),
        ("held back", "KID_INVALID", 1),
        ("missing", "", 1),
    ]
    assert {total for *_, count, total in lines(month) if count == 1} == {one}


def test_the_page_says_what_is_missing_and_leads_to_the_export(month: Site) -> None:
    page = month.browser().get(OCTOBER).text
    assert "<h2>oktober 2026</h2>" in page
    assert '<dt>Mangler her</dt><dd class="fault">1</dd>' in page
    assert '<a href="/exports/1">Eksport 1</a>' in page
    assert "KID er feil" in page
    assert "hentes av seg selv hver natt" in page
    assert "Missing here" in month.browser(language=Language.ENGLISH).get(OCTOBER).text


def test_a_month_in_which_all_left_is_told_in_one_sentence(site: Site) -> None:
    site.moment.save(site.world.time(), an_invoice(1))
    site.export(1)
    assert "Hver faktura i Moment er gjort rede for: ingen mangler" in site.browser().get(OCTOBER).text
    november = site.browser().get("/report?month=2026-11").text
    assert "Moment har ingen fakturaer fra denne måneden." in november


def test_it_can_be_saved_as_csv(month: Site) -> None:
    answer = month.browser(Role.OPERATOR).get(CSV)
    assert answer.headers["Content-Disposition"] == (
        f'attachment; filename="moment-xledger-{COMPANY.id}-2026-10.csv"'
    )
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    first, *rest = answer.text.removeprefix("\ufeff").splitlines()
    assert first == "Hvor;Rute;Detalj;Valuta;Antall;Sum inkl. MVA"
    assert len(rest) == 6


def test_nobody_is_asked_before_a_month_is_chosen(site: Site) -> None:
    page = site.browser().get("/report").text
    assert '<option value="2026-10" selected>oktober 2026</option>' in page
    assert site.moment.asked_from == []


@pytest.mark.parametrize("month", ["2026-12", "2024-11", "2026-13", "x", "2026-1", "2026-11-01"])
def test_a_month_that_there_is_none_of_is_not_found(site: Site, month: str) -> None:
    for address in ("/report", "/report.csv"):
        assert site.browser().get(f"{address}?month={month}").status == 404


def refused(site: Site) -> None:
    site.moment.refuses = True


def down(site: Site) -> None:
    site.moment.down_at_page = 1


def slow(site: Site) -> None:
    pages = site.moment.invoice_pages

    def slowly(*asked: Any) -> Iterator[Any]:
        for page in pages(*asked):
            site.world.time.now += PATIENCE + timedelta(seconds=1)
            yield page

    site.moment.invoice_pages = slowly  # type: ignore[assignment,method-assign]


@pytest.mark.parametrize(
    ("happens", "says"),
    [
        pytest.param(refused, "Moment godtar ikke API-nøkkelen", id="the key is refused"),
        pytest.param(down, "Moment svarer ikke", id="Moment is down"),
        pytest.param(slow, "for mange fakturaer til å telle", id="Moment takes its time"),
    ],
)
def test_where_there_is_no_report_a_sentence_says_why(month: Site, happens: Any, says: str) -> None:
    happens(month)
    browser = month.browser()
    for address in (OCTOBER, CSV):
        page = browser.get(address)
        assert page.status == 503
        assert says in page.text
        assert "<table" not in page.text
    assert says in browser.get_json(OCTOBER).facts["error"]
