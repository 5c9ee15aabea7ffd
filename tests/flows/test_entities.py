"""A company's records are written in its own entity only, and by nothing that was learnt in another one."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from local.xledger.engine import Xledger
from moment_xledger.adapters.ledger import Ledger
from moment_xledger.domain.companies import Company, CompanyId, Secrets, Token
from moment_xledger.domain.entities import Entity
from moment_xledger.domain.kinds import Kind
from moment_xledger.domain.records import Record
from moment_xledger.domain.settings_faults import BadSettings
from moment_xledger.flows import check_records
from moment_xledger.flows.find_entity import find_entity
from moment_xledger.flows.guard_numbers import Guard, guard_numbers
from moment_xledger.flows.save_company import save_company
from tests.builders import a_company, a_customer, a_private_person, a_project, of
from tests.flows.mailroom import Died, Fuse
from tests.office import FakeVault, settings
from tests.world import COMPANY, TOKEN, TOKEN_ID, URL, World, entities_of

LIVE = "https://live.example/graphql"
FJELL, DAL = a_company("fjell", name="Fjell AS", owner_code=30_511), a_company("dal", owner_code=30_512)
AN_HOUR = timedelta(hours=1)


def held(world: World, what: str = "customers") -> set[tuple[str, int]]:
    """Number and owner code."""
    return {(each["code"], each["owner"]["ownerCode"]) for each in world.held(what)}


def strangers(world: World, *numbers: str) -> Xledger:
    """Another Xledger, whose ids were given to other records."""
    server = Xledger(world.server.plan, clock=world.time)
    (owner,) = server.state.entities.find("ownerCode", 99168)
    for number in numbers:
        server.state.add(
            "companies", {"code": f"c{number}", "description": "Fremmed AS", "companyNumber": None}, owner
        )
        server.state.add("customers", {"code": number, "description": "Fremmed AS"}, owner)
        server.state.add("projects", {"code": f"F-{number}", "description": "Fremmed"}, owner)
    return server


def go_to(world: World, url: str, server: Xledger) -> None:
    """As when the deployment is given another address of Xledger."""
    world.url = url
    world.server = world.xledger.server = server


def test_from_demo_to_live_nothing_is_written_by_an_old_id() -> None:
    world = World()
    world.receive(a_customer("20001"), a_customer("20002"), a_project("Q-1", customerNumber="20001"))
    world.run()
    go_to(world, LIVE, strangers(world, "70001", "70002", "70003"))
    before = {table: [dict(each) for each in world.held(table)] for table in ("customers", "projects")}

    world.receive(a_customer("20001", version=2, name="Nytt navn AS"))
    world.run()

    for table, records in before.items():
        assert [each for each in world.held(table) if each["code"] in {r["code"] for r in records}] == records
    mine = {each["code"]: each["description"] for each in world.held("customers")}
    assert {"20001": "Nytt navn AS", "20002": "Fjord Bygg 20002 AS"}.items() <= mine.items()
    assert "Q-1" in {each["code"] for each in world.held("projects")}
    assert list(world.problems()) == []


def test_a_night_finds_that_the_address_changed_where_nothing_was_saved() -> None:
    world = World()
    world.receive(a_private_person("20001"))
    world.run()
    go_to(world, LIVE, strangers(world))
    guard_numbers(TOKEN_ID, Guard(world.worker(), world.worker().reference))
    world.sweep()
    world.run()
    assert held(world) == {("20001", 99168)}


def both(**but: Any) -> World:
    return World(entities_of([FJELL, DAL], **but), [FJELL])


def saved(world: World, company: Company) -> None:
    world.ledger.companies.save(company)
    for kind in Kind:
        world.ledger.records.mark_work(company.token_id, kind, company.id, world.time())


def moved(**but: Any) -> Company:
    return FJELL.model_copy(update={"owner_code": DAL.owner_code} | but)


def test_after_another_owner_code_all_records_are_in_the_other_entity_and_the_old_ones_untouched() -> None:
    world = both()
    world.receive(*(of("fjell", a_private_person(number)) for number in ("20001", "20002")))
    world.receive(of("fjell", a_project("Q-1", customerNumber="20002")))
    world.run()
    before = [dict(each) for each in world.held("customers")]
    saved(world, moved())
    world.receive(of("fjell", a_private_person("20001", version=2, name="Nytt Navn")))
    world.run()
    assert world.held("customers")[:2] == before
    assert held(world) == {(number, code) for number in ("20001", "20002") for code in (30_511, 30_512)}
    assert held(world, "projects") == {("Q-1", 30_511), ("Q-1", 30_512)}
    assert world.ledger.entities.writers(str(Entity(URL, 30_511))).companies == ()


def test_who_comes_back_adopts_what_is_there_and_writes_only_what_changed() -> None:
    world = both()
    world.receive(*(of("fjell", a_private_person(number)) for number in ("20001", "20002")))
    world.run()
    for company in (moved(), FJELL):
        saved(world, company)
        world.run()
    assert len(world.held("customers")) == 4
    assert world.ledger.records.count(FJELL.id, Kind.CUSTOMER)["synced"] == 2  # type: ignore[index]


@pytest.mark.parametrize("after", ["LookUpCustomers", "AddCompanies"])
def test_a_run_under_way_writes_nothing_more_once_the_owner_code_is_another(after: str) -> None:
    world = both()
    todo: list[Callable[[], None]] = [lambda: saved(world, moved())]
    asks = world.xledger.ask

    def ask(token: Token, operation: str, variables: Any) -> Any:
        reply = asks(token, operation, variables)
        if operation == after and todo:
            todo.pop()()
        return reply

    world.xledger.ask = ask  # type: ignore[method-assign]
    world.receive(of("fjell", a_customer("20001")))
    world.run()
    assert held(world) == {("20001", 30_512)}


def test_an_answer_that_comes_when_the_company_has_moved_counts_for_nothing() -> None:
    world = both()
    world.receive(of("fjell", a_private_person("20001")))
    todo: list[Callable[[], None]] = [lambda: _move_wholly(world)]
    asks = world.xledger.ask

    def ask(token: Token, operation: str, variables: Any) -> Any:
        reply = asks(token, operation, variables)
        if operation == "AddCustomers" and todo:
            todo.pop()()
        return reply

    world.xledger.ask = ask  # type: ignore[method-assign]
    world.run()
    assert held(world) == {("20001", 30_511), ("20001", 30_512)}
    (record,) = world.ledger.records.by_number(FJELL.id, Kind.CUSTOMER, ["20001"]).values()
    assert record.entity == str(Entity(URL, 30_512))


def _move_wholly(world: World) -> None:
    """As a worker of another token does at the same time: all records are looked at before the answer is stored."""
    saved(world, moved())
    entities = world.ledger.entities
    current = entities.move(FJELL.id, entities.current(FJELL.id), Entity(URL, 30_512))
    for kind in Kind:
        current = check_records.check_page(moved(), kind, current, world.ledger, world.time)


def test_records_are_looked_at_page_by_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check_records, "A_PAGE", 3)
    world = both()
    world.receive(*(of("fjell", a_private_person(str(number))) for number in range(20_001, 20_009)))
    world.run()
    current = world.ledger.entities.move(
        FJELL.id, world.ledger.entities.current(FJELL.id), Entity(URL, 30_512)
    )
    check_records.check_page(moved(), Kind.CUSTOMER, current, world.ledger, world.time)
    counts = world.ledger.records.count(FJELL.id, Kind.CUSTOMER)
    assert (counts["dirty"], counts["synced"]) == (3, 5)  # type: ignore[index]
    saved(world, moved())
    world.run()
    assert len([code for _, code in held(world) if code == 30_512]) == 8


def test_what_an_older_release_stored_is_looked_up_before_it_is_written() -> None:
    world = World()
    world.receive(a_private_person("20001"), a_private_person("20002"))
    world.run()
    records = world.ledger.records
    for record in records.by_number(COMPANY.id, Kind.CUSTOMER, ["20001", "20002"]).values():
        assert not records.save([(record, _by_an_older_release(record))])
    key = ("T#nordvik", "ENTITY")
    del world.table._partitions[key[0]][key[1]]
    asked = len(world.xledger.asked)
    world.receive(a_private_person("20001", version=2, name="Nytt navn"))
    world.run()
    operations = [operation for operation, _ in world.xledger.asked[asked:]]
    assert (operations[0], operations[-1]) == ("LookUpCustomers", "UpdateCustomers")
    assert len(world.held("customers")) == 2


def _by_an_older_release(record: Record) -> Record:
    return replace(record, entity=None)


def test_what_a_token_reaches_is_asked_once() -> None:
    world = World()
    world.table._partitions[f"CRED#{TOKEN_ID}"].pop("REACH")
    for number in ("20001", "20002"):
        world.receive(a_private_person(number))
        world.run()
    asked = [operation for operation, _ in world.xledger.asked]
    assert asked[:2] == ["ListEntities", "ReadOwnEntity"]
    assert not {"ListEntities", "ReadOwnEntity"} & set(asked[2:])


@pytest.mark.parametrize(
    "lacks",
    [
        ["Query.viewer"],
        ["Entity.owner", "Query.entities.ownerSet"],
        ["Query.entities.ownerSet"],
        ["Query.entities"],
        ["Entity.owner"],
        ["Query.viewer", "Query.entities.objectStatus"],
    ],
    ids=" ".join,
)
@pytest.mark.parametrize("owner_code", [None, 99168])
def test_an_xledger_that_lacks_a_question_serves_where_the_rest_suffices(
    lacks: list[str], owner_code: int | None
) -> None:
    world = World(None, [a_company(owner_code=owner_code)])
    world.table._partitions[f"CRED#{TOKEN_ID}"].pop("REACH")
    world.server.replan({"schema_lacks": lacks})
    world.receive(a_private_person("20001"))
    world.run()
    owner_is_shown = lacks in (["Query.viewer"], ["Query.entities.ownerSet"], ["Query.entities"])
    suffices = owner_code or owner_is_shown
    assert held(world) == ({("20001", 99168)} if suffices else set())
    assert list(world.problems()) == ([] if suffices else [("settings", "owner_code", "OWNER_CODE_NEEDED")])


def test_a_token_that_is_refused_is_not_taken_for_one_that_tells_nothing() -> None:
    world = World()
    world.table._partitions[f"CRED#{TOKEN_ID}"].pop("REACH")
    world.server.replan({"tokens": [{"token": "another-0123456789"}]})
    world.receive(a_private_person("20001"))
    world.carry_wakes()
    assert list(world.problems()) == [("settings", "", "TOKEN_REFUSED")]
    assert world.ledger.entities.reach(TOKEN_ID) is None


def save(world: World, **but: Any) -> Company:
    """As a person saves it in the form."""
    company = CompanyId(but.pop("id", "fjell"))
    secrets, vault = Secrets(TOKEN, Token("moment")), FakeVault()
    vault.save(company, secrets)
    return save_company(settings(**but) | {"id": company}, secrets, world.ledger, vault, world.time, URL)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("wrong", "code"),
    [({"owner_code": None}, "OWNER_CODE_NEEDED"), ({"owner_code": 30_999}, "OWNER_CODE_NOT_REACHED")],
)
def test_a_company_without_an_entity_has_one_problem_and_goes_on_by_itself(
    wrong: dict[str, Any], code: str
) -> None:
    world = World(entities_of([FJELL, DAL]), [FJELL.model_copy(update=wrong)])
    world.receive(*(of("fjell", a_private_person(str(20_000 + n))) for n in range(40)))
    world.run(until=3 * AN_HOUR)
    assert list(world.problems(FJELL.id)) == [("settings", "owner_code", code)]
    assert held(world) == set()
    assert world.requests["total"] <= 2 * 3  # asked again once an hour
    save(world, owner_code=30_511)
    world.sweep()
    world.run()
    assert len(held(world)) == 40
    assert list(world.problems(FJELL.id)) == []


def test_a_renamed_owner_code_costs_no_request_for_each_record() -> None:
    world = both()
    world.receive(*(of("fjell", a_private_person(str(20_000 + n))) for n in range(30)))
    world.run()
    asked = len(world.xledger.asked)
    saved(world, moved(owner_code=30_998))
    world.receive(*(of("fjell", a_private_person(str(20_000 + n), version=2, name="Ny")) for n in range(30)))
    world.carry_wakes()
    assert len(world.xledger.asked) == asked
    assert list(world.problems(FJELL.id)) == [("settings", "owner_code", "OWNER_CODE_NOT_REACHED")]
    saved(world, FJELL)
    world.run()
    assert {each["description"] for each in world.held("customers")} == {"Ny"}
    assert len(world.held("customers")) == 30


def test_of_two_companies_in_one_entity_the_second_writes_nothing_and_is_told() -> None:
    """A sandbox and a production database on one token, where nobody knew at the save."""
    world = World(None, [a_company("production"), a_company("sandbox")])
    world.receive(of("production", a_private_person("20001", name="Ekte")))
    world.run()
    world.receive(of("sandbox", a_private_person("20001", name="Prøve")))
    world.run(until=2 * AN_HOUR)
    assert [each["description"] for each in world.held("customers")] == ["Ekte"]
    assert list(world.problems(CompanyId("sandbox"))) == [("settings", "owner_code", "ENTITY_TAKEN")]
    assert list(world.problems(CompanyId("production"))) == []


def test_the_second_company_is_refused_when_it_is_saved_with_the_setting_that_collides() -> None:
    world = both()
    save(world, owner_code=30_511)
    with pytest.raises(BadSettings) as refused:
        save(world, id="copy", owner_code=30_511)
    assert [fault.field for fault in refused.value.faults] == ["owner_code"]
    assert "30511 Fjell AS" in str(refused.value)
    assert world.ledger.companies.get(CompanyId("copy")) is None

    alone = World(None, [])
    save(alone)
    alone.ledger.entities.save_reach(TOKEN_ID, World().ledger.entities.reach(TOKEN_ID))  # type: ignore[arg-type]
    save(alone)
    with pytest.raises(BadSettings) as refused:
        save(alone, id="copy")
    assert [fault.field for fault in refused.value.faults] == ["xledger_token"]


def test_one_that_writes_nothing_may_have_the_same_entity() -> None:
    world = both()
    save(world, owner_code=30_511)
    save(world, id="copy", owner_code=30_511, export_customers=False, export_projects=False)
    with pytest.raises(BadSettings):
        save(world, id="copy", owner_code=30_511, export_customers=False)


def test_one_that_only_reads_there_claims_nothing_until_it_begins_to_write() -> None:
    world = both()
    reader = FJELL.model_copy(update={"export_customers": False, "export_projects": False})
    world.ledger.companies.save(reader)
    reach = world.ledger.entities.reach(TOKEN_ID)
    assert reach
    assert find_entity(reader, reach, world.ledger, URL, world.time)
    assert world.ledger.entities.writers(str(Entity(URL, 30_511))).companies == ()
    save(world, owner_code=30_511)
    assert world.ledger.entities.writers(str(Entity(URL, 30_511))).companies == (FJELL.id,)


def test_of_two_saves_at_once_one_gets_the_entity(monkeypatch: pytest.MonkeyPatch) -> None:
    world = both()
    save(world, owner_code=30_512)
    save_form = world.ledger.companies.save_form

    def overtaken(*given: Any, **named: Any) -> None:
        monkeypatch.undo()
        save(world, id="copy", owner_code=30_511)
        save_form(*given, **named)

    monkeypatch.setattr(world.ledger.companies, "save_form", overtaken)
    with pytest.raises(BadSettings):
        save(world, owner_code=30_511)
    assert world.ledger.entities.writers(str(Entity(URL, 30_511))).companies == (CompanyId("copy"),)
    assert world.ledger.companies.get_known(FJELL.id).owner_code == 30_512


def test_a_crash_at_any_call_while_a_company_moves_is_made_good_by_the_next_run() -> None:
    calls = _moved_with_a_crash(None)
    assert calls > 20
    for call in range(1, calls + 1):
        for when in ("before", "after"):
            _moved_with_a_crash((call, when))


def _moved_with_a_crash(burns: tuple[int, str] | None) -> int:
    world, fuse = both(), Fuse()
    world.receive(
        of("fjell", a_private_person("20001")), of("fjell", a_project("Q-1", customerNumber="20001"))
    )
    world.run()
    table, world.ledger = world.table, Ledger(fuse.guard("table", world.table))
    saved(world, moved())
    begun = fuse.calls
    fuse.burns_at = burns and (begun + burns[0], burns[1])
    try:
        for kind in Kind:
            world.sync(kind)
    except Died:
        world.time.now += timedelta(minutes=20)  # the lease is over, and nothing is in doubt any more
    calls = fuse.calls - begun
    fuse.burns_at = None
    world.ledger, world.table = Ledger(table), table  # type: ignore[arg-type]
    world.sweep()
    world.run()
    assert held(world) == {("20001", 30_511), ("20001", 30_512)}, burns
    assert held(world, "projects") == {("Q-1", 30_511), ("Q-1", 30_512)}, burns
    assert len(world.held("customers")) == len(world.held("projects")) == 2
    assert list(world.problems(FJELL.id)) == []
    return calls
