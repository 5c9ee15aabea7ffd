"""When a request may be sent, and what its answer means for the next."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moment_xledger.domain.companies import CompanyId
from moment_xledger.domain.errors import Why
from moment_xledger.domain.gate import (
    SPACING,
    Closed,
    Gate,
    InFlight,
    Timing,
    answered,
    barred,
    enter,
    leave,
    out_of_credits,
    reopen,
    take_over,
    token_refused,
    unanswered,
    wait_before,
    why_closed,
)

NOW = datetime(2026, 11, 22, 9, 0, 30, tzinfo=UTC)
TIMING = Timing(timedelta(seconds=60))
A_WRITE = InFlight("AddCustomers", NOW, ("nordvik:customer:1:1",))
SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)


def entered(gate: Gate, now: datetime = NOW, in_flight: InFlight | None = None, owner: str = "me") -> Gate:
    result = enter(gate, owner=owner, in_flight=in_flight, now=now, timing=TIMING)
    assert isinstance(result, Gate)
    return result


def refused(gate: Gate, now: datetime = NOW, owner: str = "me") -> Closed:
    result = enter(gate, owner=owner, in_flight=None, now=now, timing=TIMING)
    assert isinstance(result, Closed)
    return result


def closed(why: Why, until: datetime) -> Gate:
    return Gate(closed_why=why, closed_until=until)


def used(*requests: tuple[timedelta, int], plan: int | None = 100) -> Gate:
    """So many requests were started so long ago."""
    minutes = {int((NOW - ago).timestamp()) // 60: count for ago, count in requests}
    return Gate(plan=plan, minutes=minutes)


def test_a_request_is_counted_takes_the_lease_and_notes_the_write() -> None:
    gate = entered(Gate(), in_flight=A_WRITE)
    assert (gate.used(NOW), gate.owner, gate.in_flight, gate.last_start) == (1, "me", A_WRITE, NOW)
    assert gate.lease_until == NOW + TIMING.timeout + 30 * SECOND


@pytest.mark.parametrize(
    ("gate", "why", "until"),
    [
        pytest.param(Gate(), None, None, id="a new gate is open"),
        pytest.param(closed(Why.CREDITS, NOW + SECOND), Why.CREDITS, NOW + SECOND, id="closed until later"),
        pytest.param(closed(Why.CREDITS, NOW), None, None, id="closed until now is open"),
        pytest.param(
            Gate(owner="you", lease_until=NOW + SECOND), Why.HELD, NOW + SECOND, id="another's lease"
        ),
        pytest.param(Gate(owner="you", lease_until=NOW), None, None, id="another's lease that ran out"),
        pytest.param(Gate(owner="me", lease_until=NOW + HOUR), None, None, id="my own lease"),
        pytest.param(used((MINUTE, 89)), None, None, id="89 of 100 used"),
        pytest.param(
            used((MINUTE, 90)),
            Why.ALLOWANCE,
            datetime(2026, 11, 22, 10, 0, tzinfo=UTC),
            id="nine tenths used, until the first of them is an hour old",
        ),
        pytest.param(used((60 * MINUTE, 90)), Why.ALLOWANCE, NOW + 30 * SECOND, id="used just an hour ago"),
        pytest.param(used((61 * MINUTE, 90)), None, None, id="used more than an hour ago"),
        pytest.param(used((MINUTE, 10_000), plan=None), None, None, id="no plan is known"),
        pytest.param(used((MINUTE, 1), plan=1), Why.ALLOWANCE, None, id="a plan of one"),
        pytest.param(used(plan=1), None, None, id="a plan of one lets one through"),
    ],
)
def test_why_a_gate_is_closed_and_until_when(gate: Gate, why: Why | None, until: datetime | None) -> None:
    found = why_closed(gate, "me", NOW)
    assert (found and found.why) == why
    if until:
        assert found == Closed(found.why if found else Why.AUTH, until)


def test_a_gate_whose_closing_is_over_forgets_why_it_was_closed() -> None:
    gate = entered(closed(Why.CREDITS, NOW - SECOND))
    assert (gate.closed_why, gate.closed_until) == (None, None)


@pytest.mark.parametrize(
    ("later", "safe"),
    [(0 * SECOND, True), (25 * SECOND, True), (26 * SECOND, False), (100 * SECOND, False)],
)
def test_a_request_is_sent_only_if_its_answer_would_still_find_the_lease(
    later: timedelta, safe: bool
) -> None:
    assert TIMING.is_safe_to_send(NOW, NOW + later) is safe


def test_no_holder_can_send_while_a_successor_may_have_the_lease() -> None:
    """Whatever the time-out: the last moment to send, plus the time-out, lies within the lease."""
    for seconds in (1, 20, 60, 110):
        timing = Timing(timedelta(seconds=seconds))
        last = max(s for s in range(200) if timing.is_safe_to_send(NOW, NOW + s * SECOND))
        assert last * SECOND + timing.timeout < timing.lease


@pytest.mark.parametrize(
    ("started", "wait"),
    [(None, 0.0), (NOW, 0.27), (NOW - timedelta(seconds=0.2), 0.07), (NOW - HOUR, 0.0)],
)
def test_starts_are_spaced(started: datetime | None, wait: float) -> None:
    assert wait_before(Gate(last_start=started), NOW) == timedelta(seconds=wait)


def test_any_answer_ends_the_doubt_and_the_row_of_failures() -> None:
    gate = answered(replace(entered(Gate(), in_flight=A_WRITE), failures=4), "AddCustomers")
    assert (gate.in_flight, gate.failures) == (None, 0)


def test_an_unanswered_write_closes_the_gate_until_it_can_no_longer_be_carried_out() -> None:
    gate = unanswered(entered(Gate(), in_flight=A_WRITE), writes=True, now=NOW + 60 * SECOND, timing=TIMING)
    assert (gate.closed_why, gate.closed_until) == (Why.IN_DOUBT, NOW + 90 * SECOND)
    assert gate.in_flight == A_WRITE


def test_an_unanswered_read_closes_nothing_the_first_four_times() -> None:
    gate = Gate()
    for _ in range(4):
        gate = unanswered(entered(gate), writes=False, now=NOW, timing=TIMING)
    assert gate.closed_why is None


@pytest.mark.parametrize(
    ("failures", "minutes"),
    [(5, 1.5), (6, 2), (7, 4), (8, 8), (9, 16), (10, 30), (11, 30), (1_000, 30)],
)
def test_after_five_failures_in_a_row_the_breaker_opens_ever_longer(failures: int, minutes: float) -> None:
    gate = unanswered(Gate(failures=failures - 1), writes=False, now=NOW, timing=TIMING)
    assert (gate.closed_why, gate.closed_until) == (Why.DOWN, NOW + minutes * MINUTE)


def test_one_failed_probe_after_a_pause_opens_the_breaker_again() -> None:
    gate = unanswered(Gate(failures=5), writes=False, now=NOW, timing=TIMING)
    probe = entered(gate, NOW + 3 * MINUTE)
    assert unanswered(probe, writes=False, now=NOW + 3 * MINUTE, timing=TIMING).closed_why is Why.DOWN
    assert answered(probe, "LookUpCustomers").failures == 0


@pytest.mark.parametrize(
    ("reset_at", "pause"),
    [
        pytest.param(NOW + 20 * MINUTE, 20 * MINUTE + 5 * SECOND, id="Xledger's own moment, and a margin"),
        pytest.param(NOW + 24 * HOUR, 24 * HOUR + 5 * SECOND, id="also a day off"),
        pytest.param(NOW + 25 * HOUR, HOUR, id="not more than a day: that is a mistake"),
        pytest.param(None, HOUR, id="none that can be read: an hour"),
        pytest.param(NOW - 30 * SECOND, MINUTE, id="just over: the clocks differ"),
        pytest.param(NOW, MINUTE, id="this very moment"),
        pytest.param(NOW - HOUR, HOUR, id="long over: a mistake"),
    ],
)
def test_without_credits_the_gate_closes_until(reset_at: datetime | None, pause: timedelta) -> None:
    gate = out_of_credits(entered(Gate(), in_flight=A_WRITE), reset_at, NOW)
    assert (gate.closed_why, gate.closed_until) == (Why.CREDITS, NOW + pause)
    assert gate.in_flight is None


def test_a_refused_token_closes_the_gate_until_one_is_saved() -> None:
    gate = token_refused(entered(Gate()), NOW)
    assert refused(gate, NOW + 4 * MINUTE).why is Why.AUTH
    opened = reopen(gate, NOW + MINUTE)
    assert why_closed(opened, "me", NOW + MINUTE) is None
    assert not opened.token_is_refused
    assert [each.until for each in opened.usage.closings] == [NOW + MINUTE]  # nobody is shown that it goes on


def test_a_refused_token_is_tried_ever_more_seldom_but_once_an_hour() -> None:
    gate, pauses, now = Gate(), [], NOW
    for _ in range(7):
        gate = token_refused(entered(gate, now), now)
        assert gate.closed_until
        pauses.append(gate.closed_until - now)
        now = gate.closed_until
    assert pauses == [each * MINUTE for each in (5, 10, 20, 40, 60, 60, 60)]
    assert entered(gate, now).token_is_refused  # until the probe is answered
    assert not answered(entered(gate, now), "LookUpCustomers").token_is_refused


def test_a_probe_without_an_answer_is_not_followed_by_another_at_once() -> None:
    gate = token_refused(token_refused(entered(Gate()), NOW), NOW)
    gate = unanswered(entered(gate, NOW + HOUR), writes=False, now=NOW + HOUR, timing=TIMING)
    assert refused(gate, NOW + HOUR + 9 * MINUTE).why is Why.AUTH


def test_a_write_that_was_to_show_whether_the_token_is_taken_stays_in_doubt() -> None:
    gate = entered(token_refused(Gate(), NOW), NOW + HOUR, A_WRITE)
    gate = unanswered(gate, writes=True, now=NOW + HOUR, timing=Timing(10 * MINUTE))
    assert gate.in_flight == A_WRITE
    assert gate.closed_until
    assert gate.closed_until >= NOW + HOUR + 10 * MINUTE


def barred_at(gate: Gate, *minutes: int, operation: str = "LookUpCustomers", status: int = 403) -> Gate:
    for each in minutes:
        gate = barred(gate, operation, status, NOW + each * MINUTE)
    return gate


def test_answers_without_a_reason_are_told_of_after_an_hour_of_nothing_else() -> None:
    gate = barred_at(Gate(), 0, 20, 50)
    assert gate.barred
    assert not gate.barred.is_to_be_told
    gate = barred_at(gate, 61, status=401)
    assert gate.barred
    assert gate.barred.is_to_be_told
    assert gate.barred.status == 401
    assert answered(gate, "LookUpCustomers").barred is None


def test_one_operation_that_is_barred_is_told_of_though_others_are_answered() -> None:
    gate = answered(barred_at(Gate(), 0, 30), "LookUpProjects")
    gate = barred_at(gate, 65)
    assert gate.barred
    assert gate.barred.is_to_be_told


def test_two_short_troubles_far_apart_are_not_one_long_one() -> None:
    gate = barred_at(Gate(), 0, 400)
    assert gate.barred
    assert not gate.barred.is_to_be_told


def test_a_breaker_that_opened_on_such_answers_says_so_and_ends_when_a_token_is_saved() -> None:
    gate = barred_at(Gate(failures=4), 0)
    gate = unanswered(gate, writes=False, now=NOW, timing=TIMING)
    assert refused(gate, NOW + SECOND).why is Why.BARRED
    assert gate.closed_why is Why.DOWN  # as an older release can read it
    assert [each.why for each in gate.usage.closings] == [Why.DOWN]
    assert why_closed(reopen(gate, NOW + SECOND), "me", NOW + SECOND) is None


@pytest.mark.parametrize("why", [why for why in Why if why not in (Why.AUTH, Why.BARRED)])
def test_saving_a_token_ends_no_other_closing(why: Why) -> None:
    gate = closed(why, NOW + HOUR)
    assert reopen(gate, NOW) == gate


def test_a_successor_waits_until_a_dead_holders_write_cannot_arrive_and_is_told_of_it() -> None:
    dead = entered(Gate(), in_flight=A_WRITE)
    assert take_over(dead, "you", NOW + 89 * SECOND, TIMING) == Closed(Why.HELD, NOW + 90 * SECOND)
    taken = take_over(replace(dead, owner=None), "you", NOW + 89 * SECOND, TIMING)
    assert taken == Closed(Why.IN_DOUBT, NOW + 90 * SECOND)
    taken = take_over(dead, "you", NOW + 90 * SECOND, TIMING)
    assert isinstance(taken, Gate)
    assert (taken.owner, taken.in_flight) == ("you", A_WRITE)


def test_who_leaves_gives_the_lease_back_but_only_his_own() -> None:
    gate = entered(Gate())
    assert leave(gate, "me").owner is None
    assert leave(gate, "you") == gate


def test_who_was_served_last_is_remembered() -> None:
    assert entered(Gate(last_served=CompanyId("north"))).last_served == "north"


@settings(max_examples=60, deadline=None)
@given(
    plan=st.integers(1, 120),
    pauses=st.lists(st.integers(0, 900), min_size=1, max_size=400),
    begins=st.integers(0, 3600),
)
def test_in_no_sixty_minutes_more_than_nine_tenths_of_the_plan_are_started(
    plan: int, pauses: list[int], begins: int
) -> None:
    now, gate, starts = NOW + begins * SECOND, Gate(plan=plan), []
    for pause in pauses:
        now += timedelta(seconds=pause)
        result = enter(gate, owner="me", in_flight=None, now=now, timing=TIMING)
        if isinstance(result, Gate):
            starts.append(now)
            gate = result
        else:
            assert result.until > now
    most = max(1, plan * 9 // 10)
    assert all(sum(start <= at < start + HOUR for at in starts) <= most for start in starts)


@given(
    answers=st.lists(st.floats(0, 2), min_size=30, max_size=80),
    owners=st.lists(st.sampled_from("ab"), min_size=80, max_size=80),
)
def test_in_no_five_seconds_more_than_twenty_are_started(answers: list[float], owners: list[str]) -> None:
    """However fast the answers come, and whoever holds the lease."""
    now, gate, starts = NOW, Gate(), []
    for answer, owner in zip(answers, owners, strict=False):
        now += wait_before(gate, now)
        gate = leave(entered(gate, now, owner=owner), owner)
        starts.append(now)
        now += timedelta(seconds=answer if answer < 0.5 else 0)
    assert all(sum(start <= at < start + 5 * SECOND for at in starts) <= 20 for start in starts)
    assert all(starts[n + 1] - starts[n] >= SPACING for n in range(len(starts) - 1))
