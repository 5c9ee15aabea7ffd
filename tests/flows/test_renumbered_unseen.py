"""A person gives a record another number in Xledger after we added it and before we could look: it is no new record."""

from datetime import timedelta
from typing import Any

import pytest

from local.xledger.faults import Fault
from local.xledger.plan import parse_plan
from moment_xledger.domain.kinds import Kind
from moment_xledger.domain.problem_choices import Choice
from moment_xledger.domain.problems import Code
from moment_xledger.flows.decide_problem import decide_problem, offered
from moment_xledger.flows.resolve_problem import Resolver
from tests.builders import COMPANY, a_customer, a_private_person, a_project, an_invoice
from tests.world import World

TABLES: dict[Kind, Any] = {Kind.CUSTOMER: "customers", Kind.PROJECT: "projects"}
MOVED = Code.NUMBER_MOVED_IN_XLEDGER


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture(params=list(TABLES))
def kind(request: Any) -> Kind:
    return Kind(request.param)


def saved(kind: Kind, number: str, id: int, version: int = 1, name: str = "") -> dict[str, Any]:
    name = name or f"Navn {id}"
    if kind is Kind.CUSTOMER:
        return a_private_person(number, id=id, version=version, name=name)
    return a_project(number, id=id, version=version, name=name, customerNumber=None)


def unanswered(world: World, kind: Kind, what: Any, *events: dict[str, Any]) -> None:
    world.server.next_faults.append(Fault(what, only=f"add{TABLES[kind].capitalize()}"))
    world.receive(*events)
    world.run(until=timedelta(seconds=30))
    assert world.closed, "the add is still unanswered"


def renumbered(world: World, kind: Kind, **numbers: str) -> None:
    for old, new in numbers.items():
        world.server.hands.renumber(TABLES[kind], old.removeprefix("n"), new)


def there(world: World, kind: Kind) -> list[tuple[str, str]]:
    return sorted((each["code"], each["description"]) for each in world.held(TABLES[kind]))


def told(world: World) -> set[tuple[str, str]]:
    return {(number, code) for _, number, code in world.problems()}


def say(world: World, kind: Kind, number: str, choice: Choice) -> None:
    wake = lambda of_kind, token: world.woken.append((of_kind, token))  # noqa: E731
    decide_problem(COMPANY.id, kind, number, MOVED, choice, Resolver(world.ledger, wake, world.time, "Kari"))
    world.run()


@pytest.mark.parametrize("what", ["lost_answers", "errors_5xx_after", "half_done"])
def test_it_is_told_and_nothing_is_added_beside_it(world: World, kind: Kind, what: str) -> None:
    unanswered(world, kind, what, saved(kind, "61", 1), saved(kind, "62", 2))
    number = min(number for number, _ in there(world, kind))
    renumbered(world, kind, **{f"n{number}": "9061"})
    world.run()
    assert [code for code, _ in there(world, kind)] == sorted({"61", "62"} - {number} | {"9061"})
    assert told(world) == {(number, MOVED)}


def test_put_back_it_goes_on(world: World, kind: Kind) -> None:
    unanswered(world, kind, "lost_answers", saved(kind, "61", 1))
    renumbered(world, kind, n61="9061")
    world.run()
    renumbered(world, kind, n9061="61")
    say(world, kind, "61", Choice.PUT_BACK)
    world.receive(saved(kind, "61", 1, 2, "Nytt navn"))
    world.run()
    assert (there(world, kind), told(world)) == ([("61", "Nytt navn")], set())


def test_its_new_number_is_taken_where_moment_gives_it_too(world: World, kind: Kind) -> None:
    unanswered(world, kind, "lost_answers", saved(kind, "61", 1))
    renumbered(world, kind, n61="9061")
    world.run()
    say(world, kind, "61", Choice.TAKE_NUMBER)
    world.receive(saved(kind, "9061", 1, 2, "Nytt navn"))
    world.run()
    assert (there(world, kind), told(world)) == ([("9061", "Nytt navn")], set())


def test_as_another_record_it_is_left_alone(world: World, kind: Kind) -> None:
    unanswered(world, kind, "lost_answers", saved(kind, "61", 1))
    renumbered(world, kind, n61="9061")
    world.run()
    say(world, kind, "61", Choice.LOOK_UP_AGAIN)
    assert there(world, kind) == [("61", "Navn 1"), ("9061", "Navn 1")]
    assert told(world) == set()


def test_two_that_were_swapped_are_both_told(world: World, kind: Kind) -> None:
    unanswered(world, kind, "lost_answers", saved(kind, "61", 1), saved(kind, "62", 2))
    renumbered(world, kind, n61="x", n62="61", nx="62")
    world.run()
    assert there(world, kind) == [("61", "Navn 2"), ("62", "Navn 1")]
    assert told(world) == {("61", MOVED), ("62", MOVED)}


def test_the_number_in_strange_hands_is_not_taken_over(world: World, kind: Kind) -> None:
    unanswered(world, kind, "lost_answers", saved(kind, "61", 1))
    renumbered(world, kind, n61="9061")
    world.server.hands.make(TABLES[kind], "61", "En fremmed")
    world.run()
    assert there(world, kind) == [("61", "En fremmed"), ("9061", "Navn 1")]
    assert told(world) == {("61", MOVED)}


def test_one_that_was_renumbered_on_both_sides_goes_on(world: World, kind: Kind) -> None:
    unanswered(world, kind, "lost_answers", saved(kind, "61", 1))
    renumbered(world, kind, n61="9061")
    world.receive(saved(kind, "9061", 1, 2, "Nytt navn"))
    world.run()
    assert (there(world, kind), told(world)) == ([("9061", "Nytt navn")], set())


def test_where_two_may_be_it_neither_is_written(world: World) -> None:
    kind = Kind.PROJECT  # private persons are told apart by their legal companies
    unanswered(world, kind, "lost_answers", saved(kind, "61", 1, 1, "Likt"), saved(kind, "62", 2, 1, "Likt"))
    renumbered(world, kind, n61="9061", n62="9062")
    world.run()
    assert there(world, kind) == [("9061", "Likt"), ("9062", "Likt")]
    assert told(world) == {("61", MOVED), ("62", MOVED)}
    for problem in world.ledger.problems.of(COMPANY.id, kind):
        assert problem.details["theirs"] == "9061, 9062"
        assert [choice for choice, _ in offered(problem, world.ledger)] == [
            Choice.PUT_BACK,
            Choice.LOOK_UP_AGAIN,
        ]
    renumbered(world, kind, n9061="61")
    say(world, kind, "61", Choice.PUT_BACK)
    assert told(world) == {("62", MOVED)}


def test_what_was_there_before_is_not_taken_for_it(world: World, kind: Kind) -> None:
    world.server.hands.make(TABLES[kind], "9061", "Navn 1")
    world.time.now += timedelta(hours=3)
    unanswered(world, kind, "lost_requests", saved(kind, "61", 1))
    world.server.hands.rename(TABLES[kind], "9061", "Navn 1")
    world.run()
    assert there(world, kind) == [("61", "Navn 1"), ("9061", "Navn 1")]
    assert told(world) == set()


def test_customers_of_one_legal_company_are_told_apart(world: World) -> None:
    of_one = [a_customer("61", id=1, name="Kai Drift AS"), a_customer("62", id=2, name="Kai Havn AS")]
    unanswered(world, Kind.CUSTOMER, "lost_answers", *of_one)
    renumbered(world, Kind.CUSTOMER, n62="9062")
    world.run()
    assert there(world, Kind.CUSTOMER) == [("61", "Kai Drift AS"), ("9062", "Kai Havn AS")]
    assert told(world) == {("62", MOVED)}


def test_what_xledger_did_not_take_is_not_looked_for_under_other_numbers(kind: Kind) -> None:
    """It may be tried again weeks later, when very much was made since."""
    rule = {"kind": TABLES[kind], "field": "description", "pattern": "Umulig"}
    world = World(parse_plan({"rules": [rule], "credits_per_hour": None}))
    world.receive(saved(kind, "61", 1, 1, "Umulig"), saved(kind, "62", 2))
    world.run()
    assert [code for code, _ in there(world, kind)] == ["62"]
    world.xledger.asked.clear()
    world.receive(saved(kind, "61", 1, 2, "Mulig"))
    world.run()
    questions = [variables for name, variables in world.xledger.asked if name.startswith("LookUp")]
    assert [each["withSince"] for each in questions] == [False]
    assert [code for code, _ in there(world, kind)] == ["61", "62"]


def test_its_invoices_wait(world: World) -> None:
    unanswered(world, Kind.CUSTOMER, "lost_answers", saved(Kind.CUSTOMER, "61", 1))
    renumbered(world, Kind.CUSTOMER, n61="9061")
    world.receive(an_invoice(7, customer={"customerNumber": "61", "name": "Navn 1"}, projectNumber=None))
    world.run()
    world.time.now += timedelta(minutes=20)
    world.sweep()
    world.run()
    assert ("7", "WAITS_FOR_NUMBER") in told(world)


def test_where_very_many_were_made_meanwhile_the_number_alone_decides(world: World, kind: Kind) -> None:
    """As in a first load: nobody waits for a look through all of it, and nothing is refused for its length."""
    unanswered(world, kind, "lost_answers", saved(kind, "71", 1), saved(kind, "72", 2))
    (first,) = world.server.state.tables[TABLES[kind]].find("code", "71")
    for n in range(2_001):
        world.server.state.add(TABLES[kind], {"code": f"8{n:05}", "description": "Another"}, first["owner"])
    world.run()
    assert not told(world)
    assert [each for each in there(world, kind) if each[1] != "Another"] == [
        ("71", "Navn 1"),
        ("72", "Navn 2"),
    ]
