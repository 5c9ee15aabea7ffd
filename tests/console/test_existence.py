"""Whether something exists in another company cannot be told: not by what is answered, and not by how long it takes,
for the same calls go out either way."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest

from local.openapi.operations import OPERATIONS
from moment_xledger.domain.problems import Code, Problem
from moment_xledger.domain.sessions import Role
from tests.builders import COMPANY, a_company, a_customer, a_project, an_invoice
from tests.console.site import Browser, Page, Site, opened

OTHER = a_company("other", name="Annet AS")
TABLE = ("get", "get_many", "query", "due", "write")
FILES = ("sha256", "read", "put", "put_once", "link")

# What is there in Nordvik, and beside it what is nowhere: as the other company's people ask for it.
ASKED = [
    ("GET", "/exports/{}", "3", "999"),
    ("POST", "/exports/{}/files/file", "3", "999"),
    ("POST", "/exports/{}/files/review", "3", "999"),
    ("POST", "/exports/{}/files/manifest", "3", "999"),
    ("GET", "/exports/{}/again", "3", "999"),
    ("POST", "/exports/{}/again", "3", "999"),
    ("POST", "/exports/{}/upload", "3", "999"),
    ("GET", "/exports?asked={}", "A" * 22, "B" * 22),
    ("GET", "/record?kind=customer&number={}", "20002", "20003"),
    ("GET", "/record?kind=project&number={}", "P-7", "P-8"),
    ("GET", "/record?kind=invoice&number={}", "10231", "99999"),
    ("GET", "/record?kind=invoice&number={}", "10299", "99999"),  # held back
    ("GET", "/problems/one?kind=customer&code=NUMBER_TAKEN&number={}", "77", "78"),
    ("GET", "/problems/group?kind=customer&code={}", "NUMBER_TAKEN", "NUMBER_CHANGED"),
    ("POST", "/problems/retry", "77", "78"),
    ("POST", "/problems/retry-all", "NUMBER_TAKEN", "NUMBER_CHANGED"),
    ("POST", "/problems/skip", "77", "78"),
    ("POST", "/problems/choose", "10231", "99999"),
]


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Site:
    """The other company has nothing but one export."""
    site = opened(monkeypatch, [COMPANY, OTHER])
    for number in (10231, 10232, 10233):
        site.export(number)
    site.export(70001, company=OTHER.id)
    site.receive(a_customer("20002"), a_project("P-7"), an_invoice(10234), an_invoice(10299, total="1.00"))
    site.desk().start_export(COMPANY.id, "A" * 22, "Kari Nordmann")
    site.work()
    problem = Problem(COMPANY.id, "customer", "77", Code.NUMBER_TAKEN, {"other": "5"})
    asked = Problem(COMPANY.id, "invoice", "10231", Code.MAIL_UNCERTAIN)
    site.world.ledger.problems.report([problem, asked])
    return site


def test_every_route_that_is_told_what_to_look_for_is_tried_here() -> None:
    """Add what another company has, and what nobody has, to `ASKED`."""
    names = {"number", "code", "asked"}
    told = {
        (method, path)
        for (method, path), each in OPERATIONS.items()
        if each.way == "session" and ("<number>" in path or names & {*each.query, *(each.form or {})})
    }
    paths = {(method, path.partition("?")[0].replace("{}", "<number>")) for method, path, _, _ in ASKED}
    assert told == {(method, re.sub(r"files/\w+", "files/<piece>", path)) for method, path in paths}


@contextmanager
def noted(site: Site) -> Iterator[list[str]]:
    """The calls to the table and the bucket, in order, and each item that came of them."""
    calls: list[str] = []
    with pytest.MonkeyPatch.context() as patch:
        for outside, names in ((site.world.table, TABLE), (site.files, FILES)):
            for name in names:
                patch.setattr(outside, name, _noting(getattr(outside, name), name, calls))
        yield calls


def _noting(call: Callable[..., Any], name: str, calls: list[str]) -> Callable[..., Any]:
    def made(*given: Any, **named: Any) -> Any:
        calls.append(name)
        found = call(*given, **named)
        return _each(found, name, calls) if isinstance(found, Iterator) else found

    return made


def _each(found: Iterator[Any], name: str, calls: list[str]) -> Iterator[Any]:
    for item in found:
        calls.append(f"{name} gave one")
        yield item


def seen(page: Page, number: str) -> tuple[int, str, dict[str, str]]:
    """Without what it was asked for, and without what is drawn by lot for each page."""
    asked_for = re.compile(rf"\b{number}\b")
    text = re.sub(r'name="request" value="[^"]*"', "", page.text)
    headers = {name: asked_for.sub("#", value) for name, value in page.headers.items()}
    return page.status, asked_for.sub("#", text), headers


def ask(site: Site, browser: Browser, method: str, path: str, number: str) -> tuple[Any, list[str]]:
    csrf = browser.get("/exports").hidden("csrf")
    kind, reason = ("invoice", "MAIL_UNCERTAIN") if len(number) == 5 else ("customer", "NUMBER_TAKEN")
    code = number if number in list(Code) else reason
    problem = {"kind": kind, "code": code, "number": number}
    form = {"csrf": csrf, "request": "C" * 22, **problem, "reason": "a double", "choice": "again"}
    with noted(site) as calls:
        address = path.format(number)
        page = browser.get(address) if method == "GET" else browser.post(address, form)
    return seen(page, number), calls


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize(("method", "path", "theirs", "nobodys"), ASKED)
def test_what_is_another_companys_is_as_what_is_nowhere(
    site: Site, method: str, path: str, theirs: str, nobodys: str, role: Role
) -> None:
    browser = site.browser(role, OTHER.id)
    assert ask(site, browser, method, path, theirs) == ask(site, browser, method, path, nobodys)
    assert site.jobs == []


@pytest.mark.parametrize(("method", "path", "theirs", "nobodys"), ASKED)
def test_and_it_is_there_for_the_company_itself(
    site: Site, method: str, path: str, theirs: str, nobodys: str
) -> None:
    """So that the test above asks for something."""
    browser = site.browser()
    assert ask(site, browser, method, path, theirs) != ask(site, browser, method, path, nobodys)


SHAPELESS = ("x", "A" * 21, "A" * 4000, "A" * 21 + "!")  # no token of ours: refused before anything is read


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_an_entry_that_is_used_expired_or_forged_costs_the_same(site: Site, method: str) -> None:
    used, expired = site.offer(), site.offer()
    Browser().post(used)
    site.world.time.now += timedelta(minutes=6)
    link_of_export = site.world.ledger.links.make(COMPANY.id, 1, site.world.time())
    forged = ("A" * 22, link_of_export)
    assert_alike(site, method, [used, expired, *(f"/in/{token}" for token in forged)])
    assert_alike(site, method, [f"/in/{token}" for token in SHAPELESS])


@pytest.mark.parametrize(("method", "below"), [("GET", ""), ("POST", "/files/file"), ("POST", "/files/none")])
def test_a_link_that_is_taken_back_expired_or_forged_costs_the_same(
    site: Site, method: str, below: str
) -> None:
    links, now = site.world.ledger.links, site.world.time()
    revoked, expired = links.make(COMPANY.id, 1, now), links.make(COMPANY.id, 2, now)
    links.revoke(COMPANY.id, 1)
    site.world.time.now += timedelta(days=15)
    entry = site.offer().removeprefix("/in/")
    tokens = (revoked, expired, "A" * 22, entry)
    assert_alike(site, method, [f"/e/{token}{below}" for token in tokens])
    assert_alike(site, method, [f"/e/{token}{below}" for token in SHAPELESS])


def test_a_session_that_is_over_or_forged_costs_the_same(site: Site) -> None:
    ended, expired = site.browser(), site.browser()
    cookies = [dict(browser.jar) for browser in (ended, expired)]
    ended.press("/exports", "/out")
    site.world.time.now += timedelta(hours=9)
    entry = site.offer().removeprefix("/in/")
    cookies += [{"__Host-session": token} for token in (entry, "A" * 22)]
    shapeless = [{"__Host-session": token} for token in SHAPELESS]
    for method, path in (("GET", "/exports/1"), ("GET", "/exports/999"), ("POST", "/exports")):
        found = [answered(site, Browser(jar), method, path) for jar in cookies]
        assert found == [found[0]] * len(cookies)
        assert found[0][0].status == 401
        refused = [answered(site, Browser(jar), method, path) for jar in shapeless]
        assert refused == [(found[0][0], [])] * len(shapeless)


def assert_alike(site: Site, method: str, addresses: list[str]) -> None:
    found = [answered(site, Browser(), method, address) for address in addresses]
    assert found == [found[0]] * len(addresses)
    assert found[0][0].status == 401


def answered(site: Site, browser: Browser, method: str, address: str) -> tuple[Page, list[str]]:
    with noted(site) as calls:
        page = browser.ask(method, address, None if method == "GET" else "")
    return page, calls
