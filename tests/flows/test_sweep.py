"""A sweep wakes whatever may go, costs little where nothing may, and lets no trouble of one stop the others."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from typing import Any

import pytest

from local.bench.metering import MeteredTable
from moment_xledger.adapters.ledger import Ledger, keys
from moment_xledger.adapters.table import Put
from moment_xledger.domain.companies import CompanyId, TokenId
from moment_xledger.domain.errors import Why
from moment_xledger.domain.gate import FAILURES_TO_OPEN_BREAKER, Gate
from moment_xledger.domain.kinds import Kind
from moment_xledger.domain.pauses import Pause
from moment_xledger.flows.sweep import MOST_FAILURES, MOST_PROBES, MOST_WAITING, Lanes, Swept, sweep
from tests.world import START

A_MINUTE, AN_HOUR = timedelta(minutes=1), timedelta(hours=1)
CLOSED = Gate(closed_until=START + AN_HOUR, closed_why=Why.DOWN, failures=FAILURES_TO_OPEN_BREAKER)
PROBED = Gate(closed_until=START - A_MINUTE, closed_why=Why.DOWN, failures=FAILURES_TO_OPEN_BREAKER)
OF_COMPANIES = {
    "exports": "XSTATE",
    "mails": "XMAIL",
    "uploads": "SEND#1",
    "expenses": "IMP#expenses",
    "held": "XHELD",
}


class Broken(Exception):
    pass


@dataclass
class FakeLane:
    """`worked_off` is done before the next sweep."""

    waits: list[str] = field(default_factory=list)
    is_broken: bool = False

    def waiting(self) -> int:
        if self.is_broken:
            raise Broken
        return len(self.waits)

    def wake(self, names: Sequence[str]) -> int:
        self.waits += names
        return len(names)

    def worked_off(self) -> list[str]:
        done, self.waits = self.waits, []
        return done


class Minutes:
    """A ledger with work that is due, and the queues that sweeps fill."""

    def __init__(self) -> None:
        self.table = MeteredTable()
        self.ledger = Ledger(self.table)  # type: ignore[arg-type]
        self.customers, self.projects = FakeLane(), FakeLane()
        self.exports, self.mails, self.uploads, self.expenses, self.held = (FakeLane() for _ in range(5))
        self.now, self._random = START, Random(1)

    def token(self, name: str, *kinds: Kind, gate: Gate | None = None, company: str = "nordvik") -> None:
        for kind in kinds or (Kind.CUSTOMER,):
            self.ledger.records.mark_work(TokenId(name), kind, CompanyId(company), START - A_MINUTE)
        if gate:
            self.ledger.gates.save(TokenId(name), gate)

    def company(self, name: str, what: str = "exports") -> None:
        key = (f"T#{name}", OF_COMPANIES[what])
        self.table.write(Put(key, {"due": keys.shard(key[0]), "due_at": keys.stamp(START - A_MINUTE)}))

    def sweep(self, has_time: Callable[[], bool] = lambda: True) -> Swept:
        """And the next minute begins."""
        of_records = {Kind.CUSTOMER: self.customers, Kind.PROJECT: self.projects}
        lanes = Lanes(of_records, self.exports, self.mails, self.uploads, self.expenses, self.held)
        swept = sweep(self.ledger, lanes, self.now, self._random.shuffle, has_time)
        self.now += A_MINUTE
        return swept


def time_for(steps: int) -> Callable[[], bool]:
    left = iter([True] * steps)
    return lambda: next(left, False)


@pytest.fixture
def minutes() -> Minutes:
    return Minutes()


def test_a_closed_gate_is_let_be_and_the_others_are_woken_for_what_they_have(minutes: Minutes) -> None:
    minutes.token("closed", *Kind, gate=CLOSED)
    minutes.token("open", Kind.CUSTOMER, gate=Gate())
    minutes.token("new", Kind.PROJECT)
    swept = minutes.sweep()
    assert (minutes.customers.waits, minutes.projects.waits) == (["open"], ["new"])
    assert (swept.counts["woken"], swept.counts["closed"], swept.counts["left"]) == (2, 1, 0)


def test_a_token_is_woken_once_and_now_for_one_kind_then_for_the_other(minutes: Minutes) -> None:
    """One run carries both."""
    minutes.token("token", *Kind)
    for n in range(1, 31):
        minutes.sweep()
        assert len(minutes.customers.waits) + len(minutes.projects.waits) == n
    assert minutes.customers.waits
    assert minutes.projects.waits


@pytest.mark.parametrize("what", OF_COMPANIES)
def test_what_needs_no_gate_is_woken_whatever_the_gates_do(minutes: Minutes, what: str) -> None:
    for n in range(300):
        minutes.token(f"token-{n}", gate=CLOSED)
    minutes.company("nordvik", what)
    minutes.sweep()
    assert getattr(minutes, what).waits == ["nordvik"]


def test_ten_thousand_closed_gates_cost_a_hundred_and_some_calls(minutes: Minutes) -> None:
    for n in range(10_000):
        minutes.token(f"token-{n}", *Kind, gate=CLOSED)
    for n in range(500):
        minutes.company(f"company-{n}", "mails")
    calls, writes = minutes.table.calls, minutes.table.writes
    swept = minutes.sweep()
    assert swept.counts["closed"] == 10_000
    assert len(minutes.mails.waits) == 500
    assert minutes.table.calls - calls <= 100 + 2 * len(keys.SHARDS) + 1
    assert minutes.table.writes == writes


def test_a_paused_company_costs_no_look_at_the_others(minutes: Minutes) -> None:
    """Pauses are in one place, and what is due names its company."""
    minutes.ledger.pauses.pause(CompanyId("fjord"), Pause(START, "Kari", "a wrong account"))
    for n in range(200):
        minutes.token(f"token-{n}", gate=CLOSED)
    minutes.token("paused", company="fjord")
    minutes.company("fjord", "uploads")
    calls = minutes.table.calls
    minutes.sweep()
    assert (minutes.customers.waits, minutes.uploads.waits) == ([], [])
    assert minutes.table.calls - calls <= 2 + len(keys.SHARDS) + 1


def test_a_token_is_woken_for_whoever_shares_it_and_is_not_paused(minutes: Minutes) -> None:
    minutes.ledger.pauses.pause(CompanyId("fjord"), Pause(START, "Kari", "a wrong account"))
    for company in ("fjord", "nordvik"):
        minutes.token("shared", company=company)
    minutes.sweep()
    assert minutes.customers.waits == ["shared"]


@pytest.mark.parametrize("broken", ["customers", "projects", *OF_COMPANIES])
def test_a_queue_that_fails_stops_no_other(minutes: Minutes, broken: str) -> None:
    minutes.token("one", Kind.CUSTOMER)
    minutes.token("another", Kind.PROJECT)
    for what in OF_COMPANIES:
        minutes.company("nordvik", what)
    getattr(minutes, broken).is_broken = True
    swept = minutes.sweep()
    woken = {name for name in ("customers", "projects", *OF_COMPANIES) if getattr(minutes, name).waits}
    assert woken == {"customers", "projects", *OF_COMPANIES} - {broken}
    assert [type(each) for each in swept.failures] == [Broken]


def test_where_all_fails_it_is_given_up_until_the_next_minute_and_begun_elsewhere(minutes: Minutes) -> None:
    """AWS has trouble, and asking on and on is none of our business."""
    names = ("customers", "projects", *OF_COMPANIES)
    minutes.token("one", Kind.CUSTOMER)
    minutes.token("another", Kind.PROJECT)
    for what in OF_COMPANIES:
        minutes.company("nordvik", what)
    for name in names:
        getattr(minutes, name).is_broken = True
    assert len(minutes.sweep().failures) == MOST_FAILURES
    for name in names[:-1]:
        getattr(minutes, name).is_broken = False
    for _ in range(5):
        minutes.sweep()
    assert all(getattr(minutes, name).waits for name in names[:-1])


def test_gates_that_cannot_be_read_stop_nothing_else(
    minutes: Minutes, monkeypatch: pytest.MonkeyPatch
) -> None:
    for n in range(150):
        minutes.token(f"token-{n}")
    minutes.company("nordvik")
    read, asked = minutes.ledger.gates.outlines, Counter[str]()

    def read_but_the_first(tokens: Any) -> Any:
        asked["times"] += 1
        if asked["times"] == 1:
            raise Broken
        return read(tokens)

    monkeypatch.setattr(minutes.ledger.gates, "outlines", read_but_the_first)
    swept = minutes.sweep()
    assert (len(minutes.customers.waits), minutes.exports.waits) == (50, ["nordvik"])
    assert len(swept.failures) == 1
    minutes.sweep()
    assert {f"token-{n}" for n in range(150)} == set(minutes.customers.waits)


def test_a_queue_is_filled_up_to_a_limit_and_everybody_has_a_turn(minutes: Minutes) -> None:
    """Though the same thousands are due each minute, as if nobody carried them."""
    tokens, companies = {f"token-{n}" for n in range(2_500)}, {f"company-{n}" for n in range(2_500)}
    for name in tokens:
        minutes.token(name)
    for name in companies:
        minutes.company(name, "mails")
    woken, mailed = set[str](), set[str]()
    for _ in range(40):
        swept = minutes.sweep()
        assert swept.counts["left"] == 2 * (2_500 - MOST_WAITING)
        assert len(minutes.customers.waits) == len(minutes.mails.waits) == MOST_WAITING
        woken |= set(minutes.customers.worked_off())
        mailed |= set(minutes.mails.worked_off())
    assert (woken, mailed) == (tokens, companies)


def test_what_waits_in_a_queue_is_not_sent_again_beyond_its_limit(minutes: Minutes) -> None:
    for n in range(400):
        minutes.token(f"token-{n}")
    for _ in range(10):
        minutes.sweep()
    assert len(minutes.customers.waits) == MOST_WAITING


def test_out_of_time_it_leaves_the_rest_and_has_woken_what_needs_no_gate(minutes: Minutes) -> None:
    for n in range(500):
        minutes.token(f"token-{n}")
    minutes.company("nordvik")
    swept = minutes.sweep(time_for(len(keys.SHARDS) + 2))
    assert (len(minutes.customers.waits), minutes.exports.waits) == (200, ["nordvik"])
    assert swept.counts["left"] == 300
    woken = set(minutes.customers.worked_off())
    for _ in range(30):
        minutes.sweep(time_for(len(keys.SHARDS) + 2))
        woken |= set(minutes.customers.worked_off())
    assert woken == {f"token-{n}" for n in range(500)}


def test_where_there_is_not_even_time_to_look_another_part_is_looked_at_each_minute(minutes: Minutes) -> None:
    for n in range(100):
        minutes.company(f"company-{n}")
    for _ in keys.SHARDS:
        minutes.sweep(time_for(1))
    assert {f"company-{n}" for n in range(100)} == set(minutes.exports.waits)


def test_tokens_that_are_being_tried_again_are_few_at_a_time(minutes: Minutes) -> None:
    """Each may hold a worker until its request times out."""
    tried = {f"token-{n}" for n in range(2_000)}
    for name in tried:
        minutes.token(name, gate=PROBED)
    minutes.token("well")
    first = minutes.sweep()
    assert first.counts["probed"] == MOST_PROBES
    assert len(minutes.customers.waits) == MOST_PROBES + 1
    assert "well" in minutes.customers.waits
    assert minutes.sweep().counts["probed"] == 0  # nobody has taken the first ones yet
    seen = set[str]()
    for _ in range(60):
        seen |= set(minutes.customers.worked_off())
        minutes.sweep()
    assert seen == tried | {"well"}


def test_a_refused_token_is_tried_as_one_that_is_not_answered(minutes: Minutes) -> None:
    refused = Gate(closed_until=START - A_MINUTE, closed_why=Why.AUTH, refusals=3)
    for n in range(2 * MOST_PROBES + 1):
        minutes.token(f"token-{n}", gate=refused)
    swept = minutes.sweep()
    assert (swept.counts["probed"], swept.counts["left"]) == (MOST_PROBES, MOST_PROBES + 1)
    assert len(minutes.customers.waits) == MOST_PROBES
