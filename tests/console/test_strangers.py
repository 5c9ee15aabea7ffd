"""What somebody without a session costs: the console's address is open to the internet."""

from dataclasses import replace
from typing import Any

import pytest

from functions.console import handler
from moment_xledger.adapters.ledger import Ledger
from moment_xledger.adapters.table import Item, Key
from moment_xledger.console.application import whole
from tests.console.site import Browser, Site, opened

PATHS = [
    "/",
    "/nowhere",
    "/overview",
    "/settings",
    "/exports/1",
    "/out",
    "/style.css",
    "/icon.svg",
    "/in/x",
    "/e/x",
]
# None of these can be a token of ours: too short, too long, or of letters that base64 has not.
NONE_OF_OURS = ["", "x", "A" * 21, "A" * 23, "A" * 21 + "%", "A" * 4096, "٣" * 22]


class Untouched:
    """A table that nobody may ask anything."""

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(f"the ledger is asked: {name}")


@pytest.fixture
def closed(monkeypatch: pytest.MonkeyPatch) -> Site:
    """Whatever would read or write the ledger fails."""
    site = opened(monkeypatch)
    desk = replace(site.desk(), ledger=Ledger(Untouched()))  # type: ignore[arg-type]
    monkeypatch.setattr(site, "desk", lambda: desk)
    monkeypatch.setattr(handler, "wire", lambda: site)
    return site


def asked(page: Any) -> bool:
    """The assertion of the table ends as a failure of ours."""
    return bool(page.status == 500)


@pytest.mark.parametrize("cookie", [None, *NONE_OF_OURS])
def test_without_what_could_be_a_session_nothing_is_read(closed: Site, cookie: str | None) -> None:
    browser = Browser({} if cookie is None else {"__Host-session": cookie})
    routes = [*whole()._static_routes, *whole()._dynamic_routes]
    for route in routes:
        path = route.path.replace("<number>", "1").replace("<token>", "x").replace("<piece>", "file")
        page = browser.get(path) if route.method == "GET" else browser.post(path, {"csrf": "0" * 64})
        assert not asked(page), (route.method, path)
        assert page.status in (200, 303, 401), (route.method, path)


@pytest.mark.parametrize("token", [each for each in NONE_OF_OURS if each and each.isprintable()])
def test_a_link_that_cannot_be_ours_is_not_looked_up(closed: Site, token: str) -> None:
    for path in (f"/in/{token}", f"/e/{token}"):
        assert Browser().get(path).status in (401, 404), path
    for path in (f"/in/{token}", f"/e/{token}/files/file"):
        assert Browser().post(path).status in (401, 404), path


def test_what_could_be_a_session_is_looked_up_once_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    site = opened(monkeypatch)
    reads: list[Any] = []
    get = site.world.table.get

    def counted(key: Key) -> Item | None:
        reads.append(key)
        return get(key)

    monkeypatch.setattr(site.world.table, "get", counted)
    for path in ("/overview", "/settings", "/exports/1"):
        reads.clear()
        assert Browser({"__Host-session": "B" * 22}).get(path).status == 401
        assert len(reads) == 1, path


def test_a_form_that_is_too_long_is_refused_before_anything_is_read(closed: Site) -> None:
    browser = Browser({"__Host-session": "B" * 22})
    assert browser.post("/exports", {"csrf": "0" * 64, "more": "x" * 20_000}).status == 403
    assert asked(browser.post("/exports", {"csrf": "0" * 64}))  # one that is not, is


def test_no_answer_to_a_stranger_is_large(closed: Site) -> None:
    """What it is reckoned with in the README's sentence about what a stranger can cost."""
    from local.bench.strangers import ANSWER_KB

    assert max(len(Browser().get(path).text.encode()) for path in PATHS) <= ANSWER_KB * 1000
