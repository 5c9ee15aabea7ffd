"""Xledger's lists and feeds of changes, read from the simulated Xledger."""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from graphql import parse, validate

from local.xledger.document import schema
from moment_xledger.adapters import xledger_reference
from moment_xledger.adapters.xledger_graphql import OPERATIONS
from moment_xledger.adapters.xledger_reference import Reference
from moment_xledger.domain.entities import Reached
from moment_xledger.domain.errors import Rejected
from moment_xledger.domain.kinds import Kind
from moment_xledger.domain.number_guard import Numbered
from moment_xledger.domain.replies import Data
from tests.builders import a_customer, a_private_person
from tests.world import TOKEN, World


class Straight:
    """Asks the simulator without a gate."""

    longest_list = 500

    def __init__(self, world: World) -> None:
        self._world = world

    def read(
        self, operation: str, variables: Mapping[str, Any], *, optional: bool = False
    ) -> Mapping[str, Any]:
        reply = self._world.xledger.ask(TOKEN, operation, variables)
        assert isinstance(reply, Data)
        assert optional
        return reply.fields


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def reference(world: World) -> Reference:
    return Reference(Straight(world))


@pytest.mark.parametrize("file", sorted(OPERATIONS.glob("*.graphql")), ids=lambda file: file.stem)
def test_every_operation_is_one_that_the_schema_knows(file: Path) -> None:
    assert validate(schema(), parse(file.read_text())) == []


def test_lists_are_read(reference: Reference) -> None:
    assert {"1500", "3000"} <= reference.accounts()
    assert {"3", "31", "6"} <= reference.vat_codes()
    assert "32" not in reference.vat_codes()
    (entity,) = reference.entities() or ()
    assert (entity.owner_code, entity.name) == (99168, "Nordvik AS")
    assert reference.own_entity() == entity
    assert reference.own_db_id() == entity.owner_db_id
    assert reference.unnamed_entities() == (Reached(None, "Nordvik AS"),)


def test_the_tax_table_is_read_by_code_and_day(reference: Reference) -> None:
    rates = reference.vat_rates()
    assert rates.on("3", date(2026, 11, 20)) == {Decimal(25)}
    assert rates.on("33", date(2021, 9, 30)) == {Decimal(6)}
    assert rates.on("51", date(2026, 11, 20)) == {Decimal(0)}
    assert not rates.knows("32")


@pytest.mark.parametrize(
    "odd",
    [
        pytest.param({"objectValueDbId": "1001", "taxPercent": "25.00"}, id="numbers as text"),
        pytest.param(
            {"objectValueDbId": 1001, "taxPercent": 25, "dateFrom": "2005-01-01T00:00:00"}, id="times"
        ),
    ],
)
def test_a_row_counts_however_its_numbers_are_written(odd: Mapping[str, Any]) -> None:
    assert Reference(TaxTable(odd)).vat_rates().on("3", date(2026, 11, 20)) == {Decimal(25)}


@pytest.mark.parametrize(
    "odd",
    [
        pytest.param({"objectValueDbId": 9, "taxPercent": 25}, id="no VAT code"),
        pytest.param({"objectValueDbId": 1001, "taxPercent": None}, id="no percentage"),
        pytest.param({"objectValueDbId": 1001, "taxPercent": "NaN"}, id="not a number"),
        pytest.param({"objectValueDbId": 1001, "taxPercent": 25, "dateFrom": "soon"}, id="no date"),
        pytest.param({}, id="nothing"),
    ],
)
def test_a_row_that_cannot_be_read_says_nothing(odd: Mapping[str, Any]) -> None:
    assert not Reference(TaxTable(odd)).vat_rates().knows("3")


class TaxTable:
    """An Xledger with one VAT code and one row of its tax table."""

    longest_list = 500

    def __init__(self, row: Mapping[str, Any]) -> None:
        self._nodes = {
            "FindVatKind": ("objectKinds", {"dbId": 14, "name": "TAX_RULE"}),
            "ListVatCodes": ("objectValues", {"dbId": "1001", "code": "3"}),
            "ListVatRates": ("taxTableSetups", row),
        }

    def read(self, operation: str, *_: Any, **__: Any) -> Mapping[str, Any]:
        name, node = self._nodes[operation]
        return {name: {"edges": [{"node": node}]}}


def test_the_feed_is_read_page_by_page_from_where_it_was_left(
    world: World, reference: Reference, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(xledger_reference, "A_PAGE", 2)
    assert reference.end_of_changes(Kind.CUSTOMER) == ""
    world.receive(*(a_private_person(str(number)) for number in (10001, 10002, 10003)))
    world.run()
    ids = [customer["dbId"] for customer in world.held("customers")]

    first = reference.changes(Kind.CUSTOMER, "")
    assert (first.ids, first.more) == (frozenset(ids[:2]), True)
    second = reference.changes(Kind.CUSTOMER, str(first.cursor))
    assert (second.ids, second.more) == (frozenset(ids[2:]), False)
    assert second.cursor == reference.end_of_changes(Kind.CUSTOMER)
    third = reference.changes(Kind.CUSTOMER, str(second.cursor))
    assert (third.ids, third.cursor, third.more) == (frozenset(), None, False)
    assert all(page.is_complete for page in (first, second, third))


@pytest.mark.parametrize("setting", ["from_start", "nothing"])
def test_a_feed_that_no_longer_has_the_cursor_is_told_from_a_quiet_one(world: World, setting: str) -> None:
    """Whatever it answers instead of a refusal."""
    world.server.replan({"unknown_cursor": setting, "changes_kept_days": 7})
    reference = Reference(Straight(world))
    world.receive(*(a_private_person(str(number)) for number in (10001, 10002)))
    world.run()
    begin, end = str(reference.changes(Kind.CUSTOMER, "").cursor), reference.end_of_changes(Kind.CUSTOMER)
    assert reference.changes(Kind.CUSTOMER, begin).is_complete
    world.time.now += timedelta(days=6)
    world.receive(a_private_person("10003"))
    world.run()
    assert reference.changes(Kind.CUSTOMER, end).is_complete
    world.time.now += timedelta(days=2)
    assert not reference.changes(Kind.CUSTOMER, end).is_complete
    assert reference.changes(Kind.CUSTOMER, reference.end_of_changes(Kind.CUSTOMER)).is_complete


def test_numbers_are_asked_for_by_id_and_by_number_at_once(world: World, reference: Reference) -> None:
    world.receive(a_customer("10001"), a_customer("10002"))
    world.run()
    one, other = world.held("customers")
    state = world.server.state
    state.change("customers", state.tables["customers"].get(one["dbId"]) or {}, {"toDate": "2026-01-31"})

    found = reference.numbers(Kind.CUSTOMER, [one["dbId"]], ["10002"])
    assert found == {
        Numbered(one["dbId"], "10001", date(2026, 1, 31), 99168, "Nordvik AS"),
        Numbered(other["dbId"], "10002", None, 99168, "Nordvik AS"),
    }


def test_a_list_that_does_not_fit_on_one_page_is_refused_rather_than_cut() -> None:
    class Long:
        longest_list = 500

        def read(self, *_: Any, **__: Any) -> Mapping[str, Any]:
            return {"accounts": {"edges": [], "pageInfo": {"hasNextPage": True}}}

    with pytest.raises(Rejected):
        Reference(Long()).accounts()
