"""Faults: ordered one by one, or by rate and seed."""

import pytest

from local.xledger.faults import Fault, What
from tests.local.xledger.caller import ADD_PROJECTS, Caller, unlimited

PROBE = "{ __typename }"
INPUTS = [{"node": {"code": str(number), "description": "Navn"}} for number in range(5)]


@pytest.mark.parametrize(
    ("fault", "status", "delivery", "done"),
    [
        pytest.param("lost_requests", None, "lost", 0, id="lost on the way there"),
        pytest.param("lost_answers", 200, "lost", 5, id="done, and the answer lost"),
        pytest.param("cut_bodies", 200, "cut", 5, id="done, and the answer cut"),
        pytest.param("errors_5xx", 502, "whole", 0, id="a gateway error instead of doing it"),
        pytest.param("errors_5xx_after", 502, "whole", 5, id="a gateway error after doing it"),
        pytest.param("half_done", 200, "whole", 2, id="half a list done"),
        pytest.param("delays", 200, "whole", 5, id="late"),
    ],
)
def test_an_ordered_fault_meets_the_next_request_once(
    fault: What, status: int | None, delivery: str, done: int
) -> None:
    caller = unlimited()
    caller.xledger.next_faults.append(Fault(fault, seconds=3))
    answer = caller.send(ADD_PROJECTS, inputs=INPUTS)
    assert answer.delivery == delivery
    assert status is None or answer.status // 100 == status // 100
    assert answer.delay == (3 if fault == "delays" else 0)
    assert len(caller.codes("projects")) == done
    assert caller.data(PROBE) == {"__typename": "Query"}


def test_a_gateway_error_is_a_page_and_no_json() -> None:
    caller = unlimited(errors_5xx=1)
    answer = caller.send(PROBE)
    assert answer.headers["Content-Type"].startswith("text/html")
    assert answer.body.startswith(b"<html>")


def test_a_half_done_list_is_told_as_an_error() -> None:
    caller = unlimited(half_done=1)
    assert "timed out" in caller.error(ADD_PROJECTS, inputs=INPUTS)["message"]
    assert caller.codes("projects") == ["0", "1"]


def test_an_ordered_fault_waits_for_a_request_that_it_fits() -> None:
    caller = unlimited()
    caller.xledger.next_faults += [Fault("lost_answers", only="addProjects"), Fault("delays", only="query")]
    assert caller.send(PROBE).delay == 1
    assert caller.send(PROBE).delay == 0
    assert caller.send(ADD_PROJECTS, inputs=INPUTS).delivery == "lost"


def story(caller: Caller) -> list[str]:
    return [caller.send(PROBE).delivery for _ in range(200)]


def test_one_seed_tells_one_story() -> None:
    rates = {"lost_answers": 0.1, "cut_bodies": 0.1}
    first = story(unlimited(**rates, seed=7))
    assert first == story(unlimited(**rates, seed=7))
    assert first != story(unlimited(**rates, seed=8))
    assert 5 < first.count("lost") < 40


def test_faults_can_spare_queries() -> None:
    caller = unlimited(lost_answers=1, faults_only="mutation")
    assert caller.send(PROBE).delivery == "whole"
    assert caller.send(ADD_PROJECTS, inputs=INPUTS).delivery == "lost"


@pytest.mark.parametrize(("atomic", "done"), [(True, []), (False, ["0", "1"])])
def test_a_bad_record_in_a_list_leaves_nothing_or_what_came_before_it(atomic: bool, done: list[str]) -> None:
    caller = unlimited(atomic_lists=atomic)
    inputs = [*INPUTS[:2], {"node": {"code": "bad"}}, *INPUTS[2:]]
    assert caller.error(ADD_PROJECTS, inputs=inputs)["message"] == "description: A value is required."
    assert caller.codes("projects") == done


def test_a_plan_can_change_while_it_runs() -> None:
    caller = unlimited()
    caller.xledger.replan({"lost_answers": 1})
    assert caller.send(ADD_PROJECTS, inputs=INPUTS).delivery == "lost"
    caller.xledger.replan({"lost_answers": 0, "tokens": []})
    assert len(caller.codes("projects")) == 5
    assert caller.error(PROBE)["message"] == "The API Token is not valid."
