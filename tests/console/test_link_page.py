"""The stable link of one export: that page, its downloads, and nothing else."""

from datetime import timedelta

import pytest

from moment_xledger.domain.companies import Language
from moment_xledger.domain.deeds import BY_LINK, What
from tests.builders import COMPANY, a_company
from tests.console.site import Browser, Site, opened


def link(site: Site, export: int = 1) -> str:
    return "/e/" + site.world.ledger.links.make(COMPANY.id, export, site.world.time())


def test_it_shows_the_very_page_of_the_export(site: Site) -> None:
    site.export(10231, 10232)
    assert Browser().get_json(link(site)).facts == site.browser().get_json("/exports/1").facts


def test_it_offers_downloads_only(site: Site) -> None:
    site.export(10231)
    address = link(site)
    page = Browser().get(address).text
    assert f'action="{address}/files/file"' in page
    assert "/exports" not in page
    assert "på nytt" not in page
    assert "Logg ut" not in page


@pytest.mark.parametrize("piece", ["file", "review", "manifest"])
def test_its_buttons_lead_to_a_fresh_link(site: Site, piece: str) -> None:
    site.export(10231)
    answer = Browser().post(f"{link(site)}/files/{piece}")
    assert answer.status == 303
    assert answer.place.startswith("https://bucket.example/exports/nordvik/000001/")


def test_a_download_by_it_is_noted(site: Site) -> None:
    site.export(10231)
    address = link(site)
    Browser().post(f"{address}/files/file")
    (deed,) = site.world.ledger.audit.of(COMPANY.id)
    assert (deed.what, deed.who, deed.export) == (What.FETCHED_FILE, BY_LINK, 1)
    assert address.removeprefix("/e/") not in repr(site.world.table._partitions)


@pytest.mark.parametrize(("age", "status"), [(timedelta(days=13, hours=23), 200), (timedelta(days=14), 401)])
def test_it_ends_after_fourteen_days(site: Site, age: timedelta, status: int) -> None:
    site.export(10231)
    address = link(site)
    site.world.time.now += age
    assert Browser().get(address).status == status
    assert Browser().post(f"{address}/files/file").status == (303 if status == 200 else 401)


def test_taken_back_it_opens_nothing(site: Site) -> None:
    site.export(10231)
    address = link(site)
    site.world.ledger.links.revoke(COMPANY.id, 1)
    assert Browser().get(address).status == 401
    assert Browser().post(f"{address}/files/file").status == 401


def test_it_is_no_way_into_the_console(site: Site) -> None:
    site.export(10231)
    browser = Browser()
    address = link(site)
    browser.get(address)
    assert browser.jar == {}
    assert browser.get("/exports").status == 401
    assert browser.get(f"{address}/again").status == 404
    assert Browser({"__Host-session": address.removeprefix("/e/")}).get("/exports").status == 401


def test_it_does_not_open_another_export(site: Site) -> None:
    site.export(10231)
    site.export(10232)
    assert Browser().get_json(link(site, 2)).facts["number"] == 2


def test_it_speaks_the_companys_language(monkeypatch: pytest.MonkeyPatch) -> None:
    site = opened(monkeypatch, [a_company(language=Language.ENGLISH)])
    site.export(10231)
    assert "Download" in Browser().get(link(site)).text
