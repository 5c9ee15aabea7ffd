"""An invoice leaves when Xledger has its customer and its project under undisputed numbers, and not before."""

import itertools
from datetime import timedelta
from typing import Any

import pytest

from moment_xledger.adapters.ledger import keys
from moment_xledger.adapters.review_file import write_review
from moment_xledger.domain.companies import Company, Language
from moment_xledger.domain.errors import KeyRefused, UnusableAnswer
from moment_xledger.domain.moment import Customer, Project
from moment_xledger.domain.problems import Code, Problem
from moment_xledger.flows.export_invoices import Exporter, export_invoices
from tests.builders import (
    KEPT_BY_HAND,
    a_company,
    a_customer,
    a_private_person,
    a_project,
    an_invoice,
    lists_were_asked_for,
)
from tests.fakes import FakeFiles
from tests.flows.upload_room import UploadRoom
from tests.world import COMPANY, TOKEN, World

A_MINUTE = timedelta(minutes=1)
_requests = itertools.count(1)


def a_world(company: Company = COMPANY) -> World:
    """It has been running for a while."""
    world = World(companies=[company])
    lists_were_asked_for(world.ledger, company.id)
    return world


def of_customer(invoice: int, customer: str, project: str | None = None, **but: Any) -> dict[str, Any]:
    named = {"customerNumber": customer, "name": f"Fjord Bygg {customer} AS"}
    return an_invoice(invoice, customer=named, projectNumber=project, **but)


def arrived(world: World) -> list[int]:
    return [each.invoice.invoice_number for each in world.ledger.invoices.since(COMPANY.id)]


def held(world: World) -> dict[int, str]:
    """Why each is held."""
    found = world.ledger.invoices.held(COMPANY.id)
    return {each.invoice.invoice_number: str(each.why and each.why.code) for each in found}


def told(world: World) -> list[tuple[str, str]]:
    return [(number, code) for kind, number, code in world.problems() if kind == "invoice"]


def sentence(world: World, number: int, language: Language = Language.ENGLISH) -> str:
    (problem,) = (p for p in world.ledger.problems.of(COMPANY.id, "invoice") if p.number == str(number))
    return problem.sentence(language)


def pass_time(world: World, time: timedelta) -> None:
    """Minute by minute, as the sweep does it."""
    for _ in range(time // A_MINUTE):
        world.time.now += A_MINUTE
        world.sweep()
        world.carry_wakes()


def carry_on(world: World) -> None:
    """What the wakes cause, and what the next sweep finds."""
    world.carry_wakes()
    pass_time(world, A_MINUTE)


def export(world: World) -> list[int]:
    exporter = Exporter(world.ledger, FakeFiles(), world.time, write_review)  # type: ignore[arg-type]
    made = export_invoices(COMPANY.id, f"request {next(_requests)}", "Kari", exporter)
    left = world.ledger.invoices.since(COMPANY.id)
    return [s.invoice.invoice_number for s in left if made and s.export == made.number]


def waits(world: World) -> list[str]:
    """All that is kept of what waits."""
    pk = keys.invoices(COMPANY.id)
    return [item["sk"] for prefix in ("WAITS#", "AWAITED#") for item in world.table.query(pk, prefix)]


def test_customer_project_and_invoice_that_are_saved_together_go_in_one_run_and_nobody_hears_of_it() -> None:
    world = a_world()
    world.receive(
        a_customer("20077"), a_project("P-31", customerNumber="20077"), of_customer(71, "20077", "P-31")
    )
    assert (arrived(world), held(world), told(world)) == ([], {71: "WAITS_FOR_XLEDGER"}, [])
    carry_on(world)
    assert (arrived(world), held(world), list(world.problems())) == ([71], {}, [])
    assert waits(world) == []


def test_in_whatever_order_they_come() -> None:
    world = a_world()
    world.receive(of_customer(71, "20077", "P-31"))
    world.receive(a_project("P-31", customerNumber="20077"))
    world.receive(a_customer("20077"))
    carry_on(world)
    assert (arrived(world), list(world.problems()), waits(world)) == ([71], [], [])


def test_one_whose_project_is_not_there_waits_and_holds_up_no_other() -> None:
    world = a_world()
    world.receive(a_customer("20077"), a_project("P-31", customerNumber="20077"))
    world.receive(*(of_customer(n, "20077", "P-31") for n in (71, 72)), of_customer(73, "20077", "P-99"))
    carry_on(world)
    assert (export(world), told(world)) == ([71, 72], [])
    pass_time(world, timedelta(minutes=16))
    assert told(world) == [("73", "NOT_IN_MOMENT")]
    world.receive(a_project("P-99", customerNumber="20077"))
    carry_on(world)
    assert (export(world), told(world), waits(world)) == ([73], [], [])


def test_what_lasts_is_a_problem_after_a_quarter_of_an_hour_and_names_what_it_waits_for() -> None:
    world = a_world()
    refused = a_private_person("20077", address={"countryCode": "XX"})
    world.receive(refused, of_customer(71, "20077"))
    carry_on(world)
    pass_time(world, timedelta(minutes=13))
    assert told(world) == []
    pass_time(world, timedelta(minutes=2))
    assert told(world) == [("71", "WAITS_FOR_XLEDGER")]
    assert sentence(world, 71).startswith(
        "Invoice 71 waits for customer 20077, which has not been seen in Xledger under that number yet."
    )
    assert sentence(world, 71, Language.NORWEGIAN).startswith(
        "Faktura 71 venter på kunde 20077, som ennå ikke er sett i Xledger"
    )
    pass_time(world, timedelta(hours=2))
    (problem,) = world.ledger.problems.of(COMPANY.id, "invoice")
    assert problem.count == 1
    world.receive(a_private_person("20077", version=2))
    carry_on(world)
    assert (arrived(world), told(world), waits(world)) == ([71], [], [])


@pytest.mark.parametrize("together", [True, False], ids=["in one batch", "one by one"])
def test_one_that_changes_while_it_waits_is_told_of_and_the_first_stands(together: bool) -> None:
    world = a_world()
    events = [of_customer(71, "20077", kid=None), of_customer(71, "20077", version=2, dueDate="2026-12-01")]
    for batch in [events] if together else [[event] for event in events]:
        world.receive(*batch)
    assert (held(world), told(world)) == ({71: "WAITS_FOR_EVENT"}, [("71", "INVOICE_CHANGED")])
    world.receive(a_customer("20077"))
    carry_on(world)
    (snapshot,) = world.ledger.invoices.since(COMPANY.id)
    assert (snapshot.invoice.version, told(world)) == (1, [("71", "INVOICE_CHANGED")])


@pytest.mark.parametrize(
    ("customer", "but"),
    [
        pytest.param("20078", {"kid": None}, id="another customer"),
        pytest.param("20077", {"description": "Uke 44"}, id="a text that no book holds"),
    ],
)
def test_one_that_waits_gives_way_to_what_puts_it_right(customer: str, but: dict[str, Any]) -> None:
    world = a_world()
    world.receive(of_customer(71, "20077"))
    world.receive(of_customer(71, customer, version=3, **but))
    world.receive(a_customer(customer))
    carry_on(world)
    (snapshot,) = world.ledger.invoices.since(COMPANY.id)
    assert (snapshot.invoice.version, held(world), told(world)) == (3, {}, [])


class TestAnEventThatNeverCame:
    def test_moment_is_asked_and_what_it_has_is_taken_in(self) -> None:
        world = a_world()
        world.moment["20500"] = Customer.model_validate(a_customer("20500")["data"])
        world.moment["P-7"] = Project.model_validate(a_project("P-7", customerNumber="20500")["data"])
        world.receive(of_customer(71, "20500", "P-7"))
        carry_on(world)
        pass_time(world, timedelta(minutes=5))
        assert sorted(world.asked_moment) == ["20500", "P-7"]
        assert (arrived(world), told(world), waits(world)) == ([71], [], [])

    def test_only_where_moment_was_asked_it_is_said_that_it_does_not_have_it(self) -> None:
        world = a_world()
        world.receive(of_customer(71, "20500"))
        carry_on(world)
        assert held(world) == {71: "WAITS_FOR_EVENT"}
        pass_time(world, timedelta(minutes=16))
        assert world.asked_moment == ["20500"] * len(world.asked_moment) != []
        assert told(world) == [("71", "NOT_IN_MOMENT")]
        assert "Moment was asked and does not have customer 20500" in sentence(world, 71)

    def test_it_is_asked_again_ever_more_seldom_and_goes_when_moment_has_it(self) -> None:
        world = a_world()
        world.receive(of_customer(71, "20500"))
        carry_on(world)
        for _ in range(48):
            pass_time(world, timedelta(minutes=30))
        assert 8 < len(world.asked_moment) < 20
        world.moment["20500"] = Customer.model_validate(a_customer("20500")["data"])
        pass_time(world, timedelta(hours=7))
        assert (arrived(world), told(world)) == ([71], [])

    @pytest.mark.parametrize(
        ("error", "code", "words"),
        [
            (None, "MOMENT_SILENT", "could not be asked because it does not answer"),
            (KeyRefused("no"), "MOMENT_REFUSES", "does not accept the API key"),
            (UnusableAnswer("no"), "MOMENT_UNUSABLE", "its answer cannot be used"),
        ],
    )
    def test_where_it_could_not_be_asked_that_is_said(
        self, error: Exception | None, code: str, words: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        world = a_world()
        world.moment_is_down = True
        if error:
            monkeypatch.setattr(world, "_ask_moment", lambda *_: raise_(error))
        world.receive(of_customer(71, "20500"))
        carry_on(world)
        pass_time(world, timedelta(minutes=16))
        assert told(world) == [("71", code)]
        assert words in sentence(world, 71)

    def test_moment_that_is_down_is_not_asked_once_for_each(self) -> None:
        world = a_world()
        world.moment_is_down = True
        world.receive(*(of_customer(n, f"30{n}") for n in range(100, 130)))
        carry_on(world)
        pass_time(world, timedelta(minutes=10))
        assert len(world.asked_moment) == 1


def raise_(error: Exception) -> Any:
    raise error


class TestADisputedNumber:
    def test_a_number_given_to_another_customer_holds_its_invoices(self) -> None:
        world = a_world()
        world.receive(a_customer("20077", id=1))
        carry_on(world)
        world.receive(a_customer("20077", id=77, name="En annen AS"), of_customer(71, "20077"))
        carry_on(world)
        assert (arrived(world), held(world)) == ([], {71: "WAITS_FOR_NUMBER"})
        pass_time(world, timedelta(minutes=16))
        assert ("71", "WAITS_FOR_NUMBER") in told(world)
        world.receive(a_customer("20078", id=77, version=2, name="En annen AS"))
        carry_on(world)
        assert (arrived(world), told(world)) == ([71], [])

    def test_numbers_swapped_between_two_customers_hold_the_invoices_of_both(self) -> None:
        """Also those that had arrived before, whichever of the two they mean."""
        world = a_world()
        world.receive(a_customer("20001", id=1), a_customer("20002", id=2), a_customer("20003", id=3))
        carry_on(world)
        world.receive(of_customer(71, "20001"), of_customer(72, "20002"), of_customer(73, "20003"))
        assert arrived(world) == [71, 72, 73]
        world.receive(a_customer("20002", id=1, version=2), a_customer("20001", id=2, version=2))
        world.receive(of_customer(74, "20001"), of_customer(75, "20002"))
        carry_on(world)
        assert export(world) == [73]
        assert export(world) == []
        pass_time(world, timedelta(minutes=16))
        assert told(world) == [(str(n), "WAITS_FOR_NUMBER") for n in (71, 72, 74, 75)]
        world.receive(a_customer("20001", id=1, version=3), a_customer("20002", id=2, version=3))
        carry_on(world)
        pass_time(world, timedelta(minutes=2))
        assert (export(world), told(world), waits(world)) == ([71, 72, 74, 75], [], [])

    @pytest.mark.parametrize(
        "code", [Code.NUMBER_MOVED_IN_XLEDGER, Code.NUMBER_DOUBLED_IN_XLEDGER, Code.GONE_FROM_XLEDGER]
    )
    def test_so_does_what_the_night_found_in_xledger(self, code: Code) -> None:
        world = a_world()
        world.receive(a_customer("20001"))
        carry_on(world)
        world.receive(of_customer(71, "20001"))
        report(world, "20001", code)
        world.receive(of_customer(72, "20001"))
        assert (arrived(world), held(world), export(world)) == ([71], {72: "WAITS_FOR_NUMBER"}, [])
        world.ledger.problems.close(COMPANY.id, [("customer", "20001")], [code])
        pass_time(world, timedelta(minutes=16))
        assert export(world) == [71, 72]


def report(world: World, number: str, code: Code) -> None:
    now, details = world.time(), {"theirs": "9"}
    problem = Problem(COMPANY.id, "customer", number, code, details, first_seen=now, last_seen=now)
    world.ledger.problems.report([problem])


class TestWhatTheCompanyKeepsByHand:
    def kept(self, **tables: list[str]) -> World:
        world = a_world(a_company(**KEPT_BY_HAND))
        for table, codes in tables.items():
            for code in codes:
                add(world, table, code)
        return world

    def test_it_is_looked_up_in_one_list_for_each_kind_and_once(self) -> None:
        world = self.kept(customers=["20001", "20002"], projects=["P-1"])
        world.receive(of_customer(71, "20001", "P-1"), of_customer(72, "20002"))
        assert held(world) == {71: "WAITS_FOR_LOOK_UP", 72: "WAITS_FOR_LOOK_UP"}
        pass_time(world, timedelta(minutes=2))
        assert (sorted(arrived(world)), list(world.problems()), waits(world)) == ([71, 72], [], [])
        asked = [operation for operation, _ in world.xledger.asked]
        assert sorted(asked) == ["ReadCustomerNumbers", "ReadProjectNumbers"]
        world.receive(of_customer(73, "20001", "P-1"))
        assert sorted(arrived(world)) == [71, 72, 73]
        assert len(world.xledger.asked) == 2

    def test_what_xledger_lacks_waits_is_told_and_goes_when_it_was_created(self) -> None:
        world = self.kept(customers=["20001"])
        world.receive(of_customer(71, "20001"), of_customer(72, "20009"))
        pass_time(world, timedelta(minutes=2))
        assert (export(world), told(world)) == ([71], [])
        pass_time(world, timedelta(minutes=16))
        assert told(world) == [("72", "NOT_KEPT_IN_XLEDGER")]
        assert len(world.xledger.asked) <= 3
        add(world, "customers", "20009")
        pass_time(world, timedelta(minutes=31))
        assert (export(world), told(world)) == ([72], [])

    def test_a_token_that_may_not_read_them_is_told_of_once_and_the_invoices_go(self) -> None:
        world = a_world(a_company(**KEPT_BY_HAND))
        world.server.replan({"tokens": [{"token": TOKEN.secret, "denied": ["customers"]}]})
        world.receive(of_customer(71, "20001"))
        pass_time(world, timedelta(minutes=2))
        assert arrived(world) == [71]
        assert list(world.problems()) == [("settings", "customer", "REFERENCES_NOT_CHECKED")]
        world.receive(of_customer(72, "20002"))
        assert arrived(world) == [71, 72]


def add(world: World, kind: str, code: str) -> None:
    """What a person does in Xledger's own pages."""
    world.server.hands.do({"do": "make", "kind": kind, "code": code, "description": code})


class TestAWorkerThatDies:
    def test_anywhere_leaves_nothing_held_for_ever(self) -> None:
        """At each write of the run that settles the wait."""
        calls = 0
        while True:
            world = a_world()
            world.receive(a_customer("20077"), of_customer(71, "20077"), of_customer(72, "20077"))
            table = Dying(world, calls)
            try:
                carry_on(world)
                done = True
            except Died:
                done = False
            table.mend()
            pass_time(world, timedelta(minutes=40))
            assert (sorted(arrived(world)), held(world), told(world)) == ([71, 72], {}, []), calls
            if done:
                return
            calls += 1


class Died(BaseException):
    pass


class Dying:
    """The ledger's table of which one write is the last."""

    def __init__(self, world: World, calls: int) -> None:
        self._table, self._write, self._left = world.table, world.table.write, calls
        world.table.write = self.write  # type: ignore[method-assign]

    def write(self, *actions: Any) -> None:
        if self._left == 0:
            self._left = -1
            raise Died
        self._left -= 1
        self._write(*actions)

    def mend(self) -> None:
        del self._table.write


def test_many_are_let_go_a_bounded_number_at_a_time() -> None:
    world = a_world()
    world.receive(a_customer("20077"))
    for start in range(1, 461, 115):
        world.receive(*(of_customer(n, "20077") for n in range(start, start + 115)))
    carry_on(world)
    assert len(arrived(world)) == 460
    assert waits(world) == []


def test_a_gap_says_what_an_invoice_waits_for_also_where_it_was_changed_later() -> None:
    room = UploadRoom()
    room.xledger_has({"66": 0})
    waits: dict[str, Any] = {"customer": {"customerNumber": "66", "name": "Lund"}}
    room.receive(301, 303)
    room.receive(302, **waits)
    line = {"vatCode": "3", "net": "8.00", "vat": "2.00", "gross": "10.00"}
    room.receive(302, version=2, total="10.00", vatLines=[line], **waits)
    assert ("invoice", "302", "INVOICE_CHANGED") in list(room.problems())
    (export,) = room.export()
    assert export.series is not None
    assert [(gap.first, gap.reason) for gap in export.series.gaps] == [
        (302, "held back: NOT_KEPT_IN_XLEDGER")
    ]
