"""The facts of the control report. Moment is asked while somebody waits, and only for so long."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

from moment_xledger.console.desk import Desk
from moment_xledger.console.facts.report import LineFacts, Months, Report
from moment_xledger.domain.companies import Company
from moment_xledger.domain.control import ControlReport, Line, Place, Sum
from moment_xledger.domain.days import day_in_oslo
from moment_xledger.flows.control_report import control_report

PATIENCE = timedelta(seconds=60)
MONTHS = 24


def months(now: datetime) -> list[str]:
    """That of today in Oslo, and those before it."""
    today = day_in_oslo(now)
    count = today.year * 12 + today.month - 1
    return [f"{each // 12}-{each % 12 + 1:02}" for each in range(count, count - MONTHS, -1)]


def first_day(month: str) -> date:
    return date.fromisoformat(f"{month}-01")


def made(company: Company, month: str, desk: Desk) -> ControlReport:
    """Raises `Unreachable` and `TakesTooLong`, as the flow does."""
    return control_report(
        company, first_day(month), desk.ledger, desk.vault(), desk.moment(), _for_a_while(desk.clock)
    )


def asked(month: str | None, desk: Desk) -> Months:
    return {"month": month, "months": months(desk.clock())}


def nothing_yet(desk: Desk) -> Report:
    return {**asked(None, desk), "in_moment": 0, "missing": 0, "waiting": 0, "held": 0, "lines": []}


def report_page(month: str, report: ControlReport, desk: Desk) -> Report:
    return {
        **asked(month, desk),
        "in_moment": report.count(Place.IN_MOMENT),
        "missing": report.count(Place.MISSING, Place.UNREADABLE),
        "waiting": report.count(Place.WAITING),
        "held": report.count(Place.HELD),
        "lines": [_line(line, sum_) for line, sum_ in report.lines()],
    }


def _line(line: Line, sum_: Sum) -> LineFacts:
    return {
        "place": line.place,
        "route": line.route,
        "detail": line.detail,
        "currency": line.currency,
        "count": sum_.count,
        "total": sum_.total if line.currency else None,
    }


def _for_a_while(clock: Callable[[], datetime]) -> Callable[[], bool]:
    until = clock() + PATIENCE
    return lambda: clock() < until
