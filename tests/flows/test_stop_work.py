"""A request that Xledger does not take as such: the work of that kind stops, people hear of it once, a try ends it."""

from datetime import timedelta
from typing import Any

import pytest

from local.xledger.plan import Plan
from moment_xledger.adapters.xledger_reference import Reference
from moment_xledger.domain.companies import Language, Secrets, Token
from moment_xledger.domain.kinds import Kind
from moment_xledger.domain.problems import Code
from moment_xledger.domain.records import State
from moment_xledger.domain.stops import stopped
from moment_xledger.flows.guard_numbers import Guard, guard_numbers
from moment_xledger.flows.read_lists import read_lists
from moment_xledger.flows.save_company import save_company
from moment_xledger.flows.watch_deadlines import watch_deadlines
from tests.builders import COMPANY, a_company, a_customer, a_private_person, a_project, of
from tests.office import FakeVault
from tests.world import START, TOKEN, TOKEN_ID, World

A_MINUTE = timedelta(minutes=1)
MANY = 1_200
OUR_FAULT, NO_RIGHT = "REQUEST_NOT_ACCEPTED", "RIGHT_LACKING"


def a_world(**plan: Any) -> World:
    return World(Plan(credits_per_hour=None, **plan))


def denying(*names: str) -> dict[str, Any]:
    return {"tokens": [{"token": TOKEN.secret, "denied": names}]}


def total(world: World) -> int:
    found: int = world.requests["total"]
    return found


def waiting(world: World, kind: Kind = Kind.CUSTOMER) -> int:
    return world.ledger.records.count(COMPANY.id, kind)[State.DIRTY]


@pytest.mark.parametrize("words", ["coded", "worded"])
@pytest.mark.parametrize(
    ("plan", "code", "most"),
    [
        pytest.param({"schema_lacks": ["Customer.email"]}, OUR_FAULT, 1, id="a field"),
        pytest.param({"schema_lacks": ["AddCustomersInputNode.place"]}, OUR_FAULT, 3, id="an input"),
        pytest.param(denying("Address"), NO_RIGHT, 1, id="no right to a nested type"),
        pytest.param(denying("addCustomers"), NO_RIGHT, 3, id="no right to write"),
    ],
)
def test_it_is_never_halved_and_people_hear_of_it_once(words: Any, plan: Any, code: str, most: int) -> None:
    world = a_world(request_errors=words)
    world.server.replan(plan)
    world.receive(*[a_private_person(str(n)) for n in range(30_000, 30_000 + MANY)])
    world.carry_wakes()
    assert total(world) <= most
    assert waiting(world) == MANY
    assert list(world.problems()) == [("settings", "customer", code)]
    world.receive(a_customer("77"))
    world.carry_wakes()
    assert total(world) <= most


def test_a_read_that_is_refused_in_the_same_way_for_both_halves_is_not_halved_further() -> None:
    """Where neither code nor words tell."""
    world = a_world(request_errors="vague", schema_lacks=["Customer.email"])
    world.receive(*[a_customer(str(n)) for n in range(30_000, 30_000 + MANY)])
    world.carry_wakes()
    assert total(world) <= 3
    assert list(world.problems()) == [("settings", "customer", OUR_FAULT)]


def test_the_other_kind_goes_on() -> None:
    world = a_world()
    world.receive(a_customer("10001"))
    world.run()
    world.server.replan({"schema_lacks": ["Project.toDate"]})
    world.receive(a_project("P-1"), a_customer("10002"))
    world.run(until=2 * A_MINUTE)
    assert len(world.held("customers")) == 2
    assert list(world.problems()) == [("settings", "project", OUR_FAULT)]


def test_it_is_tried_ever_more_seldom_with_one_request_and_goes_on_by_itself() -> None:
    world = a_world(schema_lacks=["Customer.email"])
    world.receive(a_customer("10001"))
    world.run(until=timedelta(hours=4))
    assert 5 <= total(world) <= 9
    (problem,) = world.ledger.problems.of(COMPANY.id)
    assert problem.count == 1
    world.server.replan({"schema_lacks": []})
    world.run(until=timedelta(minutes=62))
    assert len(world.held("customers")) == 1
    assert list(world.problems()) == []
    assert world.ledger.stops.get(TOKEN_ID, Kind.CUSTOMER) is None


def test_a_look_up_that_is_answered_is_no_proof_that_a_write_will_be() -> None:
    world = a_world()
    world.receive(a_customer("10001"))
    world.run()
    world.server.replan(denying("addCustomers"))
    world.receive(a_customer("10002"))
    world.run(until=A_MINUTE)
    world.receive(a_customer("10001", version=2))
    world.time.now += timedelta(minutes=6)
    world.run(until=A_MINUTE)
    assert list(world.problems()) == [("settings", "customer", NO_RIGHT)]


def test_saving_the_settings_tries_it_at_once() -> None:
    world = a_world(schema_lacks=["Customer.email"])
    world.receive(a_customer("10001"))
    world.run(until=timedelta(hours=2))
    world.server.replan({"schema_lacks": []})
    vault = FakeVault()
    vault.save(COMPANY.id, Secrets(TOKEN, Token("moment")))
    save_company(
        COMPANY.model_dump(exclude={"token_id"}),
        Secrets(TOKEN, Token("moment")),
        world.ledger,
        vault,  # type: ignore[arg-type]
        world.time,
        world.url,
    )
    world.run(until=2 * A_MINUTE)
    assert len(world.held("customers")) == 1


def test_a_new_release_tries_it_at_once() -> None:
    stop = stopped(None, Code.REQUEST_NOT_ACCEPTED, "LookUpCustomers", "no", "41", START)
    assert stop.stands(START + A_MINUTE, "41")
    assert not stop.stands(START + A_MINUTE, "42")


def test_the_pause_between_tries_doubles_up_to_an_hour() -> None:
    stop, pauses = None, []
    for _ in range(7):
        stop = stopped(stop, Code.RIGHT_LACKING, "AddProjects", "no", "", START)
        pauses.append(int((stop.again - START).total_seconds() // 60))
    assert pauses == [5, 10, 20, 40, 60, 60, 60]


def test_all_who_share_the_token_are_told_and_those_who_carry_no_such_records_are_not() -> None:
    north, south, west = a_company("north"), a_company("south"), a_company("west", export_projects=False)
    world = World(Plan(credits_per_hour=None, schema_lacks=("Project.code",)), [north, south, west])
    world.receive(of("north", a_project("P-1", customerNumber=None)))
    world.run(until=2 * A_MINUTE)
    told = {each.id: [code for _, _, code in world.problems(each.id)] for each in (north, south, west)}
    assert told == {"north": [OUR_FAULT], "south": [OUR_FAULT], "west": []}


def test_a_company_that_gets_another_token_hears_that_it_is_over() -> None:
    world = a_world(schema_lacks=["Customer.email"])
    world.receive(a_customer("10001"))
    world.run(until=A_MINUTE)
    watch_deadlines(COMPANY, world.ledger, world.time())
    assert list(world.problems()) == [("settings", "customer", OUR_FAULT)]
    watch_deadlines(COMPANY.model_copy(update={"token_id": "another"}), world.ledger, world.time())
    assert list(world.problems()) == []


def test_the_number_guard_tells_a_request_that_is_not_understood_from_a_right_that_is_missing() -> None:
    world = a_world(schema_lacks=["Query.customer_deltas"])
    world.receive(a_customer("10001"))
    world.run()
    guard = Guard(world.worker(), Reference)
    report = guard_numbers(TOKEN_ID, guard)
    assert (report.not_understood, report.not_allowed) == (1, 0)
    (problem,) = world.ledger.problems.of(COMPANY.id)
    assert (problem.code, problem.details) == (OUR_FAULT, {"records": "changes of customers"})
    assert "endringer av kunder" in problem.sentence(Language.NORWEGIAN)
    world.server.replan({"schema_lacks": []})
    world.time.now += timedelta(days=1)
    guard_numbers(TOKEN_ID, Guard(world.worker(), Reference))
    assert list(world.problems()) == []


def test_lists_that_xledger_takes_no_request_for_stay_unknown_and_are_told_of() -> None:
    world = a_world(schema_lacks=["Account.posting"])
    lists = read_lists(TOKEN_ID, world.worker(), Reference)
    assert lists is not None
    assert lists.accounts is None
    assert lists.vat_codes is not None
    assert list(world.problems()) == [("settings", "accounts and VAT codes", OUR_FAULT)]


@pytest.mark.parametrize("words", ["Value cannot be null. (Parameter 'source')", "Operasjonen feilet."])
def test_many_adds_that_are_all_refused_in_words_nobody_knows_stop_the_work(words: str) -> None:
    rule = {"field": "code", "pattern": ".", "message": words}
    world = a_world(rules=[rule])
    world.receive(*[a_private_person(str(n)) for n in range(71_000, 71_400)])
    world.carry_wakes()
    assert total(world) <= 26
    assert {(code, kind) for kind, _, code in world.problems()} == {(OUR_FAULT, "settings")}
    assert waiting(world) == 400
    world.server.replan({"rules": []})
    world.run(until=timedelta(minutes=70))
    assert len(world.held("customers")) == 400
    assert not list(world.problems())
