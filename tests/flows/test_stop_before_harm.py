"""What rests on a wrong assumption does not begin, and the rest goes on. People are told once, and one may decide."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from moment_xledger.adapters.review_file import write_review
from moment_xledger.adapters.xledger_probe import XledgerProbe
from moment_xledger.adapters.xledger_reference import Reference
from moment_xledger.domain.assumptions import Work
from moment_xledger.domain.deeds import What
from moment_xledger.domain.exports import SCHEDULE, SWEEP
from moment_xledger.domain.probes import Hold
from moment_xledger.domain.problems import Code
from moment_xledger.flows.export_invoices import Exporter, export_asked_for
from moment_xledger.flows.guard_numbers import Guard, guard_numbers
from moment_xledger.flows.import_expenses import import_expenses
from moment_xledger.flows.probe_company import go_on_without
from moment_xledger.flows.save_company import Form, save_form
from tests.builders import a_customer, a_project, an_invoice, in_xledger
from tests.fakes import FakeFiles
from tests.flows.probing import EVERYTHING, NORDVIK, Room
from tests.office import keys, settings
from tests.world import URL

WRONG = {"schema_lacks": ["UpdateProjectsInputNode.toDate"]}
Rooms = Callable[..., Room]


@pytest.fixture
def rooms() -> Iterator[Rooms]:
    made: list[Room] = []

    def make(**given: Any) -> Room:
        made.append(Room(**given))
        return made[-1]

    yield make
    for each in made:
        each.close()


def saved_anew(room: Room) -> Room:
    """As an administrator saves a company that was never here."""
    table = room.world.table
    for key in [("T#nordvik", "CONF")]:
        table._partitions[key[0]].pop(key[1])
    logins = keys(soap_user="nordvik-ws", soap_password="pass")
    form = Form(NORDVIK, settings(**EVERYTHING), logins, 0, "Kari")
    save_form(form, room.world.ledger, room.vault, room.world.time, URL)  # type: ignore[arg-type]
    return room


def codes(room: Room, what: str) -> list[str]:
    return [each["code"] for each in room.world.held(what)]


def problems(room: Room) -> list[str]:
    found = room.world.ledger.problems.of(NORDVIK)
    return [str(each.code) for each in found if each.code is Code.ASSUMPTION_WRONG]


def test_a_new_company_waits_until_it_was_probed_and_then_goes_by_itself(rooms: Rooms) -> None:
    room = saved_anew(rooms())
    room.world.receive(a_customer("10071"), a_project("P-71", customerNumber="10071"))
    room.world.run()
    assert codes(room, "customers") == codes(room, "projects") == []
    assert room.world.requests["total"] == 0
    assert room.probe().passed
    room.world.run()
    assert (codes(room, "customers"), codes(room, "projects")) == (["10071"], ["P-71"])


def test_a_company_of_an_earlier_release_is_not_stopped_by_the_lack_of_a_probe(rooms: Rooms) -> None:
    room = rooms()
    room.world.receive(a_customer("10072"))
    room.world.run()
    assert codes(room, "customers") == ["10072"]


def test_a_probe_that_had_no_answer_lets_nothing_new_begin(rooms: Rooms) -> None:
    room = saved_anew(rooms(plan={"gateway": "page"}))
    room.probe()
    assert room.world.ledger.probes.hold(NORDVIK).waits_for_probe


def test_only_what_rests_on_it_stops_and_people_are_told_once(rooms: Rooms) -> None:
    room = rooms(plan=WRONG)
    room.probe()
    room.probe()
    room.world.receive(a_customer("10073"), a_project("P-73", customerNumber="10073"))
    room.world.run()
    assert (codes(room, "customers"), codes(room, "projects")) == (["10073"], [])
    assert problems(room) == ["ASSUMPTION_WRONG"]
    (problem,) = [each for each in room.world.ledger.problems.of(NORDVIK) if each.number == "probe"]
    assert problem.count == 1

    room.world.server.replan({"schema_lacks": []})
    room.probe()
    room.world.run()
    assert codes(room, "projects") == ["P-73"]
    assert problems(room) == []


def test_an_administrator_may_go_on_all_the_same_and_it_is_in_the_log(rooms: Rooms) -> None:
    room = saved_anew(rooms(plan=WRONG))
    room.probe()
    room.world.receive(a_project("P-74", customerNumber=None))
    room.world.run()
    assert codes(room, "projects") == []
    go_on_without(NORDVIK, "Kari", room.world.ledger, room.world.time())
    room.world.run()
    assert codes(room, "projects") == ["P-74"]
    assert problems(room) == []
    deeds = list(room.world.ledger.audit.of(NORDVIK))
    assert any((each.what, each.who) == (What.WENT_ON_WITHOUT, "Kari") for each in deeds)
    room.probe()  # finds the same, which she has let be
    assert room.world.ledger.probes.hold(NORDVIK).is_open
    room.world.server.replan({"schema_lacks": ["Customer_Filter.code_in"]})
    room.probe()  # the same assumption, but it concerns customers too
    assert Work.CUSTOMERS in room.world.ledger.probes.hold(NORDVIK).stops


def test_another_thing_that_is_found_later_stops_again(rooms: Rooms) -> None:
    room = rooms(plan={"soap": {"filters": "ignored"}})
    room.probe()
    go_on_without(NORDVIK, "Kari", room.world.ledger, room.world.time())
    room.world.server.replan({"soap": {"filters": "no_lines"}})
    room.probe()
    assert room.world.ledger.probes.hold(NORDVIK).stops == {Work.EXPENSES}


def test_an_export_waits_a_persons_order_is_kept_and_goes_later(rooms: Rooms) -> None:
    room = rooms()
    world = room.world
    world.ledger.probes.keep_hold(NORDVIK, Hold(frozenset({Work.INVOICES})))
    in_xledger(world.ledger, NORDVIK, a_customer(), a_project())
    world.receive(an_invoice(10271))
    exporter = Exporter(world.ledger, FakeFiles(), world.time, write_review)  # type: ignore[arg-type]

    def ask(request: str, by: str) -> list[int]:
        made = export_asked_for(NORDVIK, request, by, exporter, None, lambda _: None)
        return [each.invoices for each in made]

    assert ask("r1", "Kari") == ask("r2", SCHEDULE) == ask("r3", SWEEP) == []
    assert [each.request for each in world.ledger.orders.of(NORDVIK)] == ["r1"]
    go_on_without(NORDVIK, "Kari", world.ledger, world.time())
    world.time.now += timedelta(hours=2)
    assert ask("r4", SWEEP) == [1]
    assert world.ledger.orders.of(NORDVIK) == []


def test_no_expense_is_read_while_the_import_is_stopped(rooms: Rooms) -> None:
    room = rooms(plan={"soap": {"filters": "no_lines"}})
    room.probe()

    def fails(*_: Any) -> None:
        raise AssertionError("nothing is to be opened")

    importer = SimpleNamespace(ledger=room.world.ledger, clock=room.world.time, new_id=fails, postings=fails)
    assert import_expenses(NORDVIK, importer).stopped == ""  # type: ignore[arg-type]


def test_a_field_that_disappears_is_noticed_in_the_night_told_once_and_stops_what_it_concerns(
    rooms: Rooms,
) -> None:
    room = rooms()
    guard = Guard(room.worker(), Reference, XledgerProbe)

    def night() -> None:
        room.world.time.now += timedelta(days=1)
        guard_numbers(room.company.token_id, guard)

    night()
    assert room.world.ledger.probes.hold(NORDVIK).is_open
    before = room.world.requests["total"]
    room.world.server.replan({"schema_lacks": ["AddCustomersInputNode.country"]})
    night()
    night()
    assert room.world.ledger.probes.hold(NORDVIK).stops == {Work.CUSTOMERS}
    assert problems(room) == ["ASSUMPTION_WRONG"]
    assert room.world.requests["total"] > before
    room.world.server.replan({"schema_lacks": []})
    night()
    assert room.world.ledger.probes.hold(NORDVIK).is_open
    assert problems(room) == []


def test_a_quiet_month_of_nights_and_a_probe_takes_less_than_350_requests(rooms: Rooms) -> None:
    room = rooms()
    room.world.receive(a_customer("10079"), a_project("P-79", customerNumber="10079"))
    room.world.run()
    before = room.world.requests["total"]
    room.probe()
    for _ in range(31):
        room.world.time.now += timedelta(days=1)
        guard_numbers(room.company.token_id, Guard(room.worker(), Reference, XledgerProbe))
    assert 300 < room.world.requests["total"] - before < 350


def test_a_company_that_was_never_probed_is_probed_in_the_night_once(rooms: Rooms) -> None:
    room = rooms(plan={"all_statuses": "OPEN"})
    hands = room.world.server.hands
    hands.do({"do": "make", "kind": "projects", "code": "P-80", "description": "Ferdig"})
    hands.do({"do": "close", "kind": "projects", "record": "P-80", "toDate": "2026-03-31"})
    asked: list[list[str]] = []
    for _ in range(2):
        before = len(room.world.xledger.asked)
        guard_numbers(room.company.token_id, Guard(room.worker(), Reference, XledgerProbe))
        asked.append([operation for operation, _ in room.world.xledger.asked[before:]])
        room.world.time.now += timedelta(days=1)
    assert ("SampleProjects" in asked[0], "SampleProjects" in asked[1]) == (True, False)
    probe = room.world.ledger.probes.newest(NORDVIK)
    assert probe
    assert probe.by == "night"
    assert room.world.ledger.probes.hold(NORDVIK).stops == {Work.PROJECTS}
    assert problems(room) == ["ASSUMPTION_WRONG"]
    assert not [each for each in probe.findings if each.assumption.startswith(("moment", "export"))]
