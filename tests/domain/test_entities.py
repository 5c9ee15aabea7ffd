"""Which entity of Xledger a company writes to."""

from datetime import UTC, datetime

import pytest

from moment_xledger.domain.companies import CompanyId
from moment_xledger.domain.entities import (
    Entity,
    OwnerCodeNeeded,
    OwnerCodeNotReached,
    Reach,
    Reached,
    Writers,
    entity_of,
    in_words,
)

LIVE = "https://www.xledger.net/graphql"
NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
FJORD, TIND = Reached(30_417, "Fjord Eiendom AS", 71), Reached(30_418, "Tind Drift AS", 72)


def a_reach(*entities: Reached, own: Reached | None = None, address: str = LIVE) -> Reach:
    return Reach(address, NOW, own, entities or None)


def test_an_entity_has_one_text_whatever_the_address_ends_with() -> None:
    assert str(Entity.at(LIVE + "//", 30_417)) == "30417@https://www.xledger.net/graphql"
    assert Entity.at(LIVE + "/", 30_417) == Entity.at(LIVE, 30_417)


@pytest.mark.parametrize(
    "reach",
    [a_reach(FJORD), a_reach(own=FJORD), a_reach(FJORD, own=FJORD), a_reach(Reached(None, "?"), own=FJORD)],
)
def test_the_only_entity_that_a_token_reaches_needs_no_owner_code(reach: Reach) -> None:
    assert entity_of(None, reach, LIVE) == Entity(LIVE, 30_417)


def test_where_a_token_reaches_several_the_owner_code_is_mandatory_and_they_are_offered() -> None:
    reach = a_reach(TIND, FJORD, own=FJORD)
    offered = {30_417: "Fjord Eiendom AS", 30_418: "Tind Drift AS"}
    assert entity_of(None, reach, LIVE) == OwnerCodeNeeded(offered)
    assert entity_of(30_418, reach, LIVE) == Entity(LIVE, 30_418)
    assert in_words(offered) == "30417 Fjord Eiendom AS, 30418 Tind Drift AS"


def test_an_owner_code_that_a_complete_list_does_not_hold_is_not_reached() -> None:
    assert entity_of(30_419, a_reach(FJORD), LIVE) == OwnerCodeNotReached(
        30_419, {30_417: "Fjord Eiendom AS"}
    )


@pytest.mark.parametrize(
    "reach", [None, a_reach(own=FJORD), a_reach(Reached(None, "a")), a_reach(FJORD, Reached(None, "b"))]
)
def test_where_the_list_is_unknown_or_incomplete_the_owner_code_in_the_settings_counts(
    reach: Reach | None,
) -> None:
    assert entity_of(30_419, reach, LIVE) == Entity(LIVE, 30_419)


@pytest.mark.parametrize("reach", [None, a_reach(), a_reach(Reached(None, "a"))])
def test_where_nothing_can_be_known_the_owner_code_is_needed(reach: Reach | None) -> None:
    assert entity_of(None, reach, LIVE) == OwnerCodeNeeded({})


def test_what_a_token_reached_in_another_xledger_says_nothing_here() -> None:
    elsewhere = a_reach(FJORD, address="https://demo.xledger.net/graphql")
    assert entity_of(None, elsewhere, LIVE) == OwnerCodeNeeded({})
    assert entity_of(30_999, elsewhere, LIVE) == Entity(LIVE, 30_999)
    assert a_reach(own=TIND).completed_by(elsewhere) == a_reach(own=TIND)


def test_what_could_not_be_read_this_time_stays_as_it_was() -> None:
    assert a_reach(own=TIND).completed_by(a_reach(FJORD, TIND)) == a_reach(FJORD, TIND, own=TIND)
    assert a_reach(TIND).completed_by(a_reach(FJORD, own=TIND)) == a_reach(TIND, own=TIND)


def test_a_second_company_joins_an_entity_only_if_it_is_allowed() -> None:
    first, second = CompanyId("first"), CompanyId("second")
    writers = Writers().joined_by(first)
    assert writers.may_join(first)
    assert not writers.may_join(second)
    assert Writers((first,), frozenset({second})).may_join(second)
    assert writers.joined_by(first) == writers
    assert writers.left_by(first).may_join(second)
