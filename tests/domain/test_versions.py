"""Which of two things that Moment said about a record counts."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from moment_xledger.domain.companies import CompanyId
from moment_xledger.domain.moment import Customer, Project
from moment_xledger.domain.problems import Code
from moment_xledger.domain.records import Record, State, accept_disputed, settle, take_in
from moment_xledger.domain.versions import with_gaps_filled
from tests.builders import a_customer, a_project
from tests.world import START

NORDVIK = CompanyId("nordvik")
EARLIER, LATER, NOW = START - timedelta(days=3), START + timedelta(minutes=1), START + timedelta(days=2)


def customer(version: int = 7, **but: Any) -> Customer:
    return Customer.model_validate(a_customer("40400", version=version, **but)["data"])


def said(
    stored: Record | None, content: Customer | Project, at: datetime = START, from_api: bool = False
) -> Record | None:
    return take_in(stored, NORDVIK, content, at, NOW, from_api=from_api)


def known(content: Customer | Project | None = None, at: datetime = START, **how: Any) -> Record:
    """In Xledger, as it stands in Moment."""
    new = said(None, content or customer(), at, **how)
    assert new
    return settle(new, new, 88, NOW)


def disputed(stored: Record, content: Customer, at: datetime = LATER) -> Record:
    after = said(stored, content, at)
    assert after
    assert after.disputed
    return after


@pytest.mark.parametrize(
    ("version", "name", "at", "is_disputed"),
    [
        pytest.param(7, "Vik", LATER, True, id="the same version with another name"),
        pytest.param(7, "Vik", START, True, id="at the same time too"),
        pytest.param(7, "Vik", EARLIER, False, id="but what was said before is history"),
        pytest.param(7, None, LATER, False, id="the same once more"),
        pytest.param(3, "Vik", LATER, True, id="a lower version that was said later"),
        pytest.param(3, None, LATER, True, id="with the same name too, for the next versions will collide"),
        pytest.param(3, "Vik", START, False, id="a lower version of the same second came late"),
        pytest.param(6, "Vik", EARLIER, False, id="a lower version that was said before came late"),
    ],
)
def test_what_is_no_higher_version_is_disputed_if_it_was_said_later(
    version: int, name: str | None, at: datetime, is_disputed: bool
) -> None:
    stored = known()
    content = customer(version, **({"name": name} if name else {}))
    after = said(stored, content, at)
    assert bool(after) is is_disputed
    if after:
        assert after.disputed
        assert after.disputed.content == content
        assert replace(after, disputed=None) == stored


def test_without_a_time_only_what_was_said_after_the_record_came_to_rest_is_disputed() -> None:
    """An older release stored none."""
    stored = replace(known(), said_at=None)
    assert said(stored, customer(3), NOW - timedelta(hours=1)) is None
    assert said(stored, customer(3), NOW + timedelta(hours=1)) is not None


def test_of_several_disputed_ones_the_one_that_was_said_last_is_kept() -> None:
    once = disputed(known(), customer(4, name="Fire"), LATER)
    assert said(once, customer(4, name="Fire"), LATER) is None
    assert said(once, customer(3, name="Tre"), LATER - timedelta(seconds=30)) is None
    twice = disputed(once, customer(5, name="Fem"), LATER + timedelta(hours=1))
    assert twice.disputed
    assert twice.disputed.content.name == "Fem"


def test_a_higher_version_settles_it_unless_it_was_said_before() -> None:
    stored = disputed(known(), customer(4, name="Fire"), LATER)
    newer = said(stored, customer(8), LATER + timedelta(hours=1))
    assert newer
    assert newer.disputed is None
    late = said(stored, customer(8), LATER - timedelta(seconds=1))
    assert late
    assert late.disputed == stored.disputed


def test_what_is_accepted_goes_to_xledger_and_is_settled() -> None:
    after = accept_disputed(disputed(known(), customer(4, name="Fire")), NOW)
    assert after
    assert (after.state, after.content.version, after.disputed) == (State.DIRTY, 4, None)
    done = settle(after, after, 88, NOW)
    assert (done.state, done.sent_version, done.is_in_step) == (State.SYNCED, 4, True)


def test_what_is_accepted_and_is_in_xledger_already_is_done() -> None:
    after = accept_disputed(disputed(known(), customer(4)), NOW)
    assert after
    assert (after.state, after.content.version) == (State.SYNCED, 4)


def test_where_nothing_is_disputed_nothing_is_accepted() -> None:
    assert accept_disputed(known(), NOW) is None


def test_a_number_that_xledger_knows_is_not_changed_by_a_restored_moment_either() -> None:
    after = accept_disputed(disputed(known(), customer(4, customerNumber="40999")), NOW)
    assert after
    assert (after.problem, after.details) == (Code.NUMBER_CHANGED, {"old": "40400"})


@pytest.mark.parametrize(
    ("content", "at"),
    [
        pytest.param(customer(7), LATER, id="the very event that it replaced"),
        pytest.param(customer(9, name="Ni"), EARLIER, id="one of before, in a higher version"),
        pytest.param(customer(4, name="Fire"), LATER, id="and the accepted one again"),
    ],
)
def test_after_it_was_accepted_what_was_said_before_does_not_come_back(
    content: Customer, at: datetime
) -> None:
    after = accept_disputed(disputed(known(), customer(4, name="Fire")), NOW)
    assert said(after, content, at) is None


def test_after_it_was_accepted_its_next_versions_count() -> None:
    after = accept_disputed(disputed(known(), customer(4, name="Fire")), NOW)
    newer = said(after, customer(5, name="Fem"), LATER + timedelta(minutes=5))
    assert newer
    assert (newer.content.name, newer.disputed) == ("Fem", None)


def test_what_was_on_its_way_while_it_was_accepted_leaves_the_record_to_be_sent() -> None:
    """Its version is the higher one, and yet it is the older picture."""
    sent = said(known(), customer(8, name="Åtte"), LATER)
    assert sent
    accepted = accept_disputed(disputed(sent, customer(4, name="Fire"), LATER + timedelta(hours=1)), NOW)
    assert accepted
    late = settle(accepted, sent, 88, NOW)
    assert (late.state, late.is_in_step, late.content.name) == (State.DIRTY, False, "Fire")
    done = settle(late, late, 88, NOW)
    assert (done.state, done.sent_version) == (State.SYNCED, 4)


def api(stored: Record | None, version: int, **but: Any) -> Record | None:
    """An answer of the API without the fields that are None."""
    return said(stored, customer(version, **but), LATER, from_api=True)


@pytest.mark.parametrize("version", [3, 7])
def test_an_answer_of_the_api_never_outranks_an_event(version: int) -> None:
    assert api(known(), version, name="Fra API") is None


def test_an_answer_of_a_higher_version_is_taken_without_emptying_what_it_does_not_mention() -> None:
    newer = api(
        known(),
        8,
        name="Ny",
        email=None,
        organizationNumber=None,
        address={"street": "Torget 2", "place": ""},
    )
    assert newer
    content = newer.content
    assert isinstance(content, Customer)
    assert (content.name, content.version, content.email) == ("Ny", 8, "post@fjordbygg.example")
    assert content.organization_number == "923609016"
    assert content.address.model_dump() == {
        "street": "Torget 2",
        "zip_code": "5013",
        "place": "Bergen",
        "country_code": "NO",
    }


def test_an_event_of_the_same_version_completes_an_answer_and_may_empty_a_field() -> None:
    stored = known(customer(email="a@b.example"), from_api=True)
    after = said(stored, customer(email=None), LATER)
    assert after
    assert isinstance(after.content, Customer)
    assert (after.content.email, after.from_api, after.disputed) == (None, False, None)


def test_an_answer_that_fits_no_more_to_what_is_known_is_left_out() -> None:
    """A foreign number would not pass with a Norwegian address."""
    stored = known(customer(organizationNumber="DE136695976", address={"countryCode": "DE"}))
    assert api(stored, 8, organizationNumber=None, address={"countryCode": "NO"}) is None


@pytest.mark.parametrize(
    "absent", [{"customerNumber": None}, {"startDate": ""}, {"endDate": None}, {"startDate": None}]
)
def test_the_same_holds_for_a_project(absent: Mapping[str, Any]) -> None:
    def project(**but: Any) -> Project:
        return Project.model_validate(a_project("P-44", **{"endDate": "2027-03-01"} | but)["data"])

    answer = with_gaps_filled(project(version=2, name="Nytt bygg", **absent), project())
    assert answer == project(version=2, name="Nytt bygg")
