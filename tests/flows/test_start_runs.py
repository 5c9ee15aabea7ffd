"""What the clock starts reaches everybody, however often a call dies or has no more time."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from moment_xledger.adapters.ledger import Ledger, keys
from moment_xledger.adapters.table import Put
from moment_xledger.domain.companies import CompanyId
from moment_xledger.domain.scheduled_runs import ScheduledRun
from moment_xledger.flows import start_runs as flow
from moment_xledger.flows.pause_work import pause_work, resume_work
from moment_xledger.flows.start_runs import Report, Starter, job_of, start_looks, start_run
from tests.builders import a_company
from tests.flows.crashing import CrashingTable, Died, Fate

SIX = datetime(2026, 11, 23, 5, tzinfo=UTC)  # in Oslo, on a Monday
MINUTE, A_DAY = timedelta(minutes=1), timedelta(days=1)
EXPORTS, NUMBERS = ScheduledRun.EXPORTS, ScheduledRun.NUMBERS


@dataclass
class Clock:
    """A ledger with companies, the function that is called every minute, and the queues it sends to."""

    fate: Fate = field(default_factory=Fate)
    now: datetime = SIX - MINUTE
    jobs: list[tuple[ScheduledRun, str, datetime | None]] = field(default_factory=list)
    pages: int = 1_000  # that a call has time for

    def __post_init__(self) -> None:
        self.table = CrashingTable(self.fate)
        self.ledger = Ledger(self.table)  # type: ignore[arg-type]

    def save(self, *ids: str, **settings: Any) -> None:
        for id_ in ids:
            self.ledger.companies.save(a_company(id_, **settings))

    def tick(self, *runs: ScheduledRun) -> Report:
        """A minute later."""
        self.now += MINUTE
        left, report = iter(range(self.pages)), Report()

        def has_time() -> bool:
            return next(left, None) is not None

        for run in runs or (EXPORTS,):
            start_run(run, Starter(self.ledger, self.queue, has_time, lambda: self.now), report)
        return report

    def queue(self, run: ScheduledRun, subjects: Sequence[str], time: datetime | None) -> int:
        with self.fate.call(changes=True):
            self.jobs += [(run, subject, time) for subject in subjects]
        return 0

    def taken(self) -> list[str]:
        """For whom jobs were queued since this was asked last."""
        found, self.jobs = [subject for _, subject, _ in self.jobs], []
        return found

    def done(self, *ids: str, run: ScheduledRun = EXPORTS) -> None:
        for id_ in ids:
            self.ledger.scheduled_runs.note_done(run, id_, SIX)

    def count_missing(self) -> int:
        return self.ledger.scheduled_runs.progress(EXPORTS).missing


@pytest.fixture
def clock() -> Clock:
    """The minute before six, of a deployment that was there the day before."""
    clock = Clock()
    clock.now -= A_DAY
    clock.tick(*ScheduledRun)
    clock.now = SIX - MINUTE
    return clock


def test_each_company_that_wants_one_that_day_has_a_job_and_has_it_once(clock: Clock) -> None:
    clock.save("daily", "by-mail")
    clock.save("weekly", schedule="weekly")
    clock.save("monthly", schedule="monthly")
    clock.save("by-hand", schedule="by_hand")
    clock.tick()
    assert clock.jobs == [(EXPORTS, id_, SIX) for id_ in ("by-mail", "daily", "weekly")]
    clock.jobs.clear()
    for _ in range(20):
        clock.tick()
    assert clock.jobs == []


def test_an_export_has_the_same_request_whichever_call_queues_it() -> None:
    assert job_of(EXPORTS, "nordvik", SIX) == {
        "company": "nordvik",
        "time": "2026-11-23T05:00:00+00:00",
        "request": "schedule 2026-11-23T05:00:00+00:00",
        "by": "schedule",
        "repeats": None,
    }
    assert job_of(NUMBERS, "fingerprint", SIX) == {
        "token": "fingerprint",
        "time": "2026-11-23T05:00:00+00:00",
    }


def test_a_token_has_one_job_however_many_companies_share_it(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(flow, "PAGE", 2)
    clock.save("north", "south", "west", token_id="shared")
    clock.save("alone", token_id="alone")
    clock.tick(NUMBERS)
    assert sorted(clock.taken()) == ["alone", "shared"]


def test_the_rest_is_left_to_the_next_minute_where_there_is_not_time_for_all(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(flow, "PAGE", 10)
    clock.save(*(f"company-{n:03}" for n in range(95)))
    clock.pages = 4
    counts = [clock.tick().started[EXPORTS] for _ in range(3)]
    assert counts == [40, 40, 15]
    assert sorted(clock.taken()) == [f"company-{n:03}" for n in range(95)]
    assert clock.tick().started == {}


def test_a_call_that_dies_anywhere_is_followed_by_one_that_reaches_everybody(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(flow, "PAGE", 10)
    everybody = [f"company-{n:03}" for n in range(100)]
    at = 1
    while True:
        clock = Clock()
        clock.save(*everybody)
        clock.tick()
        clock.fate.calls, clock.fate.at = 0, at
        clock.now += A_DAY
        try:
            clock.tick()
            break
        except Died:
            clock.fate.at = 0
            clock.tick()
        taken = clock.taken()
        assert sorted(set(taken)) == everybody, f"died at call {at}"
        assert len(taken) <= 110, f"died at call {at}: more than a page was queued twice"
        at += 1
    assert at > 50


def test_two_calls_at_once_do_the_work_of_one(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flow, "PAGE", 10)
    clock.save(*(f"company-{n:03}" for n in range(100)))
    queue = clock.queue
    other: list[Report] = []

    def queue_while_another_call_does_all(*args: Any) -> int:
        monkeypatch.setattr(clock, "queue", queue)
        other.append(clock.tick())
        return queue(*args)

    monkeypatch.setattr(clock, "queue", queue_while_another_call_does_all)
    first = clock.tick()
    assert (first.started, other[0].started) == ({EXPORTS: 10}, {EXPORTS: 100})
    assert len(set(clock.taken())) == 100


def test_settings_that_are_damaged_stop_only_their_own_company(clock: Clock) -> None:
    clock.save("aurland", "bergen", "cap")
    clock.table.write(Put(keys.settings(CompanyId("bergen")), {"settings": "{", "ver": 1}))
    report = clock.tick()
    assert (clock.taken(), report.unreadable) == (["aurland", "cap"], ["bergen"])


def test_who_is_paused_has_a_job_the_night_after_it(clock: Clock) -> None:
    clock.save("aurland", token_id="a")
    clock.save("bergen", token_id="b")
    pause_work(CompanyId("bergen"), "Kari", "a wrong account", clock.ledger, clock.now)
    clock.tick(NUMBERS, EXPORTS)
    assert clock.taken() == ["a", "aurland", "bergen"]  # the export's job keeps it until the pause is over
    resume_work(CompanyId("bergen"), "Kari", clock.ledger, clock.now)
    clock.now += A_DAY
    clock.tick(NUMBERS)
    assert clock.taken() == ["a", "b"]


def test_a_job_that_was_lost_is_queued_again_and_one_that_never_ends_is_counted(clock: Clock) -> None:
    clock.save("aurland", "bergen", "cap")
    clock.tick()
    clock.taken()
    clock.done("aurland")
    clock.now = SIX + 31 * MINUTE
    report = clock.tick()
    assert (clock.taken(), report.again, clock.count_missing()) == (["bergen", "cap"], {EXPORTS: 2}, 0)
    assert report.who == ["bergen", "cap"]
    clock.done("bergen")
    clock.now += 31 * MINUTE
    clock.tick()
    assert (clock.taken(), clock.count_missing()) == (["cap"], 1)
    clock.done("cap")
    clock.now += 31 * MINUTE
    clock.tick()
    assert (clock.taken(), clock.count_missing()) == ([], 0)
    clock.now += 31 * MINUTE
    assert clock.tick() == Report()


def test_whose_job_is_done_for_a_later_time_is_not_missing(clock: Clock) -> None:
    clock.save("aurland")
    clock.tick()
    clock.ledger.scheduled_runs.note_done(EXPORTS, "aurland", SIX + MINUTE)
    clock.done("aurland")  # a job of an earlier time, which comes late
    clock.taken()
    clock.now = SIX + 31 * MINUTE
    clock.tick()
    assert clock.taken() == []


def test_what_somebody_asks_for_begins_at_once_and_for_all(clock: Clock) -> None:
    clock.save("aurland")
    clock.tick()
    clock.taken()
    clock.ledger.scheduled_runs.ask(EXPORTS, SIX + MINUTE)
    clock.tick()
    clock.tick()
    assert clock.jobs == [(EXPORTS, "aurland", SIX + MINUTE)]


def test_the_clock_counts_whose_token_expires_when_it_goes_through_all(clock: Clock) -> None:
    clock.save("aurland", token_expires="2026-11-26")
    clock.save("bergen")
    assert clock.tick(EXPORTS).expiring is None
    clock.now = SIX + 60 * MINUTE
    assert clock.tick(ScheduledRun.NOTICES).expiring == 1


def test_who_may_have_something_to_hear_is_looked_at_and_again_if_nobody_did(clock: Clock) -> None:
    clock.save("aurland", "bergen")
    starter = Starter(clock.ledger, clock.queue, lambda: True, lambda: clock.now)
    seen = []
    for _ in range(7):
        start_looks(starter, Report())
        seen.append(sorted(clock.taken()))
        if len(seen) == 1:
            marks = clock.ledger.notices.look_marks(CompanyId("aurland"))
            clock.ledger.notices.looked(CompanyId("aurland"), marks, None)
        clock.now += MINUTE
    assert seen == [["aurland", "bergen"], [], [], [], [], ["bergen"], []]
