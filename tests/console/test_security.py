"""Who may do what, tried for every route; and what every answer tells a browser."""

import base64
import re
from collections.abc import Mapping
from dataclasses import replace

import pytest

from functions.console import handler as console
from moment_xledger.console.application import whole
from moment_xledger.domain.companies import CompanyId, Token
from moment_xledger.domain.problems import Code, Problem
from moment_xledger.domain.sessions import Role
from moment_xledger.domain.typed_settings import as_typed
from tests.builders import COMPANY, a_company
from tests.console.site import Browser, Context, Page, Site, an_http_event, opened
from tests.office import FakeVault

OTHERS_TOKEN = Token("token-of-the-other-one")
OTHER = a_company("other", name="Annet AS", owner_code=20_405, token_id=FakeVault().fingerprint(OTHERS_TOKEN))
MAKERS = {Role.ACCOUNTANT, Role.ADMINISTRATOR}
EVERYONE = set(Role)
REQUEST = "A" * 22

# Every route that needs a session: who may, and what they then get.
ROUTES = [
    ("GET", "/overview", EVERYONE, 200),
    ("GET", "/problems", EVERYONE, 200),
    ("GET", "/problems/group?kind=customer&code=NUMBER_TAKEN", EVERYONE, 200),
    ("GET", "/problems/one?kind=customer&code=NUMBER_TAKEN&number=77", EVERYONE, 200),
    ("POST", "/problems/retry", EVERYONE, 303),
    ("POST", "/problems/retry-all", EVERYONE, 303),
    ("POST", "/problems/skip", MAKERS, 303),
    ("POST", "/problems/choose", MAKERS, 303),
    ("GET", "/record?kind=invoice&number=1", MAKERS, 200),
    ("GET", "/settings", MAKERS, 200),
    ("POST", "/settings", {Role.ADMINISTRATOR}, 303),
    ("POST", "/settings/test", MAKERS, 303),
    ("GET", "/settings/probe", MAKERS, 200),
    ("POST", "/settings/probe", MAKERS, 303),
    ("POST", "/settings/go-on", {Role.ADMINISTRATOR}, 303),
    ("GET", "/log", MAKERS, 200),
    ("GET", "/report", EVERYONE, 200),
    ("GET", "/report.csv?month=2026-11", EVERYONE, 200),
    ("GET", "/exports", EVERYONE, 200),
    ("POST", "/exports", MAKERS, 303),
    ("GET", "/exports/1", EVERYONE, 200),
    ("POST", "/exports/1/files/file", MAKERS, 303),
    ("POST", "/exports/1/files/review", MAKERS, 303),
    ("POST", "/exports/1/files/manifest", MAKERS, 303),
    ("GET", "/exports/1/again", MAKERS, 200),
    ("POST", "/exports/1/again", MAKERS, 303),
    ("POST", "/exports/1/upload", MAKERS, 404),
    ("POST", "/out", EVERYONE, 303),
]
POLICY = {
    "default-src": "'none'",
    "style-src": "'self'",
    "img-src": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}
OPEN = {"/", "/in/<token>", "/e/<token>", "/e/<token>/files/<piece>", "/style.css", "/icon.svg", "GET /out"}
FORMS = [path for method, path, _, _ in ROUTES if method == "POST"]


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Site:
    """Two companies, each with a token of its own. Nordvik has three exports, the other one has one."""
    site = opened(monkeypatch, [COMPANY, OTHER])
    site.give_token(OTHER, OTHERS_TOKEN)
    for number in (10231, 10232, 10233):
        site.export(number)
    site.export(70001, company=OTHER.id)
    site.world.ledger.problems.report(
        [Problem(COMPANY.id, "customer", "77", Code.NUMBER_TAKEN, {"other": "5"})]
    )
    return site


def ask(browser: Browser, method: str, path: str, form: Mapping[str, str] | None = None) -> Page:
    return browser.get(path) if method == "GET" else browser.post(path, form)


def its_form(browser: Browser) -> dict[str, str]:
    problem = {"kind": "customer", "code": "NUMBER_TAKEN", "number": "77", "reason": "a double"}
    settings = as_typed(COMPANY) | {"since": "1"}
    return {"csrf": browser.get("/exports").hidden("csrf"), "request": REQUEST} | problem | settings


def test_every_route_is_tried_here() -> None:
    """A route that is added is added to `ROUTES`, or to those that need no session."""
    known = {(method, re.sub(r"\d+", "<number>", path)) for method, path, _, _ in ROUTES}
    known = {(method, path.partition("?")[0]) for method, path in known}
    known = {(method, re.sub(r"files/\w+", "files/<piece>", path)) for method, path in known}
    app = whole()
    served = {(route.method, route.path) for route in app._static_routes + app._dynamic_routes}
    served = {each for each in served if each[1] not in OPEN and " ".join(each) not in OPEN}
    assert served == known


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize(("method", "path", "may", "gets"), ROUTES)
def test_a_role_may_what_it_may(
    site: Site, method: str, path: str, may: set[Role], gets: int, role: Role
) -> None:
    browser = site.browser(role)
    assert ask(browser, method, path, its_form(browser)).status == (gets if role in may else 403)
    assert role in may or site.jobs == []


@pytest.mark.parametrize("cookie", [None, "", "forged", "A" * 22])
def test_nobody_gets_anything_without_a_session(site: Site, cookie: str | None) -> None:
    browser = Browser({} if cookie is None else {"__Host-session": cookie})
    for method, path, _, _ in ROUTES:
        assert ask(browser, method, path, {"csrf": "", "request": REQUEST}).status == 401, path
    assert site.jobs == []


@pytest.mark.parametrize("role", list(Role))
def test_another_companys_number_is_as_unknown_as_any(site: Site, role: Role) -> None:
    browser = site.browser(role, OTHER.id)
    form = its_form(browser)
    for method, path in [(method, path) for method, path, _, _ in ROUTES if "/1" in path]:
        theirs = ask(browser, method, path.replace("/1", "/3"), form)
        nobodys = ask(browser, method, path.replace("/1", "/999"), form)
        assert theirs.status in (403, 404), path
        assert (theirs.status, theirs.text, theirs.headers) == (
            nobodys.status,
            nobodys.text,
            nobodys.headers,
        ), path
        assert "Nordvik" not in theirs.text
    assert site.jobs == []


@pytest.mark.parametrize("role", list(Role))
def test_nothing_of_another_company_is_on_any_page(site: Site, role: Role) -> None:
    browser = site.browser(role, OTHER.id)
    for method, path, _, _ in ROUTES:
        if method == "GET":
            assert not re.search("Nordvik|nordvik|1023", browser.get(path).text + browser.get_json(path).text)


def test_what_is_asked_for_is_asked_for_ones_own_company(site: Site) -> None:
    browser = site.browser(company=OTHER.id)
    browser.post("/exports", its_form(browser) | {"company": "nordvik"})
    assert [job["company_id"] for job in site.jobs] == [CompanyId("other")]


@pytest.mark.parametrize("csrf", [None, "", "0" * 64, "æ"])
def test_a_form_without_its_pages_token_does_nothing(site: Site, csrf: str | None) -> None:
    browser = site.browser()
    form = {"request": REQUEST} | ({} if csrf is None else {"csrf": csrf})
    for path in FORMS:
        assert browser.post(path, form).status == 403, path
    assert site.jobs == []
    assert browser.get("/exports").status == 200  # still signed in


def test_a_token_of_another_session_does_nothing(site: Site) -> None:
    other, browser = its_form(site.browser()), site.browser()
    for path in FORMS:
        assert browser.post(path, other).status == 403, path


@pytest.mark.parametrize("origin", ["cross-site", "same-site"])
def test_a_form_on_another_site_does_nothing(site: Site, origin: str) -> None:
    browser = site.browser()
    link = "/e/" + site.world.ledger.links.make(COMPANY.id, 1, site.world.time())
    for path in ("/exports", site.offer(), f"{link}/files/file"):
        assert browser.post(path, its_form(browser), sec_fetch_site=origin).status == 403


def test_what_is_not_a_number_is_not_found(site: Site) -> None:
    browser = site.browser()
    for number in ("0", "01", "-1", "1e3", "x", "%00", "1" * 30, "..", "1;2", "٣"):
        assert browser.get(f"/exports/{number}").status == 404, number
        assert browser.get(f"/exports?before={number}").status == 404, number


def test_a_form_of_megabytes_is_not_read(site: Site) -> None:
    browser = site.browser()
    assert browser.post("/exports", its_form(browser) | {"more": "x" * 100_000}).status == 403


@pytest.mark.parametrize("body", [b"\xff\xfe=\xff", b"csrf", b"csrf=%ff&request=%00", b"a=1&" * 9])
def test_a_form_that_is_none_does_nothing(site: Site, body: bytes) -> None:
    browser = site.browser()
    event = an_http_event("POST", "/exports", "", {}, browser.jar)
    event["body"] = base64.b64encode(body).decode()
    assert console.lambda_handler(event, Context())["statusCode"] == 403  # type: ignore[arg-type]
    event["body"] = "not base64"
    assert console.lambda_handler(event, Context())["statusCode"] == 400  # type: ignore[arg-type]
    assert site.jobs == []


@pytest.mark.parametrize("role", [*Role, None])
def test_every_answer_tells_the_browser_to_be_careful(site: Site, role: Role | None) -> None:
    link = "/e/" + site.world.ledger.links.make(COMPANY.id, 1, site.world.time())
    rest = ["/", "/nowhere", "/exports/999", "/in/x", site.offer(), link, f"{link}/files/none", "/out"]
    asked = [*((method, path) for method, path, _, _ in ROUTES), *(("GET", path) for path in rest)]
    for method, path in asked:
        browser = site.browser(role)
        page = ask(browser, method, path, its_form(browser) if role else {})
        assert_careful(page)
        assert not page.cookies or path == "/out", path


def assert_careful(page: Page) -> None:
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert page.headers["X-Content-Type-Options"] == "nosniff"
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["Strict-Transport-Security"].startswith("max-age=63072000")
    assert page.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert page.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    policy = dict(part.split(" ", 1) for part in page.headers["Content-Security-Policy"].split("; "))
    assert policy.pop("form-action").startswith("'self'")
    assert policy == POLICY


def test_how_pages_look_is_kept_for_an_hour_and_else_as_careful(site: Site) -> None:
    for path in ("/style.css", "/icon.svg"):
        page = Browser().get(path)
        assert page.headers["Cache-Control"] == "public, max-age=3600"
        assert_careful(replace(page, headers={**page.headers, "Cache-Control": "no-store"}))


def test_the_page_with_downloads_lets_its_buttons_lead_to_the_bucket_and_nowhere_else(site: Site) -> None:
    policy = site.browser().get("/exports/1").headers["Content-Security-Policy"]
    assert policy.endswith("form-action 'self' https://bucket.example")


def test_no_page_has_script_inline_style_or_anything_of_a_third_party(site: Site) -> None:
    browser = site.browser()
    for path in [*(path for method, path, _, _ in ROUTES if method == "GET"), "/out", "/nowhere"]:
        page = browser.get(path).text
        assert not re.search(r"<script|<style|style=|\son\w+=|javascript:|https?://|//", page), path
        assert len(page) < 100_000


def test_a_fault_of_ours_tells_the_browser_nothing(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(*_: object, **__: object) -> None:
        raise RuntimeError("table nordvik-secret")

    browser = site.browser()
    monkeypatch.setattr(site.world.table, "get_many", breaks)
    page = browser.get("/exports")
    assert page.status == 500
    assert "secret" not in page.text
    assert "RuntimeError" not in page.text


def test_refusals_are_json_for_those_who_want_json(site: Site) -> None:
    page = Browser().get_json("/exports")
    assert page.status == 401
    assert page.facts["error"]
