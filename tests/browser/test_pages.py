"""Every page in both languages: nothing that hinders anybody, nothing to scroll sideways for, and a picture of it."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser

from moment_xledger.console.application import whole
from moment_xledger.domain.companies import Language
from moment_xledger.domain.sessions import Role
from tests.browser.busy import make_busy
from tests.browser.opened import Opened, opened_to_browsers
from tests.browser.visitor import Visitor
from tests.builders import COMPANY
from tests.console.site import opened

DESK, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 844}
LOOKS: dict[str, tuple[Language, dict[str, Any]]] = {
    "at a desk": (Language.NORWEGIAN, {"viewport": DESK, "locale": "nb-NO"}),
    "on a phone, in the dark": (
        Language.NORWEGIAN,
        {"viewport": PHONE, "locale": "nb-NO", "color_scheme": "dark"},
    ),
    "on a phone, in English": (Language.ENGLISH, {"viewport": PHONE, "locale": "en-GB"}),
}
REFUSED = "kind=customer&code=REFUSED_BY_XLEDGER"
PAGES = {
    "overview": "/overview",
    "problems": "/problems",
    "problems-group": f"/problems/group?{REFUSED}",
    "problem": f"/problems/one?{REFUSED}&number=10005",
    "problem-choice": "/problems/one?kind=export&code=UPLOAD_UNCERTAIN&number=1",
    "exports": "/exports",
    "export": "/exports/1",
    "export-with-gaps": "/exports/2",
    "export-again": "/exports/1/again",
    "record-search": "/record",
    "record-customer": "/record?kind=customer&number=10005",
    "record-project": "/record?kind=project&number=P-1",
    "record-invoice": "/record?kind=invoice&number=10231",
    "record-unknown": "/record?kind=invoice&number=99",
    "report-choice": "/report",
    "report": "/report?month=2026-10",
    "settings": "/settings",
    "probe": "/settings/probe",
    "log": "/log",
    "nowhere": "/nowhere",
    "signed-out": "/out",
    "sign-in": "{in}",
    "export-by-link": "{e}",
}


NO_PAGES = {"/", "/style.css", "/icon.svg", "/report.csv"}


def test_every_page_is_looked_at() -> None:
    app = whole()
    routes = {route.path for route in app._static_routes + app._dynamic_routes if route.method == "GET"}
    tried = {re.sub(r"\d+", "<number>", path.partition("?")[0]) for path in PAGES.values()}
    assert {re.sub(r"/(in|e)/<token>", r"{\1}", route) for route in routes - NO_PAGES} <= tried


@pytest.fixture(scope="module")
def console() -> Iterator[Opened]:
    """Pages are only looked at, so one company is enough for all of them."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        site = opened(monkeypatch)
        make_busy(site)
        with opened_to_browsers(site) as console:
            yield console


@pytest.fixture(scope="module", params=LOOKS)
def ola(request: pytest.FixtureRequest, chromium: Browser, console: Opened) -> Iterator[Visitor]:
    language, options = LOOKS[request.param]
    with chromium.new_context(**options) as context:
        ola = Visitor(console, context, look=request.param)
        ola.sign_in(console.link(Role.ADMINISTRATOR, language))
        yield ola


@pytest.fixture(params=PAGES)
def shown(request: pytest.FixtureRequest, ola: Visitor) -> Iterator[str]:
    """The page's name. Whatever the browser complained of on the page is a failure, too."""
    ola.complaints.clear()
    ola.goto(PAGES[request.param].format(**_links(ola)))
    yield request.param
    assert ola.complaints == []


def _links(ola: Visitor) -> dict[str, str]:
    site, (language, _) = ola.opened.site, LOOKS[ola.look]
    export = "/e/" + site.world.ledger.links.make(COMPANY.id, 1, site.world.time())
    return {"in": site.offer(language=language), "e": export}


def test_a_page_is_fit_for_everybody(ola: Visitor, shown: str) -> None:
    ola.take_picture(shown)
    ola.unfold()
    assert ola.hindrances() == []
    assert not ola.must_scroll_sideways()
