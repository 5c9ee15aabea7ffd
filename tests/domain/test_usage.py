"""What a token was used for: by the hour, in the month, and when its gate was closed."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moment_xledger.domain.errors import Why
from moment_xledger.domain.gate import Closed, Gate, Timing, enter, held_back, token_refused
from moment_xledger.domain.usage import (
    HOURS_KEPT,
    MOST_CLOSINGS,
    Closing,
    Usage,
    hour_of,
    with_closing,
    with_request,
    with_turned_away,
)

NOW = datetime(2026, 11, 30, 22, 30, tzinfo=UTC)
SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)


def asked(*times: datetime) -> Usage:
    usage = Usage()
    for each in times:
        usage = with_request(usage, each)
    return usage


def test_requests_are_counted_by_the_hour_and_by_the_month_in_oslo() -> None:
    usage = asked(NOW, NOW + 20 * MINUTE, NOW + 30 * MINUTE)
    assert usage.requests == {hour_of(NOW): 2, hour_of(NOW) + 1: 1}
    assert (usage.of_month(NOW), usage.of_month(NOW + HOUR)) == (0, 1)


def test_another_month_begins_at_nothing() -> None:
    assert asked(NOW).of_month(NOW) == 1
    assert asked(NOW).of_month(NOW + 31 * 24 * HOUR) == 0


@given(st.lists(st.integers(0, 200), max_size=60))
def test_whatever_comes_only_the_last_hours_are_kept(hours: list[int]) -> None:
    usage = asked(*(NOW + hour * HOUR for hour in sorted(hours)))
    newest = hour_of(NOW) + max(hours, default=0)
    wanted = [hour for hour in hours if hour_of(NOW) + hour > newest - HOURS_KEPT]
    assert sum(usage.requests.values()) == len(wanted)
    assert len(usage.requests) <= HOURS_KEPT


def test_what_was_turned_away_is_counted_beside() -> None:
    usage = with_turned_away(asked(NOW), NOW)
    assert usage.turned_away == usage.requests == {hour_of(NOW): 1}
    assert with_request(usage, NOW + 2 * timedelta(days=1)).turned_away == {}


@pytest.mark.parametrize(
    ("again", "count"),
    [
        pytest.param(NOW + 5 * MINUTE, 1, id="while it is closed"),
        pytest.param(NOW + 11 * MINUTE, 1, id="open for a minute between"),
        pytest.param(NOW + 11 * MINUTE + SECOND, 2, id="open for longer"),
    ],
)
def test_a_closing_that_goes_on_is_one(again: datetime, count: int) -> None:
    usage = with_closing(Usage(), Why.ALLOWANCE, NOW, NOW + 10 * MINUTE)
    usage = with_closing(usage, Why.ALLOWANCE, again, again + MINUTE)
    assert len(usage.closings) == count
    assert usage.closings[-1].until == max(NOW + 10 * MINUTE, again + MINUTE)


def test_another_reason_ends_the_closing_before() -> None:
    usage = with_closing(Usage(), Why.IN_DOUBT, NOW, NOW + HOUR)
    usage = with_closing(usage, Why.CREDITS, NOW + MINUTE, NOW + HOUR)
    assert usage.closings == (
        Closing(Why.IN_DOUBT, NOW, NOW + MINUTE),
        Closing(Why.CREDITS, NOW + MINUTE, NOW + HOUR),
    )


def test_closings_of_the_last_day_are_kept_and_never_more_than_so_many() -> None:
    usage = Usage()
    for n in range(100):
        when = NOW + n * 10 * MINUTE
        usage = with_closing(usage, Why.DOWN, when, when + MINUTE)
    assert len(usage.closings) == MOST_CLOSINGS
    assert with_request(usage, NOW + 48 * HOUR).closings == ()


def test_a_request_that_goes_ends_a_closing_before_its_time() -> None:
    gate, soon = token_refused(Gate(), NOW), NOW + timedelta(seconds=20)
    assert gate.usage.closings[-1].until > soon
    assert with_request(gate.usage, soon).closings == (Closing(Why.AUTH, NOW, soon),)


def test_that_our_own_share_is_used_is_a_closing_and_that_another_is_at_work_is_none() -> None:
    gate = Gate(plan=1, minutes={int(NOW.timestamp()) // 60: 1})
    closed = enter(gate, owner="me", in_flight=None, now=NOW, timing=Timing())
    assert isinstance(closed, Closed)
    assert [each.why for each in held_back(gate, closed, NOW).usage.closings] == [Why.ALLOWANCE]
    assert held_back(gate, Closed(Why.HELD, NOW + MINUTE), NOW) == gate
