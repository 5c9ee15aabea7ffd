"""The gate in use: who waits, how long, and who goes on."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from local.xledger.faults import Fault
from local.xledger.plan import Plan
from moment_xledger.domain.companies import Secrets, Token
from moment_xledger.domain.errors import GateClosed
from moment_xledger.domain.gate import Timing
from moment_xledger.domain.kinds import Kind
from moment_xledger.flows.channel import Channel
from moment_xledger.flows.save_company import save_company
from moment_xledger.flows.sync_customers import sync_customers
from tests.builders import COMPANY, TOKEN, a_company, a_customer, a_project, of
from tests.office import FakeVault
from tests.world import START, TOKEN_ID, URL, World, entities_of

A_MINUTE, AN_HOUR = timedelta(minutes=1), timedelta(hours=1)


@pytest.fixture
def world() -> World:
    return World()


def channel(world: World, owner: str = "somebody", *, minutes: int = 10) -> Channel:
    return Channel(
        TOKEN_ID,
        TOKEN,
        owner,
        xledger=world.xledger,
        gates=world.ledger.gates,
        clock=world.time,
        sleep=world.time.sleep,
        jitter=lambda: 0.5,
        timing=Timing(),
        run_ends=world.time() + minutes * A_MINUTE,
    )


LOOK_UP = {
    "withIds": False,
    "codes": ["1"],
    "withCodes": True,
    "withSince": False,
    "withCustomerCodes": False,
}


def why(world: World) -> list[str]:
    return [str(closed.why) for closed in world.closed]


def test_out_of_credits_nobody_calls_until_they_are_given_again_and_then_all_goes() -> None:
    world = World(Plan(credits_per_hour=4, reset_at="utc"))
    world.receive(a_customer("10001"))
    world.carry_wakes()
    world.receive(a_customer("10002"), a_customer("10001", version=2, name="Nyest"), a_project("P-1"))
    world.carry_wakes()
    assert set(why(world)) == {"credits"}
    (until,) = {closed.until for closed in world.closed}
    assert START + AN_HOUR < until < START + AN_HOUR + A_MINUTE
    refused = world.requests["refused"]
    asked = len(world.xledger.asked)
    while world.time() < until - A_MINUTE:
        world.time.now += A_MINUTE
        world.sweep()
        world.sync(Kind.CUSTOMER)
        world.sync(Kind.PROJECT)
    assert len(world.xledger.asked) == asked
    world.server.replan({"credits_per_hour": 100})
    world.run()
    assert {each["code"] for each in world.held("customers")} == {"10001", "10002"}
    assert [each["code"] for each in world.held("projects")] == ["P-1"]
    assert refused == world.requests["refused"] == 1


def test_the_gate_counts_what_xledger_counted_and_remembers_when_it_was_closed() -> None:
    world = World(Plan(credits_per_hour=4, reset_at="utc"))
    world.receive(a_customer("10001"), a_customer("10002"), a_project("P-1"))
    world.run()
    usage = world.ledger.gates.get(TOKEN_ID).usage
    assert sum(usage.requests.values()) == usage.of_month(world.time()) == world.requests["total"]
    assert sum(usage.turned_away.values()) == world.requests["refused"] == 1
    (closing,) = usage.closings
    assert (closing.why, closing.until) == (world.closed[0].why, world.closed[0].until)


@pytest.mark.parametrize("form", ["utc", "offset", "cet", "epoch", "seconds", "absent", "garbage"])
def test_whatever_form_the_end_of_the_closing_comes_in_the_work_goes_on_within_an_hour_and_a_bit(
    form: Any,
) -> None:
    world = World(Plan(credits_per_hour=3, reset_at=form))
    world.receive(*[a_customer(str(n)) for n in range(10_001, 10_004)])
    world.run()
    world.receive(a_customer("10001", version=2, name="Nyest"))
    world.run()
    assert world.time() <= START + AN_HOUR + 3 * A_MINUTE
    assert world.requests["refused"] == 1
    assert world.held("customers")[0]["description"] == "Nyest"


def test_a_plan_that_is_known_is_used_to_nine_tenths_and_never_refused() -> None:
    company = a_company(requests_per_hour=20)
    world = World(Plan(credits_per_hour=20), [company])
    for n in range(30):
        world.receive(a_customer("10001", version=n + 1, name=f"Navn {n}"))
        world.carry_wakes()
        world.time.now += timedelta(seconds=200)
    world.run()
    minutes = world.requests["by_minute"].items()
    times = [(datetime.fromisoformat(minute.replace("Z", "+00:00")), n["total"]) for minute, n in minutes]
    assert max(sum(n for at, n in times if start <= at < start + AN_HOUR) for start, _ in times) <= 18
    assert world.requests["refused"] == 0
    assert world.held("customers")[0]["description"] == "Navn 29"


def test_one_request_at_a_time_and_never_too_many_in_five_seconds(world: World) -> None:
    starts = []
    with channel(world) as way:
        for _ in range(100):
            way.read("LookUpProjects", LOOK_UP)
            starts.append(world.time() - timedelta(seconds=0.3))
    assert world.requests["refused"] == 0
    assert all(later - earlier >= timedelta(seconds=0.27) for earlier, later in pairwise(starts))


def test_while_one_holds_the_lease_no_other_sends(world: World) -> None:
    with channel(world, "the first"), pytest.raises(GateClosed) as closed, channel(world, "the second"):
        pass
    assert closed.value.why == "held"
    with channel(world, "the second") as way:
        way.read("LookUpProjects", LOOK_UP)


def test_a_holder_that_stalled_until_its_lease_ran_out_sends_nothing_more(world: World) -> None:
    with channel(world, "the first") as stalled:
        world.time.now += 3 * A_MINUTE
        with channel(world, "the second") as way:
            way.read("LookUpProjects", LOOK_UP)
        with pytest.raises(GateClosed):
            stalled.write("AddProjects", [{"clientId": "1", "node": {"code": "1", "description": "1"}}])
    assert world.held("projects") == []
    assert world.ledger.gates.get(TOKEN_ID).owner is None


def test_a_holder_that_stalls_between_the_gate_and_the_socket_sends_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    save = world.ledger.gates.save

    def slow_save(*given: Any) -> Any:
        saved = save(*given)
        world.time.now += timedelta(seconds=30)
        return saved

    with channel(world) as way:
        monkeypatch.setattr(world.ledger.gates, "save", slow_save)
        with pytest.raises(GateClosed):
            way.read("LookUpProjects", LOOK_UP)
    assert world.xledger.asked == []


def test_a_dead_holders_write_keeps_everybody_out_until_it_cannot_arrive_any_more(world: World) -> None:
    way = channel(world, "the dead")
    way.__enter__()
    way.write("AddProjects", [{"clientId": "1", "node": {"code": "1", "description": "1"}}])
    sent_at = world.time()
    world.receive(a_customer("10001"))
    world.run()
    assert set(why(world)) <= {"held", "in doubt"}
    assert world.time() > sent_at + Timing().doubt
    assert len(world.held("customers")) == 1


def test_what_a_dead_holder_sent_is_sent_again_even_if_moment_has_undone_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.receive(a_customer("10001"))
    world.run()
    world.receive(a_customer("10001", version=2, name="Feil"))
    with monkeypatch.context() as death:
        death.setattr(world.ledger.records, "save", _die)
        with pytest.raises(KeyboardInterrupt):
            world.carry_wakes()
    assert world.held("customers")[0]["description"] == "Feil"
    world.receive(a_customer("10001", version=3))
    world.run()
    assert world.held("customers")[0]["description"] == "Fjord Bygg 10001 AS"


def _die(changes: Sequence[Any]) -> list[Any]:
    if changes:
        raise KeyboardInterrupt
    return []


def test_a_late_answer_of_a_stale_holder_overwrites_nothing(world: World) -> None:
    world.receive(a_customer("10001"))
    world.run()
    world.receive(a_customer("10001", version=2, name="To"))
    asks = world.xledger.ask
    stalls = [True]

    def ask(token: Token, operation: str, variables: Any) -> Any:
        reply = asks(token, operation, variables)
        if operation == "UpdateCustomers" and stalls:
            stalls.clear()
            world.time.now += 5 * A_MINUTE
            world.receive(a_customer("10001", version=3, name="Tre"))
            world.carry_wakes()
        return reply

    world.xledger.ask = ask  # type: ignore[method-assign]
    world.run()
    record = world.ledger.records.by_number(COMPANY.id, Kind.CUSTOMER, ["10001"])["10001"]
    assert record.sent_version == 3
    assert world.held("customers")[0]["description"] == "Tre"


def test_a_run_stops_in_time_for_its_last_answer_and_the_rest_goes_on_by_the_sweep(world: World) -> None:
    with channel(world, minutes=2) as way, pytest.raises(GateClosed) as closed:
        [way.read("LookUpProjects", LOOK_UP) for _ in range(1_000)]
    assert closed.value.why == "slice"
    assert world.time() <= START + A_MINUTE + timedelta(seconds=1)


def test_a_read_is_asked_again_until_it_is_answered(world: World) -> None:
    world.server.next_faults += [Fault("errors_5xx"), Fault("lost_requests"), Fault("cut_bodies")]
    world.receive(a_customer("10001"))
    world.carry_wakes()
    assert len(world.held("customers")) == 1
    assert why(world) == []


def test_after_five_unanswered_requests_there_is_a_pause_that_grows_to_half_an_hour() -> None:
    world = World(Plan(credits_per_hour=None, errors_5xx=1))
    world.receive(a_customer("10001"))
    world.run(until=timedelta(hours=4))
    down = [closed.until for closed in world.closed if closed.why == "down"]
    pauses = [later - earlier for earlier, later in pairwise(down)]
    assert world.requests["total"] < 30
    assert timedelta(minutes=30) <= max(pauses) <= timedelta(minutes=32)
    world.server.replan({"errors_5xx": 0})
    world.run()
    assert len(world.held("customers")) == 1


def test_if_every_wake_is_lost_the_sweep_starts_the_work_within_a_minute(world: World) -> None:
    world.receive(a_customer("10001"), a_project("P-1"))
    world.woken.clear()
    world.time.now += A_MINUTE
    world.sweep()
    ((_, token),) = world.woken  # the worker carries both kinds
    assert token == TOKEN_ID
    world.run()
    assert len(world.held("projects")) == 1


def test_work_that_comes_between_the_last_look_and_the_clearing_of_its_mark_is_not_lost(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = world.ledger.records.work_done
    late = [a_customer("10002")]

    def work_done(*given: Any, **named: Any) -> None:
        if late:
            world.receive(late.pop())
            world.woken.clear()
        done(*given, **named)

    monkeypatch.setattr(world.ledger.records, "work_done", work_done)
    world.receive(a_customer("10001"))
    world.run()
    assert len(world.held("customers")) == 2


def test_the_fuller_the_hour_the_longer_edits_are_gathered() -> None:
    company = a_company(requests_per_hour=100)
    world = World(companies=[company])
    world.receive(a_customer("10001"))
    world.run()
    with channel(world, minutes=20) as way:
        for _ in range(60):
            way.read("LookUpProjects", LOOK_UP)
    asked = len(world.xledger.asked)
    for n in range(2, 12):
        world.receive(a_customer("10001", version=n, name=f"Navn {n}"))
        world.carry_wakes()
        world.time.now += timedelta(seconds=1)
    assert len(world.xledger.asked) == asked
    world.run()
    assert len(world.xledger.asked) == asked + 2


def save(world: World, token: Token = TOKEN) -> None:
    settings = COMPANY.model_dump(exclude={"token_id"})
    vault = FakeVault()
    vault.save(COMPANY.id, Secrets(TOKEN, Token("moment")))
    secrets = Secrets(token, Token("moment"))
    save_company(settings, secrets, world.ledger, vault, world.time, URL)  # type: ignore[arg-type]


@pytest.fixture
def refused() -> World:
    """The token was refused."""
    world = World()
    world.server.replan({"tokens": [{"token": "YW5vdGhlcg"}]})
    world.receive(a_customer("10001"))
    world.carry_wakes()
    return world


def test_a_refused_token_closes_the_gate_and_is_reported_once(refused: World) -> None:
    while refused.time.now < START + 24 * AN_HOUR:
        refused.time.now += A_MINUTE
        refused.receive(a_customer("10002", version=int((refused.time.now - START) / A_MINUTE)))
        refused.sweep()
        refused.carry_wakes()
    assert refused.requests["total"] <= 4 + 24  # one for each try: more often at first, then every hour
    (problem,) = refused.ledger.problems.of(COMPANY.id)
    assert (str(problem.code), problem.count) == ("TOKEN_REFUSED", 1)


def test_when_the_same_token_is_saved_again_it_is_tried_again(refused: World) -> None:
    refused.server.replan({"tokens": [{"token": TOKEN.secret}]})
    save(refused)
    refused.run()
    assert len(refused.held("customers")) == 1
    assert list(refused.problems()) == []


def test_when_another_token_is_saved_all_that_waited_goes_under_it(refused: World) -> None:
    refused.server.replan({"tokens": [{"token": TOKEN.secret}]})
    save(refused, Token("another"))
    refused.run()
    assert len(refused.held("customers")) == 1
    assert list(refused.problems()) == []


def test_work_that_was_marked_under_the_old_token_is_done_under_the_new_one(world: World) -> None:
    save(world, Token("another"))
    world.receive(a_customer("10001"))
    world.run()
    world.ledger.records.mark_work(TOKEN_ID, Kind.CUSTOMER, COMPANY.id, world.time())
    world.receive(a_customer("10001", version=2, name="Nyest"))
    world.woken = [(Kind.CUSTOMER, TOKEN_ID)]
    world.run()
    assert world.held("customers")[0]["description"] == "Nyest"
    assert world.ledger.records.work(TOKEN_ID, Kind.CUSTOMER) == {}


def test_saving_a_token_does_not_end_a_closing_for_want_of_credits() -> None:
    world = World(Plan(credits_per_hour=1))
    world.receive(a_customer("10001"))
    world.carry_wakes()
    save(world)
    world.run(until=30 * A_MINUTE)
    assert world.requests["refused"] == 1


def test_companies_that_share_a_token_wait_together() -> None:
    both = [a_company("north", owner_code=20_101), a_company("south", owner_code=20_102)]
    world = World(entities_of(both, credits_per_hour=4), both)
    world.receive(of("north", a_customer("10001")))
    world.carry_wakes()
    world.receive(of("south", a_customer("10002")), of("north", a_customer("10001", version=2, name="Nyest")))
    world.run()
    assert world.requests["refused"] == 1
    assert world.time() >= START + AN_HOUR
    assert sorted(each["description"] for each in world.held("customers")) == ["Fjord Bygg 10002 AS", "Nyest"]


def test_a_wake_with_nothing_to_do_sends_nothing(world: World) -> None:
    sync_customers(TOKEN_ID, world.worker(), lambda *_: {})
    assert world.xledger.asked == []


def test_steady_overload_keeps_every_record_at_its_newest_by_gathering() -> None:
    """140 % of the plan in edits, for six hours."""
    world = World(Plan(credits_per_hour=50), [a_company(requests_per_hour=50)])
    version = 0
    for _ in range(6 * 70):
        version += 1
        world.receive(a_customer(str(10_000 + version % 40), version=version, name=f"Navn {version}"))
        world.carry_wakes()
        world.time.now += timedelta(seconds=51)
        world.sweep()
    world.run()
    assert world.requests["refused"] == 0
    wanted = {str(10_000 + n % 40): f"Navn {n}" for n in range(1, version + 1)}
    assert {each["code"]: each["description"] for each in world.held("customers")} == wanted
