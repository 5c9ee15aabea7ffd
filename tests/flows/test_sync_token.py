"""Customers and projects of one token: one run carries both, and no wake of one kind is lost to the other."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, cast

import pytest

from moment_xledger.domain.companies import Token
from moment_xledger.domain.errors import Why
from moment_xledger.domain.gate import Gate
from moment_xledger.domain.kinds import Kind
from moment_xledger.domain.pauses import Pause
from moment_xledger.flows import sync_records
from moment_xledger.flows import sync_token as flow
from moment_xledger.flows.outcomes import Report
from tests.builders import COMPANY, a_company, a_customer, a_private_person, a_project, of
from tests.world import START, TOKEN_ID, World, entities_of

SECOND = timedelta(seconds=1)
LINGERS = timedelta(seconds=13)  # a list of a company that has used a tenth of its hour
BUSY = 30  # requests an hour: one customer takes a tenth of them


@pytest.fixture
def world() -> World:
    return World()


def in_xledger(world: World) -> tuple[int, int]:
    return len(world.held("customers")), len(world.held("projects"))


def during(world: World, operation: str, act: Callable[[], None]) -> None:
    """`act` is done once, while Xledger is asked for this."""
    asks, todo = world.xledger.ask, [act]

    def ask(token: Token, asked: str, variables: Any) -> Any:
        if asked == operation and todo:
            todo.pop()()
        return asks(token, asked, variables)

    world.xledger.ask = ask  # type: ignore[method-assign, assignment]


@pytest.mark.parametrize("kind", Kind)
def test_a_wake_of_either_kind_carries_both(world: World, kind: Kind) -> None:
    world.receive(a_customer("10001"), a_project("P-1", customerNumber="10001"))
    report = world.carry(kind)
    assert in_xledger(world) == (1, 1)
    assert report.added == 2
    assert world.requests["total"] == 5


@pytest.mark.parametrize("kind", Kind)
def test_what_comes_while_the_token_is_held_goes_though_its_wake_is_turned_away(
    world: World, kind: Kind
) -> None:
    def comes() -> None:
        world.receive(a_customer("10002"), a_project("P-2", customerNumber="10002"))
        world.carry(kind)

    world.receive(a_customer("10001"))
    during(world, "AddCustomers", comes)
    world.carry()
    assert [closed.why for closed in world.closed] == [Why.HELD]
    assert in_xledger(world) == (2, 1)


@pytest.mark.parametrize("kind", Kind)
def test_so_it_does_at_the_last_moment_when_the_token_is_given_back(
    world: World, monkeypatch: pytest.MonkeyPatch, kind: Kind
) -> None:
    """Nothing was due when the run looked for the last time before that."""
    save, todo = world.ledger.gates.save, [kind]

    def given_back(token: Any, gate: Gate) -> Gate:
        if gate.owner is None and todo:
            event = (
                a_customer("10002") if todo.pop() is Kind.CUSTOMER else a_project("P-2", customerNumber=None)
            )
            world.receive(event)
            world.carry(kind)
        return save(token, gate)

    monkeypatch.setattr(world.ledger.gates, "save", given_back)
    world.receive(a_customer("10001"))
    world.carry()
    assert [closed.why for closed in world.closed] == [Why.HELD]
    assert sum(in_xledger(world)) == 2


def test_a_run_that_is_turned_away_in_its_middle_leaves_the_rest_to_the_one_that_holds_the_token(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another run takes the token between the customers and the projects."""
    save, todo = world.ledger.gates.save, [Kind.PROJECT]

    def another_takes_it(token: Any, gate: Gate) -> Gate:
        saved = save(token, gate)
        if gate.owner is None and todo:
            world.carry(todo.pop())
        return saved

    monkeypatch.setattr(world.ledger.gates, "save", another_takes_it)
    world.receive(a_customer("10001"), a_project("P-1", customerNumber="10001"))
    world.carry()
    assert in_xledger(world) == (1, 1)
    assert world.ledger.records.pending(TOKEN_ID) == []


def test_a_kind_whose_work_has_stopped_does_not_stop_the_other(world: World) -> None:
    world.server.replan({"schema_lacks": ["Customer.email"]})
    world.receive(a_customer("10001"), a_project("P-1", customerNumber=None))
    world.carry()
    assert [closed.why for closed in world.closed] == [Why.STOPPED]
    assert in_xledger(world) == (0, 1)
    asked = world.requests["total"]
    world.carry(Kind.PROJECT)
    assert world.requests["total"] == asked
    assert world.woken_later == []


def test_a_long_backlog_of_one_kind_leaves_the_other_half_of_the_run(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sync_records, "FULL_LIST", 1)
    world.receive(*(a_private_person(str(20_000 + n)) for n in range(100)))
    world.receive(*(a_project(f"P-{n}", customerNumber=None) for n in range(100)))
    world.carry()
    customers, projects = in_xledger(world)
    assert [closed.why for closed in world.closed] == [Why.SLICE]
    assert world.time() < START + sync_records.RUN
    assert 20 <= customers < 50
    assert 40 <= projects < 100  # a customer takes three requests, a project two


def test_credits_that_are_used_up_end_the_run_for_both(world: World) -> None:
    world.server.replan({"credits_per_hour": 3})
    world.receive(a_customer("10001"), a_project("P-1", customerNumber=None))
    world.carry()
    assert [closed.why for closed in world.closed] == [Why.CREDITS]
    assert in_xledger(world) == (1, 0)


def test_a_run_makes_so_many_passes_and_no_more(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is wrong with the work: here the mark of it is never cleared."""
    passes = []

    def done(*_: Any) -> Any:
        passes.append(1)
        return Report()

    monkeypatch.setitem(cast(Any, flow.SYNC), Kind.CUSTOMER, done)
    world.receive(a_customer("10001"))
    world.carry()
    assert len(passes) == flow.PASSES
    assert world.woken_later == []


# A list that waits to be joined.


@pytest.fixture
def busy() -> World:
    """So much of its hour is used that a list waits to be joined by more."""
    world = World(companies=[COMPANY.model_copy(update={"requests_per_hour": BUSY})])
    world.receive(a_customer("10001"))
    world.run()
    world.woken.clear()
    return world


def save(world: World, number: str) -> None:
    world.receive(a_private_person(number))
    world.carry_wakes()


def test_a_list_that_waits_to_be_joined_is_sent_when_its_time_has_come(busy: World) -> None:
    begun = busy.time()
    save(busy, "10002")
    assert [at - begun for at, _ in busy.woken_later] == [LINGERS + SECOND]  # no earlier than it is due
    save(busy, "10003")
    busy.time.now = begun + LINGERS - SECOND
    busy.carry_wakes()
    assert len(busy.held("customers")) == 1
    busy.time.now = begun + LINGERS + SECOND
    busy.carry_wakes()
    assert len(busy.held("customers")) == 3
    assert busy.xledger.asked[-1][0] == "AddCustomers"
    assert len(busy.xledger.asked[-1][1]["inputs"]) == 2


def test_however_much_comes_meanwhile_it_is_woken_for_once(busy: World) -> None:
    for n in range(10):
        save(busy, str(10_002 + n))
        busy.receive(a_project(f"P-{n}", customerNumber=None))
        busy.carry_wakes()
        busy.time.now += SECOND
    assert len(busy.woken_later) == 1


def test_an_idle_system_sends_no_wakes(busy: World) -> None:
    """A count of all, until the hour is forgotten."""
    sent: list[Any] = []
    for n in range(5):
        busy.receive(a_customer(str(10_002 + n)), a_project(f"P-{n}", customerNumber=str(10_002 + n)))
    busy.run()
    assert in_xledger(busy) == (6, 5)
    for _ in range(120):
        busy.time.now += timedelta(minutes=1)
        busy.sweep()
        sent += [*busy.woken, *busy.woken_later]
        busy.carry_wakes()
    assert sent == []


def test_a_wake_that_comes_too_early_or_twice_changes_nothing(busy: World) -> None:
    save(busy, "10002")
    (at, _), asked = busy.woken_later[0], busy.requests["total"]
    for early in (5, 1):
        busy.time.now = at - early * SECOND - timedelta(seconds=0.5)
        busy.carry()
    assert (busy.requests["total"], len(busy.woken_later)) == (asked, 1)
    busy.time.now = at
    busy.carry()
    sent = busy.requests["total"]
    busy.carry()
    assert (busy.requests["total"], len(busy.held("customers"))) == (sent, 2)


def test_a_run_that_dies_before_its_wake_is_noted_is_followed_by_one_that_sends_another(
    busy: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dies(*_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(busy.ledger.records, "note_wake", dies)
        with pytest.raises(KeyboardInterrupt):
            save(busy, "10002")
    busy.carry()
    assert len(busy.woken_later) == 2
    busy.run()
    assert len(busy.held("customers")) == 2


def test_a_wake_that_is_lost_is_made_up_for_by_the_sweep(busy: World) -> None:
    save(busy, "10002")
    busy.woken_later.clear()
    busy.time.now += timedelta(minutes=1)
    busy.sweep()
    busy.carry_wakes()
    assert len(busy.held("customers")) == 2


def test_where_no_further_wake_may_follow_none_is_noted_and_the_next_run_sends_it(busy: World) -> None:
    busy.receive(a_private_person("10002"))
    flow.sync_token(Kind.CUSTOMER, TOKEN_ID, busy.worker(), lambda *_: None, lambda *_: {}, None)
    assert busy.woken_later == []
    busy.carry()
    assert len(busy.woken_later) == 1


def test_a_list_whose_time_comes_while_the_token_is_held_goes_in_that_run(busy: World) -> None:
    begun = busy.time()
    busy.receive(a_project("P-1", customerNumber=None))
    busy.carry_wakes()
    busy.time.now = begun + 3 * SECOND
    save(busy, "10002")

    def comes() -> None:
        busy.time.now = begun + LINGERS + 4 * SECOND
        busy.carry()

    during(busy, "LookUpProjects", comes)
    busy.time.now = begun + LINGERS + SECOND
    busy.carry_wakes()
    assert [closed.why for closed in busy.closed] == [Why.HELD]
    assert in_xledger(busy) == (2, 1)


def test_nobody_is_woken_for_what_is_paused(busy: World) -> None:
    busy.receive(a_private_person("10002"))
    busy.ledger.pauses.pause(COMPANY.id, Pause(busy.time(), "Kari", "move"))
    busy.carry_wakes()
    assert busy.woken_later == []


def test_companies_that_share_a_token_are_each_woken_for_in_time() -> None:
    companies = [a_company(f"company-{n}", owner_code=20_000 + n, requests_per_hour=BUSY) for n in range(3)]
    world = World(entities_of(companies), companies)
    world.receive(of("company-0", a_customer("10001")))
    world.run()
    world.woken.clear()
    begun = world.time()
    for n in range(3):
        world.time.now = begun + n * 3 * SECOND
        world.receive(of(f"company-{n}", a_private_person(f"2000{n}")))
        world.carry_wakes()
    came = []
    while at := world.next_wake():
        world.time.now = max(world.time.now, at)
        world.carry_wakes()
        came.append((len(world.held("customers")) - 1, round((world.time() - begun).total_seconds())))
    assert [count for count, _ in came] == [1, 2, 3]
    assert came[-1][1] <= 6 + 13 + 3
