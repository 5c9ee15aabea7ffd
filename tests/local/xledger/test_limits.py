"""Burst, concurrency and credits, on a clock that the test moves."""

from contextlib import ExitStack
from typing import Any

import pytest

from tests.local.xledger.caller import ADD_PROJECTS, Caller, Clock

PROBE = "{ __typename }"
BURST = "BAD_REQUEST.BURST_RATE_LIMIT_REACHED"
CONCURRENCY = "BAD_REQUEST.CONCURRENCY_LIMIT_REACHED"
CREDITS = "BAD_REQUEST.INSUFFICIENT_CREDITS"


def projects(count: int) -> list[dict[str, Any]]:
    return [{"node": {"code": str(number), "description": "Navn"}} for number in range(count)]


def test_twenty_requests_in_five_seconds_and_not_one_more() -> None:
    caller = Caller()
    for _ in range(20):
        caller.data(PROBE)
        caller.clock.move(seconds=0.2)
    error = caller.error(PROBE)
    assert error["code"] == BURST
    assert error["message"].startswith("Too many requests in the last 5 seconds.")
    caller.clock.move(seconds=1)
    caller.data(PROBE)


def test_a_refusal_is_free() -> None:
    caller = Caller({"credits_per_hour": 3, "burst": 2})
    for expected in (None, None, BURST, BURST):
        content = caller.ask(PROBE)
        assert content.get("errors", [{"code": None}])[0]["code"] == expected
    caller.clock.move(seconds=5)
    caller.data(PROBE)


def test_a_refusal_may_cost_too() -> None:
    caller = Caller({"credits_per_hour": 3, "burst": 1, "cost_of_refusal": 1})
    caller.data(PROBE)
    caller.error(PROBE)
    caller.error(PROBE)
    caller.clock.move(seconds=5)
    assert caller.error(PROBE)["code"] == CREDITS


def test_the_window_of_credits_begins_with_the_first_request_and_repeats() -> None:
    caller = Caller({"credits_per_hour": 2})
    caller.clock.move(minutes=17)
    for _ in range(2):
        caller.data(PROBE)
    caller.clock.move(minutes=59)
    error = caller.error(PROBE)
    assert error["code"] == error["extensions"]["code"] == CREDITS
    assert error["extensions"]["resetAt"] == "2026-11-23T10:32:03Z"
    caller.clock.move(minutes=1, hours=2, seconds=1)
    for _ in range(2):
        caller.data(PROBE)
    assert caller.error(PROBE)["extensions"]["resetAt"] == "2026-11-23T13:32:03Z"


@pytest.mark.parametrize(
    ("form", "extensions"),
    [
        pytest.param("utc", {"resetAt": "2026-11-23T09:20:03Z"}, id="in UTC"),
        pytest.param("offset", {"resetAt": "2026-11-23T10:20:03+01:00"}, id="with an offset"),
        pytest.param("cet", {"resetAt": "2026-11-23T10:20:03"}, id="in Central European wall time"),
        pytest.param("epoch", {"resetAt": 1795425603}, id="as Unix seconds"),
        pytest.param("seconds", {"resetAt": 300}, id="as seconds to go"),
        pytest.param("absent", {}, id="not at all"),
        pytest.param("garbage", {"resetAt": "soon"}, id="as what is no time"),
    ],
)
def test_the_reset_is_told_in_the_form_that_the_plan_names(form: str, extensions: dict[str, Any]) -> None:
    caller = Caller({"credits_per_hour": 0, "reset_after_seconds": 300, "reset_at": form})
    assert caller.error(PROBE)["extensions"] == {"code": CREDITS, **extensions}


def test_a_list_costs_one_unless_each_item_does() -> None:
    dear = Caller({"credits_per_hour": 10, "cost_per_item": 1})
    assert dear.error(ADD_PROJECTS, inputs=projects(10))["code"] == CREDITS
    assert dear.codes("projects") == []
    cheap = Caller({"credits_per_hour": 1})
    cheap.data(ADD_PROJECTS, inputs=projects(10))
    assert cheap.error(PROBE)["code"] == CREDITS


def test_five_at_once_and_not_one_more() -> None:
    caller = Caller()
    with ExitStack() as under_way:
        for _ in range(5):
            under_way.enter_context(caller.xledger.in_flight(caller.headers))
        caller.data(PROBE)
        with caller.xledger.in_flight(caller.headers):
            assert caller.error(PROBE)["code"] == CONCURRENCY
    caller.data(PROBE)


def test_each_token_has_limits_of_its_own() -> None:
    caller = Caller({"burst": 1, "tokens": [{"token": "b25l"}, {"token": "dHdv"}]})
    for token in ("b25l", "dHdv"):
        caller.headers = {"authorization": f"token {token}"}
        caller.data(PROBE)
        assert caller.error(PROBE)["code"] == BURST


def test_what_was_asked_is_counted() -> None:
    caller = Caller({"burst": 3})
    caller.send("query Lookup { customers { edges { cursor } } }", "Lookup")
    caller.send("query Lookup { customers { edges { cursor } } }")
    caller.clock.move(minutes=1)
    for _ in range(4):
        caller.send("{ projects { edges { cursor } } }")
    caller.xledger.answer("/graphql", caller.headers, b"?")
    assert caller.xledger.seen()["requests"] == {
        "total": 7,
        "refused": 2,
        "by_operation": {"Lookup": 1, "customers": 1, "projects": 4, "unreadable": 1},
        "by_minute": {
            "2026-11-23T09:15Z": {"total": 2, "refused": 0},
            "2026-11-23T09:16Z": {"total": 5, "refused": 2},
        },
    }


def test_the_clock_is_the_callers() -> None:
    caller = Caller({"burst": None, "credits_per_hour": 500}, clock=Clock())
    for _ in range(6):
        for _ in range(500):
            caller.data(PROBE)
        caller.error(PROBE)
        caller.clock.move(hours=1)
    assert caller.xledger.seen()["requests"]["refused"] == 6
