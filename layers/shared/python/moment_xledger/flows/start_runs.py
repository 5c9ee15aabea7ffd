"""Every minute: goes on with what the clock has to start, page by page, and queues one small job for each company or
token. A call that dies, or has no time left, is followed by one that goes on where it was."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from moment_xledger.domain.companies import Company
from moment_xledger.domain.connection_tests import expires_soon
from moment_xledger.domain.days import day_in_oslo
from moment_xledger.domain.errors import Conflict
from moment_xledger.domain.exports import SCHEDULE
from moment_xledger.domain.scheduled_runs import (
    PER_TOKEN,
    RunProgress,
    ScheduledRun,
    pass_over,
    pass_to_make,
    subject,
    wants,
)

if TYPE_CHECKING:
    from moment_xledger.adapters.ledger import Ledger

PAGE = 500  # companies: what is gone through between two writes of how far it has come
MOST_LOOKS = 2_000  # companies in one call that may have something to be told at once
MOST_NAMED = 20  # of those that are missing
LOOKED_AT_BY = timedelta(minutes=5)  # after a job was queued; else it is queued again


@dataclass(frozen=True)
class Starter:
    """`queue` sends a job of the run for each of these companies or tokens, and says how many were not taken.
    `has_time` says whether this call can go through another page."""

    ledger: "Ledger"
    queue: Callable[[ScheduledRun, Sequence[str], datetime | None], int]
    has_time: Callable[[], bool]
    clock: Callable[[], datetime]


@dataclass
class Report:
    """`started`, and `again` for jobs that a check found missing, by run; `who` are some of these. `expiring`: how many
    companies' tokens soon do, of those that this call went through for their notices. `refused`: jobs that SQS did not
    take."""

    started: dict[str, int] = field(default_factory=dict)
    again: dict[str, int] = field(default_factory=dict)
    who: list[str] = field(default_factory=list)
    looks: int = 0
    expiring: int | None = None
    refused: int = 0
    unreadable: list[str] = field(default_factory=list)

    def summary(self) -> dict[str, Any]:
        return {name: value for name, value in asdict(self).items() if value}


def job_of(run: ScheduledRun, subject: str, due: datetime | None) -> dict[str, str | None]:
    """A message. An export's request is the same whichever call queues it for this time, so that it is made once."""
    whose = "token" if run in PER_TOKEN else "company"
    job: dict[str, str | None] = {whose: subject, "time": due.isoformat() if due else None}
    if run is ScheduledRun.EXPORTS:
        job |= {"request": f"{SCHEDULE} {job['time']}", "by": SCHEDULE, "repeats": None}
    return job


def start_run(run: ScheduledRun, starter: Starter, report: Report) -> None:
    """Ends early where there is no more time, or where another call goes through the same pages."""
    runs, tokens = starter.ledger.scheduled_runs, set[str]()
    before = runs.progress(run)
    progress = pass_to_make(run, before, starter.clock())
    if progress is None:
        return
    try:
        if progress.is_over:  # the first time that this run is heard of
            _save(run, progress, starter)
        while not progress.is_over and starter.has_time():
            progress = _save(run, _after_a_page(run, progress, tokens, starter, report), starter)
    except Conflict:
        return


def _save(run: ScheduledRun, progress: RunProgress, starter: Starter) -> RunProgress:
    following = replace(progress, ver=progress.ver + 1)
    starter.ledger.scheduled_runs.save(run, following)
    return following


def _after_a_page(
    run: ScheduledRun, progress: RunProgress, queued: set[str], starter: Starter, report: Report
) -> RunProgress:
    """Jobs go first: a call that dies in between is followed by one that queues this page again, and a job for a time
    that a company is done with is passed over."""
    assert progress.time is not None  # noqa: S101 -- a pass is always for some time
    page, pauses = starter.ledger.companies.page(PAGE, progress.after), starter.ledger.pauses.now()
    wanting = [each for each in page.companies if wants(run, each, progress.time, pauses)]
    subjects = list(dict.fromkeys(subject(run, each) for each in wanting))
    subjects = [each for each in subjects if each not in queued]
    found = 0
    if progress.is_check:
        subjects = _missing(run, subjects, progress.time, starter)
        found = len(subjects) + len(page.unreadable)
        report.who += [*subjects, *page.unreadable][: MOST_NAMED - len(report.who)]
    elif run is ScheduledRun.NOTICES:
        report.expiring = (report.expiring or 0) + _expiring(page.companies, starter.clock())
    report.refused += starter.queue(run, subjects, progress.time)
    queued.update(subjects)
    counts = report.again if progress.is_check else report.started
    counts[run] = counts.get(run, 0) + len(subjects)
    report.unreadable += page.unreadable
    progress = progress.after_page(page.last, found)
    return progress if page.last else pass_over(run, progress, starter.clock())


def _missing(run: ScheduledRun, subjects: Collection[str], time: datetime, starter: Starter) -> list[str]:
    done = starter.ledger.scheduled_runs.done(run, subjects)
    return [each for each in subjects if each not in done or done[each] < time]


def _expiring(companies: Collection[Company], now: datetime) -> int:
    return sum(expires_soon(each.token_expires, day_in_oslo(now)) for each in companies)


def start_looks(starter: Starter, report: Report) -> None:
    """One job for each company of which something may have to be told at once."""
    now, notices = starter.clock(), starter.ledger.notices
    companies = notices.to_look_at(now, MOST_LOOKS)
    report.refused += starter.queue(ScheduledRun.NOTICES, companies, None)
    for company in companies:
        notices.put_off_look(company, now + LOOKED_AT_BY)
    report.looks = len(companies)
