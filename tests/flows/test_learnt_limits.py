"""What is too much for Xledger is sent in smaller lists, an unknown plan is learnt, and a long silence is told."""

from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest

from local.xledger.plan import Plan
from moment_xledger.domain.errors import GateClosed
from moment_xledger.domain.learnt_limits import FULL_LIST, Learnt
from moment_xledger.domain.notices import ACT_NOW
from moment_xledger.domain.problems import Code
from moment_xledger.flows.guard_numbers import Guard, guard_numbers
from moment_xledger.flows.watch_deadlines import watch_deadlines
from tests.builders import COMPANY, a_company, a_customer, a_private_person
from tests.world import START, TOKEN_ID, World

A_MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def many(count: int, **but: Any) -> list[dict[str, Any]]:
    return [a_private_person(str(20_000 + n), **but) for n in range(count)]


def sizes(world: World, operation: str) -> list[int]:
    return [len(variables["inputs"]) for name, variables in world.xledger.asked if name == operation]


def codes(world: World) -> list[str]:
    return [str(code) for _, _, code in world.problems()]


def pass_time(world: World, time: timedelta) -> None:
    for _ in range(time // A_MINUTE):
        world.time.now += A_MINUTE
        world.sweep()
        world.carry_wakes()
        watch_deadlines(COMPANY, world.ledger, world.time())


def test_lists_that_xledger_gives_up_are_sent_smaller_until_it_takes_them() -> None:
    world = World(Plan(credits_per_hour=None, longest_list=130))
    world.receive(*many(400))
    world.run(until=HOUR)
    assert len(world.held("customers")) == 400
    assert max(sizes(world, "AddCustomers")) <= 130
    assert world.requests["total"] <= 45
    assert codes(world) == []


def test_edits_too() -> None:
    world = World()
    world.receive(*many(300))
    world.run()
    world.server.replan({"longest_list": 60})
    world.receive(*many(300, version=2, name="Ny"))
    world.run(until=2 * HOUR)
    assert {each["description"] for each in world.held("customers")} == {"Ny"}
    assert len(world.held("customers")) == 300


def test_the_nightly_look_asks_for_less_at_once() -> None:
    world = World()
    world.receive(*many(300))
    world.run()
    world.server.replan({"longest_list": 100})
    worker = world.worker()
    guard = Guard(worker, worker.reference)
    checked = 0
    for _ in range(12):
        with suppress(GateClosed):
            checked += guard_numbers(TOKEN_ID, guard).checked
        world.time.now += timedelta(minutes=10)
    assert checked >= 300


def test_lists_grow_again_hour_by_hour() -> None:
    learnt = Learnt().with_shorter_lists(START).with_shorter_lists(START)
    assert [learnt.longest_list(START + n * HOUR) for n in range(4)] == [125, 250, FULL_LIST, FULL_LIST]


@pytest.mark.parametrize("per_item", [1, 3])
def test_a_list_that_costs_more_than_an_hours_credits_is_sent_smaller(per_item: int) -> None:
    """Without that it would be refused in every hour anew."""
    world = World(Plan(credits_per_hour=200, cost_per_item=per_item))
    world.receive(*many(60 * (3 // per_item)))
    world.run(until=timedelta(hours=14))
    assert len(world.held("customers")) == 60 * (3 // per_item)


def test_a_list_that_was_refused_for_credits_once_is_not_too_costly() -> None:
    learnt = Learnt().credits_used_up("AddCustomers", 10, START).answered("AddCustomers")
    again = learnt.credits_used_up("AddCustomers", 10, START + HOUR)
    assert again.longest_list(START + HOUR) == FULL_LIST
    assert again.credits_used_up("AddCustomers", 10, START + 2 * HOUR).longest_list(START + 2 * HOUR) == 250


def edits(world: World, hours: int) -> None:
    """A different customer, or the same one anew, every second; each is in a list of its own at most."""
    for n in range(hours * 60):
        world.receive(*(a_customer(str(10_001 + k), version=n + 2, name=f"{n}") for k in range(2)))
        world.time.now += A_MINUTE
        world.sweep()
        world.carry_wakes()


def test_the_plan_is_learnt_when_the_credits_are_used_up_for_the_first_time() -> None:
    world = World(Plan(credits_per_hour=80))
    edits(world, hours=8)
    assert world.requests["refused"] == 1
    gate = world.ledger.gates.get(TOKEN_ID)
    assert gate.learnt.known_plan(world.time()) == 80


def test_a_plan_that_is_set_counts_before_what_was_learnt() -> None:
    world = World(Plan(credits_per_hour=80), [a_company(requests_per_hour=200)])
    edits(world, hours=2)
    assert world.ledger.gates.get(TOKEN_ID).plan == 200


@pytest.mark.parametrize(
    ("let_through", "hours", "known"),
    [
        pytest.param(80, 0, 80, id="it counts at once"),
        pytest.param(80, 23, 80, id="for a day"),
        pytest.param(80, 24, None, id="and is forgotten then, for the plan may be another one"),
        pytest.param(12, 0, None, id="so few that others used the rest"),
    ],
)
def test_what_is_learnt_of_a_plan(let_through: int, hours: int, known: int | None) -> None:
    learnt = Learnt().credits_used_up("AddCustomers", let_through, START)
    assert learnt.known_plan(START + hours * HOUR) == known


@pytest.mark.parametrize("fault", ["errors_5xx", "lost_requests"])
def test_an_hour_of_silence_is_one_urgent_problem_that_ends_by_itself(fault: str) -> None:
    world = World(Plan(credits_per_hour=None))
    world.server.replan({fault: 1})
    world.receive(a_customer("10001"))
    world.carry_wakes()
    pass_time(world, timedelta(minutes=58))
    assert codes(world) == []
    pass_time(world, timedelta(minutes=40))
    assert codes(world) == ["XLEDGER_SILENT"]
    assert Code.XLEDGER_SILENT in ACT_NOW
    pass_time(world, 3 * HOUR)
    assert [problem.count for problem in world.ledger.problems.of(COMPANY.id)] == [1]
    world.server.replan({fault: 0})
    pass_time(world, timedelta(minutes=40))
    assert codes(world) == []
    assert len(world.held("customers")) == 1


def test_silence_now_and_then_is_none() -> None:
    world = World(Plan(credits_per_hour=None, errors_5xx=0.7, seed=3))
    for n in range(120):
        world.receive(a_customer("10001", version=n + 1, name=f"{n}"))
        pass_time(world, A_MINUTE)
    assert codes(world) == []


def test_the_end_of_a_silence_is_told_only_when_something_was_answered() -> None:
    world = World(Plan(credits_per_hour=None, errors_5xx=1))
    world.receive(a_customer("10001"))
    world.carry_wakes()
    pass_time(world, timedelta(minutes=100))
    world.time.now += timedelta(hours=9)  # nobody asks meanwhile
    watch_deadlines(COMPANY, world.ledger, world.time())
    assert codes(world) == ["XLEDGER_SILENT"]
