"""Projects that wait for their customers: what each costs does not grow with how many wait."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from local.bench.load import customer, new_projects
from local.bench.metering import MeteredTable
from moment_xledger.adapters.table import Put
from moment_xledger.domain.kinds import Kind
from moment_xledger.domain.moment import Customer
from moment_xledger.domain.records import State
from moment_xledger.flows import outcomes
from tests.builders import COMPANY, a_customer, a_project
from tests.world import World

BATCH = 100
A_MINUTE = timedelta(minutes=1)
FEW, MANY = 50, 500


@dataclass(frozen=True)
class Cost:
    calls: int
    reads: float


def receive(world: World, events: list[dict[str, Any]]) -> None:
    for start in range(0, len(events), BATCH):
        world.receive(*events[start : start + BATCH])
        world.carry_wakes()


def states(world: World) -> dict[State, int]:
    return {s: n for s, n in world.ledger.records.count(COMPANY.id, Kind.PROJECT).items() if n}


def onboarding(projects: int) -> Cost:
    """Projects come before their customers, five to a customer."""
    table = MeteredTable()
    world, customers = World(table=table), projects // 5
    receive(world, list(new_projects(projects, customers)))
    assert states(world) == {State.WAITING: projects}
    receive(world, [customer(n, 1, f"Kunde {n} AS") for n in range(customers)])
    world.run()
    assert states(world) == {State.SYNCED: projects}
    return Cost(table.calls, table.reads)


def fetching(projects: int) -> Cost:
    """Projects whose customers never come, and are fetched from Moment, each of another customer."""
    table = MeteredTable()
    world = World(table=table)
    for n in range(projects):
        world.moment[str(10_001 + n)] = Customer.model_validate(customer(n, 1, f"Kunde {n} AS")["data"])
    receive(world, list(new_projects(projects, projects)))
    world.run()
    assert states(world) == {State.SYNCED: projects}
    assert len(world.asked_moment) == projects
    return Cost(table.calls, table.reads)


def giving_up(projects: int) -> Cost:
    """Projects of one customer that Moment does not have."""
    table = MeteredTable()
    world = World(table=table)
    receive(world, list(new_projects(projects, 1)))
    world.run()
    assert states(world) == {State.PROBLEM: projects}
    return Cost(table.calls, table.reads)


@pytest.mark.parametrize("story", [onboarding, fetching, giving_up])
def test_ten_times_as_many_cost_ten_times_as_much(story: Any) -> None:
    few, many = story(FEW), story(MANY)
    assert many.calls <= 1.2 * 10 * few.calls, (few, many)
    assert many.reads <= 1.2 * 10 * few.reads, (few, many)


def test_a_customer_that_is_saved_costs_the_same_however_many_wait_for_others() -> None:
    costs = []
    for waiting in (FEW, MANY):
        table = MeteredTable()
        world = World(table=table)
        receive(world, list(new_projects(waiting, waiting)))
        calls, reads = table.calls, table.reads
        receive(world, [a_customer("77777", id=77777)])
        costs.append((table.calls - calls, table.reads - reads))
    assert costs[1] <= (1.1 * costs[0][0], 1.1 * costs[0][1])


def numbers(world: World, state: State) -> Iterator[str]:
    return (
        record.number
        for record in world.ledger.records.every(COMPANY.id, Kind.PROJECT)
        if record.state is state
    )


def test_more_than_one_call_releases_are_all_released(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outcomes, "MOST_RELEASED", 100)
    world = World()
    receive(world, list(new_projects(450, 1)))
    receive(world, [customer(0, 1, "Kunde AS")])
    world.run()
    assert states(world) == {State.SYNCED: 450}
    assert list(world.ledger.records.arrivals(COMPANY.id)) == []


def test_customers_whose_projects_are_released_are_not_looked_for_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(outcomes, "MOST_RELEASED", 20)
    world = World()
    receive(world, list(new_projects(50, 5)))
    world.receive(*(customer(n, 1, f"Kunde {n} AS") for n in range(5)))
    world.sync(Kind.CUSTOMER)
    ((_, left),) = world.ledger.records.arrivals(COMPANY.id)
    assert left == {"10002", "10003", "10004", "10005"}  # the second's may not be all: one call stopped there
    assert states(world)[State.DIRTY] == 20


def test_where_many_wait_for_a_customer_that_is_a_problem_the_others_are_looked_at_all_the_same() -> None:
    world = World()
    refused = a_customer("20000", id=20_000, name="Fjord " + "x" * 600)
    world.receive(refused)
    receive(world, [a_project(f"A-{n}", id=1_000 + n, customerNumber="20000") for n in range(250)])
    world.time.now += A_MINUTE
    world.receive(a_project("B-1", id=9_001, customerNumber="20001"))
    world.moment["20001"] = Customer.model_validate(a_customer("20001", id=20_001)["data"])
    for _ in range(20):
        world.time.now += A_MINUTE
        world.sweep()
        world.carry_wakes()
    assert list(numbers(world, State.SYNCED)) == ["B-1"]
    assert len(list(numbers(world, State.WAITING))) == 250


class TestWhatAnEarlierReleaseLeft:
    def test_is_found_by_the_number_as_it_was_typed(self) -> None:
        world = World()
        world.receive(a_project("P-1", customerNumber="K-7"))
        world.carry_wakes()
        pk = f"T#{COMPANY.id}"
        (key_form,) = [i["sk"] for i in world.table.query(pk, "WAIT#customer#k-7#")]
        world.table._partitions[pk].pop(key_form)  # it wrote none of these
        world.receive(a_customer("K-7"))
        world.carry_wakes()
        assert states(world) == {State.SYNCED: 1}
        assert list(world.table.query(pk, "WAIT#")) == []

    def test_a_pointer_that_it_left_behind_releases_nothing(self) -> None:
        world = World()
        world.receive(
            a_project("P-1", id=1, customerNumber="20001"), a_project("P-2", customerNumber="20002")
        )
        world.carry_wakes()
        world.table.write(Put((f"T#{COMPANY.id}", "WAIT#customer#20003#1"), {"id": 1, "since": "2026"}))
        world.receive(a_customer("20003"))
        world.carry_wakes()
        assert states(world) == {State.WAITING: 2}
