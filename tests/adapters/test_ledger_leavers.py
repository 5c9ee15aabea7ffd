"""A company that leaves, on the twin and on DynamoDB alike: nobody finds it any more, and only its own is erased."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from moment_xledger.adapters.ledger import Ledger, keys
from moment_xledger.adapters.table import MOST_ACTIONS, Put
from moment_xledger.domain.companies import CompanyId, Language
from moment_xledger.domain.deeds import Deed, What
from moment_xledger.domain.entities import CurrentEntity, Entity
from moment_xledger.domain.errors import CompanyGone, Conflict
from moment_xledger.domain.kinds import Kind
from moment_xledger.domain.problems import Code, Problem
from moment_xledger.domain.sessions import Person, Role
from tests.adapters.ledgers import ledger as ledger
from tests.builders import a_company

HAUG, NEIGHBOURS = CompanyId("haug"), (CompanyId("hau"), CompanyId("haug-2"), CompanyId("haugen"))
NOW = datetime(2026, 12, 1, 7, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
TOKEN = a_company(HAUG).token_id
ENTITY = Entity("https://xledger.example/graphql", 30_417)


def fill(ledger: Ledger, company: CompanyId, deeds: int = 3) -> None:
    ledger.companies.save(a_company(company))
    for n in range(deeds):
        ledger.audit.note(Deed(company, NOW + timedelta(seconds=n), "Kari", What.FETCHED_FILE))
    ledger.records.mark_work(TOKEN, Kind.CUSTOMER, company, NOW)
    ledger.problems.report([Problem(company, "customer", "1", Code.NUMBER_TAKEN, {}, "", NOW, NOW)])
    person = Person(company, "Kari", Role.ACCOUNTANT, Language.NORWEGIAN)
    ledger.sessions.enter(ledger.sessions.offer(person, NOW), NOW)


def all_of(ledger: Ledger, *companies: CompanyId) -> list[Any]:
    return [item for company in companies for item in ledger.leavers.items(company)]


def test_from_the_first_write_on_nobody_finds_it(ledger: Ledger) -> None:
    for company in (HAUG, *NEIGHBOURS):
        fill(ledger, company)
    leaver = ledger.leavers.begin(HAUG, "Kari", NOW)
    assert leaver
    assert ledger.companies.get(HAUG) is None
    with pytest.raises(CompanyGone):
        ledger.companies.get_known(HAUG)
    assert {each.id for each in ledger.companies.every()} == set(NEIGHBOURS)
    assert {each.id for each in ledger.companies.sharing(TOKEN)} == set(NEIGHBOURS)
    assert set(ledger.records.work(TOKEN, Kind.CUSTOMER)) == set(NEIGHBOURS)
    assert ledger.pauses.of(HAUG)
    assert ledger.pauses.of(NEIGHBOURS[0]) is None


def test_leaving_twice_is_leaving_once(ledger: Ledger) -> None:
    fill(ledger, HAUG)
    first = ledger.leavers.begin(HAUG, "Kari", NOW)
    assert ledger.leavers.begin(HAUG, "Ola", LATER) == first == ledger.leavers.get(HAUG)
    assert ledger.leavers.begin(CompanyId("nobody"), "Ola", LATER) is None


def test_its_settings_cannot_be_saved_any_more(ledger: Ledger) -> None:
    fill(ledger, HAUG)
    _, version = ledger.companies.get_with_version(HAUG)
    ledger.leavers.begin(HAUG, "Kari", NOW)
    for since in (version, None, 0):
        with pytest.raises(Conflict):
            ledger.companies.save(a_company(HAUG), since)


def test_it_may_stay_until_it_is_erased(ledger: Ledger) -> None:
    fill(ledger, HAUG)
    before, version = ledger.companies.get_with_version(HAUG)
    assert not ledger.leavers.take_back(HAUG, NOW)
    ledger.leavers.begin(HAUG, "Kari", NOW)
    assert ledger.leavers.take_back(HAUG, LATER)
    assert ledger.companies.get_with_version(HAUG) == (before, version)
    assert [each.id for each in ledger.companies.every()] == [HAUG]
    assert [each.id for each in ledger.companies.sharing(TOKEN)] == [HAUG]
    assert ledger.pauses.of(HAUG) is None
    assert ledger.pauses.now().rested_until(HAUG, LATER) == LATER  # nothing is late at once
    assert set(ledger.due.until(LATER).records) == {(TOKEN, kind) for kind in Kind}
    assert ledger.leavers.get(HAUG) is None
    ledger.companies.save(a_company(HAUG), version)


def test_what_is_being_erased_cannot_stay(ledger: Ledger) -> None:
    fill(ledger, HAUG)
    leaver = ledger.leavers.begin(HAUG, "Kari", NOW)
    assert leaver
    ledger.leavers.save(HAUG, replace(leaver, erasing=LATER))
    assert not ledger.leavers.take_back(HAUG, LATER)
    assert ledger.companies.get(HAUG) is None


def test_everything_of_it_is_erased_and_nothing_of_others(ledger: Ledger) -> None:
    for company in (HAUG, *NEIGHBOURS):
        fill(ledger, company, deeds=MOST_ACTIONS + 7)
    before = all_of(ledger, *NEIGHBOURS)
    leaver = ledger.leavers.begin(HAUG, "Kari", NOW)
    assert leaver
    ledger.leavers.erase_beside(HAUG, leaver, LATER)
    erased = ledger.leavers.erase_items(HAUG)
    assert (erased["AUD"], erased["CONF"], erased["SESSION"]) == (MOST_ACTIONS + 7, 1, 1)
    assert not ledger.leavers.lingers(HAUG)
    assert all_of(ledger, *NEIGHBOURS) == before
    assert ledger.companies.is_shared(TOKEN)
    assert not ledger.leavers.erase_items(HAUG).total()


def test_a_session_of_it_opens_nothing_any_more(ledger: Ledger) -> None:
    fill(ledger, HAUG)
    person = Person(HAUG, "Kari", Role.ACCOUNTANT, Language.NORWEGIAN)
    entered = ledger.sessions.enter(ledger.sessions.offer(person, NOW), NOW)
    link = ledger.links.make(HAUG, 4, NOW)
    assert entered
    ledger.leavers.begin(HAUG, "Kari", NOW)
    ledger.leavers.erase_items(HAUG)
    assert ledger.sessions.read(entered[1], NOW) is None
    assert ledger.links.read(link, NOW) is None


@pytest.mark.parametrize("others", [(), NEIGHBOURS])
def test_what_is_kept_of_its_token_goes_with_the_last_company(
    ledger: Ledger, others: tuple[CompanyId, ...]
) -> None:
    for company in (HAUG, *others):
        fill(ledger, company)
    table: Any = ledger._table
    table.write(Put(keys.lists(TOKEN), {"read_at": keys.stamp(NOW)}))
    leaver = ledger.leavers.begin(HAUG, "Kari", NOW)
    assert leaver
    ledger.leavers.erase_beside(HAUG, leaver, LATER)
    assert (ledger.references.get(TOKEN) is not None) == bool(others)
    assert bool(list(table.query(keys.token(TOKEN)))) == bool(others)


def test_its_place_among_those_that_write_to_an_entity_is_free_again(ledger: Ledger) -> None:
    fill(ledger, HAUG)
    ledger.entities.move(HAUG, CurrentEntity(), ENTITY)
    leaver = ledger.leavers.begin(HAUG, "Kari", NOW)
    assert leaver
    ledger.leavers.erase_beside(HAUG, leaver, LATER)
    ledger.leavers.erase_beside(HAUG, leaver, LATER)  # as after a death
    writers = ledger.entities.writers(str(ENTITY))
    assert HAUG not in (*writers.companies, *writers.allowed)


def test_what_is_remembered_of_it_says_that_it_left_and_no_more(ledger: Ledger) -> None:
    fill(ledger, HAUG)
    leaver = ledger.leavers.begin(HAUG, "Kari", NOW)
    assert leaver
    ledger.leavers.erase_beside(HAUG, leaver, LATER)
    table: Any = ledger._table
    assert {item["sk"] for item in table.query(keys.REASONS) if item.get("company") == HAUG} == set()
    pause = table.get((keys.PAUSES, HAUG))
    assert datetime.fromtimestamp(int(pause["ttl"]), UTC) == LATER + timedelta(days=15)
