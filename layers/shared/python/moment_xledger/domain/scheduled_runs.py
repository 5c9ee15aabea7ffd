"""What the clock starts for every company or token: when, and whether everybody has had it.

A start goes through all companies, page by page, and queues one job for each that wants one. Later a check goes through
them again: a job that has not come to its end by then is queued once more. What a second check still finds missing is
counted, for an alarm.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum

from moment_xledger.domain.companies import Company
from moment_xledger.domain.days import OSLO, day_in_oslo
from moment_xledger.domain.pauses import Pauses
from moment_xledger.domain.schedules import is_export_day


class ScheduledRun(StrEnum):
    NUMBERS = "numbers"  # of what was changed in Xledger
    RECONCILE = "reconcile"  # with what Moment lists
    EXPORTS = "exports"
    NOTICES = "notices"  # a look at every company; what cannot wait is told in between
    EXPENSES = "expenses"


HOUR = timedelta(hours=1)
A_DAY = timedelta(days=1)
# In Oslo; none of them in the hour that summer time skips or repeats. What is not here begins with every hour.
TIMES: Mapping[ScheduledRun, tuple[time, ...]] = {
    ScheduledRun.NUMBERS: (time(1),),
    ScheduledRun.RECONCILE: (time(3, 30),),
    ScheduledRun.EXPORTS: (time(6),),
    ScheduledRun.NOTICES: (time(7), time(13)),
}
# So long after a start, and then again and again, it is looked whose job has not come to its end. The others come again
# so soon that nobody need look.
CHECKED_AFTER: Mapping[ScheduledRun, timedelta] = {
    ScheduledRun.NUMBERS: 2 * HOUR,
    ScheduledRun.RECONCILE: HOUR,
    ScheduledRun.EXPORTS: HOUR / 2,
    ScheduledRun.NOTICES: HOUR / 2,
}
NIGHT = timedelta(hours=5)  # from the first nightly run to the day's exports
PER_TOKEN = frozenset({ScheduledRun.NUMBERS})
# Put off until the next time where a company's work is paused. An export that is due in a pause is kept by its job.
WAIT_OUT_A_PAUSE = frozenset({ScheduledRun.NUMBERS, ScheduledRun.RECONCILE})


@dataclass(frozen=True)
class RunProgress:
    """How far the newest pass over all companies has come: the start, or one of the checks that follow it.

    `time` is when the run was due, or asked for. The next page begins after the company `after`. `checks` counts those
    that were begun, `found` what this one has found missing until now. `missing` is what the last repeated check found.
    """

    time: datetime | None = None
    after: str = ""
    is_over: bool = True
    checks: int = 0
    found: int = 0
    missing: int = 0
    next_check: datetime | None = None
    asked: datetime | None = None  # when somebody asked for a start by hand
    ver: int = 0

    @property
    def is_check(self) -> bool:
        return self.checks > 0

    def after_page(self, last: str, found: int) -> "RunProgress":
        return replace(self, after=last, found=self.found + found)


def pass_to_make(run: ScheduledRun, progress: RunProgress, now: datetime) -> RunProgress | None:
    """The pass that is to go on or to begin; None where there is nothing to do.

    A run that was never started begins at its next time, so that a deployment in the afternoon does not make up for the
    morning.
    """
    if not progress.is_over:
        return progress
    due = _due(run, progress, now)
    if progress.time is None and progress.asked is None:
        return replace(progress, time=due)
    if progress.time is None or due > progress.time:
        return RunProgress(time=due, is_over=False, asked=progress.asked, ver=progress.ver)
    if progress.next_check and progress.next_check <= now:
        return replace(progress, after="", is_over=False, checks=progress.checks + 1, found=0)
    return None


def pass_over(run: ScheduledRun, progress: RunProgress, now: datetime) -> RunProgress:
    """Every page has been gone through. A check that found nothing is the last one."""
    checks_again = not progress.is_check or progress.found > 0
    interval = CHECKED_AFTER.get(run)
    return replace(
        progress,
        after="",
        is_over=True,
        missing=progress.found if progress.checks > 1 else 0,
        next_check=now + interval if interval and checks_again else None,
    )


def behind(run: ScheduledRun, progress: RunProgress, now: datetime) -> timedelta:
    """How long ago the run was due, where not everybody has been started since."""
    due = _due(run, progress, now)
    if progress.time is None or due > progress.time:
        return now - due
    return now - progress.time if not (progress.is_over or progress.is_check) else timedelta()


def _due(run: ScheduledRun, progress: RunProgress, now: datetime) -> datetime:
    latest = latest_time(run, now)
    return max(latest, progress.asked) if progress.asked else latest


def latest_time(run: ScheduledRun, now: datetime) -> datetime:
    """When the run was due last."""
    if run not in TIMES:
        return now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    days = (day_in_oslo(now) - A_DAY, day_in_oslo(now))
    times = [datetime.combine(day, each, OSLO).astimezone(UTC) for day in days for each in TIMES[run]]
    return max(each for each in times if each <= now)


def wants(run: ScheduledRun, company: Company, due: datetime, pauses: Pauses) -> bool:
    """Whether a job is to be queued for this company. An export also looks for what is left of another route."""
    if run in WAIT_OUT_A_PAUSE and pauses.of(company.id):
        return False
    if run is ScheduledRun.EXPORTS:
        return is_export_day(company.schedule, day_in_oslo(due))
    return company.import_expenses if run is ScheduledRun.EXPENSES else True


def subject(run: ScheduledRun, company: Company) -> str:
    """Whom a job is for."""
    return company.token_id if run in PER_TOKEN else company.id
