"""When each run is due, and which pass over all companies is to be made next."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from moment_xledger.domain.pauses import Pause, Pauses
from moment_xledger.domain.scheduled_runs import (
    RunProgress,
    ScheduledRun,
    behind,
    latest_time,
    pass_over,
    pass_to_make,
    wants,
)
from tests.builders import a_company

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
EXPORTS, EXPENSES = ScheduledRun.EXPORTS, ScheduledRun.EXPENSES
SIX = datetime(2026, 11, 23, 5, tzinfo=UTC)  # in Oslo, in winter


@pytest.mark.parametrize(
    ("run", "now", "due"),
    [
        pytest.param("exports", "2026-11-23T05:00", "2026-11-23T05:00", id="at six in winter"),
        pytest.param("exports", "2026-11-23T04:59", "2026-11-22T05:00", id="before six, the day before's"),
        pytest.param("exports", "2026-07-01T04:00", "2026-07-01T04:00", id="at six in summer"),
        pytest.param("exports", "2026-03-29T04:00", "2026-03-29T04:00", id="on the day summer time begins"),
        pytest.param("exports", "2026-10-25T05:00", "2026-10-25T05:00", id="on the day it ends"),
        pytest.param("numbers", "2026-03-29T00:00", "2026-03-29T00:00", id="before the hour that is skipped"),
        pytest.param("reconcile", "2026-03-29T01:30", "2026-03-29T01:30", id="after it"),
        pytest.param(
            "reconcile", "2026-10-25T02:29", "2026-10-24T01:30", id="and after the one that repeats"
        ),
        pytest.param("notices", "2026-11-23T11:59", "2026-11-23T06:00", id="at seven"),
        pytest.param("notices", "2026-11-23T12:00", "2026-11-23T12:00", id="and at one"),
        pytest.param("expenses", "2026-11-23T12:59", "2026-11-23T12:00", id="every hour"),
    ],
)
def test_when_a_run_was_due_last(run: str, now: str, due: str) -> None:
    assert latest_time(ScheduledRun(run), _utc(now)) == _utc(due)


def _utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def passes(run: ScheduledRun, progress: RunProgress, since: datetime, until: datetime) -> list[str]:
    """What is begun in that time, minute by minute, where every pass ends in the minute in which it began and finds
    nothing."""
    begun = []
    while since < until:
        made = pass_to_make(run, progress, since)
        if made and not made.is_over:
            begun.append(f"{'check' if made.is_check else 'start'} {since:%d %H:%M}")
            made = pass_over(run, made, since)
        progress, since = made or progress, since + MINUTE
    return begun


def test_a_run_that_is_new_here_makes_up_for_nothing_and_begins_at_its_next_time() -> None:
    afternoon = SIX + 8 * HOUR
    assert passes(EXPORTS, RunProgress(), afternoon, afternoon + timedelta(days=1)) == [
        "start 24 05:00",
        "check 24 05:30",
    ]


def test_a_time_that_was_missed_is_made_up_for_once() -> None:
    """Nothing ran from Saturday to Monday afternoon."""
    before = RunProgress(time=SIX - timedelta(days=3))
    assert passes(EXPORTS, before, SIX + 8 * HOUR, SIX + 20 * HOUR) == ["start 23 13:00", "check 23 13:30"]


def test_expenses_begin_every_hour_and_nobody_looks_behind_them() -> None:
    before = RunProgress(time=SIX - HOUR)
    assert passes(EXPENSES, before, SIX, SIX + 2 * HOUR) == ["start 23 05:00", "start 23 06:00"]


def test_a_pass_that_is_not_over_goes_on_before_the_next_one_begins() -> None:
    halfway = RunProgress(time=SIX - HOUR, after="fjord", is_over=False)
    assert pass_to_make(EXPENSES, halfway, SIX + MINUTE) == halfway


def test_somebody_who_asks_by_hand_has_it_started_at_once() -> None:
    asked = RunProgress(time=SIX, asked=SIX + HOUR)
    made = pass_to_make(EXPORTS, asked, SIX + HOUR)
    assert made is not None
    assert (made.time, made.is_over, made.is_check) == (SIX + HOUR, False, False)
    over = pass_over(EXPORTS, made, SIX + HOUR)
    assert pass_to_make(EXPORTS, over, SIX + HOUR + MINUTE) is None
    again = pass_to_make(EXPORTS, over, SIX + timedelta(days=1))
    assert again is not None
    assert again.time == SIX + timedelta(days=1)


def test_what_is_missing_is_queued_once_more_before_it_is_counted() -> None:
    progress, at = pass_over(EXPORTS, RunProgress(time=SIX, is_over=False), SIX), SIX
    missing = []
    for found in (3, 3, 1, 0):
        at += HOUR / 2
        check = pass_to_make(EXPORTS, progress, at)
        assert check is not None
        progress = pass_over(EXPORTS, check.after_page("", found), at)
        missing.append(progress.missing)
    assert missing == [0, 3, 1, 0]
    assert progress.next_check is None


@pytest.mark.parametrize(
    ("progress", "minutes"),
    [
        pytest.param(RunProgress(time=SIX), 0, id="all are started"),
        pytest.param(RunProgress(time=SIX, is_over=False, after="fjord"), 7, id="some are not"),
        pytest.param(RunProgress(time=SIX - timedelta(days=1)), 7, id="none are"),
        pytest.param(RunProgress(), 7, id="nothing was ever started"),
        pytest.param(RunProgress(time=SIX, is_over=False, checks=1), 0, id="a check is no start"),
        pytest.param(RunProgress(time=SIX, asked=SIX + 4 * MINUTE), 3, id="somebody asked"),
    ],
)
def test_how_long_a_run_has_been_due(progress: RunProgress, minutes: int) -> None:
    assert behind(EXPORTS, progress, SIX + 7 * MINUTE) == minutes * MINUTE


@pytest.mark.parametrize(
    ("run", "settings", "wanted"),
    [
        pytest.param("exports", {"schedule": "daily"}, True, id="an export every day"),
        pytest.param("exports", {"schedule": "weekly"}, True, id="on Mondays"),
        pytest.param("exports", {"schedule": "monthly"}, False, id="on the first"),
        pytest.param("exports", {"schedule": "by_hand"}, False, id="by hand"),
        pytest.param("exports", {"route": "off"}, True, id="what is left of another route"),
        pytest.param("expenses", {}, False, id="no expenses"),
        pytest.param("expenses", {"import_expenses": True, "owner_code": 99168}, True, id="expenses"),
        pytest.param("notices", {}, True, id="notices"),
        pytest.param("numbers", {}, True, id="numbers"),
        pytest.param("reconcile", {}, True, id="reconcile"),
    ],
)
def test_which_companies_want_a_job(run: str, settings: dict[str, Any], wanted: bool) -> None:
    assert wants(ScheduledRun(run), a_company(**settings), SIX, Pauses()) is wanted


@pytest.mark.parametrize("run", ScheduledRun)
def test_only_the_nightly_looks_wait_out_a_pause(run: ScheduledRun) -> None:
    company = a_company(import_expenses=True, owner_code=99168)
    paused = Pauses(own={company.id: Pause(SIX, "Kari", "a wrong account")})
    assert wants(run, company, SIX, paused) is (run not in (ScheduledRun.NUMBERS, ScheduledRun.RECONCILE))
    resumed = replace(paused, own={company.id: Pause(SIX, "Kari", "", lifted=SIX)})
    assert wants(run, company, SIX, resumed)
