"""Kill switches: whoever is paused has nothing sent, and nothing lost; resumed, all of it arrives once."""

from datetime import timedelta
from typing import Any

import pytest

from moment_xledger.adapters.ledger import Ledger
from moment_xledger.domain.companies import CompanyId
from moment_xledger.domain.kinds import Kind
from moment_xledger.flows.guard_numbers import Report as GuardReport
from moment_xledger.flows.pause_work import pause_work, resume_work
from moment_xledger.flows.watch_deadlines import watch_deadlines
from tests.builders import a_company, a_private_person, a_project, an_invoice, of
from tests.flows.costs import Costs, a_line
from tests.flows.mailroom import Mailroom
from tests.flows.office import COMPANY, Office
from tests.flows.test_guard_numbers import Nights as GuardedNights
from tests.flows.test_reconcile import Nights
from tests.flows.upload_room import UploadRoom
from tests.world import START, World, entities_of

NORDVIK, FJORD = CompanyId("nordvik"), CompanyId("fjord")
A_WEEK = timedelta(days=7)


def pause(ledger: Ledger, company: CompanyId | None = NORDVIK) -> None:
    pause_work(company, "Kari", "a wrong account", ledger, START)


def resume(ledger: Ledger, company: CompanyId | None = NORDVIK) -> None:
    assert resume_work(company, "Kari", ledger, START + A_WEEK)


@pytest.mark.parametrize("company", [NORDVIK, None], ids=["this company", "all of them"])
def test_records_wait_and_then_go_once_in_their_newest_state(company: CompanyId | None) -> None:
    world = World()
    pause(world.ledger, company)
    world.receive(a_private_person("10001"), a_project("P-1"))
    for kind in Kind:
        world.sync(kind)
    world.sweep()
    world.carry_wakes()
    assert (world.requests["total"], list(world.problems())) == (0, [])

    world.receive(a_private_person("10001", version=2, name="Kari Nordmann"))
    resume(world.ledger, company)
    world.sweep()
    world.run()
    (customer,) = world.held("customers")
    assert (customer["code"], customer["description"]) == ("10001", "Kari Nordmann")
    assert [project["code"] for project in world.held("projects")] == ["P-1"]


def test_who_shares_the_token_is_not_held_up() -> None:
    both = [a_company(NORDVIK, owner_code=20_201), a_company(FJORD, owner_code=20_202)]
    world = World(entities_of(both), both)
    pause(world.ledger)
    world.receive(a_private_person("10001"), of(FJORD, a_private_person("20001")))
    for _ in range(3):
        world.time.now += timedelta(minutes=1)
        world.sweep()
        world.carry_wakes()
    assert [customer["code"] for customer in world.held("customers")] == ["20001"]
    resume(world.ledger)
    world.run()
    assert sorted(customer["code"] for customer in world.held("customers")) == ["10001", "20001"]


def test_the_sweep_wakes_nobody_in_vain() -> None:
    world = World()
    world.receive(a_private_person("10001"))
    world.woken.clear()
    pause(world.ledger)
    world.sweep()
    assert world.woken == []
    resume(world.ledger)
    world.sweep()
    assert len(world.woken) == 1


def test_mails_wait_and_a_pause_stops_a_run_before_the_next_one() -> None:
    room = Mailroom()
    room.receive(101, 102)
    send = room.post.send

    def send_and_pause(*mail: Any) -> str:
        pause(room.ledger)
        return str(send(*mail))

    room.post.send = send_and_pause  # type: ignore[method-assign,assignment]
    room.mail()
    for _ in range(5):
        room.mail()
        room.sweep()
    assert (len(room.post.mails), room.pdfs.asked) == (1, 1)
    room.post.send = send  # type: ignore[method-assign]
    resume(room.ledger)
    room.run()
    assert (len(room.post.mails), room.is_due()) == (2, False)


def test_uploads_wait_and_a_pause_stops_a_run_before_the_next_file() -> None:
    room = UploadRoom()
    for number in (101, 102):
        room.receive(number)
        room.export()
    room.imports.meanwhile = lambda: pause(room.ledger)
    room.upload()
    for _ in range(5):
        room.upload()
        room.sweep()
    assert room.imports.asked == 1
    room.imports.meanwhile = None
    resume(room.ledger)
    room.run()
    assert [room.state_of(export) for export in (1, 2)] == ["uploaded", "uploaded"]
    assert room.imports.asked == len(room.imports.files) == 2


def test_exports_that_were_asked_for_are_made_afterwards_and_each_invoice_is_in_one() -> None:
    room = UploadRoom(route="file", notify=("regnskap@nordvik.example",))
    room.receive(101)
    (first,) = room.export("Kari")
    pause(room.ledger)
    room.receive(102, 103)
    for _ in range(7):
        assert room.export("schedule") == []
    assert room.export("Kari", repeats=first.number) == []
    room.sweep()
    assert (len(list(room.ledger.exports.newest_first(NORDVIK))), room.post.readers) == (1, [])

    resume(room.ledger)
    room.run()
    made = list(room.ledger.exports.newest_first(NORDVIK))
    asked = {(each.by, each.repeats) for each in made}
    assert (len(made), asked) == (3, {("Kari", None), ("Kari", 1), ("schedule", None)})
    daily = next(each for each in made if each.by == "schedule")
    assert room.exported() == {101: 1, 102: daily.number, 103: daily.number}
    assert room.post.readers == ["regnskap@nordvik.example"]


def test_an_export_that_is_not_told_of_yet_is_told_afterwards() -> None:
    office = Office()
    office.arrive(an_invoice(1))
    office.scheduled()
    pause(office.ledger)
    assert (office.tell().sent, office.post.readers) == (0, [])
    resume(office.ledger)
    assert office.tell().sent == 1


def test_expenses_wait_and_a_pause_stops_a_run_before_the_next_one() -> None:
    costs = Costs()
    pause(costs.ledger)
    costs.post(a_line("1"), a_line("2"))
    costs.run()
    assert (costs.books.asked, costs.moment.calls) == ([], [])

    resume(costs.ledger)
    add = costs.moment.add

    def add_and_pause(expense: Any) -> int:
        pause(costs.ledger)
        return add(expense)

    costs.moment.add = add_and_pause  # type: ignore[method-assign]
    assert costs.later().stopped == "paused"
    costs.moment.add = add  # type: ignore[method-assign]
    costs.later()
    assert len(costs.moment.expenses) == 1
    resume(costs.ledger)
    costs.later()
    assert sorted(each["external_id"] for each in costs.moment.expenses.values()) == [
        "xledger:99168:1",
        "xledger:99168:2",
    ]
    assert costs.going_on == []


def test_the_nightly_look_at_xledger_is_made_up_for() -> None:
    nights = GuardedNights()
    asked = nights.world.requests["total"]
    pause(nights.world.ledger)
    nights.hands.renumber("customers", "10001", "90001")
    assert (nights.night(), nights.world.requests["total"], nights.problems) == (GuardReport(), asked, [])
    resume(nights.world.ledger)
    nights.night()
    assert len(nights.problems) == 1


def test_the_nightly_look_at_moment_is_made_up_for() -> None:
    nights = Nights()
    nights.finalize(an_invoice(7))
    pause(nights.office.ledger)
    report = nights.night()
    assert (nights.moment.asked_from, report.later, nights.office.arrived()) == ([], {}, [])
    resume(nights.office.ledger)
    nights.night()
    assert nights.office.arrived() == [(1, 7)]


def test_an_export_is_not_called_late_because_of_a_pause() -> None:
    office = Office()
    office.arrive(an_invoice(1))
    office.files.put_once = _fails
    with pytest.raises(OSError, match="no disk"):
        office.export()
    pause_work(COMPANY, "Kari", "a wrong account", office.ledger, office.now)
    office.now += timedelta(hours=2)
    watch_deadlines(office.ledger.companies.get_known(COMPANY), office.ledger, office.now)
    assert office.problems("export") == []
    resume_work(COMPANY, "Kari", office.ledger, office.now)
    office.now += timedelta(minutes=26)
    watch_deadlines(office.ledger.companies.get_known(COMPANY), office.ledger, office.now)
    assert office.problems("export") == [("1", "EXPORT_FAILED")]


def _fails(*_: Any) -> None:
    raise OSError("no disk")


def test_each_company_that_it_concerns_can_read_who_paused_it_when_and_why() -> None:
    world = World(companies=[a_company(NORDVIK), a_company(FJORD)])
    pause(world.ledger)
    pause(world.ledger, None)
    resume(world.ledger, None)
    for company, times in ((NORDVIK, 3), (FJORD, 2)):
        deeds = list(world.ledger.audit.of(company))
        assert [str(deed.what) for deed in deeds] == ["resumed the work", *["paused the work"] * (times - 1)]
        assert {(deed.who, deed.about) for deed in deeds[1:]} == {("Kari", "a wrong account")}
    assert not resume_work(None, "Kari", world.ledger, START)
