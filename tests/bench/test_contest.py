"""The contest: what counts as late or wrong, and that every design is given the same."""

from datetime import UTC, datetime, timedelta
from math import inf

import pytest

from local.bench.contest.freshness import Written, freshness
from local.bench.contest.functions import functions
from local.bench.contest.loads import LOADS, Load, is_poison
from local.bench.contest.playing import play
from local.bench.contest.rivals import DELAYED, PATIENT
from local.bench.load import Edit, customer, edits, new_customers
from local.twins.world import COMPANY
from local.xledger.plan import Plan

START = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
NUMBER = "10001"


def at(minutes: float) -> datetime:
    return START + timedelta(minutes=minutes)


def edit(minutes: float, version: int, name: str) -> Edit:
    return Edit(at(minutes), customer(0, version, name))


def seen(changes: list[Edit], *written: tuple[float, str], before: str = "v1"):
    names = [Written(at(minutes), NUMBER, name) for minutes, name in written]
    return freshness(changes, names, {NUMBER: before} if before else {}, START)


def test_an_edit_waits_until_xledger_has_it_or_a_newer_one():
    found = seen([edit(0, 2, "v2"), edit(1, 3, "v3"), edit(2, 4, "v4")], (5, "v3"), (9, "v4"))

    assert found.waits == [5, 4, 7]
    assert (found.wrong, found.done) == (0, 9)


def test_an_edit_without_effect_waits_for_nothing():
    assert seen([edit(0, 2, "v1"), edit(1, 3, "v1")]).waits == []


def test_a_new_record_is_behind_until_it_is_there():
    found = seen([edit(0, 1, "new")], (3, "new"), before="")

    assert found.waits == [3]
    assert found.behind == [(0, 1), (3, 0)]


def test_what_never_comes_is_never_done():
    found = seen([edit(0, 2, "v2"), edit(1, 3, "v3")], (2, "v2"))

    assert found.waits == [2, inf]
    assert (found.wrong, found.done, found.wait(1)) == (1, inf, inf)


def test_an_older_version_over_a_newer_one_is_wrong():
    found = seen([edit(0, 2, "v2"), edit(1, 3, "v3")], (2, "v3"), (60, "v2"))

    assert found.waits == [2, 1]
    assert found.wrong == 1


@pytest.fixture
def few(monkeypatch) -> str:
    """300 edits of 60 customers, more than a plan of 50 takes one by one."""
    monkeypatch.setattr("local.bench.contest.playing.PLAN", 50)
    load = Load("few", "", 60, lambda start, seed: edits(300, 60, start, timedelta(minutes=10), seed))
    monkeypatch.setitem(LOADS, "few", load)
    return "few"


def test_ours_is_never_refused_and_loses_nothing(few):
    found = play(few, None, seed=1)

    assert (found.refused, found.dead, found.freshness.wrong) == (0, 0, 0)
    assert found.floor <= found.requests < 50


def test_our_functions_wait_for_their_credits_in_the_queue():
    with functions(Plan(credits_per_hour=2), COMPANY) as world:
        world.receive(*new_customers(3))
        world.carry_wakes()
        assert world.held("customers") == []
        world.time.now += timedelta(minutes=61)
        world.carry_wakes()

        assert (len(world.held("customers")), world.requests["refused"]) == (3, 1)


def test_one_by_one_is_refused_until_messages_are_dead(few):
    found = play(few, DELAYED, seed=1)

    assert found.requests > 300
    assert found.refused > found.dead > 0
    assert found.freshness.wrong > 0


def test_who_waits_for_ever_comes_to_an_end_at_last(few):
    found = play(few, PATIENT, seed=1)

    assert (found.dead, found.freshness.wrong) == (0, 0)
    assert found.freshness.done > 5 * 60


def test_nothing_is_sent_for_what_changes_nothing(monkeypatch):
    storm = [edit(n / 100, n + 2, "Kunde 0 AS") for n in range(200)]
    monkeypatch.setitem(LOADS, "storm", Load("storm", "", 1, lambda start, seed: storm))

    assert play("storm", None, seed=1).requests == 0


def test_one_customer_in_a_hundred_is_poison():
    published = LOADS["1 % poison"].publish(START, 1)

    poisoned = {each.event["data"]["id"] for each in published if is_poison(each.event)}

    assert poisoned == {
        each.event["data"]["id"] for each in published if each.event["data"]["id"] % 100 == 50
    }
    assert len(poisoned) > 5
