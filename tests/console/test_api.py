"""Whatever is asked of the console, it answers as its OpenAPI document says, and never with a fault."""

import json
import re
from functools import cache
from types import SimpleNamespace
from typing import Any

import pytest
import schemathesis
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.schemas import BaseSchema

from functions.console import handler as console
from functions.open_session import handler as open_session
from local.openapi.document import operation, served, spelled
from local.openapi.operations import OPERATIONS
from moment_xledger.console.answers import headers
from moment_xledger.domain.problems import Code, Problem
from moment_xledger.domain.sessions import Role
from tests.builders import COMPANY
from tests.console import documented
from tests.console.documented import JSON, closed
from tests.console.door import door
from tests.console.site import ADDRESS, Browser, Site, opened

ROUTES = [(method, path) for method, path, _ in served()]
FORMS = [path for method, path in ROUTES if operation(method, path).form is not None]
PROMISED = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
)
LOG: dict[str, Any] = {"deeds": [], "following": None, "notices": []}
PROBLEM = {"kind": "customer", "code": "NUMBER_TAKEN", "number": "77"}
CAREFUL = {name.lower() for name in headers()}
FEW = settings(
    max_examples=6, derandomize=True, database=None, deadline=None, phases=[Phase.explicit, Phase.generate]
)


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Site:
    """With an export and a problem, so that there is something to be found."""
    site = opened(monkeypatch)
    site.export(10231)
    problem = Problem(COMPANY.id, "customer", "77", Code.NUMBER_TAKEN, {"other": "5"})
    site.world.ledger.problems.report([problem])
    return site


@cache
def schema() -> BaseSchema:
    load_all_checks()
    return schemathesis.openapi.from_dict(closed())


def promised() -> list[Any]:
    return CHECKS.get_by_names(PROMISED)


def test_it_is_an_openapi_document() -> None:
    schema().validate()


def test_what_is_documented_is_served() -> None:
    assert set(OPERATIONS) == set(ROUTES)


def test_a_route_without_an_entry_is_named_with_what_to_do() -> None:
    with pytest.raises(LookupError, match=r"GET /new has no entry in local/openapi/operations.py: add what"):
        operation("GET", "/new")


@pytest.mark.parametrize(
    ("status", "content_type", "body", "says"),
    [
        pytest.param(418, "text/html", "", "show_log answers 418: add it", id="a status"),
        pytest.param(200, JSON, LOG | {"more": 1}, "'more' was unexpected", id="a field too many"),
        pytest.param(200, JSON, {"deeds": []}, "'following' is a required property", id="a field too few"),
        pytest.param(200, JSON, LOG | {"following": 1}, "at $.following", id="another type"),
    ],
)
def test_an_answer_that_is_not_documented_is_named(
    status: int, content_type: str, body: object, says: str
) -> None:
    with pytest.raises(AssertionError, match=re.escape(says)):
        documented.check("GET", "/log", status, content_type, json.dumps(body))


def takes_something(method: str, path: str) -> bool:
    takes = operation(method, path)
    return "<" in path or bool(takes.query) or takes.form is not None


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_what_is_asked_for_rightly_is_answered_as_documented(site: Site, method: str, path: str) -> None:
    ask(site, schema()[spelled(path)][method].as_strategy(generation_mode=GenerationMode.POSITIVE))


@pytest.mark.parametrize(("method", "path"), [each for each in ROUTES if takes_something(*each)])
def test_what_is_asked_for_wrongly_is_answered_as_documented(site: Site, method: str, path: str) -> None:
    ask(site, schema()[spelled(path)][method].as_strategy(generation_mode=GenerationMode.NEGATIVE))


def ask(site: Site, cases: st.SearchStrategy[Case[Any]]) -> None:
    """By each role and by nobody, for what is there and for what is not."""
    roles, wishes = st.sampled_from([*Role, None]), st.sampled_from(["application/json", "text/html"])

    @FEW
    @given(case=cases, role=roles, accept=wishes, is_known=st.booleans())
    def each(case: Case[Any], role: Role | None, accept: str, is_known: bool) -> None:
        browser = site.browser(role)
        if is_known:
            _with_what_is_there(case, site, browser)
        answer = case.call(app=door(console.lambda_handler), cookies=browser.jar, headers={"Accept": accept})
        case.validate_response(answer, checks=promised())
        assert set(answer.headers) >= CAREFUL

    each()


def _with_what_is_there(case: Case[Any], site: Site, browser: Browser) -> None:
    """As somebody asks who has come by our pages."""
    entry, link = site.offer(), site.world.ledger.links.make(COMPANY.id, 1, site.world.time())
    token = entry.removeprefix("/in/") if case.path.startswith("/in/") else link
    _overlay(case.path_parameters, {"number": "1", "token": token})
    _overlay(case.query, PROBLEM if case.path.startswith("/problems") else {})
    if isinstance(case.body, dict):
        csrf = browser.get("/overview").hidden("csrf") if browser.jar else ""
        _overlay(case.body, {"csrf": csrf, "request": "A" * 22, **PROBLEM})


def _overlay(given: Any, known: dict[str, str]) -> None:
    given.update({name: value for name, value in known.items() if name in given})


@pytest.mark.parametrize("mode", GenerationMode)
def test_moment_is_answered_as_documented(
    site: Site, monkeypatch: pytest.MonkeyPatch, mode: GenerationMode
) -> None:
    use = SimpleNamespace(ledger=site.world.ledger, console_url=ADDRESS)
    monkeypatch.setattr(open_session, "wire", lambda: use)

    @FEW
    @given(case=schema()["/sessions"]["POST"].as_strategy(generation_mode=mode), is_known=st.booleans())
    def each(case: Case[Any], is_known: bool) -> None:
        if is_known and isinstance(case.body, dict):
            _overlay(case.body, {"company": "nordvik"})
        answer = case.call(app=door(open_session.lambda_handler))
        case.validate_response(answer, checks=promised())

    each()


@pytest.mark.parametrize("role", list(Role))
def test_another_method_is_answered_as_an_unknown_address(site: Site, role: Role) -> None:
    browser = site.browser(role)
    for path in {path for _, path in ROUTES}:
        address = path.replace("<number>", "1").replace("<piece>", "file").replace("<token>", "A" * 22)
        for method in {"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"} - _methods_of(path):
            assert browser.ask(method, address).status == 404, (method, path)


def _methods_of(path: str) -> set[str]:
    return {method for method, each in ROUTES if each == path}


@pytest.mark.parametrize(
    "content_type", ["application/json", "multipart/form-data; boundary=x", "text/plain", ""]
)
def test_what_is_not_a_form_is_refused_and_does_nothing(site: Site, content_type: str) -> None:
    browser = site.browser()
    form = {"csrf": browser.get("/overview").hidden("csrf"), "request": "A" * 22, **PROBLEM}
    for path in FORMS:
        address = path.replace("<number>", "1").replace("<piece>", "file")
        assert browser.post(address, form, content_type=content_type).status in (403, 415), path
    assert site.jobs == []
    assert list(site.world.ledger.problems.of(COMPANY.id))
    assert browser.get("/overview").status == 200
