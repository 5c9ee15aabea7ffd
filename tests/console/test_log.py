"""The log tells who did what, page by page, and whom we have told."""

import re
from datetime import timedelta

import pytest

from moment_xledger.console.log_pages import A_PAGE
from moment_xledger.console.wording.log import NORWEGIAN
from moment_xledger.domain.companies import Language
from moment_xledger.domain.deeds import BY_LINK, Deed, What
from moment_xledger.domain.mails import Stopped
from moment_xledger.domain.notices import Told
from moment_xledger.domain.sessions import Role
from tests.builders import COMPANY, a_company
from tests.console.site import Site, opened
from tests.world import START

ADDRESS = "regnskap@nordvik.example"


def note(site: Site, about: str, what: What = What.SKIPPED_PROBLEM, who: str = "Ola") -> None:
    site.world.time.now += timedelta(seconds=1)
    site.world.ledger.audit.note(Deed(COMPANY.id, site.world.time(), who, what, about=about))


def test_it_tells_who_did_what_newest_first(site: Site) -> None:
    browser = site.browser()
    note(site, "invoice 7: KID_INVALID: ført for <hånd>")
    note(site, "", What.FETCHED_FILE, BY_LINK)
    deeds = browser.get_json("/log").facts["deeds"]
    assert [deed["who"] for deed in deeds] == ["en som hadde lenken", "Ola", "Kari Nordmann"]
    page = browser.get("/log").text
    assert "ført for &lt;hånd&gt;" in page
    assert "hoppet over et problem" in page
    assert "skipped a problem" in site.browser(language=Language.ENGLISH).get("/log").text


def test_pages_hold_each_deed_once(site: Site) -> None:
    browser = site.browser()
    for number in range(2 * A_PAGE):
        note(site, f"n{number}")
    path, seen = "/log", []
    for _ in range(3):
        seen += [deed["about"] for deed in browser.get_json(path).facts["deeds"]]
        further = re.search(r'href="(/log\?before[^"]*)"', browser.get(path).text)
        path = further[1] if further else ""
    assert path == ""
    assert seen == [*(f"n{number}" for number in reversed(range(2 * A_PAGE))), None]


@pytest.mark.parametrize("place", ["x", "PROB", "2026-11-22T09:00:00.000000Z", "%23"])
def test_what_is_no_place_in_it_is_not_found(site: Site, place: str) -> None:
    assert site.browser().get(f"/log?before={place}").status == 404


def test_it_tells_when_each_address_had_its_mails(monkeypatch: pytest.MonkeyPatch) -> None:
    site = opened(monkeypatch, [a_company(notify=[ADDRESS, "annen@nordvik.example"])])
    ledger = site.world.ledger
    taken = ledger.notices.take(COMPANY.id, ADDRESS, START)
    assert taken
    ledger.notices.give_back(taken, Told(digest_at=START, slot="2026-11-22 07", open_then=3))
    ledger.mails.stop(COMPANY.id, Stopped("annen@nordvik.example", "bounced", START))
    first, second = site.browser().get_json("/log").facts["notices"]
    assert (first["last_digest"], first["open_then"]) == ("2026-11-22T09:00:00Z", 3)
    assert second["is_stopped"] is True
    assert "stoppet til adressen bekreftes" in site.browser().get("/log").text


def test_the_names_in_it_are_for_the_company_alone(site: Site) -> None:
    assert site.browser(Role.OPERATOR).get("/log").status == 403
    assert 'href="/log"' not in site.browser(Role.OPERATOR).get("/overview").text


def test_every_deed_has_its_words() -> None:
    assert set(NORWEGIAN) == set(What)
