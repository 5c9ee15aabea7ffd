"""Two releases on one table: what the newer one writes, the older one reads past, keeps, and leaves to it."""

import copy
import importlib
import json
import pkgutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from enum import EnumType, StrEnum
from typing import Any

import pytest

from moment_xledger import domain
from moment_xledger.adapters.ledger import Ledger
from moment_xledger.adapters.table import Put
from moment_xledger.domain.companies import IssueLimit, Language, Route, Schedule
from moment_xledger.domain.expense_entries import Step, next_step
from moment_xledger.domain.expenses import Left
from moment_xledger.domain.files.settings import FileFormat
from moment_xledger.domain.kinds import Kind
from moment_xledger.domain.notices import Told, urgent_notice
from moment_xledger.domain.problems import Fixer, fixer_of
from moment_xledger.domain.releases import as_stored, is_known, model_as_stored
from moment_xledger.domain.resolutions import can_be_skipped, way_of
from tests.adapters import ledger_story as story
from tests.builders import a_company, a_customer, an_invoice
from tests.fakes import FakeTable
from tests.flows.office import Office
from tests.world import COMPANY, START, TOKEN_ID, World

LATER = "later_than_we"
Items = dict[tuple[str, str], dict[str, Any]]


def written() -> FakeTable:
    table = FakeTable()
    story.write(story.with_drawn(table))  # type: ignore[arg-type]
    return table


def items(table: FakeTable) -> Items:
    return {key: table.get(key) or {} for key in _keys(table)}


def _keys(table: FakeTable) -> list[tuple[str, str]]:
    return [(item["pk"], item["sk"]) for part in table._partitions.values() for item in part.values()]


def changed(table: FakeTable, begins: str, change: Callable[[dict[str, Any]], None]) -> int:
    """In the items whose sort key begins so, as a newer release would have written them."""
    found = 0
    for key, item in items(table).items():
        if key[1].startswith(begins):
            attributes = {
                name: value for name, value in copy.deepcopy(item).items() if name not in ("pk", "sk")
            }
            change(attributes)
            table.write(Put(key, attributes))
            found += 1
    return found


def put(name: str) -> Callable[[dict[str, Any]], None]:
    def change(item: dict[str, Any]) -> None:
        item[name] = LATER

    return change


def in_text(name: str, *way: Any) -> Callable[[dict[str, Any]], None]:
    """In what is kept as JSON under this name."""

    def change(item: dict[str, Any]) -> None:
        content = json.loads(item.get(name, "null"))
        if content is None:
            return
        at = content
        for step in way[:-1]:
            at = at[step]
        at[way[-1]] = LATER
        item[name] = json.dumps(content)

    return change


def a_step(item: dict[str, Any]) -> None:
    item["steps"] = json.dumps([[LATER, "2026-11-22T09:00:00.000000Z", ""]])


def a_check(item: dict[str, Any]) -> None:
    item["checks"] = [*item["checks"], {"right": LATER, "outcome": "passed", "why": ""}]


def an_outcome(item: dict[str, Any]) -> None:
    item["checks"] = [item["checks"][0] | {"outcome": LATER}, *item["checks"][1:]]


def facts(name: str) -> Callable[[dict[str, Any]], None]:
    def change(item: dict[str, Any]) -> None:
        known = {"owner_code": 99168, "ids": "line", "amounts": "gross", "seen": []}
        item["facts"] = known | {name: LATER}

    return change


def passed_over(item: dict[str, Any]) -> None:
    when = "2026-11-22T09:00:00.000000Z"
    item["passed_over"] = [{"ledger": LATER, "start": when, "end": when}]


def runs(item: dict[str, Any]) -> None:
    item["runs"] = [f"10001 10002 4 INVOICE,{LATER}"]


def held(item: dict[str, Any]) -> None:
    item["held"] = json.dumps([["customer", "10001", LATER]])


def counted(item: dict[str, Any]) -> None:
    item[f"invoice#{LATER}"] = 3


WRITTEN: dict[str, tuple[str, Callable[[dict[str, Any]], None]]] = {
    "a record's state": ("ENT#", put("state")),
    "a record's problem": ("ENT#project", put("problem")),
    "an attempt's operation": ("ENT#customer", in_text("attempts", 0, 1)),
    "why a gate is closed": ("GATE", put("closed_why")),
    "why a gate was closed": ("GATE", in_text("usage", 2, 0, 0)),
    "why an invoice is held": ("HELD#", put("code")),
    "an invoice's route": ("SEQ#", put("route")),
    "an export's status": ("EXP#", put("status")),
    "an export's route": ("EXP#", put("route")),
    "an export's language": ("EXP#", put("language")),
    "an export's format": ("EXP#", in_text("terms", "format")),
    "kinds in a series": ("XSTATE", runs),
    "why an invoice was held in an export": ("EXP#", held),
    "a mail's state": ("MAIL#", put("state")),
    "a mail's step": ("MAIL#", a_step),
    "an upload's state": ("UPL#", put("state")),
    "an upload's reason": ("UPL#", put("reason")),
    "an expense's state": ("EXPENSE#", put("state")),
    "why an expense is left": ("EXPENSE#", put("why")),
    "which ids lines have": ("IMP#", facts("ids")),
    "which amounts lines have": ("IMP#", facts("amounts")),
    "which ledger was passed over": ("IMP#", passed_over),
    "a deed": ("AUD#", put("what")),
    "a role": ("SESSION", put("role")),
    "a person's language": ("SESSION", put("language")),
    "a right that is tested": ("TESTED", a_check),
    "a test's outcome": ("TESTED", an_outcome),
    "problems that are counted": ("PROBS#", counted),
    "a company's route": ("CONF", in_text("settings", "route")),
    "a company's schedule": ("CONF", in_text("settings", "schedule")),
    "a company's language": ("CONF", in_text("settings", "language")),
    "a company's file format": ("CONF", in_text("settings", "file", "format")),
}


@pytest.mark.parametrize("what", WRITTEN)
def test_a_value_that_only_a_newer_release_knows_stops_no_reading_and_stays(what: str) -> None:
    begins, change = WRITTEN[what]
    table = written()
    assert changed(table, begins, change), f"nothing begins with {begins}"
    before = items(table)
    ledger = Ledger(table)  # type: ignore[arg-type]
    for reading in story.READINGS.values():
        reading(ledger)
    assert items(table) == before


def named() -> set[str]:
    """Every value of every enum of the domain."""
    names = (info.name for info in pkgutil.walk_packages(domain.__path__, f"{domain.__name__}."))
    modules = [importlib.import_module(name) for name in names]
    enums = {each for module in modules for each in vars(module).values() if isinstance(each, EnumType)}
    return {str(value) for enum in enums if issubclass(enum, StrEnum) for value in enum}


def later(value: Any, names: set[str], place: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """Where in an attribute such a value stands, and the attribute with another in its place; one at a time."""
    if isinstance(value, str) and value in names:
        yield place, LATER
    elif isinstance(value, str) and value[:1] in ("{", "["):
        yield from ((way, json.dumps(each)) for way, each in later(json.loads(value), names, place))
    elif isinstance(value, dict):
        for name, part in value.items():
            yield from ((way, value | {name: each}) for way, each in later(part, names, (*place, name)))
    elif isinstance(value, list):
        for n, part in enumerate(value):
            yield from (
                (way, [*value[:n], each, *value[n + 1 :]]) for way, each in later(part, names, (*place, n))
            )


def test_no_store_reads_any_value_of_an_enum_so_that_a_later_one_raises() -> None:
    """Whatever is stored, wherever it stands: nobody has to think of it when a new enum or a new store is made."""
    names, tried = named(), 0
    for key, item in items(written()).items():
        attributes = {name: value for name, value in item.items() if name not in ("pk", "sk")}
        for (name, *way), changed in later(attributes, names):
            table = written()
            table.write(Put(key, changed))
            tried += 1
            for what, reading in story.READINGS.items():
                try:
                    reading(Ledger(table))  # type: ignore[arg-type]
                except Exception as error:
                    raise AssertionError(f"{what} cannot be read: {key[1]} {name} {way}") from error
    assert tried >= 80


@pytest.mark.parametrize(
    "sk", [f"PROB#invoice#{LATER}#10231", f"PROB#{LATER}#NUMBER_TAKEN#7", f"HOUR#2026-11-22T09#{LATER}"]
)
def test_a_key_that_holds_such_a_value_is_read_past(sk: str) -> None:
    table = written()
    table.write(Put(("T#nordvik", sk), {"details": {}, "their_words": "", "count": 1}))
    ledger = Ledger(table)  # type: ignore[arg-type]
    for reading in story.READINGS.values():
        reading(ledger)
    assert ledger.problems.page(story.NORDVIK, 10)[0]


def test_work_of_a_later_kind_is_left_to_the_release_that_knows_it() -> None:
    table = written()
    marked = {"due": "0", "due_at": "2026-01-01T00:00:00.000000Z", "marks": 1}
    for shard in range(16):
        key = (f"CRED#token{shard}", f"WORK#{LATER}#nordvik")
        table.write(Put(key, marked | {"due": f"{shard}"}))
    assert all(is_known(kind) for _, kind in Ledger(table).due.until(story.LATER).records)  # type: ignore[arg-type]


@pytest.mark.parametrize("values", [Route, Schedule, IssueLimit, Language, FileFormat, Kind, Left])
def test_such_a_value_is_itself_again_when_it_is_written(values: type[StrEnum]) -> None:
    later = as_stored(values, LATER)
    assert (str(later), f"{later}", json.dumps(later)) == (LATER, LATER, f'"{LATER}"')
    assert later == as_stored(values, LATER)
    assert len({later, as_stored(values, LATER)}) == 1
    assert not is_known(later)
    assert later not in list(values)
    assert all(is_known(as_stored(values, str(each))) for each in values)
    with pytest.raises(ValueError, match=LATER):
        values(LATER)  # what a person types, or an event says, is checked as before


def test_a_companys_settings_come_back_with_what_only_a_newer_release_knows() -> None:
    text = json.loads(a_company().model_dump_json())
    text |= {"route": LATER, "added_later": {"x": 1}}
    text["file"]["format"] = LATER
    read = model_as_stored(type(a_company()), json.dumps(text))
    assert (str(read.route), str(read.file.format)) == (LATER, LATER)
    again = json.loads(read.model_dump_json())
    assert (again["route"], again["file"]["format"]) == (LATER, LATER)


def test_a_problem_of_a_later_reason_is_shown_as_such_and_left_alone() -> None:
    table = written()
    table.write(Put(("T#nordvik", f"PROB#invoice#{LATER}#7"), {"details": {}, "their_words": "", "count": 1}))
    ledger = Ledger(table)  # type: ignore[arg-type]
    (found,) = [each for each in ledger.problems.of(story.NORDVIK) if str(each.code) == LATER]
    assert "another release" in found.sentence()
    assert "annen versjon" in found.sentence(Language.NORWEGIAN)
    assert fixer_of(found.code) is Fixer.OPERATOR
    assert not can_be_skipped(found.code)
    assert way_of(found.code)
    ledger.problems.close(story.NORDVIK, [("invoice", "7")])
    assert ledger.problems.get(story.NORDVIK, "invoice", "7", found.code)


def test_that_a_later_reason_is_over_is_told_without_its_words() -> None:
    notice = urgent_notice([], Told(frozenset({f"settings#{LATER}#"})), story.NOW)
    assert notice is not None
    assert [str(code) for code in notice.over] == [LATER]


def test_an_expense_in_a_later_state_is_neither_made_again_nor_changed() -> None:
    table = written()
    changed(table, "EXPENSE#", put("state"))
    ledger = Ledger(table)  # type: ignore[arg-type]
    entries = list(ledger.expenses.every(story.NORDVIK))
    assert entries
    for entry in entries:
        assert entry.expense
        for wanted in (entry.expense, entry.expense.model_copy(update={"description": "x"}), *Left):
            assert next_step(entry, wanted) is Step.COUNT
    assert [list(some) for some in ledger.expenses.open(story.NORDVIK)] == [[]]


def test_mails_and_uploads_in_a_later_state_are_left_to_the_release_that_knows_it() -> None:
    table = written()
    changed(table, "MAIL#", put("state"))
    changed(table, "UPL#", put("state"))
    ledger = Ledger(table)  # type: ignore[arg-type]
    assert list(ledger.mails.open(story.NORDVIK)) == []
    assert list(ledger.uploads.open(story.NORDVIK)) == []
    assert ledger.mails.count_open(story.NORDVIK) == 1


@pytest.mark.parametrize("name", ["format", "gl02b_amount"])
def test_no_file_is_made_in_a_way_that_only_a_newer_release_knows(name: str) -> None:
    office = Office()
    office.arrive(an_invoice(10231))
    before = office.table.get(("T#nordvik", "CONF"))["settings"]
    changed(office.table, "CONF", in_text("settings", "file", name))
    assert office.export() is None
    changed(office.table, "CONF", lambda item: item.update(settings=before))
    assert office.numbers(office.made()) == [10231]


class Canary:
    """An older release carries on while a newer one has left things behind."""

    def __init__(self) -> None:
        other = a_company("sor", token_id=TOKEN_ID, owner_code=COMPANY.owner_code)
        self.world = World(companies=[COMPANY])
        self.world.ledger.companies.save(other)
        self.world.receive(a_customer("10001"), a_customer("10002", organizationNumber="974760673"))
        self.change("CONF", in_text("settings", "route"), pk="T#sor")
        self.change("ENT#customer", self.parked)

    def parked(self, item: dict[str, Any]) -> None:
        if "10001" in item["content"]:
            item["state"] = LATER

    def change(self, begins: str, change: Callable[[dict[str, Any]], None], pk: str = "") -> None:
        table = self.world.table
        for key, item in items(table).items():
            if key[1].startswith(begins) and key[0].startswith(pk):
                kept = {
                    name: value for name, value in copy.deepcopy(item).items() if name not in ("pk", "sk")
                }
                change(kept)
                table.write(Put(key, kept))

    def state(self, number: str) -> str:
        found = [each for key, each in items(self.world.table).items() if key[1].startswith("ENT#customer")]
        (one,) = [each for each in found if f'"{number}"' in each["content"]]
        return str(one["state"])


def test_the_older_release_serves_everybody_else_while_the_newer_one_is_tried() -> None:
    canary = Canary()
    world = canary.world
    world.run()
    assert [each["code"] for each in world.held("customers")] == ["10002"]
    assert (canary.state("10001"), canary.state("10002")) == (LATER, "synced")
    assert {str(company.route) for company in world.ledger.companies.every()} == {"file", LATER}


def test_a_gate_that_is_closed_for_a_later_reason_stays_closed_until_its_time() -> None:
    canary = Canary()
    world = canary.world
    world.carry_wakes()
    until = world.time() + timedelta(minutes=10)
    world.receive(a_customer("10003"))
    canary.change("GATE", lambda gate: gate.update(closed_why=LATER, closed_until=until.isoformat()))
    asked = world.requests["total"]
    for _ in range(8):
        world.time.now += timedelta(minutes=1)
        world.sweep()
        world.carry_wakes()
    assert world.requests["total"] == asked
    world.run()
    assert "10003" in [each["code"] for each in world.held("customers")]
    assert world.time() - START < timedelta(hours=1)


def test_after_a_step_back_a_new_version_of_what_was_left_is_carried() -> None:
    """What Moment says next counts, whatever was to become of the version before."""
    canary = Canary()
    canary.world.run()
    canary.world.receive(a_customer("10001", version=2, name="Nyest"))
    canary.world.run()
    assert "Nyest" in [each["description"] for each in canary.world.held("customers")]
    assert canary.state("10001") == "synced"
