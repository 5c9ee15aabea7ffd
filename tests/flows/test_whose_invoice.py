"""An invoice goes to the customer that it was issued to, whichever customer has that number by now."""

import itertools
from datetime import timedelta
from typing import Any

import pytest

from moment_xledger.adapters.review_file import write_review
from moment_xledger.domain.companies import Language
from moment_xledger.domain.errors import KeyRefused
from moment_xledger.domain.moment import Customer
from moment_xledger.domain.problem_choices import Choice
from moment_xledger.domain.problems import Code, Problem
from moment_xledger.flows.decide_problem import decide_problem
from moment_xledger.flows.export_invoices import Exporter, export_invoices
from moment_xledger.flows.resolve_problem import Resolver
from tests.builders import (
    COMPANY,
    KEPT_BY_HAND,
    a_company,
    a_private_person,
    an_invoice,
    lists_were_asked_for,
    may_not_look_up,
)
from tests.fakes import FakeFiles
from tests.world import World

A_MINUTE = timedelta(minutes=1)
BERIT, CARL = 1, 2
DIFFERS = "ISSUED_TO_ANOTHER"
_requests = itertools.count(1)


def saved(number: str, id: int, version: int = 1, name: str = "", **but: Any) -> dict[str, Any]:
    names = {BERIT: "Berit Sol", CARL: "Carl Dal"}
    return a_private_person(number, id=id, version=version, name=name or names[id], **but)


def issued(n: int, number: str, name: str, id: int | None = None, **but: Any) -> dict[str, Any]:
    of = {"customerNumber": number, "name": name} | ({"id": id} if id else {})
    return an_invoice(n, customer=of, projectNumber=None, **but)


@pytest.fixture
def world() -> World:
    """Berit is 51 and Carl is 52, and Xledger has both."""
    world = World()
    lists_were_asked_for(world.ledger, COMPANY.id)
    world.receive(saved("51", BERIT), saved("52", CARL))
    world.run()
    return world


def moment_has(world: World, *events: dict[str, Any]) -> None:
    """As its API answers."""
    world.moment |= {each["data"]["customerNumber"]: Customer.model_validate(each["data"]) for each in events}


SWAPPED = (saved("52", BERIT, 2), saved("51", CARL, 2))


def pass_time(world: World, time: timedelta) -> None:
    for _ in range(time // A_MINUTE):
        world.time.now += A_MINUTE
        world.sweep()
        world.carry_wakes()


def export(world: World) -> list[int]:
    exporter = Exporter(world.ledger, FakeFiles(), world.time, write_review)  # type: ignore[arg-type]
    made = export_invoices(COMPANY.id, f"request {next(_requests)}", "Kari", exporter)
    left = world.ledger.invoices.since(COMPANY.id)
    return [s.invoice.invoice_number for s in left if made and s.export == made.number]


def told(world: World) -> list[tuple[str, str]]:
    return sorted((number, code) for kind, number, code in world.problems() if kind == "invoice")


def say(world: World, choice: Choice, number: str, code: Code, kind: str) -> None:
    wake = lambda kind, token: world.woken.append((kind, token))  # noqa: E731
    decide_problem(COMPANY.id, kind, number, code, choice, Resolver(world.ledger, wake, world.time, "Kari"))
    world.carry_wakes()


WHOSE = [
    pytest.param({"id": BERIT}, id="by id"),
    pytest.param({}, id="by name"),
]


@pytest.mark.parametrize("whose", WHOSE)
def test_one_that_overtakes_its_customers_new_number_is_not_on_anothers_account(
    world: World, whose: Any
) -> None:
    moment_has(world, *SWAPPED)
    world.receive(issued(501, "52", "Berit Sol", **whose))
    assert export(world) == []
    pass_time(world, timedelta(minutes=3))
    assert "52" in world.asked_moment
    assert ("customer", "52", "NUMBER_CHANGED") in list(world.problems())
    pass_time(world, timedelta(minutes=16))
    assert (export(world), told(world)) == ([], [("501", "WAITS_FOR_NUMBER")])


@pytest.mark.parametrize("whose", WHOSE)
def test_and_goes_when_the_numbers_were_changed_on_both_sides(world: World, whose: Any) -> None:
    world.receive(issued(501, "52", "Berit Sol", **whose))
    world.receive(*SWAPPED)
    world.run()
    for number, to in (("51", "51-52"), ("52", "51"), ("51-52", "52")):
        world.server.hands.renumber("customers", number, to)
    for number in ("52", "51"):
        say(world, Choice.CHANGED_ON_BOTH, number, Code.NUMBER_CHANGED, "customer")
    pass_time(world, timedelta(minutes=3))
    assert (export(world), list(world.problems())) == ([501], [])


def on_both_sides(world: World, *changed: dict[str, Any], steps: tuple[tuple[str, str], ...]) -> None:
    """Numbers are changed in Moment and in Xledger, and a person says so."""
    moment_has(world, *changed)
    world.receive(*changed)
    world.run()
    for number, to in steps:
        world.server.hands.renumber("customers", number, to)
    for problem in world.ledger.problems.of(COMPANY.id, "customer", Code.NUMBER_CHANGED):
        say(world, Choice.CHANGED_ON_BOTH, problem.number, Code.NUMBER_CHANGED, "customer")


def test_one_from_before_goes_to_its_customer_by_id_under_the_number_of_now(world: World) -> None:
    world.receive(issued(501, "51", "Berit Sol", id=BERIT))
    steps = (("51", "51-52"), ("52", "51"), ("51-52", "52"))
    on_both_sides(world, *SWAPPED, steps=steps)
    pass_time(world, timedelta(minutes=3))
    assert (export(world), told(world)) == ([501], [])
    made = world.ledger.exports.get(COMPANY.id, 1)
    assert made is not None
    assert made.numbers == {f"51={BERIT}": "52"}


@pytest.mark.parametrize("when", ["held", "arrived"])
def test_one_whose_customer_got_a_number_that_nobody_had_goes_under_that(world: World, when: str) -> None:
    if when == "held":
        world.receive(saved("61", BERIT, 2))
        world.run()
    world.receive(issued(501, "51", "Berit Sol", id=BERIT))
    on_both_sides(world, saved("61", BERIT, 3), steps=(("51", "61"),))
    pass_time(world, timedelta(minutes=40))
    assert told(world) == []
    assert export(world) == [501]
    pass_time(world, timedelta(hours=7))
    assert (told(world), list(world.problems())) == ([], [])


def test_one_from_before_numbers_were_changed_on_both_sides_stays_for_a_person_if_known_by_name_alone(
    world: World,
) -> None:
    world.receive(issued(501, "51", "Berit Sol"))
    moment_has(world, *SWAPPED)
    world.receive(*SWAPPED)
    world.run()
    for number, to in (("51", "51-52"), ("52", "51"), ("51-52", "52")):
        world.server.hands.renumber("customers", number, to)
    for number in ("52", "51"):
        say(world, Choice.CHANGED_ON_BOTH, number, Code.NUMBER_CHANGED, "customer")
    pass_time(world, timedelta(minutes=3))
    assert export(world) == []
    pass_time(world, timedelta(minutes=17))
    assert (export(world), told(world)) == ([], [("501", DIFFERS)])
    (problem,) = world.ledger.problems.of(COMPANY.id, "invoice")
    assert "501" in problem.sentence()
    assert "51" in problem.sentence(Language.NORWEGIAN)
    say(world, Choice.BY_HAND, "501", Code.ISSUED_TO_ANOTHER, "invoice")
    assert (export(world), told(world)) == ([], [])


@pytest.mark.parametrize("name", ["Berit  SOL", "Sol, Berit", "Berit Sol-Hansen"])
def test_another_spelling_goes_once_moment_has_said_whose_the_number_is(world: World, name: str) -> None:
    moment_has(world, saved("51", BERIT))
    world.receive(issued(501, "51", name))
    pass_time(world, timedelta(minutes=3))
    assert (export(world), told(world)) == ([501], [])
    questions = len(world.asked_moment)
    world.receive(issued(502, "51", name))
    assert (export(world), len(world.asked_moment)) == ([502], questions)


def test_names_that_are_much_alike_are_not_taken_for_one(world: World) -> None:
    world.receive(saved("53", 3, name="Kunde 3"), saved("54", 4, name="Kunde 4"))
    world.run()
    moment_has(world, saved("54", 3, 2, name="Kunde 3"), saved("53", 4, 2, name="Kunde 4"))
    world.receive(issued(501, "54", "Kunde 3"))
    pass_time(world, timedelta(minutes=20))
    assert (export(world), told(world)) == ([], [("501", "WAITS_FOR_NUMBER")])


def test_a_customer_is_known_by_the_names_that_it_had(world: World) -> None:
    world.receive(saved("51", BERIT, 2, name="Solvik Regnskap AS"))
    world.run()
    world.receive(issued(501, "51", "Berit Sol"), issued(502, "51", "Solvik Regnskap AS"))
    assert (export(world), world.asked_moment) == ([501, 502], [])


def test_the_id_counts_and_not_the_name(world: World) -> None:
    world.receive(issued(501, "51", "Noe helt annet", id=BERIT))
    assert (export(world), world.asked_moment) == ([501], [])
    world.receive(issued(502, "51", "Berit Sol", id=77))
    assert export(world) == []


def test_a_new_id_that_took_over_the_number_is_the_same_customer(world: World) -> None:
    world.receive(issued(501, "51", "Berit Sol", id=BERIT))
    world.receive(saved("51", 3, 1, name="Berit Sol"))
    world.run()
    resolver = Resolver(
        world.ledger, lambda kind, token: world.woken.append((kind, token)), world.time, "Kari"
    )
    decide_problem(COMPANY.id, "customer", "51", Code.NUMBER_TAKEN, Choice.SAME_RECORD, resolver, "3")
    world.run()
    world.receive(issued(502, "51", "Berit Sol", id=3))
    assert (export(world), told(world)) == ([501, 502], [])


@pytest.mark.parametrize("name", ["Berit Sole", "Dina Vik"])
def test_while_moment_is_silent_another_name_waits(world: World, name: str) -> None:
    world.moment_is_down = True
    world.receive(issued(501, "51", name))
    pass_time(world, timedelta(minutes=20))
    assert (export(world), told(world)) == ([], [("501", DIFFERS)])
    world.moment_is_down = False
    moment_has(world, saved("51", BERIT))
    pass_time(world, timedelta(minutes=20))
    assert export(world) == ([501] if name == "Berit Sole" else [])


@pytest.mark.parametrize(("name", "goes"), [("Berit Sole", True), ("Dina Vik", False)])
def test_where_moment_cannot_be_asked_only_a_clearly_other_name_stays(
    world: World, monkeypatch: pytest.MonkeyPatch, name: str, goes: bool
) -> None:
    def refuse(*_: object) -> None:
        raise KeyRefused("Moment")

    monkeypatch.setattr(world, "_ask_moment", refuse)
    world.receive(issued(501, "51", name))
    pass_time(world, timedelta(minutes=20))
    assert (export(world), told(world)) == (([501], []) if goes else ([], [("501", DIFFERS)]))


def test_a_person_says_that_it_is_the_same_customer_and_all_of_that_name_go(world: World) -> None:
    moment_has(world, saved("51", BERIT))
    world.receive(issued(501, "51", "Dina Vik"), issued(502, "51", "Dina Vik"), issued(503, "51", "Even Li"))
    pass_time(world, timedelta(minutes=17))
    assert told(world) == [(n, DIFFERS) for n in ("501", "502", "503")]
    say(world, Choice.SAME_CUSTOMER, "501", Code.ISSUED_TO_ANOTHER, "invoice")
    pass_time(world, timedelta(minutes=2))
    assert (export(world), told(world)) == ([501, 502], [("503", DIFFERS)])


def test_what_a_person_said_counts_until_the_number_is_another_ones(world: World) -> None:
    world.receive(issued(501, "51", "Dina Vik"))
    pass_time(world, timedelta(minutes=17))
    say(world, Choice.SAME_CUSTOMER, "501", Code.ISSUED_TO_ANOTHER, "invoice")
    world.receive(*SWAPPED)
    world.run()
    for number, to in (("51", "51-52"), ("52", "51"), ("51-52", "52")):
        world.server.hands.renumber("customers", number, to)
    for number in ("52", "51"):
        say(world, Choice.CHANGED_ON_BOTH, number, Code.NUMBER_CHANGED, "customer")
    assert export(world) == []


def test_customers_that_are_kept_by_hand_are_known_by_number_alone() -> None:
    world = World(companies=[a_company(**KEPT_BY_HAND)])
    may_not_look_up(world.ledger, COMPANY.id)
    world.receive(issued(501, "51", "Hvem som helst", id=9))
    assert export(world) == [501]


def test_while_its_number_waits_or_is_disputed_people_hear_of_that_alone() -> None:
    world = World()
    lists_were_asked_for(world.ledger, COMPANY.id)
    world.receive(issued(501, "51", "Dina Vik"))
    pass_time(world, timedelta(minutes=17))
    assert told(world) == [("501", "NOT_IN_MOMENT")]


NAMESAKE = "ISSUED_TO_A_NAMESAKE"
TWINS = (saved("51", BERIT, 2, name="Ola Vik"), saved("52", CARL, 2, name="Ola Vik"))


def swap(world: World, *events: dict[str, Any]) -> None:
    """In Moment and in Xledger, and a person has said so."""
    moment_has(world, *events)
    world.receive(*events)
    world.run()
    for number, to in (("51", "51-52"), ("52", "51"), ("51-52", "52")):
        world.server.hands.renumber("customers", number, to)
    for number in ("52", "51"):
        say(world, Choice.CHANGED_ON_BOTH, number, Code.NUMBER_CHANGED, "customer")


def test_between_two_of_one_name_that_swapped_their_numbers_nobody_can_tell(world: World) -> None:
    world.receive(*TWINS)
    world.run()
    world.receive(issued(501, "51", "Ola  VIK"), issued(502, "52", "Ola Vik", id=BERIT))
    swap(world, saved("52", BERIT, 3, name="Ola Vik"), saved("51", CARL, 3, name="Ola Vik"))
    world.receive(issued(503, "51", "Ola Vik"), issued(504, "51", "Ola Vik", id=CARL))
    pass_time(world, timedelta(minutes=20))
    assert export(world) == [502, 504]
    pass_time(world, timedelta(minutes=17))
    assert told(world) == [("501", NAMESAKE), ("503", NAMESAKE)]
    sentences = [each.sentence() for each in world.ledger.problems.of(COMPANY.id, "invoice")]
    assert all("Several customers of one name have had customer number 51" in each for each in sentences)
    say(world, Choice.BY_HAND, "501", Code.ISSUED_TO_A_NAMESAKE, "invoice")
    assert (export(world), told(world)) == ([], [("503", NAMESAKE)])


def test_nor_where_the_name_is_spelled_otherwise_and_fits_both(world: World) -> None:
    world.receive(*TWINS)
    world.run()
    world.receive(issued(501, "51", "Vik, Ola"))
    swap(world, saved("52", BERIT, 3, name="Ola Vik"), saved("51", CARL, 3, name="Ola Vik"))
    pass_time(world, timedelta(minutes=20))
    assert (export(world), told(world)) == ([], [("501", DIFFERS)])


def test_a_number_that_a_namesake_gave_up_before_xledger_had_it(world: World) -> None:
    world.receive(saved("53", 3, name="Ola Vik"))
    world.receive(saved("54", 3, 2, name="Ola Vik"))
    world.receive(saved("53", 4, name="Ola Vik"))
    world.run()
    world.receive(issued(501, "53", "Ola Vik"), issued(502, "54", "Ola Vik"))
    pass_time(world, timedelta(minutes=20))
    assert (export(world), told(world)) == ([502], [("501", NAMESAKE)])


def test_a_number_that_a_namesake_was_to_have_for_a_while(world: World) -> None:
    world.receive(*TWINS)
    world.run()
    world.receive(saved("52", BERIT, 3, name="Ola Vik"))
    world.receive(issued(501, "52", "Ola Vik"), issued(502, "52", "Ola B. Vik"))
    world.receive(saved("51", BERIT, 4, name="Ola Vik"))
    world.run()
    pass_time(world, timedelta(minutes=20))
    assert (export(world), told(world)) == ([], [("501", NAMESAKE), ("502", DIFFERS)])


def test_one_name_alone_holds_nothing(world: World) -> None:
    world.receive(*TWINS)
    world.run()
    world.receive(issued(501, "51", "Ola Vik"), issued(502, "52", "Ola Vik"))
    assert (export(world), told(world), world.asked_moment) == ([501, 502], [], [])


def test_nor_does_a_number_that_came_from_a_customer_of_another_name(world: World) -> None:
    swap(world, *SWAPPED)
    world.receive(issued(501, "51", "Carl Dal"), issued(502, "52", "Berit Sol"))
    pass_time(world, timedelta(minutes=3))
    assert (export(world), told(world)) == ([501, 502], [])


def in_xledger(world: World, **numbers: str) -> None:
    for old, new in numbers.items():
        world.server.hands.renumber("customers", old.removeprefix("n"), new)


def customers_told(world: World) -> set[tuple[str, str]]:
    return {(number, code) for kind, number, code in world.problems() if kind == "customer"}


def test_where_two_were_swapped_in_xledger_a_look_at_one_tells_of_both(world: World) -> None:
    in_xledger(world, n51="x", n52="51", nx="52")
    world.receive(saved("51", BERIT, 2, name="Berit Sol-Lie"))
    world.run()
    assert customers_told(world) == {(n, "NUMBER_MOVED_IN_XLEDGER") for n in ("51", "52")}
    world.receive(issued(501, "51", "Berit Sol"), issued(502, "52", "Carl Dal", id=CARL))
    pass_time(world, timedelta(minutes=17))
    assert (export(world), told(world)) == ([], [(n, "WAITS_FOR_NUMBER") for n in ("501", "502")])


def test_a_number_that_a_person_gave_to_another_as_well_is_disputed(world: World) -> None:
    in_xledger(world, n51="52")
    world.receive(saved("51", BERIT, 2, name="Berit Sol-Lie"))
    world.run()
    assert customers_told(world) == {("51", "NUMBER_MOVED_IN_XLEDGER"), ("52", "NUMBER_TWICE_IN_XLEDGER")}
    world.receive(issued(502, "52", "Carl Dal"))
    pass_time(world, timedelta(minutes=17))
    assert (export(world), told(world)) == ([], [("502", "WAITS_FOR_NUMBER")])


def test_nor_does_it_leave_before_the_other_was_looked_at(world: World) -> None:
    details, now = {"theirs": " 52", "id": str(BERIT)}, world.time()
    moved = Problem(COMPANY.id, "customer", "51", Code.NUMBER_MOVED_IN_XLEDGER, details, "", now, now)
    world.ledger.problems.report([moved])
    world.receive(issued(502, "52", "Carl Dal"))
    assert export(world) == []
    world.ledger.problems.close(COMPANY.id, [("customer", "51")], [Code.NUMBER_MOVED_IN_XLEDGER])
    pass_time(world, timedelta(minutes=17))
    assert export(world) == [502]


def test_a_number_in_another_spelling_is_the_same(world: World) -> None:
    world.receive(saved("Kø-7", 7, name="Even Li"))
    world.run()
    world.receive(issued(501, "KØ-7", "Even Li"), issued(502, "kø-7", "Even Li", id=7))
    assert (export(world), told(world)) == ([501, 502], [])
