"""Events come in: the good ones into the ledger, the bad ones into a bucket, and none holds up another."""

import json
from typing import Any

import pytest

from moment_xledger.domain.companies import CompanyId
from moment_xledger.domain.kinds import Kind
from moment_xledger.flows.receive_events import Message, receive_events
from tests.builders import COMPANY, a_customer, a_project, an_event, of
from tests.world import TOKEN_ID, World

NOBODY = CompanyId("?")


@pytest.fixture
def world() -> World:
    return World()


def tally(world: World, kind: str) -> int:
    return world.ledger.tallies.get(COMPANY.id, kind).get("received", 0)


def test_a_bad_event_is_kept_and_reported_and_the_others_go_on(world: World) -> None:
    bad = a_customer("10001", name=None)
    world.receive(bad, a_customer("10002"), "no JSON at all", a_project("P-1", customerNumber=None))
    assert [json.loads(body) for key, body in world.files.held.items() if "nordvik" in key] == [bad]
    assert list(world.problems()) == [("customer", "10001", "FIELD_MISSING")]
    assert [str(problem.code) for problem in world.ledger.problems.of(NOBODY)] == ["EVENT_NOT_JSON"]
    assert (tally(world, "customer"), tally(world, "project")) == (1, 1)


@pytest.mark.parametrize("missing", ["name", "customerNumber"])
def test_the_problem_is_over_when_a_good_event_comes(world: World, missing: str) -> None:
    world.receive(a_customer("10001") | {"data": a_customer("10001")["data"] | {missing: None}})
    assert len(list(world.problems())) == 1
    world.receive(a_customer("10001", version=2))
    assert list(world.problems()) == []


@pytest.mark.parametrize("together", [True, False], ids=["in one batch", "one by one"])
@pytest.mark.parametrize("newest_first", [True, False])
def test_but_not_when_one_comes_that_is_older(world: World, together: bool, newest_first: bool) -> None:
    events = [a_customer("10001"), a_customer("10001", version=2, name=None)]
    events = events[::-1] if newest_first else events
    for batch in [events] if together else [[event] for event in events]:
        world.receive(*batch)
    assert list(world.problems()) == [("customer", "10001", "FIELD_MISSING")]


def test_also_when_it_comes_with_another_number(world: World) -> None:
    world.receive(a_customer("10001", id=1), a_customer("10001", id=1, version=2, name=None))
    world.receive(a_customer("10002", id=1, version=3))
    assert list(world.problems()) == []


def test_a_number_that_is_none_is_told_and_over_when_it_is_corrected(world: World) -> None:
    world.receive(a_customer("10#001", id=1))
    (problem,) = world.ledger.problems.of(COMPANY.id)
    assert "for customer 10#001 cannot be used" in problem.sentence()
    world.receive(a_customer("10001", id=1, version=2))
    assert list(world.problems()) == []


@pytest.mark.parametrize("version", [None, "2", True, 1.5, -1, 10**100])
def test_whatever_stands_for_a_version_stops_no_good_event(world: World, version: Any) -> None:
    bad = a_customer("10001")
    bad["data"]["version"] = version
    world.receive(bad)
    world.receive(a_customer("10001"))
    world.run()
    assert len(world.held("customers")) == 1


def test_the_same_fault_again_is_counted_up(world: World) -> None:
    for _ in range(3):
        world.receive(a_customer("10001", name=None))
    (problem,) = world.ledger.problems.of(COMPANY.id)
    assert problem.count == 3


@pytest.mark.parametrize(
    "event",
    [
        pytest.param(of("nobody", a_customer()), id="a company that is not set up"),
        pytest.param(of("nobody", a_customer(name=None)), id="and a bad event besides"),
    ],
)
def test_an_event_for_nobody_we_know_is_a_problem_of_the_operators(world: World, event: Any) -> None:
    world.receive(event)
    (problem,) = world.ledger.problems.of(NOBODY)
    assert (str(problem.code), problem.details) == ("COMPANY_UNKNOWN", {"company": "nobody"})
    assert list(world.files.held) == ["rejected/unknown/m1.json"]


def test_a_type_that_is_not_known_is_a_problem_and_no_crash(world: World) -> None:
    world.receive(an_event("team.moment.employee.saved", {}))
    assert [code for _, _, code in world.problems()] == ["EVENT_TYPE_UNKNOWN"]


def test_half_a_character_in_a_bad_event_stops_nobody(world: World) -> None:
    world.receive('{"momentcompany": "nordvik", "data": "\\ud800"}', a_customer("10001"))
    world.run()
    assert len(world.held("customers")) == 1


def test_one_wake_is_sent_for_a_batch_whatever_kinds_are_in_it(world: World) -> None:
    world.receive(a_project("P-1"), a_customer("10001"), a_project("P-2"), a_customer("10002"))
    assert world.woken == [(Kind.CUSTOMER, TOKEN_ID)]


def test_a_repeated_delivery_wakes_again_as_long_as_there_is_work(world: World) -> None:
    """The first one may have ended before it could wake anybody."""
    world.receive(a_customer("10001"))
    world.woken.clear()
    world.receive(a_customer("10001"))
    assert world.woken == [(Kind.CUSTOMER, TOKEN_ID)]
    world.run()
    world.receive(a_customer("10001"))
    assert world.woken == []


def test_two_that_store_the_same_record_at_once_end_with_the_newest(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    get_many = world.ledger.records.get_many
    faster = [a_customer("10001", version=5, name="Nyest")]

    def while_somebody_else_writes(*given: Any) -> Any:
        found = get_many(*given)
        if faster:
            world.receive(faster.pop())
        return found

    monkeypatch.setattr(world.ledger.records, "get_many", while_somebody_else_writes)
    world.receive(a_customer("10001", version=4, name="Eldre"), a_customer("10002"))
    world.run()
    assert sorted(each["description"] for each in world.held("customers")) == ["Fjord Bygg 10002 AS", "Nyest"]


def test_five_hundred_events_of_many_records_are_all_stored(world: World) -> None:
    events = [a_customer(str(10_000 + n % 170), version=1 + n) for n in range(500)]
    report = receive_events(
        [Message(f"m{n}", json.dumps(event)) for n, event in enumerate(events)], world.receiver()
    )
    assert (report.received, report.refused) == (500, 0)
    world.run()
    assert len(world.held("customers")) == 170


@pytest.mark.parametrize(
    "number",
    ["x" * 60, "1#2", "\ud800", 7, ["10001"], "\x00"],
    ids=["long", "#", "half", "int", "list", "nul"],
)
def test_whatever_stands_for_a_number_in_a_bad_event_is_only_reported(world: World, number: Any) -> None:
    bad = a_customer("10001")
    bad["data"]["customerNumber"] = number
    world.receive(bad)
    (problem,) = world.ledger.problems.of(COMPANY.id)
    assert str(problem.code) == "FIELD_INVALID"
    problem.sentence().encode()
