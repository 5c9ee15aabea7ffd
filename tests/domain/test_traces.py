"""What an unanswered add has left under another number is told from what is not its own."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from local.twins.world import START
from moment_xledger.domain.customers import KnownCustomer
from moment_xledger.domain.legal_companies import LegalCompany
from moment_xledger.domain.moment import Customer, Project
from moment_xledger.domain.plans import Owner, plan
from moment_xledger.domain.problems import Code
from moment_xledger.domain.projects import KnownProject
from moment_xledger.domain.records import Record, State, as_recognised, before_adding, settle
from moment_xledger.domain.traces import Trace, traces
from tests.builders import COMPANY, a_private_person, a_project

OURS, THEIRS, HIDDEN = Owner(True, 1), Owner(False, 2), Owner(False)
NOW = START + timedelta(minutes=2)


def added(number: str, id: int, name: str, customer: int | None = 700) -> Record:
    content = Project.model_validate(a_project(number, id=id, name=name)["data"])
    fresh = Record(COMPANY.id, content, State.DIRTY, START, refers_to=customer)
    return before_adding(fresh, "1@x", START)


def there(db_id: int, number: str, name: str, customer: int | None = 700, owner: Owner = OURS) -> Any:
    return KnownProject(db_id, number, owner, name, customer)


ONE, TWO = added("41", 1, "Brygge"), added("42", 2, "Kai")


def test_it_is_found_by_its_name_and_its_customer() -> None:
    made = [there(91, "K-41", "Brygge"), there(92, "Z", "Noe annet", 701)]
    assert traces([ONE], [], made, ()) == {1: Trace("K-41", 91)}


@pytest.mark.parametrize("made", [there(91, "K-41", "Brygge 2"), there(91, "K-41", "Brygge", 703)])
def test_by_one_of_the_two_where_a_person_changed_the_other_as_well(made: Any) -> None:
    assert traces([ONE], [], [made], ()) == {1: Trace("K-41", 91)}


def test_what_lies_in_its_place_is_no_trace() -> None:
    made = [there(91, "41", "Brygge"), there(92, "42", "Kai")]
    assert traces([ONE, TWO], made, made, ()) == {}


def test_numbers_that_were_swapped_in_xledger_are_both_seen() -> None:
    made = [there(91, "42", "Brygge", 700), there(92, "41", "Kai", 701)]
    one, two = ONE, added("42", 2, "Kai", 701)
    assert traces([one, two], made, made, ()) == {1: Trace("42", 91), 2: Trace("41", 92)}


def test_the_most_alike_comes_first_and_leaves_the_rest_nothing() -> None:
    assert traces([ONE, TWO], [], [there(91, "K-41", "Brygge")], ()) == {1: Trace("K-41", 91)}


def test_where_several_may_be_it_nobody_can_tell() -> None:
    made = [there(91, "K-2", "Brygge"), there(92, "K-1", "Brygge")]
    assert traces([ONE], [], made, ()) == {1: Trace("K-1, K-2")}
    twin = added("42", 2, "Brygge")
    assert traces([ONE, twin], [], made[:1], ()) == {1: Trace("K-2"), 2: Trace("K-2")}


def test_what_is_another_records_is_no_trace() -> None:
    assert traces([ONE], [], [there(91, "K-41", "Brygge")], {91}) == {}


def test_only_of_an_add_that_is_unanswered() -> None:
    made = [there(91, "K-41", "Brygge")]
    assert traces([replace(ONE, added_at=None)], [], made, ()) == {}
    assert traces([settle(ONE, ONE, 93, NOW)], [], made, ()) == {}


def test_a_plan_adds_nothing_beside_a_trace() -> None:
    (found,) = plan([ONE], [], {}, [there(91, "K-41", "Brygge")]).recognised
    assert found == (ONE, Trace("K-41", 91))
    assert plan([ONE], [], {}, [there(91, "K-41", "Brygge", owner=THEIRS)]).add == [ONE]


def test_what_has_its_number_in_another_entity_is_not_in_its_place() -> None:
    elsewhere, trace = there(96, "41", "Brygge", owner=THEIRS), there(91, "K-41", "Brygge")
    assert plan([ONE], [elsewhere], {}, [elsewhere, trace]).recognised == [(ONE, Trace("K-41", 91))]


def test_nor_where_the_owner_of_the_trace_is_not_shown() -> None:
    (stopped,) = plan([ONE], [], {}, [there(91, "K-41", "Brygge", owner=HIDDEN)]).stopped
    assert stopped.code is Code.OWNER_NOT_SHOWN


def test_a_stranger_who_was_given_the_number_meanwhile_is_not_taken_for_it() -> None:
    stranger = there(94, "41", "Fremmed", 709)
    made = plan([ONE], [stranger], {}, [there(91, "K-41", "Brygge"), stranger])
    assert made.recognised == [(ONE, Trace("K-41", 91))]


def test_it_is_known_by_its_id_from_then_on() -> None:
    moved = as_recognised(ONE, 91, NOW, "K-41")
    assert (moved.problem, moved.details) == (Code.NUMBER_MOVED_IN_XLEDGER, {"theirs": "K-41"})
    assert (moved.db_id, moved.sent_number, moved.added_as, moved.added_at) == (91, "41", None, None)
    unsure = as_recognised(ONE, None, NOW, "K-1, K-2")
    assert (unsure.db_id, unsure.added_as, unsure.details["several"]) == (None, "41", "yes")


def test_a_private_persons_own_company_is_enough() -> None:
    content = Customer.model_validate(a_private_person("51", id=5, name="Berit")["data"])
    sent = before_adding(Record(COMPANY.id, content, State.DIRTY, START, refers_to=60), "1@x", START)
    made = KnownCustomer(95, "B-51", OURS, "Berit Sol", company=LegalCompany(60))
    assert traces([sent], [], [made], ()) == {5: Trace("B-51", 95)}
