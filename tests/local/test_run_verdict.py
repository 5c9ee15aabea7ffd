"""Whether what Xledger holds is what was published, and what is shown of functions that failed."""

import json
from typing import Any

import pytest
import requests

from local import ROOT
from local.run.bodies import Body
from local.run.faults import first_fault
from local.run.holds import differences, numbers_published, requests_between
from local.run.shown import not_shown, state_of

CUSTOMER: dict[str, Any] = json.loads((ROOT / "events" / "customer-saved.json").read_text("utf-8"))
NOTHING: dict[str, set[str]] = {"customers": set(), "projects": set()}


def a_body(number: str, **but: Any) -> Body:
    return Body(json.dumps(CUSTOMER | {"data": CUSTOMER["data"] | {"customerNumber": number} | but}), "")


def a_state(*codes: str) -> dict[str, Any]:
    return {"customers": [{"code": code} for code in codes], "projects": []}


def verdict(published: set[str], reported: set[tuple[str, str]], *codes: str, waiting: int = 0) -> list[str]:
    kinds = {"customers": waiting}
    return list(differences(NOTHING | {"customers": published}, reported, kinds, a_state(*codes)))


def test_only_the_newest_version_must_be_there() -> None:
    bodies = [a_body("1", version=1), a_body("3", version=3), a_body("2", version=2)]
    assert numbers_published(bodies, "nordvik")["customers"] == {"3"}


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(Body("not json", ""), id="unreadable"),
        pytest.param(Body(json.dumps(CUSTOMER | {"momentcompany": "another"}), ""), id="of another company"),
        pytest.param(a_body("1", name=None), id="with a bad field"),
    ],
)
def test_what_can_never_get_there_is_not_missed(body: Body) -> None:
    assert numbers_published([body], "nordvik") == NOTHING


def test_xledger_holding_everything_once_is_well() -> None:
    assert verdict({"1", "2"}, set(), "1", "2", "another") == []


def test_what_is_missing_is_said_once_with_examples() -> None:
    numbers = {str(n) for n in range(10, 40)}
    (sentence,) = verdict(numbers, set())
    assert sentence == (
        "Xledger does not hold 30 customers that nothing was reported of: 10, 11, 12, 13, 14 …."
    )


def test_what_was_reported_is_not_said_again() -> None:
    assert verdict({"1"}, {("customer", "1")}) == []


def test_what_waits_is_not_missed_yet() -> None:
    assert verdict({"1", "2"}, set(), "1", waiting=1) == []
    assert verdict({"1", "2", "3"}, set(), "1", waiting=1) != []


def test_a_double_is_never_well() -> None:
    (sentence,) = verdict({"1"}, {("customer", "1")}, "1", "1")
    assert sentence == "Xledger holds 1 customers more than once: 1."


def test_requests_of_an_earlier_run_are_not_ours() -> None:
    before = {"requests": {"total": 5, "refused": 1, "by_operation": {"a": 3, "b": 2}}}
    after = {"requests": {"total": 9, "refused": 1, "by_operation": {"a": 3, "b": 4, "c": 2}}}
    asked = requests_between(before, after)
    assert asked is not None
    assert (asked.requests, asked.refused, asked.by_operation) == (4, 0, {"b": 2, "c": 2})


def test_a_real_xledger_is_not_asked_what_it_holds() -> None:
    assert state_of("https://xledger.example/graphql") == {}


CODED = [{"code": "1", "owner": {"ownerCode": 7}}, {"code": "2"}]


@pytest.mark.parametrize(
    ("status", "text", "shown"),
    [
        pytest.param(404, "", {}, id="nothing there"),
        pytest.param(200, "<html>", {}, id="a page"),
        pytest.param(200, "[1]", {}, id="a list"),
        pytest.param(200, json.dumps({"customers": CODED}), {"customers": CODED}, id="some of it"),
        pytest.param(
            200, json.dumps({"customers": {"1": {}}, "projects": []}), {"projects": []}, id="by code"
        ),
        pytest.param(
            200, json.dumps({"projects": [{"number": "P1"}], "vouchers": None}), {}, id="other names"
        ),
        pytest.param(200, json.dumps({"requests": 12, "ledger": []}), {}, id="other counts"),
    ],
)
def test_of_another_xledger_only_what_has_the_expected_form_is_used(
    monkeypatch: pytest.MonkeyPatch, status: int, text: str, shown: Any
) -> None:
    answer = requests.Response()
    answer.status_code, answer._content = status, text.encode()
    monkeypatch.setattr(requests, "get", lambda *_, **__: answer)
    assert state_of("http://127.0.0.1:1/graphql") == shown


def test_one_that_does_not_answer_shows_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise requests.ConnectionError

    monkeypatch.setattr(requests, "get", refuse)
    assert state_of("http://127.0.0.1:1/graphql") == {}


def test_what_is_not_shown_is_neither_missing_nor_there() -> None:
    published = {"customers": {"1"}, "projects": {"P"}}
    assert list(differences(published, set(), {}, {"projects": [{"code": "P"}]})) == []
    assert not_shown({"projects": []}, ["customers", "projects"]) == ["which customers it holds"]
    assert requests_between({}, {"requests": {}}) is None


def test_a_number_counts_however_xledger_keeps_it() -> None:
    assert verdict({"p-1", "2"}, set(), "P-1   ", " 2") == []


def test_a_number_may_stand_in_two_entities() -> None:
    state = {"customers": [{"code": "1", "owner": {"ownerCode": code}} for code in (7, 8)], "projects": []}
    assert list(differences(NOTHING | {"customers": {"1"}}, set(), {}, state)) == []


LOG = [
    "START RequestId: 1",
    '{"level":"INFO"}',
    "Traceback (most recent call last):",
    "ValueError: x",
    "END RequestId: 1",
]


@pytest.mark.parametrize(
    ("lines", "shown"),
    [
        pytest.param(LOG[:2] + LOG[-1:], [], id="all went well"),
        pytest.param([*LOG, *LOG], LOG[2:4], id="a traceback, once"),
        pytest.param(["[1]", '{"level":"ERROR"}'], ['{"level":"ERROR"}'], id="an error that was logged"),
    ],
)
def test_the_first_fault_of_a_function_is_shown(lines: list[str], shown: list[str]) -> None:
    assert first_fault(lines) == shown
