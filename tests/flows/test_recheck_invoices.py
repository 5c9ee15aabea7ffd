"""Held invoices are looked at by a job of their own: what it costs, and that it can be broken off anywhere."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from local.bench.metering import MeteredTable
from moment_xledger.adapters.ledger import keys
from moment_xledger.adapters.review_file import write_review
from moment_xledger.adapters.table import Action, Item, Key, Put
from moment_xledger.domain.pauses import Pause
from moment_xledger.flows import recheck_held
from moment_xledger.flows.export_invoices import Exporter, export_invoices
from moment_xledger.flows.recheck_invoices import A_STEP, SLICE, recheck_invoices
from moment_xledger.flows.take_in_invoices import let_go
from tests.builders import COMPANY, a_company, a_customer, an_invoice
from tests.fakes import FakeFiles, FakeTable
from tests.flows.test_invoices_wait import (
    Died,
    Dying,
    arrived,
    carry_on,
    held,
    of_customer,
    pass_time,
    told,
    waits,
)
from tests.world import World

A_MINUTE = timedelta(minutes=1)
BATCH = 100


def receive(world: World, invoices: int, customers: int = 1) -> None:
    """Invoices of customers that have not come."""
    events = [of_customer(n + 1, str(500_000 + n % customers), kid=None) for n in range(invoices)]
    for start in range(0, invoices, BATCH):
        world.receive(*events[start : start + BATCH])


def settle_down(world: World) -> None:
    """Until there is nothing to do at this moment."""
    for _ in range(3):
        pass_time(world, A_MINUTE)


class TestWhatItCosts:
    @pytest.mark.parametrize("customers", [1, 1_000], ids=["of one other customer", "of a thousand others"])
    def test_a_customer_that_is_saved_costs_the_same_however_many_invoices_of_others_are_held(
        self, customers: int
    ) -> None:
        none, many = _cost_of_a_customer(0, 1), _cost_of_a_customer(1_000, customers)
        assert many[0] <= 1.1 * none[0], (none, many)
        assert many[1] <= 1.1 * none[1], (none, many)

    def test_ten_times_as_many_are_released_for_ten_times_as_much(self) -> None:
        few, many = _cost_of_releasing(66), _cost_of_releasing(660)
        assert many[0] <= 1.2 * 10 * few[0], (few, many)
        assert many[1] <= 1.2 * 10 * few[1], (few, many)

    def test_what_people_were_told_of_is_not_read_again(self) -> None:
        table = MeteredTable()
        world = World(table=table)
        world.moment_is_down = True
        receive(world, 300)
        pass_time(world, timedelta(minutes=17))
        assert len(told(world)) == 300
        reads = table.reads
        pass_time(world, timedelta(minutes=30))
        assert table.reads - reads < 1_000


def _cost_of_a_customer(held: int, customers: int) -> tuple[int, float]:
    """Calls of the table, and read units, until the customer is in Xledger and the next sweep found nothing to do."""
    table = MeteredTable()
    world = World(table=table)
    receive(world, held, customers)
    settle_down(world)
    calls, reads = table.calls, table.reads
    world.receive(a_customer("10001"))
    carry_on(world)
    assert [each["code"] for each in world.held("customers")] == ["10001"]
    return table.calls - calls, table.reads - reads


def _cost_of_releasing(invoices: int) -> tuple[int, float]:
    table = MeteredTable()
    world = World(table=table)
    receive(world, invoices)
    settle_down(world)
    calls, reads = table.calls, table.reads
    world.receive(a_customer("500000"))
    carry_on(world)
    assert len(arrived(world)) == invoices
    return table.calls - calls, table.reads - reads


class Slow(FakeTable):
    """Each call takes a twentieth of a second of the world's time."""

    world: World | None = None

    def _pass(self) -> None:
        if self.world:
            self.world.time.now += timedelta(milliseconds=50)

    def get(self, key: Key) -> Item | None:
        self._pass()
        return super().get(key)

    def get_many(self, keys: Any) -> dict[Key, Item]:
        self._pass()
        return {key: item for key in dict.fromkeys(keys) if (item := FakeTable.get(self, key))}

    def query(self, *place: Any, **how: Any) -> Iterator[Item]:
        self._pass()
        return super().query(*place, **how)

    def write(self, *actions: Action) -> None:
        self._pass()
        super().write(*actions)


def test_one_call_ends_in_time_and_the_next_one_goes_on() -> None:
    table = Slow()
    world = World(table=table)
    receive(world, 1_000)
    settle_down(world)
    world.receive(a_customer("500000"))
    world.carry_wakes()
    world.sweep()
    table.world, runs = world, 0
    while world.held_woken:
        began = world.time()
        recheck_invoices(world.held_woken.pop(0), world.rechecker())
        assert world.time() - began <= SLICE + A_STEP
        runs += 1
    assert runs > 1
    assert (len(arrived(world)), held(world), waits(world)) == (1_000, {}, [])


def test_two_at_once_do_not_do_the_same() -> None:
    world = World()
    receive(world, 3)
    settle_down(world)
    world.receive(a_customer("500000"))
    world.carry_wakes()
    one, other = world.rechecker(), world.rechecker()
    inside: list[object] = []

    def meanwhile(*given: Any) -> Any:
        inside.append(recheck_invoices(COMPANY.id, other))
        return one.ledger.invoices.arrived(*given)

    assert recheck_invoices(COMPANY.id, replace(one, ledger=Meeting(one.ledger, meanwhile)))["let_go"] == 3  # type: ignore[arg-type]
    assert inside
    assert not any(inside)


class Meeting:
    """A ledger that lets somebody else do something whenever it is asked which invoices have arrived."""

    def __init__(self, ledger: Any, meanwhile: Any) -> None:
        self._ledger, self.invoices = ledger, self
        self.arrived = meanwhile

    def __getattr__(self, name: str) -> Any:
        own = hasattr(type(self._ledger), name) or name in type(self._ledger).__annotations__
        return getattr(self._ledger if own else self._ledger.invoices, name)


def test_a_pause_leaves_what_is_due_as_it_is() -> None:
    world = World()
    receive(world, 1)
    settle_down(world)
    world.ledger.pauses.pause(COMPANY.id, Pause(world.time(), "Kari", "a wrong account"))
    world.receive(a_customer("500000"))
    world.recheck()
    assert held(world) == {1: "WAITS_FOR_EVENT"}
    world.ledger.pauses.lift(COMPANY.id, world.time())
    settle_down(world)
    settle_down(world)
    assert arrived(world) == [1]


def test_one_that_is_just_being_taken_in_is_not_forgotten() -> None:
    """The customer came between the pointer to the invoice, and the invoice."""
    world = World()
    receive(world, 1)
    settle_down(world)
    (awaited,) = world.ledger.waits.among(COMPANY.id, "customer", ["500000"])
    world.ledger.waits.add(COMPANY.id, [("customer", "500000", 2)], world.time())
    assert let_go(COMPANY, {awaited: [1, 2]}, world.ledger, world.time) == {awaited: {1, 2}}
    world.receive(a_customer("500000"))
    settle_down(world)
    assert (arrived(world), waits(world)) == (
        [1],
        ["WAITS#customer#500000#000000000002", "AWAITED#customer#500000"],
    )
    world.receive(of_customer(2, "500000", kid=None))
    settle_down(world)
    assert (arrived(world), waits(world)) == ([1, 2], [])


class TestTheRound:
    """Of looks at all that is held."""

    def test_may_die_anywhere_and_is_done_in_the_end(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """At each write; some of the invoices go, since a setting was put right."""
        monkeypatch.setattr(recheck_held, "AT_ONCE", 2)
        calls = 0
        while True:
            world = World()
            world.receive(a_customer("10001"))
            carry_on(world)
            line = {"vatCode": "99", "net": "100.00", "vat": "25.00", "gross": "125.00"}
            bad = [of_customer(n, "10001", kid=None, vatLines=[line], total="125.00") for n in range(1, 6)]
            world.receive(*bad)
            carry_on(world)
            assert len(told(world)) == 5
            world.ledger.companies.save(a_company(vat_codes={"3": "3", "99": "3"}))
            world.ledger.waits.recheck(COMPANY.id, world.time())
            table = Dying(world, calls)
            try:
                carry_on(world)
                done = True
            except Died:
                done = False
            table.mend()
            for _ in range(5):
                pass_time(world, A_MINUTE)
            assert (sorted(arrived(world)), held(world), told(world)) == ([1, 2, 3, 4, 5], {}, []), calls
            if done:
                return
            calls += 1

    def test_at_an_export_is_cut_short_where_very_many_are_held(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(recheck_held, "AT_ONCE", 10)
        monkeypatch.setattr(recheck_held, "MOST_AT_AN_EXPORT", 20)
        world = World()
        world.receive(a_customer("10001"))
        carry_on(world)
        world.receive(*(of_customer(n, "10001", kid="1") for n in range(101, 151)))
        carry_on(world)
        exporter = Exporter(world.ledger, FakeFiles(), world.time, write_review)  # type: ignore[arg-type]
        assert export_invoices(COMPANY.id, "r", "Kari", exporter) is None
        assert world.ledger.waits.desk(COMPANY.id).round == ""
        settle_down(world)
        assert world.ledger.waits.desk(COMPANY.id).round is None
        assert all(problem.count == 1 for problem in world.ledger.problems.of(COMPANY.id, "invoice"))

    def test_gives_what_an_earlier_release_held_its_looks(self) -> None:
        world = World()
        receive(world, 3, 3)
        pk, table = keys.invoices(COMPANY.id), world.table
        for item in list(table.query(pk)):
            if item["sk"].startswith(("LOOK#", "XHELD")):
                del table._partitions[pk][item["sk"]]
            elif item["sk"].startswith("AWAITED#"):
                kept = {name: item[name] for name in ("since", "marks")}
                table.write(Put((pk, item["sk"]), kept))
        table._due.clear()
        world.receive(a_customer("10001"))
        carry_on(world)
        world.receive(*(a_customer(str(500_000 + n)) for n in range(3)))
        carry_on(world)
        settle_down(world)
        assert (sorted(arrived(world)), waits(world)) == ([1, 2, 3], [])


def test_what_a_newer_release_waits_for_is_left_to_it() -> None:
    world = World()
    world.ledger.waits.add(COMPANY.id, [("subledger", "77", 1)], world.time())
    pass_time(world, timedelta(hours=1))
    assert waits(world) == ["WAITS#subledger#77#000000000001", "AWAITED#subledger#77"]
    assert list(world.problems()) == []


def test_an_invoice_of_a_customer_by_hand_asks_xledger_once_in_a_while() -> None:
    """The question is with the worker of the token; meanwhile it is not put again and again."""
    world = World(companies=[a_company(export_customers=False, export_projects=False)])
    world.receive(an_invoice(1, kid=None, projectNumber=None))
    pass_time(world, timedelta(minutes=14))
    asked = [operation for operation, _ in world.xledger.asked]
    assert asked.count("ReadCustomerNumbers") == 1
