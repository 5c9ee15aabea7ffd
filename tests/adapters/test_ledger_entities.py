"""What the ledger keeps of entities: what a token reaches, where a company writes to, and who writes there."""

from datetime import UTC, datetime

import pytest

from moment_xledger.adapters.ledger import Ledger
from moment_xledger.domain.companies import CompanyId, TokenId
from moment_xledger.domain.entities import CurrentEntity, Entity, Reach, Reached, Writers
from moment_xledger.domain.errors import Conflict, EntityTaken
from moment_xledger.domain.kinds import Kind
from moment_xledger.domain.number_guard import Place
from moment_xledger.domain.preflight import Lists
from tests.adapters.ledgers import ledger as ledger

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
TOKEN, FIRST, SECOND = TokenId("fingerprint"), CompanyId("first"), CompanyId("second")
HERE = Entity("https://xledger.example/graphql", 20_415)
THERE = HERE._replace(owner_code=20_416)
REACH = Reach(HERE.address, NOW, Reached(20_415, "Fjord AS", 7), (Reached(20_415, "Fjord AS"), Reached(None)))


def test_what_a_token_reaches_is_read_as_it_was_written(ledger: Ledger) -> None:
    assert ledger.entities.reach(TOKEN) is None
    ledger.entities.save_reach(TOKEN, REACH)
    assert ledger.entities.reach(TOKEN) == REACH
    without_list = Reach(HERE.address, NOW)
    ledger.entities.save_reach(TOKEN, without_list)
    assert ledger.entities.reach(TOKEN) == without_list


def test_lists_and_cursors_of_another_address_are_void(ledger: Ledger) -> None:
    ledger.entities.save_reach(TOKEN, REACH)
    lists = Lists(NOW, frozenset({"3000"}), None)
    ledger.references.save(TOKEN, lists)
    ledger.references.save_place(TOKEN, Kind.PROJECT, Place("17"))
    ledger.entities.save_reach(TOKEN, REACH)
    assert (ledger.references.get(TOKEN), ledger.references.place(TOKEN, Kind.PROJECT)) == (
        lists,
        Place("17"),
    )
    ledger.entities.save_reach(TOKEN, Reach("https://demo.xledger.example/graphql", NOW))
    assert (ledger.references.get(TOKEN), ledger.references.place(TOKEN, Kind.PROJECT)) == (None, None)


def test_a_company_moves_and_all_its_records_are_unchecked(ledger: Ledger) -> None:
    nowhere = ledger.entities.current(FIRST)
    assert nowhere == CurrentEntity()
    here = ledger.entities.move(FIRST, nowhere, HERE)
    assert here == CurrentEntity(str(HERE), "", {"customer": "", "project": ""}, ver=1)
    kept = ledger.entities.keep(
        FIRST, CurrentEntity(here.entity, "", {"project": "ENT#project#7"}, ver=here.ver)
    )
    assert (kept.entity, kept.unchecked, kept.ver) == (str(HERE), {"project": "ENT#project#7"}, 2)
    with pytest.raises(Conflict):
        ledger.entities.keep(FIRST, here)
    ledger.entities.move(FIRST, kept, THERE)
    assert ledger.entities.writers(str(HERE)).companies == ()
    assert ledger.entities.writers(str(THERE)).companies == (FIRST,)


def test_a_company_whose_entity_is_not_known_gives_its_place_back(ledger: Ledger) -> None:
    here = ledger.entities.move(FIRST, CurrentEntity(), HERE)
    lost = ledger.entities.move(FIRST, here, None, "OWNER_CODE_NEEDED")
    assert lost == CurrentEntity(None, "OWNER_CODE_NEEDED", {}, True, 2)
    assert ledger.entities.writers(str(HERE)).companies == ()


def test_an_entity_has_one_writer_unless_another_one_is_allowed(ledger: Ledger) -> None:
    ledger.entities.move(FIRST, CurrentEntity(), HERE)
    with pytest.raises(EntityTaken):
        ledger.entities.move(SECOND, CurrentEntity(), HERE)
    writers = ledger.entities.writers(str(HERE))
    ledger.entities.save_writers(str(HERE), Writers(writers.companies, frozenset({SECOND}), writers.ver))
    ledger.entities.move(SECOND, CurrentEntity(), HERE)
    assert ledger.entities.writers(str(HERE)).companies == (FIRST, SECOND)


def test_of_two_that_want_one_entity_at_once_one_gets_it(ledger: Ledger) -> None:
    late = ledger.entities.moving(SECOND, CurrentEntity(), HERE)
    ledger.entities.move(FIRST, CurrentEntity(), HERE)
    with pytest.raises(Conflict):
        ledger.entities._table.write(*late)
    assert ledger.entities.writers(str(HERE)).companies == (FIRST,)
    assert ledger.entities.current(SECOND) == CurrentEntity()
