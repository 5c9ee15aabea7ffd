"""From Moment's event to Xledger's customer."""

from typing import Any

import pytest

from local.xledger.faults import Fault
from local.xledger.plan import EntityPlan, Plan, TokenPlan
from moment_xledger.domain.problems import Code
from moment_xledger.domain.records import State
from tests.builders import COMPANY, TOKEN, a_company, a_customer, a_private_person, of
from tests.world import World


@pytest.fixture
def world() -> World:
    return World()


def in_xledger(world: World, number: str = "10001", **named: Any) -> int:
    """A customer that somebody made there by hand, with a company of its own."""
    state = world.server.state
    (entity,) = state.entities.records
    (country,) = state.tables["countries"].find("code", "NO")
    company = state.add("companies", {"companyNumber": "923609016", "description": "Fjord Bygg"}, entity)
    fields = {"code": number, "description": "Fjord Bygg", "companyDbId": company["dbId"], "company": company}
    address = {"streetAddress": "Strandgaten 1", "zipCode": "5013", "place": "Bergen", "country": country}
    made = state.add(
        "customers", fields | {"address": address, "email": "post@fjordbygg.example"} | named, entity
    )
    return int(made["dbId"])


def names(world: World) -> dict[str, str]:
    return {each["code"]: each["description"] for each in world.held("customers")}


def companies_of(world: World) -> dict[str, int]:
    return {each["code"]: each["companyDbId"] for each in world.held("customers")}


def asked(world: World) -> list[str]:
    return [operation for operation, _ in world.xledger.asked]


def test_a_new_customer_is_looked_up_then_its_company_is_added_then_itself(world: World) -> None:
    world.receive(a_customer("10001"))
    world.run()
    assert asked(world) == ["LookUpCustomers", "AddCompanies", "AddCustomers"]
    assert names(world) == {"10001": "Fjord Bygg 10001 AS"}


def test_an_edit_of_a_known_customer_is_a_look_and_a_write(world: World) -> None:
    world.receive(a_customer("10001"))
    world.run()
    world.xledger.asked.clear()
    world.receive(a_customer("10001", version=2, name="Fjord Bygg og Anlegg AS"))
    world.run()
    assert asked(world) == ["LookUpCustomers", "UpdateCustomers"]
    assert names(world) == {"10001": "Fjord Bygg og Anlegg AS"}


def test_an_emptied_field_is_emptied_in_xledger(world: World) -> None:
    world.receive(a_customer("10001"))
    world.run()
    world.receive(a_customer("10001", version=2, email=""))
    world.run()
    assert [each["email"] for each in world.held("customers")] == [None]


def test_customers_with_one_organisation_number_share_a_company(world: World) -> None:
    world.receive(a_customer("10001"), a_customer("10002"))
    world.run()
    world.receive(a_customer("10003"))
    world.run()
    assert len(world.held("companies")) == 1
    assert len(set(companies_of(world).values())) == 1


def test_private_persons_have_a_company_each(world: World) -> None:
    world.receive(a_private_person("10001"), a_private_person("10002"))
    world.run()
    assert len(set(companies_of(world).values())) == 2


def test_a_changed_organisation_number_moves_the_customer_and_nobody_else(world: World) -> None:
    world.receive(a_customer("10001"), a_customer("10002"))
    world.run()
    before = companies_of(world)
    world.receive(a_customer("10001", version=2, organizationNumber="974760673"))
    world.run()
    after = companies_of(world)
    assert after["10001"] != before["10001"]
    assert after["10002"] == before["10002"]
    assert {each["companyNumber"] for each in world.held("companies")} == {"923609016", "974760673"}


def test_a_customer_that_xledger_has_as_wanted_is_taken_over_without_a_write(world: World) -> None:
    db_id = in_xledger(world)
    world.receive(a_customer("10001", name="Fjord Bygg"))
    world.run()
    assert asked(world) == ["LookUpCustomers"]
    world.receive(a_customer("10001", version=2, name="Nytt navn AS"))
    world.run()
    assert [(each["dbId"], each["description"]) for each in world.held("customers")] == [
        (db_id, "Nytt navn AS")
    ]


def test_a_customer_that_xledger_has_otherwise_is_taken_over_and_updated(world: World) -> None:
    in_xledger(world, description="Gammelt navn")
    world.receive(a_customer("10001", name="Fjord Bygg"))
    world.run()
    assert asked(world) == ["LookUpCustomers", "UpdateCustomers"]
    assert names(world) == {"10001": "Fjord Bygg"}


def test_two_customers_with_one_number_in_xledger_are_a_problem_and_never_become_three(world: World) -> None:
    in_xledger(world)
    in_xledger(world)
    world.receive(a_customer("10001"), a_customer("10002"))
    world.run()
    world.receive(a_customer("10001", version=2, name="Nytt navn"))
    world.run()
    assert sorted(each["code"] for each in world.held("customers")) == ["10001", "10001", "10002"]
    assert list(world.problems()) == [("customer", "10001", "NUMBER_TWICE_IN_XLEDGER")]


def test_ten_edits_of_one_customer_are_one_write_of_the_newest(world: World) -> None:
    world.receive(
        *[a_customer("10001", version=n, name=f"Navn {n}") for n in (3, 9, 1, 10, 2, 8, 4, 7, 5, 6)]
    )
    world.run()
    assert asked(world).count("AddCustomers") == 1
    assert names(world) == {"10001": "Navn 10"}


def test_an_edit_that_changes_nothing_for_xledger_sends_nothing(world: World) -> None:
    world.receive(a_customer("10001"))
    world.run()
    world.xledger.asked.clear()
    world.receive(a_customer("10001", version=2, phone="55 55 55 55"))
    world.run()
    assert asked(world) == []


def test_an_edit_and_its_undoing_send_nothing(world: World) -> None:
    world.receive(a_customer("10001"))
    world.run()
    world.xledger.asked.clear()
    world.receive(a_customer("10001", version=2, name="Feil"))
    world.receive(a_customer("10001", version=3))
    world.run()
    assert asked(world) == []
    assert names(world) == {"10001": "Fjord Bygg 10001 AS"}


def test_events_that_come_late_or_twice_never_put_back_an_older_state(world: World) -> None:
    newest = a_customer("10001", version=3, name="Nyest")
    world.receive(newest)
    world.run()
    world.receive(a_customer("10001", version=2, name="Eldre"), newest, newest)
    world.run()
    assert names(world) == {"10001": "Nyest"}
    assert len(world.held("customers")) == 1


def test_an_event_that_comes_while_its_record_is_being_sent_is_not_lost(world: World) -> None:
    asks = world.xledger.ask
    later = [a_customer("10001", version=2, name="Nyere")]

    def ask(token: Any, operation: str, variables: Any) -> Any:
        reply = asks(token, operation, variables)
        if operation == "AddCustomers" and later:
            world.receive(later.pop())
        return reply

    world.xledger.ask = ask  # type: ignore[method-assign]
    world.receive(a_customer("10001"))
    world.run()
    assert names(world) == {"10001": "Nyere"}
    assert len(world.held("customers")) == 1


def test_a_version_that_undoes_what_is_being_sent_is_sent_as_well(world: World) -> None:
    world.receive(a_customer("10001"))
    world.run()
    asks = world.xledger.ask
    undoing = [a_customer("10001", version=3)]

    def ask(token: Any, operation: str, variables: Any) -> Any:
        reply = asks(token, operation, variables)
        if undoing:
            world.receive(undoing.pop())
        return reply

    world.xledger.ask = ask  # type: ignore[method-assign]
    world.receive(a_customer("10001", version=2, name="Feil"))
    world.run()
    assert names(world) == {"10001": "Fjord Bygg 10001 AS"}


def test_a_number_that_another_customer_has_is_a_problem_of_the_second(world: World) -> None:
    world.receive(a_customer("10001", id=1, name="Den første"))
    world.receive(a_customer("10001", id=2, name="Den andre"))
    world.run()
    assert names(world) == {"10001": "Den første"}
    assert list(world.problems()) == [("customer", "10001", "NUMBER_TAKEN")]
    world.receive(a_customer("10001", id=1, version=2, name="Den første, rettet"))
    assert list(world.problems()) == [("customer", "10001", "NUMBER_TAKEN")]
    world.receive(a_customer("10002", id=2, version=2, name="Den andre"))
    world.run()
    assert names(world) == {"10001": "Den første, rettet", "10002": "Den andre"}
    assert list(world.problems()) == []


def test_two_new_customers_with_one_number_in_one_batch_are_told_apart(world: World) -> None:
    world.receive(a_customer("10001", id=1), a_customer("10001", id=2), a_customer("10003"))
    world.run()
    assert sorted(names(world)) == ["10001", "10003"]
    assert list(world.problems()) == [("customer", "10001", "NUMBER_TAKEN")]


def test_a_number_that_was_given_up_before_it_reached_xledger_can_be_used_by_another(world: World) -> None:
    world.receive(a_customer("10001", id=1))
    world.receive(a_customer("10002", id=1, version=2), a_customer("10001", id=2))
    world.run()
    assert sorted(names(world)) == ["10001", "10002"]
    assert list(world.problems()) == []


def test_a_number_that_is_given_up_goes_to_who_has_waited_for_it(world: World) -> None:
    world.receive(a_customer("10001", id=1), a_customer("10001", id=2))
    assert list(world.problems()) == [("customer", "10001", "NUMBER_TAKEN")]
    world.receive(a_customer("10002", id=1, version=2))
    world.run()
    assert sorted(names(world)) == ["10001", "10002"]
    assert list(world.problems()) == []


def test_and_where_two_have_waited_the_other_one_waits_on(world: World) -> None:
    world.receive(*[a_customer("10001", id=id_) for id_ in (1, 2, 3)])
    world.receive(a_customer("10002", id=1, version=2))
    world.run()
    assert sorted(names(world)) == ["10001", "10002"]
    (problem,) = world.ledger.problems.of(COMPANY.id)
    assert (problem.number, problem.code, problem.details["other"]) == ("10001", "NUMBER_TAKEN", "2")


def test_and_where_one_of_two_waits_no_more_people_are_still_told_of_the_other(world: World) -> None:
    world.receive(*[a_customer("10001", id=id_) for id_ in (1, 2, 3)])
    world.receive(a_customer("10002", id=2, version=2))
    assert list(world.problems()) == [("customer", "10001", "NUMBER_TAKEN")]
    world.receive(a_customer("10003", id=1, version=2))
    world.run()
    assert sorted(names(world)) == ["10001", "10002", "10003"]
    assert list(world.problems()) == []


def test_two_customers_can_change_numbers_before_they_are_in_xledger(world: World) -> None:
    world.receive(a_customer("10001", id=1, name="En"), a_customer("10002", id=2, name="To"))
    world.receive(
        a_customer("10002", id=1, version=3, name="En"), a_customer("10001", id=2, version=2, name="To")
    )
    world.run()
    assert names(world) == {"10001": "To", "10002": "En"}
    assert list(world.problems()) == []


def test_what_a_person_has_skipped_does_not_get_the_number(world: World) -> None:
    world.receive(a_customer("10001", id=1), a_customer("10001", id=2))
    world.ledger.problems.close(COMPANY.id, [("customer", "10001")], [Code.NUMBER_TAKEN])
    world.receive(a_customer("10002", id=1, version=2))
    world.run()
    assert list(names(world)) == ["10002"]


def test_a_number_that_clashed_leaves_the_old_one_free(world: World) -> None:
    world.receive(a_customer("10002", id=2), a_customer("10001", id=1))
    world.receive(a_customer("10002", id=1, version=2))
    world.receive(a_customer("10003", id=1, version=3), a_customer("10001", id=3))
    world.run()
    assert sorted(names(world)) == ["10001", "10002", "10003"]
    assert list(world.problems()) == []


def test_a_number_that_xledger_knows_is_never_changed_and_can_be_put_back(world: World) -> None:
    world.receive(a_customer("10001", id=1))
    world.run()
    world.receive(a_customer("20001", id=1, version=2))
    world.run()
    assert list(names(world)) == ["10001"]
    assert list(world.problems()) == [("customer", "20001", "NUMBER_CHANGED")]
    world.receive(a_customer("10001", id=1, version=3, name="Satt tilbake"))
    world.run()
    assert names(world) == {"10001": "Satt tilbake"}
    assert list(world.problems()) == []


def test_a_number_that_changes_while_it_is_being_sent_is_reported_and_not_changed(world: World) -> None:
    asks = world.xledger.ask
    renumbered = [a_customer("20001", id=1, version=2)]

    def ask(token: Any, operation: str, variables: Any) -> Any:
        reply = asks(token, operation, variables)
        if operation == "AddCustomers" and renumbered:
            world.receive(renumbered.pop())
        return reply

    world.xledger.ask = ask  # type: ignore[method-assign]
    world.receive(a_customer("10001", id=1))
    world.run()
    assert list(names(world)) == ["10001"]
    assert list(world.problems()) == [("customer", "20001", "NUMBER_CHANGED")]


def test_customers_that_are_switched_off_wait_in_the_ledger_until_they_are_switched_on(world: World) -> None:
    world.ledger.companies.save(COMPANY.model_copy(update={"export_customers": False}))
    world.receive(a_customer("10001"))
    world.run()
    assert asked(world) == []
    world.ledger.companies.save(COMPANY)
    world.receive(a_customer("10002"))
    world.run()
    assert sorted(names(world)) == ["10001", "10002"]


PARENT, NORTH, SOUTH = 10_001, 10_011, 10_012


@pytest.fixture
def shared() -> World:
    """One token for two companies, each an entity of its own below a third."""
    plan = Plan(
        entities=(
            EntityPlan(ownerCode=PARENT),
            EntityPlan(ownerCode=NORTH, parent=PARENT),
            EntityPlan(ownerCode=SOUTH, parent=PARENT),
        ),
        tokens=(TokenPlan(token="c29tZQ", ownerCode=PARENT),),
        credits_per_hour=None,
    )
    return World(plan, [a_company("north", owner_code=NORTH), a_company("south", owner_code=SOUTH)])


def test_companies_that_share_a_token_may_use_the_same_numbers(shared: World) -> None:
    shared.receive(
        of("north", a_customer("10001", name="Fjord Bygg nord")),
        of("south", a_customer("10001", name="Fjord Bygg sør")),
    )
    shared.run()
    shared.receive(of("north", a_customer("10001", version=2, name="Nordligst")))
    shared.run()
    owners = {each["description"]: each["owner"]["ownerCode"] for each in shared.held("customers")}
    assert owners == {"Nordligst": NORTH, "Fjord Bygg sør": SOUTH}


def test_private_persons_of_two_companies_with_one_number_are_not_one_company(shared: World) -> None:
    shared.receive(of("north", a_private_person("10001")), of("south", a_private_person("10001")))
    shared.run()
    assert len({each["companyDbId"] for each in shared.held("customers")}) == 2


def test_companies_that_share_a_token_are_served_in_turn(shared: World) -> None:
    shared.receive(*[of("north", a_customer(str(n))) for n in range(10_000, 11_500)])
    shared.receive(of("south", a_customer("1")))
    shared.run()
    added = [len(v["inputs"]) for operation, v in shared.xledger.asked if operation == "AddCustomers"]
    assert added == [500, 1, 500, 500]


def test_a_record_of_500_that_xledger_names_is_a_problem_and_the_others_go_in_the_same_run(
    world: World,
) -> None:
    address = {"street": "Strandgaten 1", "countryCode": "XX"}
    world.receive(*[a_customer(str(n)) for n in range(10_000, 10_499)])
    world.receive(a_customer("10499", address=address, organizationNumber="X"))
    world.sync()
    assert len(world.held("customers")) == 499
    assert list(world.problems()) == [("customer", "10499", "REFERENCE_NOT_FOUND")]
    (problem,) = world.ledger.problems.of(COMPANY.id)
    assert problem.details == {"field": "country"}
    assert "No value matching owner" in problem.their_words
    assert world.requests["total"] <= 6


def test_a_record_of_500_that_xledger_does_not_name_is_found_in_few_requests(world: World) -> None:
    world.receive(*[a_customer(str(n)) for n in range(10_000, 10_499)])
    world.receive(a_customer("10499", name="x" * 600))
    world.run()
    assert len(world.held("customers")) == 499
    (problem,) = world.ledger.problems.of(COMPANY.id)
    assert problem.details == {"field": "description"}
    assert "longer than" in problem.their_words
    assert world.requests["total"] <= 33


def test_a_list_that_was_half_done_doubles_nobody() -> None:
    world = World(Plan(credits_per_hour=None, atomic_lists=False))
    world.receive(*[a_customer(str(n)) for n in range(10_000, 10_040)])
    world.receive(a_customer("10020", version=2, name="x" * 600))
    world.run()
    codes = [each["code"] for each in world.held("customers")]
    assert len(codes) == len(set(codes)) == 39
    assert len(world.held("companies")) == 1
    assert list(world.problems()) == [("customer", "10020", "REFUSED_BY_XLEDGER")]


def test_a_record_that_was_refused_travels_alone_after_the_others_until_it_is_taken(world: World) -> None:
    world.receive(a_customer("10001", name="x" * 600))
    world.run()
    world.xledger.asked.clear()
    world.receive(a_customer("10001", version=2), *[a_customer(str(n)) for n in range(10_002, 10_010)])
    world.run()
    added = [len(v["inputs"]) for operation, v in world.xledger.asked if operation == "AddCustomers"]
    assert added == [8, 1]
    assert list(world.problems()) == []
    world.receive(
        a_customer("10001", version=3, name="Rettet"), a_customer("10002", version=2, name="Rettet")
    )
    world.run()
    operation, variables = world.xledger.asked[-1]
    assert (operation, len(variables["inputs"])) == ("UpdateCustomers", 2)


def test_a_customer_that_somebody_removed_from_xledger_is_reported_and_added_again_with_its_next_edit(
    world: World,
) -> None:
    world.receive(a_customer("10001"), a_customer("10002"))
    world.run()
    world.server.remove("customers", world.held("customers")[0]["dbId"])
    world.receive(a_customer("10001", version=2, name="To"), a_customer("10002", version=2, name="To"))
    world.run()
    assert names(world) == {"10002": "To"}
    (problem,) = world.ledger.problems.of(COMPANY.id)
    assert (problem.number, problem.code) == ("10001", "GONE_FROM_XLEDGER")
    world.receive(a_customer("10001", version=3, name="Tre"))
    world.run()
    assert names(world) == {"10001": "Tre", "10002": "To"}
    assert list(world.problems()) == []


def test_a_newer_version_that_comes_while_the_old_one_is_refused_wins(world: World) -> None:
    asks = world.xledger.ask
    corrected = [a_customer("10001", version=2, name="Kort")]

    def ask(token: Any, operation: str, variables: Any) -> Any:
        reply = asks(token, operation, variables)
        if operation.startswith("Add") and corrected:
            world.receive(corrected.pop())
        return reply

    world.xledger.ask = ask  # type: ignore[method-assign]
    world.receive(a_customer("10001", name="x" * 600))
    world.run()
    assert names(world) == {"10001": "Kort"}
    assert list(world.problems()) == []


@pytest.mark.parametrize("what", ["lost_answers", "cut_bodies", "errors_5xx_after", "lost_requests"])
@pytest.mark.parametrize("only", ["addCustomers", "addCompanies"])
def test_a_write_without_an_answer_stops_everything_until_it_can_be_looked_up_and_doubles_nothing(
    world: World, what: Any, only: str
) -> None:
    world.server.next_faults.append(Fault(what, only=only))
    world.receive(a_customer("10001"), a_customer("10002"))
    world.sync()
    (closed,) = world.closed
    assert closed.why == "in doubt"
    sent = len(asked(world))
    world.sync()
    world.sync()
    assert len(asked(world)) == sent
    world.run()
    assert asked(world)[sent] == "LookUpCustomers"
    assert sorted(names(world)) == ["10001", "10002"]
    assert len(world.held("companies")) == 1
    assert [each["description"] for each in world.held("customers")] == [
        f"Fjord Bygg {n} AS" for n in (10001, 10002)
    ]


def test_an_update_without_an_answer_is_sent_again_even_if_moment_has_undone_it(world: World) -> None:
    world.receive(a_customer("10001"))
    world.run()
    world.server.next_faults.append(Fault("lost_answers", only="updateCustomers"))
    world.receive(a_customer("10001", version=2, name="Feil"))
    world.sync()
    assert names(world) == {"10001": "Feil"}
    world.receive(a_customer("10001", version=3))
    world.run()
    assert names(world) == {"10001": "Fjord Bygg 10001 AS"}
    record = next(iter(world.ledger.records.by_number(COMPANY.id, "customer", ["10001"]).values()))  # type: ignore[arg-type]
    assert record.state is State.SYNCED


def test_a_company_that_was_given_without_an_answer_is_taken_back_when_moment_has_undone_it(
    world: World,
) -> None:
    world.receive(a_customer("10001"), a_customer("10002", organizationNumber="974760673"))
    world.run()
    before = companies_of(world)
    world.server.next_faults.append(Fault("lost_answers", only="updateCustomers"))
    world.receive(a_customer("10001", version=2, organizationNumber="974760673"))
    world.sync()
    assert companies_of(world)["10001"] == before["10002"]
    world.receive(a_customer("10001", version=3, name="Fjord Bygg"))
    world.run()
    assert companies_of(world) == before


def test_the_token_is_in_no_request_of_ours_but_its_header(world: World) -> None:
    world.receive(a_customer("10001"))
    world.run()
    assert TOKEN.secret not in str(world.xledger.asked)
    assert TOKEN.secret not in str(world.ledger.gates.get(COMPANY.token_id))
