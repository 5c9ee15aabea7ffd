"""A record that was added without an answer belongs to what Xledger may have under the number that was sent, until it
is known otherwise: whatever number Moment gives it meanwhile."""

from datetime import timedelta
from typing import Any

import pytest

from local.twins.world import entities_of
from local.xledger.faults import Fault
from moment_xledger.domain.kinds import Kind
from moment_xledger.domain.problem_choices import Choice
from moment_xledger.domain.problems import Code
from moment_xledger.domain.records import State
from moment_xledger.flows.decide_problem import decide_problem
from moment_xledger.flows.resolve_problem import Resolver
from tests.builders import COMPANY, a_company, a_private_person, a_project, an_invoice
from tests.world import World

KINDS: dict[Kind, Any] = {Kind.CUSTOMER: "customers", Kind.PROJECT: "projects"}


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture(params=list(KINDS))
def kind(request: Any) -> Kind:
    return Kind(request.param)


def saved(kind: Kind, number: str, id: int, version: int, name: str) -> dict[str, Any]:
    if kind is Kind.CUSTOMER:
        return a_private_person(number, id=id, version=version, name=name)
    return a_project(number, id=id, version=version, name=name, customerNumber=None)


def invoice_of(kind: Kind, number: str, n: int) -> dict[str, Any]:
    if kind is Kind.CUSTOMER:
        return an_invoice(n, customer={"customerNumber": number, "name": "Navn"}, projectNumber=None)
    return an_invoice(n, customer={"customerNumber": "70000", "name": "Navn"}, projectNumber=number)


def sent(world: World, kind: Kind, what: Any, *events: dict[str, Any]) -> None:
    """Added, and nobody knows what came of it."""
    if kind is Kind.PROJECT:
        world.receive(a_private_person("70000", id=9))
        world.run()
    adds = f"add{KINDS[kind].capitalize()}"
    world.server.next_faults.append(Fault(what, only=adds))
    world.receive(*events)
    world.run(until=timedelta(seconds=30))
    assert world.closed, "the add is still unanswered"


def there(world: World, kind: Kind) -> dict[str, str]:
    """Names by number, of all but the customer that the invoices on projects are for."""
    found = [each for each in world.held(KINDS[kind]) if each["code"] != "70000"]
    names = {each["code"]: each["description"] for each in found}
    assert len(names) == len(found), "a number stands twice"
    return names


def told(world: World, kind: Kind) -> set[tuple[str, str]]:
    return {(number, code) for of_kind, number, code in world.problems() if of_kind == kind}


def record(world: World, kind: Kind, id: int) -> Any:
    return world.ledger.records.get_many(COMPANY.id, [(kind, id)])[kind, id]


def arrived(world: World) -> list[int]:
    return sorted(each.invoice.invoice_number for each in world.ledger.invoices.since(COMPANY.id))


def test_two_whose_numbers_are_swapped_meanwhile_keep_what_is_theirs(world: World, kind: Kind) -> None:
    sent(
        world,
        kind,
        "lost_answers",
        saved(kind, "51", 1, 1, "Berit"),
        saved(kind, "52", 2, 1, "Carl"),
    )
    world.receive(saved(kind, "52", 1, 2, "Berit"), saved(kind, "51", 2, 2, "Carl"))
    world.receive(invoice_of(kind, "51", 501), invoice_of(kind, "52", 502))
    world.run()
    assert there(world, kind) == {"51": "Berit", "52": "Carl"}
    assert told(world, kind) == {("51", "NUMBER_CHANGED"), ("52", "NUMBER_CHANGED")}
    assert arrived(world) == []


def test_so_do_those_whose_numbers_go_round(world: World, kind: Kind) -> None:
    sent(
        world,
        kind,
        "errors_5xx_after",
        *(saved(kind, f"{50 + n}", n, 1, f"Nr. {n}") for n in (1, 2, 3)),
    )
    for n, number in ((1, "52"), (2, "53"), (3, "51")):
        world.receive(saved(kind, number, n, 2, f"Nr. {n}"))
    world.run()
    assert there(world, kind) == {"51": "Nr. 1", "52": "Nr. 2", "53": "Nr. 3"}
    assert {code for _, code in told(world, kind)} == {"NUMBER_CHANGED"}


def test_one_that_is_given_a_new_number_meanwhile_is_not_added_again(world: World, kind: Kind) -> None:
    sent(world, kind, "lost_answers", saved(kind, "51", 1, 1, "Berit"))
    world.receive(saved(kind, "57", 1, 2, "Berit"))
    world.run()
    assert there(world, kind) == {"51": "Berit"}
    assert told(world, kind) == {("57", "NUMBER_CHANGED")}
    assert record(world, kind, 1).details["old"] == "51"


def test_back_under_its_number_it_is_as_if_nothing_had_been(world: World, kind: Kind) -> None:
    sent(world, kind, "lost_answers", saved(kind, "51", 1, 1, "Berit"))
    world.receive(saved(kind, "57", 1, 2, "Berit"))
    world.receive(saved(kind, "51", 1, 3, "Berit To"))
    world.run()
    assert there(world, kind) == {"51": "Berit To"}
    assert told(world, kind) == set()


def test_another_that_is_given_its_number_does_not_get_what_is_its(world: World, kind: Kind) -> None:
    sent(world, kind, "lost_answers", saved(kind, "51", 1, 1, "Berit"))
    world.receive(saved(kind, "57", 1, 2, "Berit"), saved(kind, "51", 3, 1, "Dina"))
    world.receive(invoice_of(kind, "51", 501), invoice_of(kind, "57", 502))
    world.run()
    assert there(world, kind) == {"51": "Berit"}
    assert told(world, kind) == {("57", "NUMBER_CHANGED"), ("51", "NUMBER_TAKEN")}
    assert arrived(world) == []


def test_one_that_never_arrived_goes_under_its_new_number_and_the_old_one_is_free(
    world: World, kind: Kind
) -> None:
    sent(world, kind, "lost_requests", saved(kind, "51", 1, 1, "Berit"))
    world.receive(saved(kind, "57", 1, 2, "Berit"), saved(kind, "51", 3, 1, "Dina"))
    world.run()
    assert there(world, kind) == {"57": "Berit", "51": "Dina"}
    assert told(world, kind) == set()


def test_so_it_is_with_two_that_were_swapped(world: World, kind: Kind) -> None:
    sent(
        world,
        kind,
        "lost_requests",
        saved(kind, "51", 1, 1, "Berit"),
        saved(kind, "52", 2, 1, "Carl"),
    )
    world.receive(saved(kind, "52", 1, 2, "Berit"), saved(kind, "51", 2, 2, "Carl"))
    world.run()
    assert there(world, kind) == {"52": "Berit", "51": "Carl"}
    assert told(world, kind) == set()
    assert {record(world, kind, n).state for n in (1, 2)} == {State.SYNCED}


def test_a_list_that_was_half_done_when_the_work_had_to_stop_is_such_an_add_too(
    world: World, kind: Kind
) -> None:
    """The look-ups that would have shown what was done are not answered either."""
    events = [saved(kind, f"{60 + n}", n, 1, f"Nr. {n}") for n in (1, 2)]
    asks = world.xledger.ask
    world.server.next_faults.append(Fault("half_done", only=f"add{KINDS[kind].capitalize()}"))

    def ask(token: Any, operation: str, variables: Any) -> Any:
        reply = asks(token, operation, variables)
        if operation.startswith("Add"):
            world.xledger.ask = asks  # type: ignore[method-assign]
            world.server.next_faults.extend([Fault("lost_requests", only="query")] * 5)
        return reply

    world.xledger.ask = ask  # type: ignore[method-assign]
    world.receive(*events)
    world.run(until=timedelta(seconds=30))
    ((number, name),) = there(world, kind).items()
    other = {"61": "62", "62": "61"}[number]
    world.receive(saved(kind, "62", 1, 2, "Nr. 1"), saved(kind, "61", 2, 2, "Nr. 2"))
    world.run()
    assert there(world, kind) == {number: name}
    assert told(world, kind) == {(other, "NUMBER_CHANGED"), (number, "NUMBER_TAKEN")}


def test_a_number_that_changes_while_the_answer_is_on_its_way_is_not_anothers_record(
    world: World, kind: Kind
) -> None:
    asks = world.xledger.ask
    meanwhile = [[saved(kind, "57", 1, 2, "Berit"), saved(kind, "51", 3, 1, "Dina")]]

    def ask(token: Any, operation: str, variables: Any) -> Any:
        reply = asks(token, operation, variables)
        if operation == f"Add{KINDS[kind].capitalize()}" and meanwhile:
            world.receive(*meanwhile.pop())
        return reply

    world.xledger.ask = ask  # type: ignore[method-assign]
    world.receive(saved(kind, "51", 1, 1, "Berit"))
    world.run()
    assert there(world, kind) == {"51": "Berit"}
    assert told(world, kind) == {("57", "NUMBER_CHANGED"), ("51", "NUMBER_TAKEN")}


def test_the_number_is_stored_before_it_is_sent(world: World, kind: Kind) -> None:
    asks = world.xledger.ask
    stored = []

    def ask(token: Any, operation: str, variables: Any) -> Any:
        if operation == f"Add{KINDS[kind].capitalize()}":
            stored.append(record(world, kind, 1).added_as)
        return asks(token, operation, variables)

    world.xledger.ask = ask  # type: ignore[method-assign]
    world.receive(saved(kind, "51", 1, 1, "Berit"))
    world.run()
    assert stored == ["51"]
    assert record(world, kind, 1).added_as is None


def test_in_another_entity_nothing_of_it_is_known(kind: Kind) -> None:
    one, other = a_company(owner_code=20_301), a_company("annen", owner_code=20_302)
    world = World(entities_of([one, other]), [one])
    sent(world, kind, "lost_answers", saved(kind, "51", 1, 1, "Berit"))
    world.ledger.companies.save(a_company(owner_code=20_302))
    world.receive(saved(kind, "57", 1, 2, "Berit"))
    world.run()
    owners = {each["code"]: each["owner"]["ownerCode"] for each in world.held(KINDS[kind])}
    assert (owners["51"], owners["57"]) == (20_301, 20_302)
    assert told(world, kind) == set()


def test_where_several_have_its_number_a_person_says_which_one_it_is(world: World, kind: Kind) -> None:
    sent(world, kind, "lost_answers", saved(kind, "51", 1, 1, "Berit"))
    world.server.hands.make(KINDS[kind], "51", "En annen")
    world.receive(saved(kind, "57", 1, 2, "Berit"))
    world.run()
    assert told(world, kind) == {("57", "NUMBER_CHANGED")}
    ours = next(each for each in world.held(KINDS[kind]) if each["description"] == "Berit")
    world.server.hands.renumber(KINDS[kind], int(ours["dbId"]), "57")
    other = next(each for each in world.held(KINDS[kind]) if each["description"] == "En annen")
    world.server.hands.renumber(KINDS[kind], int(other["dbId"]), "58")
    resolver = Resolver(
        world.ledger, lambda kind, token: world.woken.append((kind, token)), world.time, "Kari"
    )
    decide_problem(COMPANY.id, kind, "57", Code.NUMBER_CHANGED, Choice.CHANGED_ON_BOTH, resolver)
    world.run()
    assert there(world, kind) == {"57": "Berit", "58": "En annen"}
    assert record(world, kind, 1).state is State.SYNCED
    assert told(world, kind) == set()


def test_it_is_told_with_the_old_number_and_the_new_one(world: World, kind: Kind) -> None:
    sent(world, kind, "lost_answers", saved(kind, "51", 1, 1, "Berit"))
    world.receive(saved(kind, "57", 1, 2, "Berit"))
    world.run()
    problem = world.ledger.problems.get(COMPANY.id, kind, "57", Code.NUMBER_CHANGED)
    assert problem is not None
    assert "51" in problem.sentence()
