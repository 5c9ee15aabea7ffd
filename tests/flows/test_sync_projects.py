"""From Moment's event to Xledger's project, which goes after its customer."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from local.xledger.plan import EntityPlan, Plan, TokenPlan
from moment_xledger.domain.kinds import Kind
from moment_xledger.domain.moment import Customer
from moment_xledger.domain.records import State
from moment_xledger.flows.outcomes import Outcomes
from tests.builders import COMPANY, a_company, a_customer, a_project, of
from tests.world import START, World

A_QUARTER = timedelta(minutes=15)


@pytest.fixture
def world() -> World:
    """The customer 10001 is in Xledger."""
    made = World()
    made.receive(a_customer("10001"))
    made.run()
    made.xledger.asked.clear()
    return made


def projects(world: World) -> dict[str, dict[str, Any]]:
    return {each["code"]: each for each in world.held("projects")}


def asked(world: World) -> list[str]:
    return [operation for operation, _ in world.xledger.asked]


def state_of(world: World, number: str) -> State:
    return world.ledger.records.by_number(COMPANY.id, Kind.PROJECT, [number])[number].state


def fetched(number: str) -> Customer:
    return Customer.model_validate(a_customer(number)["data"])


def test_a_new_project_is_looked_up_and_added_with_its_customer_as_subledger(world: World) -> None:
    world.receive(a_project("P-1", active=False, endDate="2026-06-30"))
    world.run()
    assert asked(world) == ["LookUpProjects", "AddProjects"]
    (project,) = world.held("projects")
    assert project["subledger"]["code"] == "10001"
    assert (project["fromDate"], project["toDate"]) == ("2026-01-15", "2026-06-30")


def test_an_edit_of_a_known_project_is_a_look_and_a_write(world: World) -> None:
    world.receive(a_project("P-1"))
    world.run()
    world.receive(a_project("P-1", version=2, name="Nytt navn"))
    world.run()
    assert asked(world)[2:] == ["LookUpProjects", "UpdateProjects"]
    assert projects(world)["P-1"]["description"] == "Nytt navn"


def test_a_project_without_a_customer_goes_at_once(world: World) -> None:
    world.receive(a_project("P-1", customerNumber=None))
    world.run()
    assert projects(world)["P-1"].get("subledger") is None


def test_projects_that_xledger_has_already_are_taken_over(world: World) -> None:
    world.receive(a_project("P-1"))
    world.run()
    again = World()
    again.server.state = world.server.state
    again.receive(a_customer("10001"), a_project("P-1"), a_project("P-2"))
    again.run()
    assert asked(again) == ["LookUpCustomers", "LookUpProjects", "AddProjects"]
    assert sorted(projects(again)) == ["P-1", "P-2"]


def test_two_projects_with_one_number_in_xledger_are_a_problem_and_never_become_three(world: World) -> None:
    (entity,) = world.server.state.entities.records
    for _ in range(2):
        world.server.state.add("projects", {"code": "P-1", "description": "For hånd"}, entity)
    world.receive(a_project("P-1"), a_project("P-2"))
    world.run()
    assert [each["code"] for each in world.held("projects")] == ["P-1", "P-1", "P-2"]
    assert list(world.problems()) == [("project", "P-1", "NUMBER_TWICE_IN_XLEDGER")]


def test_a_project_that_is_no_longer_active_ends_on_the_day_it_was_closed(world: World) -> None:
    world.receive(a_project("P-1"))
    world.run()
    world.receive(a_project("P-1", version=2, active=False))
    world.run()
    assert projects(world)["P-1"]["toDate"] == "2026-11-22"


def test_a_closed_project_keeps_its_day_when_it_is_edited_later(world: World) -> None:
    world.receive(a_project("P-1", active=False))
    later = a_project("P-1", version=2, active=False, name="Rettet") | {"time": "2026-12-24T10:00:00Z"}
    world.receive(later)
    world.run()
    assert projects(world)["P-1"]["toDate"] == "2026-11-22"


def test_the_day_it_was_closed_is_a_day_in_oslo(world: World) -> None:
    world.time.now = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
    world.receive(a_project("P-1", active=False) | {"time": "2026-11-22T23:30:00Z"})
    world.run()
    assert projects(world)["P-1"]["toDate"] == "2026-11-23"


def test_a_closed_project_with_an_end_date_ends_on_that_date(world: World) -> None:
    world.receive(a_project("P-1", active=False, endDate="2026-10-31"))
    world.run()
    assert projects(world)["P-1"]["toDate"] == "2026-10-31"


def test_a_project_that_is_opened_again_has_no_end(world: World) -> None:
    world.receive(a_project("P-1", active=False))
    world.run()
    world.receive(a_project("P-1", version=2))
    world.run()
    assert projects(world)["P-1"]["toDate"] is None


def test_a_project_waits_for_its_customer_and_goes_on_by_itself(world: World) -> None:
    world.receive(a_project("P-1", customerNumber="10002"), a_project("P-2"))
    world.carry_wakes()
    assert sorted(projects(world)) == ["P-2"]
    assert state_of(world, "P-1") is State.WAITING
    world.receive(a_customer("10002"))
    world.carry_wakes()
    assert sorted(projects(world)) == ["P-1", "P-2"]
    assert world.time() < START + A_QUARTER
    assert world.asked_moment == []


def test_customers_and_projects_that_come_together_go_in_order(world: World) -> None:
    world.receive(a_project("P-1", customerNumber="10002"), a_customer("10002"))
    world.carry_wakes()
    assert sorted(projects(world)) == ["P-1"]


def test_after_a_quarter_of_an_hour_the_customer_is_fetched_from_moment(world: World) -> None:
    world.moment["10002"] = fetched("10002")
    world.receive(*[a_project(f"P-{n}", customerNumber="10002") for n in range(3)])
    world.run()
    assert world.asked_moment == ["10002"]
    assert sorted(projects(world)) == ["P-0", "P-1", "P-2"]
    assert world.time() >= START + A_QUARTER


def test_a_customer_that_moment_does_not_have_is_a_problem_of_the_project(world: World) -> None:
    world.receive(a_project("P-1", customerNumber="10002"))
    world.run()
    assert list(world.problems()) == [("project", "P-1", "CUSTOMER_UNKNOWN")]
    assert world.asked_moment == ["10002"]


def test_a_project_that_gave_its_customer_up_goes_on_when_it_comes_after_all(world: World) -> None:
    world.receive(a_project("P-1", customerNumber="10002"))
    world.run()
    world.receive(a_customer("10002"))
    world.run()
    assert sorted(projects(world)) == ["P-1"]
    assert list(world.problems()) == []


def test_a_project_that_gave_its_customer_up_goes_on_when_it_gets_another(world: World) -> None:
    world.receive(a_project("P-1", customerNumber="10002"))
    world.run()
    world.receive(a_project("P-1", version=2, customerNumber="10001"))
    world.run()
    assert sorted(projects(world)) == ["P-1"]
    assert list(world.problems()) == []


def test_while_moment_does_not_answer_the_project_waits_and_nobody_else_does(world: World) -> None:
    world.moment_is_down = True
    world.receive(a_project("P-1", customerNumber="10002"), a_project("P-2"))
    world.run(until=timedelta(hours=1))
    assert sorted(projects(world)) == ["P-2"]
    assert 2 <= len(world.asked_moment) <= 4
    assert list(world.problems()) == []
    world.moment_is_down = False
    world.moment["10002"] = fetched("10002")
    world.run()
    assert sorted(projects(world)) == ["P-1", "P-2"]


def test_a_customer_that_is_a_problem_of_its_own_is_not_fetched(world: World) -> None:
    world.receive(a_customer("10002", name="Fjord " + "x" * 600), a_project("P-1", customerNumber="10002"))
    world.run(until=timedelta(hours=1))
    assert world.asked_moment == []
    assert list(world.problems()) == [("customer", "10002", "REFUSED_BY_XLEDGER")]
    world.receive(a_customer("10002", version=2))
    world.run()
    assert sorted(projects(world)) == ["P-1"]


def test_projects_whose_release_was_lost_in_a_crash_are_released_by_the_next_look(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.receive(a_project("P-1", customerNumber="10002"))
    world.carry_wakes()
    with monkeypatch.context() as crash:
        crash.setattr(world.ledger.records, "waiting_for", lambda company, numbers: iter([]))
        world.receive(a_customer("10002"))
        world.carry_wakes()
    assert state_of(world, "P-1") is State.WAITING
    world.run()
    assert sorted(projects(world)) == ["P-1"]


def test_a_project_that_had_given_up_goes_on_also_if_the_worker_dies_before_it_says_so(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.receive(a_project("P-1", customerNumber="10002"))
    world.run()
    assert list(world.problems()) == [("project", "P-1", "CUSTOMER_UNKNOWN")]
    world.receive(a_customer("10002"))
    with monkeypatch.context() as crash:
        crash.setattr(Outcomes, "release", _dies)
        with pytest.raises(SystemExit):
            world.carry_wakes()
    world.run()
    assert sorted(projects(world)) == ["P-1"]
    assert list(world.problems()) == []


def _dies(*_: Any) -> None:
    raise SystemExit


def test_where_customers_are_kept_by_hand_projects_do_not_wait(world: World) -> None:
    world.ledger.companies.save(COMPANY.model_copy(update={"export_customers": False}))
    world.receive(a_project("P-1", customerNumber="10002"), a_project("P-2"))
    world.run()
    assert sorted(projects(world)) == ["P-2"]
    (problem,) = world.ledger.problems.of(COMPANY.id)
    assert (problem.number, str(problem.code), dict(problem.details)) == (
        "P-1",
        "CUSTOMER_NOT_IN_XLEDGER",
        {"customer": "10002"},
    )


def test_projects_of_companies_that_share_a_token_may_have_the_same_numbers() -> None:
    plan = Plan(
        entities=(
            EntityPlan(ownerCode=10_001),
            EntityPlan(ownerCode=10_011, parent=10_001),
            EntityPlan(ownerCode=10_012, parent=10_001),
        ),
        tokens=(TokenPlan(token="c29tZQ", ownerCode=10_001),),
        credits_per_hour=None,
    )
    shared = World(plan, [a_company("north", owner_code=10_011), a_company("south", owner_code=10_012)])
    for company in ("north", "south"):
        shared.receive(of(company, a_customer("10001")), of(company, a_project("P-1", name=f"I {company}")))
    shared.run()
    owners = {each["description"]: each["owner"]["ownerCode"] for each in shared.held("projects")}
    assert owners == {"I north": 10_011, "I south": 10_012}


def test_many_projects_of_customers_that_are_new_as_well_need_few_requests() -> None:
    world = World()
    world.receive(*[a_project(f"P-{n}", customerNumber=str(10_000 + n % 700)) for n in range(1_200)])
    world.receive(*[a_customer(str(10_000 + n)) for n in range(700)])
    world.run()
    assert len(world.held("projects")) == 1_200
    assert world.requests["total"] <= 12
