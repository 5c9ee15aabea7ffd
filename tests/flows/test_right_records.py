"""Every write lands on the right record, in the right entity, whatever people do in Xledger meanwhile."""

from datetime import timedelta
from typing import Any

import pytest

from local.twins.world import entities_of
from local.xledger.faults import Fault
from local.xledger.hands import Hands
from local.xledger.plan import EntityPlan, Plan, TokenPlan
from moment_xledger.domain.problem_choices import Choice
from moment_xledger.domain.problems import Code
from moment_xledger.flows.decide_problem import decide_problem
from moment_xledger.flows.guard_numbers import Guard, guard_numbers
from moment_xledger.flows.resolve_problem import Resolver
from tests.builders import COMPANY, a_company, a_customer, a_private_person, a_project, an_invoice, of
from tests.world import World

PARENT, DAUGHTER = 20_200, 20_201

SETTINGS: list[dict[str, Any]] = [
    *({"default_owner_set": each} for each in ("CURRENT", "MINE", "ALL")),
    {"default_object_status": "OPEN"},
    {"codes": "padded", "ids": "strings"},
    {"codes": "upper_case", "company_numbers": "without_blanks"},
    {"codes_match": "any_case", "ids": "numbers"},
]


def in_parent(**but: Any) -> World:
    """The company writes to an entity with another one below it; its token reaches both."""
    plan = Plan(
        entities=(
            EntityPlan(ownerCode=PARENT, description="Mor AS"),
            EntityPlan(ownerCode=DAUGHTER, description="Datter AS", parent=PARENT),
        ),
        tokens=(TokenPlan(ownerCode=PARENT),),
        credits_per_hour=None,
        **but,
    )
    return World(plan, [a_company(owner_code=PARENT)])


@pytest.fixture
def world() -> World:
    return in_parent()


@pytest.fixture
def hands(world: World) -> Hands:
    return hands_of(world)


def hands_of(world: World) -> Hands:
    return world.server.hands


def held(world: World, what: str, number: str) -> dict[str, Any]:
    (found,) = [each for each in world.held(what) if each["code"].strip().casefold() == number.casefold()]
    return found


def asked(world: World, operation: str) -> list[dict[str, Any]]:
    """The nodes that were sent with it."""
    sent = [variables["inputs"] for name, variables in world.xledger.asked if name == operation]
    return [each["node"] for inputs in sent for each in inputs]


def carry(world: World, *events: dict[str, Any]) -> None:
    world.receive(*events)
    world.run()


@pytest.mark.parametrize("but", SETTINGS, ids=str)
def test_whatever_the_defaults_closed_records_and_those_of_other_entities_are_told_apart(but: Any) -> None:
    world = in_parent(**but)
    hands = hands_of(world)
    hands.make("customers", "30001", "Brygge AS", ownerCode=DAUGHTER)
    hands.make("customers", "30002", "Lukket AS", fields={"toDate": "2025-12-31"})
    hands.make("projects", "Q-1", "Lukket", fields={"toDate": "2025-12-31"})
    carry(
        world,
        a_private_person("30001", name="Brygge AS"),
        a_private_person("30002", name="Lukket og omdøpt AS"),
        a_project("Q-1", customerNumber="30002"),
    )
    customers = {(each["description"], each["owner"]["ownerCode"]) for each in world.held("customers")}
    assert customers == {("Brygge AS", DAUGHTER), ("Brygge AS", PARENT), ("Lukket og omdøpt AS", PARENT)}
    assert held(world, "customers", "30002")["toDate"] == "2025-12-31"
    project = held(world, "projects", "Q-1")
    assert (project["toDate"], project["subledger"]["code"].strip()) == ("2025-12-31", "30002")
    assert list(world.problems()) == []


@pytest.mark.parametrize("but", SETTINGS, ids=str)
def test_whatever_the_settings_edits_find_their_record_again(but: Any) -> None:
    world = in_parent(**but)
    carry(
        world,
        a_customer("k-30001", name="Brygge AS"),
        a_private_person("30002"),
        a_project("q-7", customerNumber="k-30001"),
    )
    carry(
        world,
        a_customer("k-30001", version=2, name="Brygge og Kai AS"),
        a_private_person("30002", version=2, name="Kari Hansen"),
        a_project("q-7", version=2, customerNumber="k-30001", active=False),
    )
    assert len(world.held("customers")) == 2
    assert len(world.held("companies")) == 2
    assert held(world, "customers", "k-30001")["description"] == "Brygge og Kai AS"
    assert held(world, "projects", "q-7")["toDate"] == "2026-11-22"
    assert {each["description"] for each in world.held("companies")} == {"Brygge AS", "Kari Hansen"}
    assert {code for _, _, code in world.problems()} <= {"NUMBER_SPELLED_OTHERWISE"}


def test_an_update_never_sends_the_number(world: World) -> None:
    carry(world, a_customer("30001"), a_project("Q-1", customerNumber="30001"))
    carry(
        world,
        a_customer("30001", version=2, name="Nytt navn"),
        a_project("Q-1", version=2, customerNumber="30001", name="Nytt navn"),
    )
    updates = asked(world, "UpdateCustomers") + asked(world, "UpdateProjects")
    assert len(updates) == 2
    assert not [node for node in updates if "code" in node]


@pytest.mark.parametrize(
    ("kind", "event"),
    [
        ("customers", a_customer),
        ("projects", lambda number, **but: a_project(number, customerNumber=None, **but)),
    ],
)
def test_a_number_that_a_person_changed_in_xledger_is_told_and_nothing_is_written(
    world: World, hands: Hands, kind: Any, event: Any
) -> None:
    carry(world, event("30001", name="Brygge"))
    hands.renumber(kind, "30001", "30001-GML")
    carry(world, event("30001", version=2, name="Brygge og Kai"))
    record = held(world, kind, "30001-GML")
    assert record["description"] == "Brygge"
    ((_, number, code),) = world.problems()
    assert (number, code) == ("30001", "NUMBER_MOVED_IN_XLEDGER")
    hands.renumber(kind, "30001-GML", "30001")
    carry(world, event("30001", version=3, name="Brygge og Kai"))
    assert held(world, kind, "30001")["description"] == "Brygge og Kai"
    assert list(world.problems()) == []


def test_what_was_deleted_and_made_again_under_a_new_id_goes_on(world: World, hands: Hands) -> None:
    carry(world, a_customer("30001"), a_project("Q-1", customerNumber="30001"))
    old = held(world, "customers", "30001")["dbId"]
    hands.remove("customers", old)
    carry(world, a_customer("30001", version=2, name="Fjord Bygg"))
    assert list(world.problems()) == [("customer", "30001", "GONE_FROM_XLEDGER")]
    hands.make("customers", "30001", "Fjord Bygg, for hånd")
    carry(world, a_customer("30001", version=3, name="Fjord Bygg Bergen"))
    assert held(world, "customers", "30001")["description"] == "Fjord Bygg Bergen"
    assert list(world.problems()) == []


def test_what_was_made_again_before_anybody_noticed_is_found_by_its_number(
    world: World, hands: Hands
) -> None:
    carry(world, a_project("Q-1", customerNumber=None))
    hands.remove("projects", "Q-1")
    hands.make("projects", "Q-1", "For hånd")
    carry(world, a_project("Q-1", version=2, customerNumber=None, name="Kai 2"))
    assert held(world, "projects", "Q-1")["description"] == "Kai 2"
    assert list(world.problems()) == []


def test_a_project_waits_for_a_customer_that_is_gone_and_goes_when_it_is_back(
    world: World, hands: Hands
) -> None:
    carry(world, a_customer("30001"))
    hands.remove("customers", "30001")
    carry(world, a_customer("30001", version=2, name="Fjord Bygg"))
    world.receive(a_project("Q-1", customerNumber="30001"))
    world.run(until=timedelta(minutes=5))
    assert world.held("projects") == []
    carry(world, a_customer("30001", version=3, name="Fjord Bygg AS"))
    new = held(world, "customers", "30001")
    assert held(world, "projects", "Q-1")["subledger"]["dbId"] == new["dbId"]


def test_a_record_that_was_moved_to_another_entity_is_never_written(world: World, hands: Hands) -> None:
    carry(world, a_customer("30001", name="Brygge AS"))
    hands.move("customers", "30001", DAUGHTER)
    carry(world, a_customer("30001", version=2, name="Omdøpt AS"))
    (record,) = world.held("customers")
    assert (record["description"], record["owner"]["ownerCode"]) == ("Brygge AS", DAUGHTER)
    (problem,) = world.ledger.problems.of(COMPANY.id)
    assert (problem.code, problem.details) == ("IN_ANOTHER_ENTITY", {"entities": f"{DAUGHTER} Datter AS"})


def test_where_codes_are_unique_in_the_whole_reach_the_refusal_says_where_the_number_stands() -> None:
    world = in_parent(unique_codes="reach")
    hands_of(world).make("customers", "30001", "Brygge AS", ownerCode=DAUGHTER)
    carry(world, a_private_person("30001", name="Kai AS"), a_private_person("30002"))
    assert {each["description"] for each in world.held("customers")} == {"Brygge AS", "Fjord Bygg 30002 AS"}
    (problem,) = world.ledger.problems.of(COMPANY.id)
    assert (problem.number, problem.code) == ("30001", "IN_ANOTHER_ENTITY")
    assert "20201 Datter AS" in problem.sentence()


def test_two_with_our_number_stop_a_known_record_as_well(world: World, hands: Hands) -> None:
    carry(world, a_customer("30001", name="Brygge AS"))
    hands.make("customers", "30001", "En annen")
    carry(world, a_customer("30001", version=2, name="Omdøpt AS"))
    assert {each["description"] for each in world.held("customers")} == {"Brygge AS", "En annen"}
    assert list(world.problems()) == [("customer", "30001", "NUMBER_TWICE_IN_XLEDGER")]


def test_a_number_that_is_spelled_otherwise_is_the_same_and_people_are_told_until_it_is_not(
    world: World, hands: Hands
) -> None:
    hands.make("projects", "KAI-7", "Kai")
    carry(world, a_project("kai-7", customerNumber=None, name="Kai 7"))
    (project,) = world.held("projects")
    assert (project["code"], project["description"]) == ("KAI-7", "Kai 7")
    assert list(world.problems()) == [("project", "kai-7", "NUMBER_SPELLED_OTHERWISE")]
    carry(world, a_project("kai-7", version=2, customerNumber=None, name="Kai sju"))
    assert [problem.count for problem in world.ledger.problems.of(COMPANY.id)] == [1]
    hands.renumber("projects", "KAI-7", "kai-7")
    carry(world, a_project("kai-7", version=3, customerNumber=None, name="Kai syv"))
    assert list(world.problems()) == []


def test_two_records_of_moment_never_get_one_number_in_two_spellings(world: World) -> None:
    carry(world, a_project("Kai-7", id=1, customerNumber=None, name="En"))
    carry(world, a_project("KAI-7", id=2, customerNumber=None, name="To"))
    assert [each["description"] for each in world.held("projects")] == ["En"]
    assert list(world.problems()) == [("project", "KAI-7", "NUMBER_TAKEN")]


def test_a_project_finds_its_customer_in_another_spelling(world: World) -> None:
    world.receive(a_project("Q-1", customerNumber="kunde-7"))
    world.carry_wakes()
    carry(world, a_customer("KUNDE-7"))
    assert held(world, "projects", "Q-1")["subledger"]["dbId"] == held(world, "customers", "KUNDE-7")["dbId"]


def test_a_project_that_a_person_closed_is_not_opened_by_the_next_save(world: World, hands: Hands) -> None:
    carry(world, a_project("Q-1", customerNumber=None))
    hands.close("projects", "Q-1", "2026-06-30")
    carry(world, a_project("Q-1", version=2, customerNumber=None, name="Omdøpt"))
    project = held(world, "projects", "Q-1")
    assert (project["description"], project["toDate"]) == ("Omdøpt", "2026-06-30")
    carry(world, a_project("Q-1", version=3, customerNumber=None, active=False))
    carry(world, a_project("Q-1", version=4, customerNumber=None))
    assert held(world, "projects", "Q-1")["toDate"] is None  # for Moment closed it, and opened it again


def test_a_customer_that_a_person_closed_stays_closed(world: World, hands: Hands) -> None:
    carry(world, a_customer("30001"))
    hands.close("customers", "30001", "2026-06-30")
    carry(world, a_customer("30001", version=2, name="Omdøpt AS"))
    assert held(world, "customers", "30001")["toDate"] == "2026-06-30"


def test_a_closing_whose_answer_was_lost_is_undone_when_moment_opens_the_project(world: World) -> None:
    carry(world, a_project("Q-1", customerNumber=None))
    world.server.next_faults.append(Fault("lost_answers", only="updateProjects"))
    world.receive(a_project("Q-1", version=2, customerNumber=None, active=False))
    world.carry_wakes()
    assert held(world, "projects", "Q-1")["toDate"] == "2026-11-22"
    carry(world, a_project("Q-1", version=3, customerNumber=None))
    assert held(world, "projects", "Q-1")["toDate"] is None


@pytest.mark.parametrize(
    ("but", "dates"),
    [
        pytest.param({"active": True, "endDate": "2026-03-31"}, ("2026-01-15", None), id="active: open"),
        pytest.param(
            {"active": False, "endDate": "2027-08-31"},
            ("2026-01-15", "2026-11-22"),
            id="closed before its end date",
        ),
        pytest.param(
            {"active": False, "endDate": "2026-05-31"},
            ("2026-01-15", "2026-05-31"),
            id="closed on its end date",
        ),
        pytest.param(
            {"active": False, "startDate": "2027-02-01"},
            ("2026-11-22", "2026-11-22"),
            id="closed before it starts",
        ),
        pytest.param({"active": False, "startDate": None}, (None, "2026-11-22"), id="no start"),
    ],
)
@pytest.mark.parametrize("said", ["2026-11-22T08:30:00Z", "2099-01-01T00:00:00Z"])
def test_active_decides_and_no_end_is_before_the_start_or_in_the_future(
    world: World, but: Any, dates: Any, said: str
) -> None:
    carry(world, a_project("Q-1", customerNumber=None, **but) | {"time": said})
    project = held(world, "projects", "Q-1")
    assert (project.get("fromDate"), project.get("toDate")) == dates


@pytest.mark.parametrize("said", ["1971-05-17T00:00:00Z", "0001-01-01T00:00:00Z"])
@pytest.mark.parametrize(
    ("end", "wanted"),
    [("2026-03-31", "2026-03-31"), ("0001-01-01", "2026-11-22"), ("2098-07-01", "2026-11-22")],
)
def test_a_day_that_cannot_be_right_ends_no_project(world: World, said: str, end: str, wanted: str) -> None:
    closed = a_project("Q-3", customerNumber=None, active=False, startDate="2026-02-02", endDate=end)
    carry(world, closed | {"time": said})
    project = held(world, "projects", "Q-3")
    assert (project["fromDate"], project["toDate"]) == ("2026-02-02", wanted)


def test_a_project_that_stands_closed_in_xledger_gets_no_start_after_its_end(
    world: World, hands: Hands
) -> None:
    hands.make("projects", "Q-4", "Gammelt", fields={"fromDate": "2018-03-01", "toDate": "2020-06-30"})
    hands.make("projects", "Q-5", "Gammelt", fields={"fromDate": "2018-03-01", "toDate": "2020-06-30"})
    carry(
        world,
        a_project("Q-4", customerNumber=None, name="Nytt", startDate="2026-02-02"),
        a_project("Q-5", customerNumber=None, name="Nytt", startDate="2019-02-02"),
    )
    dates = [(each["fromDate"], each["toDate"]) for each in world.held("projects")]
    assert dates == [("2018-03-01", "2020-06-30"), ("2019-02-02", "2020-06-30")]
    assert [node for node in asked(world, "UpdateProjects") if "toDate" in node] == []
    updates = len(asked(world, "UpdateProjects"))
    carry(world, a_project("Q-4", version=2, customerNumber=None, name="Nytt", startDate="2026-02-03"))
    assert len(asked(world, "UpdateProjects")) == updates  # Xledger has all that it may be told
    night(world)
    night(world)
    told = [(number, code) for _, number, code in world.problems()]
    assert sorted(told) == [("Q-4", "CLOSED_IN_XLEDGER"), ("Q-5", "CLOSED_IN_XLEDGER")]


def test_the_same_digits_in_two_countries_are_two_companies(world: World) -> None:
    danish: dict[str, Any] = {"organizationNumber": "87654321", "address": {"countryCode": "DK"}}
    british: dict[str, Any] = {"organizationNumber": "87654321", "address": {"countryCode": "GB"}}
    carry(world, a_customer("30001", name="Dansk Kai ApS", **danish))
    carry(world, a_customer("30002", name="London Quay Ltd", **british))
    carry(
        world,
        a_customer("30003", name="Dansk Kai", organizationNumber="DK 87 65 43 21", address=danish["address"]),
    )
    companies = {each["code"]: each["companyDbId"] for each in world.held("customers")}
    assert companies["30001"] == companies["30003"] != companies["30002"]


def test_a_company_in_the_register_with_another_name_is_asked_about(world: World, hands: Hands) -> None:
    (entity, _) = world.server.state.entities.records
    stranger = {"description": "Stål og Glass AS", "companyNumber": "NO 923 609 016 MVA", "country": "NO"}
    world.server.state.add("companies", stranger, entity)
    carry(world, a_customer("30001", name="Brygge AS"))
    assert world.held("customers") == []
    (problem,) = world.ledger.problems.of(COMPANY.id)
    assert problem.code == "LEGAL_COMPANY_NAME_DIFFERS"
    assert "Stål og Glass AS" in problem.sentence()
    assert "Brygge AS" in problem.sentence()
    carry(world, a_customer("30001", version=2, name="Stål & Glass"))
    assert len(world.held("companies")) == 1
    assert len(world.held("customers")) == 1
    assert list(world.problems()) == []


def test_a_private_person_never_takes_over_a_companys_customer(world: World, hands: Hands) -> None:
    """Another company's token reaches an Xledger with the same numbers."""
    (entity, _) = world.server.state.entities.records
    theirs = {"description": "Havn Rederi AS", "companyNumber": "974760673", "country": "NO"}
    register = world.server.state.add("companies", theirs, entity)
    hands.make("customers", "30001", "Havn Rederi", company=register["dbId"])
    carry(world, a_private_person("30001", name="Solveig Moe"))
    assert held(world, "customers", "30001")["description"] == "Havn Rederi"
    (problem,) = world.ledger.problems.of(COMPANY.id)
    assert problem.code == "LEGAL_COMPANY_NAME_DIFFERS"
    assert "974760673 belongs to Havn Rederi AS" in problem.sentence()
    carry(world, a_private_person("30001", version=2, name="Solveig Moe Lie"))
    assert held(world, "customers", "30001")["description"] == "Havn Rederi"
    decide_problem(COMPANY.id, "customer", "30001", problem.code, Choice.SAME_COMPANY, resolver_of(world))
    pass_minutes(world)
    assert held(world, "customers", "30001")["description"] == "Solveig Moe Lie"
    assert list(world.problems()) == []


def test_one_whose_organisation_number_moment_lacks_is_taken_over_by_its_name(
    world: World, hands: Hands
) -> None:
    (entity, _) = world.server.state.entities.records
    theirs = {"description": "Havn Rederi AS", "companyNumber": "974760673", "country": "NO"}
    register = world.server.state.add("companies", theirs, entity)
    hands.make("customers", "30001", "Kaikanten kafé", company=register["dbId"])
    hands.make("customers", "30002", "Noe", company=register["dbId"])
    carry(
        world, a_private_person("30001", name="Kaikanten Kafe"), a_private_person("30002", name="Havn Rederi")
    )
    assert held(world, "customers", "30001")["description"] == "Kaikanten Kafe"
    assert held(world, "customers", "30002")["description"] == "Havn Rederi"
    assert list(world.problems()) == []


@pytest.mark.parametrize("customers_company", [True, False], ids=["of the customer there", "in the register"])
def test_a_person_can_say_that_a_company_is_the_same(
    world: World, hands: Hands, customers_company: bool
) -> None:
    (entity, _) = world.server.state.entities.records
    number = "974760673" if customers_company else "923609016"
    theirs = {"description": "Stål og Glass AS", "companyNumber": number, "country": "NO"}
    company = world.server.state.add("companies", theirs, entity)
    if customers_company:
        hands.make("customers", "30001", "Stål og Glass AS", company=company["dbId"])
    carry(world, a_customer("30001", name="Brygge AS"))
    (problem,) = world.ledger.problems.of(COMPANY.id)
    resolver = Resolver(
        world.ledger, lambda kind, token: world.woken.append((kind, token)), world.time, "Kari"
    )
    decide_problem(COMPANY.id, problem.kind, problem.number, problem.code, Choice.SAME_COMPANY, resolver)
    world.run()
    (customer,) = world.held("customers")
    assert (customer["description"], customer["companyDbId"]) == ("Brygge AS", company["dbId"])
    assert list(world.problems()) == []
    carry(world, a_customer("30001", version=2, name="Brygge og Kai AS"))
    assert world.held("customers")[0]["companyDbId"] == company["dbId"]
    assert len(world.held("companies")) == 1


def test_a_private_person_never_takes_over_a_company_with_the_same_code(world: World) -> None:
    (entity, _) = world.server.state.entities.records
    world.server.state.add("companies", {"description": "En fremmed", "code": "30001"}, entity)
    carry(world, a_private_person("30001", name="Kari Nordmann"))
    carry(world, a_private_person("30001", version=2, name="Kari Hansen"))
    assert {each["description"] for each in world.held("companies")} == {"En fremmed", "Kari Hansen"}


def test_a_company_is_made_once_for_a_known_customer_and_a_new_one(world: World, hands: Hands) -> None:
    """The known one is updated and the new one added, in two lists of the same turn."""
    hands.make("customers", code="20031", description="Havna Bygg")
    number: dict[str, Any] = {"organizationNumber": "974760673"}
    carry(
        world,
        a_customer("20031", id=31, name="Havna Bygg AS", **number),
        a_customer("20032", id=32, name="Havna Bygg AS avd. Molde", **number),
    )
    (company,) = [each for each in world.held("companies") if each.get("companyNumber") == "974760673"]
    of_both = {held(world, "customers", code)["company"]["dbId"] for code in ("20031", "20032")}
    assert of_both == {company["dbId"]}


def test_a_shared_company_is_not_renamed_with_one_of_its_customers(world: World) -> None:
    carry(world, a_customer("30001", name="Brygge AS"), a_customer("30002", name="Brygge Bergen AS"))
    carry(world, a_customer("30002", version=2, name="Kai AS"))
    assert {each["description"] for each in world.held("companies")} == {"Brygge AS"}
    assert asked(world, "UpdateCompanies") == []


def test_customers_kept_by_hand_are_looked_up_in_our_entity_and_never_a_supplier(
    world: World, hands: Hands
) -> None:
    world.ledger.companies.save(a_company(owner_code=PARENT, export_customers=False))
    ours = hands.make("customers", "30001", "Brygge AS")
    hands.make("customers", "30001", "Datters kunde", ownerCode=DAUGHTER)
    hands.make("customers", "30002", "En")
    hands.make("customers", "30002", "To")
    carry(
        world,
        a_project("Q-1", customerNumber="30001"),
        a_project("Q-2", customerNumber="30002"),
        a_project("Q-3", customerNumber="30003"),
    )
    assert held(world, "projects", "Q-1")["subledger"]["dbId"] == ours["dbId"]
    assert {
        (problem.number, str(problem.code), problem.details["customer"])
        for problem in world.ledger.problems.of(COMPANY.id)
    } == {
        ("Q-2", "CUSTOMER_TWICE_IN_XLEDGER", "30002"),
        ("Q-3", "CUSTOMER_NOT_IN_XLEDGER", "30003"),
    }
    assert "LookUpCustomers" not in [name for name, _ in world.xledger.asked]


def test_two_companies_on_one_token_have_the_same_numbers() -> None:
    both = [a_company("a", owner_code=20_301), a_company("b", owner_code=20_302)]
    world = World(entities_of(both), both)
    for company in ("a", "b"):
        carry(
            world,
            of(company, a_customer("30001", name=f"Kunde i {company}")),
            of(company, a_project("Q-1", customerNumber="30001", name=f"Prosjekt i {company}")),
        )
    owners = {each["description"]: each["owner"]["ownerCode"] for each in world.held("projects")}
    assert owners == {"Prosjekt i a": 20_301, "Prosjekt i b": 20_302}
    for each in world.held("projects"):
        customer = next(c for c in world.held("customers") if c["dbId"] == each["subledger"]["dbId"])
        assert customer["owner"]["ownerCode"] == each["owner"]["ownerCode"]
    assert [*world.problems("a"), *world.problems("b")] == []  # type: ignore[arg-type]


def test_many_edits_are_one_look_and_one_write_a_list(world: World) -> None:
    carry(world, *[a_customer(str(n)) for n in range(30_000, 31_200)])
    world.xledger.asked.clear()
    carry(world, *[a_customer(str(n), version=2, name=f"Fjord Bygg {n}") for n in range(30_000, 31_200)])
    asked_for = [name for name, _ in world.xledger.asked]
    assert (asked_for.count("LookUpCustomers"), asked_for.count("UpdateCustomers")) == (3, 3)
    assert len(asked_for) == 6


def invoice_of(customer: str, number: int, project: str | None = None) -> dict[str, Any]:
    ids = {"41": 1, "42": 2, "70000": 9}
    of = {"id": ids.get(customer, 1_000 + int(customer)), "customerNumber": customer, "name": "Kunde"}
    return an_invoice(number, customer=of, projectNumber=project)


def arrived(world: World) -> list[int]:
    return [each.invoice.invoice_number for each in world.ledger.invoices.since(COMPANY.id)]


def night(world: World) -> None:
    worker = world.worker()
    guard_numbers(COMPANY.token_id, Guard(worker, worker.reference))
    pass_minutes(world)


def pass_minutes(world: World, minutes: int = 30) -> None:
    for _ in range(minutes):
        world.time.now += timedelta(minutes=1)
        world.sweep()
        world.carry_wakes()


def resolver_of(world: World) -> Resolver:
    return Resolver(world.ledger, lambda kind, token: world.woken.append((kind, token)), world.time, "Kari")


def without_links(world: World) -> None:
    """As an older release left the table."""
    for partition in world.table._partitions.values():
        for sk in [sk for sk in partition if sk.startswith("LINK")]:
            del partition[sk]


class TestWhatIsInXledgerBelongsToOneRecord:
    """Elin's customer, or her project, is given the number that Moment then gives to Frode's."""

    @pytest.fixture(params=["customers", "projects"])
    def kind(self, request: Any) -> Any:
        return str(request.param)

    def saved(self, kind: Any, number: str, **but: Any) -> dict[str, Any]:
        if kind == "customers":
            return a_private_person(number, **but)
        return a_project(number, customerNumber=None, **but)

    def invoice(self, kind: Any, number: str, n: int) -> dict[str, Any]:
        return invoice_of(number, n) if kind == "customers" else invoice_of("70000", n, number)

    @pytest.mark.parametrize("comes", ["alone", "with an edit", "with the same again", "to an older release"])
    def test_no_other_one_takes_it_over_and_the_invoices_of_both_stay(
        self, world: World, hands: Hands, kind: Any, comes: str
    ) -> None:
        carry(world, a_private_person("70000", id=9), self.saved(kind, "41", id=1, name="Elin"))
        hands.renumber(kind, "41", "42")
        if comes == "to an older release":
            without_links(world)
        beside = {
            "with an edit": [self.saved(kind, "41", id=1, version=2, name="Elin Sol")],
            "with the same again": [self.saved(kind, "41", id=1, version=2, name="Elin")],
        }.get(comes, [])
        carry(world, self.saved(kind, "42", id=2, name="Frode"), *beside)
        assert held(world, kind, "42")["description"] == "Elin"
        assert not asked(world, "UpdateCustomers") + asked(world, "UpdateProjects")
        singular = kind.removesuffix("s")
        assert set(world.problems()) == {
            (singular, "41", "NUMBER_MOVED_IN_XLEDGER"),
            (singular, "42", "RECORD_TAKEN_IN_XLEDGER"),
        }
        world.receive(self.invoice(kind, "41", 501), self.invoice(kind, "42", 502))
        assert arrived(world) == []

    def test_put_right_in_xledger_the_night_lets_both_go_on(
        self, world: World, hands: Hands, kind: Any
    ) -> None:
        carry(world, a_private_person("70000", id=9), self.saved(kind, "41", id=1, name="Elin"))
        hands.renumber(kind, "41", "42")
        carry(world, self.saved(kind, "42", id=2, name="Frode"))
        world.receive(self.invoice(kind, "41", 501), self.invoice(kind, "42", 502))
        night(world)
        assert len(list(world.problems())) >= 2
        hands.renumber(kind, "42", "41")
        night(world)
        assert held(world, kind, "41")["description"] == "Elin"
        assert held(world, kind, "42")["description"] == "Frode"
        assert sorted(arrived(world)) == [501, 502]
        assert list(world.problems()) == []

    def test_one_that_was_let_go_of_may_be_another_ones(self, world: World, hands: Hands, kind: Any) -> None:
        carry(world, self.saved(kind, "41", id=1, name="Elin"))
        hands.renumber(kind, "41", "42")
        hands.make(kind, "41", "Elin fra før")
        carry(world, self.saved(kind, "41", id=1, version=2, name="Elin Sol"))
        singular, code = kind.removesuffix("s"), Code.NUMBER_MOVED_IN_XLEDGER
        decide_problem(COMPANY.id, singular, "41", code, Choice.LOOK_UP_AGAIN, resolver_of(world))
        pass_minutes(world)
        carry(world, self.saved(kind, "42", id=2, name="Frode"))
        assert held(world, kind, "42")["description"] == "Frode"
        assert list(world.problems()) == []


@pytest.mark.parametrize("what", ["moved", "twice"])
def test_a_save_in_moment_settles_no_dispute_before_xledger_was_looked_at(
    world: World, hands: Hands, what: str
) -> None:
    carry(world, a_private_person("61", name="Gro"))
    if what == "moved":
        hands.renumber("customers", "61", "99")
    else:
        hands.make("customers", "61", "En annen")
    carry(world, a_private_person("61", version=2, name="Gro To"))
    world.receive(invoice_of("61", 601))
    ((_, _, code),) = world.problems()
    world.receive(a_private_person("61", version=3, name="Gro Tre"), invoice_of("61", 602))
    world.receive(a_private_person("61", version=4, name="Gro Fire"))
    assert arrived(world) == []
    assert list(world.problems()) == [("customer", "61", code)]
    if what == "moved":
        hands.renumber("customers", "99", "61")
    else:
        other = next(each for each in world.held("customers") if each["description"] == "En annen")
        hands.renumber("customers", int(other["dbId"]), "62")
    night(world)
    assert held(world, "customers", "61")["description"] == "Gro Fire"
    assert sorted(arrived(world)) == [601, 602]
    assert list(world.problems()) == []
