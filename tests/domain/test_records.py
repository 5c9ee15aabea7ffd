"""What becomes of a record with each event, and with each answer of Xledger's."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moment_xledger.domain.companies import CompanyId
from moment_xledger.domain.kinds import Kind
from moment_xledger.domain.moment import Customer, Project
from moment_xledger.domain.problems import Code
from moment_xledger.domain.records import (
    Record,
    State,
    as_dirty,
    as_problem,
    as_retried,
    as_waiting,
    in_doubt,
    known_in,
    project_end,
    read_client_id,
    settle,
    take_in,
)
from tests.builders import a_customer, a_project

NORDVIK = CompanyId("nordvik")
NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
LATER = NOW + timedelta(minutes=10)


def customer(version: int = 1, number: str = "10001", **but: Any) -> Customer:
    return Customer.model_validate(a_customer(number, id=1, version=version, **but)["data"])


def project(version: int = 1, **but: Any) -> Project:
    return Project.model_validate(a_project(version=version, **but)["data"])


def record(content: Customer | Project | None = None, **but: Any) -> Record:
    return replace(Record(NORDVIK, content or customer(), State.DIRTY, NOW), **but)


def synced(content: Customer | None = None) -> Record:
    dirty = record(content)
    return settle(dirty, dirty, 50, NOW)


def taken(stored: Record | None, content: Customer | Project) -> Record:
    after = take_in(stored, NORDVIK, content, NOW, LATER)
    assert after is not None
    return after


def test_what_is_new_is_dirty() -> None:
    after = taken(None, customer())
    assert (after.state, after.since, after.number) == (State.DIRTY, LATER, "10001")


@pytest.mark.parametrize(
    ("version", "name"),
    [pytest.param(4, "Annet", id="an older version"), pytest.param(5, customer().name, id="a repeat")],
)
def test_what_was_delivered_late_or_twice_changes_nothing(version: int, name: str) -> None:
    assert take_in(record(customer(5)), NORDVIK, customer(version, name=name), NOW, LATER) is None


@pytest.mark.parametrize(
    ("stored", "state", "since"),
    [
        pytest.param(record(), State.DIRTY, NOW, id="what is dirty stays as old as it was"),
        pytest.param(synced(), State.DIRTY, LATER, id="what was in step is dirty from now on"),
        pytest.param(as_waiting(record(), NOW), State.DIRTY, LATER, id="what waited is looked at again"),
        pytest.param(
            as_problem(record(), Code.REFUSED_BY_XLEDGER, NOW, {}),
            State.DIRTY,
            LATER,
            id="a problem is released",
        ),
    ],
)
def test_a_newer_version_makes_a_record_dirty(stored: Record, state: State, since: datetime) -> None:
    after = taken(stored, customer(2, name="Nytt"))
    assert (after.state, after.since, after.problem, after.content.name) == (state, since, None, "Nytt")


def test_a_newer_version_of_what_was_refused_still_travels_alone() -> None:
    assert taken(as_problem(record(), Code.REFUSED_BY_XLEDGER, NOW, {}), customer(2)).suspect


@pytest.mark.parametrize("code", [Code.NUMBER_TAKEN, Code.NUMBER_CHANGED, Code.CUSTOMER_UNKNOWN])
def test_what_xledger_did_not_refuse_need_not_travel_alone(code: Code) -> None:
    assert not as_problem(record(), code, NOW, {}).suspect


def test_a_version_with_the_same_content_is_in_step_at_once() -> None:
    after = taken(synced(), customer(2))
    assert (after.state, after.sent_version, after.content.version) == (State.SYNCED, 2, 2)


def test_an_edit_back_to_what_was_sent_stays_dirty_for_something_else_may_be_on_its_way() -> None:
    edited = taken(synced(), customer(2, name="Feil"))
    back = taken(edited, customer(3))
    assert (back.state, back.is_in_step) == (State.DIRTY, True)


def test_another_number_than_xledger_knows_is_a_problem_and_the_old_one_stays_taken() -> None:
    after = taken(synced(), customer(2, number="20001"))
    assert (after.state, after.problem, after.details) == (
        State.PROBLEM,
        Code.NUMBER_CHANGED,
        {"old": "10001"},
    )
    assert (after.number, after.owned_number) == ("20001", "10001")


def test_the_number_put_back_is_no_problem_any_more() -> None:
    after = taken(taken(synced(), customer(2, number="20001")), customer(3, name="Nytt"))
    assert (after.state, after.owned_number) == (State.DIRTY, "10001")


def test_a_number_that_xledger_does_not_know_may_change() -> None:
    after = taken(record(), customer(2, number="20001"))
    assert (after.state, after.owned_number) == (State.DIRTY, "20001")


def test_a_number_that_another_has_is_not_owned() -> None:
    assert as_problem(record(), Code.NUMBER_TAKEN, NOW, {"other": "2"}).owned_number is None


def test_what_xledger_took_is_remembered() -> None:
    after = synced()
    assert (after.state, after.db_id, after.sent_version, after.sent_number) == (State.SYNCED, 50, 1, "10001")
    assert (after.sent_company, after.is_in_step) == ("number:NO:923609016", True)


def test_a_version_that_came_while_an_older_one_was_sent_stays_dirty_but_what_was_sent_is_known() -> None:
    sent = record()
    after = settle(taken(sent, customer(2, name="Nytt")), sent, 50, LATER)
    assert (after.state, after.db_id, after.sent_version, after.is_in_step) == (State.DIRTY, 50, 1, False)


def test_a_number_that_changed_while_the_old_one_was_sent_is_a_problem() -> None:
    sent = record()
    after = settle(taken(sent, customer(2, number="20001")), sent, 50, LATER)
    assert (after.problem, after.details, after.owned_number) == (
        Code.NUMBER_CHANGED,
        {"old": "10001"},
        "10001",
    )


def test_a_late_answer_to_an_older_version_changes_nothing() -> None:
    newer = synced(customer(3))
    assert settle(newer, record(customer(2)), 99, LATER) == newer


def test_success_clears_what_was_wrong() -> None:
    refused = as_problem(record(), Code.REFUSED_BY_XLEDGER, NOW, {"field": "name"})
    again = as_retried(refused, NOW)
    after = settle(again, again, 50, LATER)
    assert (again.suspect, after.suspect, after.problem, after.details) == (True, False, None, {})


def test_what_waited_is_released_without_suspicion() -> None:
    assert not as_dirty(as_waiting(record(project()), NOW), LATER).suspect


def test_in_doubt_an_update_is_not_taken_for_done() -> None:
    back = taken(taken(synced(), customer(2, name="Feil")), customer(3))
    assert not in_doubt(back).is_in_step


def test_a_record_whose_answer_was_stored_is_not_in_doubt() -> None:
    assert in_doubt(synced()) == synced()


@pytest.mark.parametrize(
    ("content", "end"),
    [
        pytest.param(project(), None, id="an active project has no end"),
        pytest.param(project(endDate="2026-01-31"), None, id="whatever end date it has"),
        pytest.param(
            project(active=False), date(2026, 11, 22), id="a closed one ends on the day it was closed"
        ),
        pytest.param(
            project(active=False, endDate="2026-01-31"),
            date(2026, 1, 31),
            id="or on its end date before that",
        ),
        pytest.param(
            project(active=False, endDate="2027-12-31"),
            date(2026, 11, 22),
            id="but not on one that lies ahead",
        ),
    ],
)
def test_when_a_project_ends(content: Project, end: date | None) -> None:
    assert project_end(taken(None, content)) == end


def test_the_day_a_project_was_closed_is_part_of_what_xledger_is_told() -> None:
    opened, closed = taken(None, project()), taken(None, project(active=False))
    assert opened.wanted_hash != closed.wanted_hash
    reopened = taken(closed, project(2))
    assert (project_end(reopened), reopened.closed_on) == (None, None)


@pytest.mark.parametrize(
    ("but", "key"),
    [
        ({}, "number:NO:923609016"),
        ({"organizationNumber": "NO 923 609 016 MVA"}, "number:NO:923609016"),
        ({"organizationNumber": None}, "person:1"),
        ({"organizationNumber": "SE5560000000", "address": {"countryCode": "SE"}}, "number:SE:5560000000"),
    ],
)
def test_which_company_a_customer_belongs_to(but: Any, key: str) -> None:
    assert record(customer(**but)).company_key == key


def test_a_project_belongs_to_none() -> None:
    assert record(project()).company_key is None


def test_a_client_id_tells_whose_it_is() -> None:
    assert read_client_id(record().client_id) == (NORDVIK, Kind.CUSTOMER, 1, 1)
    assert read_client_id("number:NO:923609016") is None
    assert read_client_id("a:b:c:d") is None


names = st.sampled_from(["A", "B", "C"])


@given(
    history=st.lists(names, min_size=1, max_size=8),
    deliveries=st.lists(st.integers(0, 7), max_size=30),
    sends=st.lists(st.booleans(), min_size=40, max_size=40),
)
def test_however_events_are_shuffled_doubled_and_late_xledger_ends_at_the_newest_version(
    history: list[str], deliveries: list[int], sends: list[bool]
) -> None:
    """Each event is delivered at least once, in any order; now and then what is dirty is sent, the answer late."""
    versions = [customer(n + 1, name=name) for n, name in enumerate(history)]
    order = [versions[n % len(versions)] for n in deliveries] + versions
    stored, in_flight, told = taken(None, order[0]), None, ""
    ends = [(None, True), (None, True), (None, True)]
    for content, sends_now in [*zip(order, sends, strict=False), *ends]:
        if content:
            stored = take_in(stored, NORDVIK, content, NOW, NOW) or stored
        if in_flight:
            stored, in_flight = settle(stored, in_flight, 50, NOW), None
        elif sends_now and stored.state is State.DIRTY:
            in_flight, told = stored, told if stored.is_in_step else stored.content.name
    assert (stored.state, stored.content.version) == (State.SYNCED, len(history))
    assert told == history[-1]


def known_at(entity: str, **but: Any) -> Record:
    sent = record(entity=entity)
    return replace(settle(sent, sent, 77, NOW), **but)


def test_what_was_learnt_in_one_entity_is_void_in_another() -> None:
    stored = known_at("30417@demo")
    assert known_in(stored, "30417@demo") == stored
    for elsewhere in ("30417@live", "30418@demo"):
        moved = known_in(stored, elsewhere)
        assert moved == record(state=State.SYNCED, entity=elsewhere)
        assert (moved.db_id, moved.sent_number, moved.is_in_step) == (None, None, False)


def test_what_an_older_release_learnt_is_void_in_every_entity() -> None:
    assert known_in(synced(), "30417@live").db_id is None
    assert known_in(synced(), None) == synced()


def test_the_number_that_a_record_owns_is_moments_where_it_is_known_by_none_yet() -> None:
    stored = known_at("30417@demo", content=customer(2, "10002"))
    assert stored.owned_number == "10001"
    assert known_in(stored, "30417@live").owned_number == "10002"


def test_an_answer_from_an_entity_that_the_company_has_left_changes_nothing() -> None:
    sent = record(entity="30417@demo")
    moved = known_in(record(), "30417@live")
    assert settle(moved, sent, 77, LATER) == moved
    assert settle(record(), sent, 77, LATER).entity == "30417@demo"


def test_a_version_that_was_sent_to_another_entity_does_not_outrank_what_is_sent_here() -> None:
    moved = known_in(known_at("30417@demo", sent_version=9), "30417@live")
    after = settle(moved, moved, 12, LATER)
    assert (after.db_id, after.sent_version, after.state) == (12, 1, State.SYNCED)
