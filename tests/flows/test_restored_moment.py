"""Moment was put back to an earlier state: people are told once, and one choice takes over what it has now."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest

from moment_xledger.domain.kinds import Kind
from moment_xledger.domain.moment import Customer
from moment_xledger.domain.problem_choices import Choice
from moment_xledger.domain.problems import Code, Problem
from moment_xledger.flows import take_over_moment
from moment_xledger.flows.decide_problem import decide_problem
from moment_xledger.flows.outcomes import Outcomes
from moment_xledger.flows.resolve_problem import Resolver
from tests.builders import COMPANY, a_customer, a_private_person, a_project
from tests.world import START, World

Event = Mapping[str, Any]

BEFORE, AFTER = START - timedelta(days=2), START + timedelta(minutes=1)


def at(time: datetime, *events: Event) -> list[Event]:
    return [{**event, "time": time.isoformat()} for event in events]


def decide(world: World) -> None:
    resolver = Resolver(
        world.ledger, lambda kind, token: world.woken.append((kind, token)), world.time, "Kari"
    )
    decide_problem(COMPANY.id, "records", "", Code.MOMENT_WENT_BACK, Choice.TAKE_OVER, resolver)


def told(world: World) -> Problem | None:
    problems = list(world.ledger.problems.of(COMPANY.id))
    assert len(problems) <= 1
    return problems[0] if problems else None


def names(world: World) -> dict[str, str]:
    return {
        each["code"]: each["description"] for what in ("customers", "projects") for each in world.held(what)
    }


@pytest.fixture
def world() -> World:
    """Thirty customers and a project are in Xledger, and then Moment is restored from last week's backup."""
    world = World()
    customers = [a_private_person(str(number), version=9, name=f"Ny {number}") for number in range(501, 531)]
    world.receive(*at(BEFORE, *customers, a_project("B-1", version=4, name="Nytt", customerNumber="501")))
    world.run()
    old = [a_private_person(str(number), version=6, name=f"Gammel {number}") for number in range(501, 530)]
    same = a_private_person("530", version=9, name="Gammel 530")
    project = a_project("B-1", version=2, name="Gammelt", customerNumber="501")
    for event in at(AFTER, *old, same, project):
        world.receive(event)
    return world


def test_people_are_told_once_with_how_many_and_some_examples(world: World) -> None:
    problem = told(world)
    assert problem
    assert (problem.code, problem.details["many"]) == (Code.MOMENT_WENT_BACK, "31")
    assert problem.details["examples"] == "501, 502, 503"
    assert set(names(world).values()) == {"Nytt", *(f"Ny {number}" for number in range(501, 531))}


def test_what_moment_has_now_is_taken_over_with_one_choice(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Some at a time."""
    monkeypatch.setattr(take_over_moment, "AT_ONCE", 7)
    decide(world)
    world.run()
    assert set(names(world).values()) == {"Gammelt", *(f"Gammel {number}" for number in range(501, 531))}
    assert (told(world), world.ledger.records.is_takeover_asked(COMPANY.id)) == (None, False)
    assert "decided about a problem" in [str(deed.what) for deed in world.ledger.audit.of(COMPANY.id)]


def test_the_next_edits_after_it_count(world: World) -> None:
    decide(world)
    world.run()
    world.receive(*at(AFTER + timedelta(hours=1), a_private_person("501", version=7, name="Nyere")))
    world.run()
    assert names(world)["501"] == "Nyere"
    assert told(world) is None


def test_what_was_said_before_and_is_delivered_again_neither_alarms_nor_comes_back(world: World) -> None:
    decide(world)
    world.run()
    world.receive(*at(BEFORE, a_private_person("501", version=9, name="Ny 501")))
    world.run()
    assert (names(world)["501"], told(world)) == ("Gammel 501", None)


def test_newer_versions_settle_it_without_a_choice(world: World) -> None:
    later = AFTER + timedelta(days=1)
    newer = [a_private_person(str(number), version=10, name="Nyest") for number in range(501, 531)]
    world.receive(*at(later, *newer))
    problem = told(world)
    assert problem
    assert (problem.details["many"], problem.details["examples"]) == ("1", "B-1")
    world.receive(*at(later, a_project("B-1", version=5, name="Nyest", customerNumber="501")))
    world.run()
    assert (told(world), set(names(world).values())) == (None, {"Nyest"})


def test_a_repeat_or_a_late_delivery_is_no_alarm() -> None:
    world = World()
    first, second = a_customer("77", version=1, name="Én"), a_customer("77", version=2, name="To")
    later = BEFORE + timedelta(seconds=20)
    world.receive(*at(later, second))
    world.receive(*at(BEFORE, first), *at(later, second))
    world.receive(*at(BEFORE, first))
    assert told(world) is None


def test_all_that_a_batch_brings_is_looked_at_and_not_its_highest_version_alone() -> None:
    world = World()
    world.receive(
        *at(BEFORE, a_customer("78", version=5, name="Fem")),
        *at(AFTER, a_customer("78", version=4, name="Fire")),
    )
    assert told(world)
    decide(world)
    world.run()
    assert names(world) == {"78": "Fire"}


def test_a_number_that_the_restored_moment_gives_to_another_is_told_of_and_changes_nothing(
    world: World,
) -> None:
    world.receive(*at(AFTER, a_private_person("502", id=1501, version=5, name="Byttet")))
    decide(world)
    world.run()
    assert [(kind, number, code) for kind, number, code in world.problems()] == [
        ("customer", "502", "NUMBER_CHANGED")
    ]
    assert names(world)["501"] == "Ny 501"


def test_no_more_than_a_share_is_taken_over_in_one_call(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(take_over_moment, "AT_ONCE", 4)
    decide(world)
    outcomes = Outcomes(world.ledger, COMPANY, world.time)
    take_over_moment.go_on_taking_over(Kind.CUSTOMER, outcomes, lambda *_: {})
    assert world.ledger.records.count_disputed(COMPANY.id) == 27


def test_what_moments_api_holds_now_counts_before_what_the_last_event_said(world: World) -> None:
    """Events may have been lost, or be late; and a list may leave out fields, which then stay as the event said."""
    now = a_private_person("501", version=8, name="Nå 501")["data"]
    now.pop("email")
    world.moment["501"] = Customer.model_validate(now)
    decide(world)
    world.run()
    assert names(world)["501"] == "Nå 501"
    (customer,) = (each for each in world.held("customers") if each["code"] == "501")
    assert customer["email"] == "post@fjordbygg.example"
    assert names(world)["502"] == "Gammel 502"
    assert told(world) is None


def test_an_event_after_that_answer_counts(world: World) -> None:
    world.moment["501"] = Customer.model_validate(a_private_person("501", version=8, name="Nå 501")["data"])
    world.time.now += timedelta(hours=1)
    decide(world)
    world.run()
    later = world.time() - timedelta(seconds=30)  # by Moment's clock, which may be slow
    world.receive(*at(later, a_private_person("501", version=9, name="Etter 501")))
    world.run()
    assert (names(world)["501"], told(world)) == ("Etter 501", None)


def test_where_moment_does_not_answer_the_last_events_count(world: World) -> None:
    world.moment_is_down = True
    decide(world)
    world.run()
    assert set(names(world).values()) == {"Gammelt", *(f"Gammel {number}" for number in range(501, 531))}
    assert told(world) is None


def test_a_company_that_never_went_back_is_never_asked() -> None:
    world = World()
    world.receive(*at(BEFORE, a_customer("79")))
    with pytest.raises(LookupError):
        decide(world)
