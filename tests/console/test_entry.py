"""In by a link that is good once and for five minutes, out by a button, and nothing for anybody else."""

import json
from datetime import timedelta

import pytest

from moment_xledger.domain.companies import Language
from moment_xledger.domain.deeds import What
from moment_xledger.domain.sessions import Role
from tests.builders import COMPANY
from tests.console.site import Browser, Site


def test_looking_at_a_link_does_not_use_it_up(site: Site) -> None:
    link = site.offer()
    for _ in range(3):  # a mail scanner, a preview, a person
        assert "Kari Nordmann" in Browser().get(link).text
    assert Browser().post(link).status == 303


def test_the_button_lets_one_in(site: Site) -> None:
    browser = Browser()
    entered = browser.post(site.offer())
    assert (entered.status, entered.place) == (303, "/overview")
    assert browser.get("/exports").status == 200


def test_a_link_is_good_once(site: Site) -> None:
    link = site.offer()
    assert Browser().post(link).status == 303
    second = Browser()
    assert second.post(link).status == 401
    assert second.jar == {}


def test_of_two_who_press_at_the_same_moment_one_gets_in(site: Site) -> None:
    """Both have read the entry when the first one uses it up."""
    token, now = site.offer().removeprefix("/in/"), site.world.time()
    sessions = site.world.ledger.sessions
    seen = sessions.offered(token, now)
    assert seen
    assert sessions.enter(token, now)
    sessions.offered = lambda token, now: seen  # type: ignore[method-assign]
    assert sessions.enter(token, now) is None


@pytest.mark.parametrize(
    ("age", "status"),
    [(timedelta(minutes=4, seconds=59), 303), (timedelta(minutes=5), 401), (timedelta(days=1), 401)],
)
def test_a_link_is_good_for_five_minutes(site: Site, age: timedelta, status: int) -> None:
    link = site.offer()
    site.world.time.now += age
    assert Browser().post(link).status == status


@pytest.mark.parametrize(
    ("age", "status"),
    [(timedelta(hours=7, minutes=59), 200), (timedelta(hours=8), 401), (timedelta(days=2), 401)],
)
def test_a_session_is_good_for_eight_hours(site: Site, age: timedelta, status: int) -> None:
    browser = site.browser()
    site.world.time.now += age
    assert browser.get("/exports").status == status


def test_a_wrong_a_used_an_expired_and_a_forged_link_look_the_same(site: Site) -> None:
    used, expired = site.offer(), site.offer()
    Browser().post(used)
    site.world.time.now += timedelta(minutes=6)
    link_of_export = "/e/" + site.world.ledger.links.make(COMPANY.id, 99, site.world.time())
    links = [used, expired, "/in/x", "/in/" + "A" * 22, "/in/" + "A" * 4000, "/e/forged", link_of_export]
    pages = [ask(link) for link in links for ask in (Browser().get, Browser().post) if "/in/" in link]
    pages += [Browser().get("/e/forged"), Browser().get(link_of_export), Browser().get("/exports")]
    assert {page.status for page in pages} == {401}
    assert len({(page.text, json.dumps(dict(page.headers))) for page in pages}) == 1


def test_the_cookie_is_out_of_reach_of_scripts_other_sites_and_plain_http(site: Site) -> None:
    (cookie,) = Browser().post(site.offer()).cookies
    name, *attributes = cookie.split("; ")
    assert name.startswith("__Host-session=")
    assert set(attributes) == {"Path=/", "Max-Age=28800", "HttpOnly", "Secure", "SameSite=Lax"}


def test_the_ledger_holds_neither_the_link_nor_the_session(site: Site) -> None:
    link = site.offer()
    browser = Browser()
    browser.post(link)
    held = repr(site.world.table._partitions)
    assert link.removeprefix("/in/") not in held
    assert browser.jar["__Host-session"] not in held


def test_signing_out_ends_the_session_on_our_side_too(site: Site) -> None:
    browser = site.browser()
    stolen = Browser(dict(browser.jar))
    assert browser.press("/exports", "/out").place == "/out"
    assert "logget ut" in browser.get("/out").text
    assert stolen.get("/exports").status == 401


def test_an_operator_of_ours_can_end_every_session_of_a_company(site: Site) -> None:
    one, two = site.browser(), site.browser(Role.OPERATOR)
    assert site.world.ledger.sessions.revoke(COMPANY.id) == 2
    assert {one.get("/exports").status, two.get("/exports").status} == {401}


def test_what_is_kept_of_a_session_goes_by_itself(site: Site) -> None:
    site.browser()
    kept = [
        item
        for items in site.world.table._partitions.values()
        for item in items.values()
        if "SESSION#" in item["pk"] + item["sk"]
    ]
    end = int((site.world.time() + timedelta(hours=8)).timestamp())
    assert [item["ttl"] for item in kept] == [end, end]


def test_signing_in_and_out_is_noted(site: Site) -> None:
    site.browser().press("/exports", "/out")
    deeds = list(site.world.ledger.audit.of(COMPANY.id))
    assert {(deed.who, deed.what) for deed in deeds} == {
        ("Kari Nordmann", What.SIGNED_IN),
        ("Kari Nordmann", What.SIGNED_OUT),
    }


@pytest.mark.parametrize(
    ("language", "lang", "words"),
    [(Language.NORWEGIAN, "nb", "Eksporter nå"), (Language.ENGLISH, "en", "Export now")],
)
def test_the_pages_speak_the_language_of_the_session(
    site: Site, language: Language, lang: str, words: str
) -> None:
    page = site.browser(language=language).get("/exports")
    assert f'<html lang="{lang}">' in page.text
    assert words in page.text


def test_the_first_page_is_the_overview(site: Site) -> None:
    assert site.browser().get("/").place == "/overview"
