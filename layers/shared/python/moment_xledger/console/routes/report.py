"""A month's control report: as a page, and as CSV for whoever keeps the books."""

from http import HTTPStatus

from aws_lambda_powertools.event_handler.exceptions import NotFoundError

from moment_xledger.console.answers import Answer, answer, headers
from moment_xledger.console.desk import desk_of, new_router
from moment_xledger.console.facts.report import NoReport
from moment_xledger.console.report_page import asked, made, months, nothing_yet, report_page
from moment_xledger.console.visits import Visit, query, signed_in
from moment_xledger.domain.errors import KeyRefused, Unreachable
from moment_xledger.domain.sessions import Right
from moment_xledger.flows.control_report import TakesTooLong

router = new_router()


@router.get("/report")
def show_report() -> Answer:
    """Without a month nothing is counted: one chooses first."""
    visit = signed_in(router.current_event, desk_of(router), Right.SEE_REPORT)
    if not query(router.current_event, "month"):
        return answer(router.current_event, visit, "report.html", nothing_yet(desk_of(router)), error="")
    month = _month()
    try:
        report = made(visit.company, month, desk_of(router))
    except (Unreachable, TakesTooLong) as fault:
        return _none(visit, month, fault)
    facts = report_page(month, report, desk_of(router))
    return answer(router.current_event, visit, "report.html", facts, error="")


@router.get("/report.csv")
def fetch_report() -> Answer:
    visit = signed_in(router.current_event, desk_of(router), Right.SEE_REPORT)
    month = _month()
    try:
        report = made(visit.company, month, desk_of(router))
    except (Unreachable, TakesTooLong) as fault:
        return _none(visit, month, fault)
    name = f"moment-xledger-{visit.company.id}-{month}.csv"
    saved = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Answer(200, "text/csv; charset=utf-8", report.to_csv(visit.words.language), headers() | saved)


def _month() -> str:
    month = query(router.current_event, "month")
    if month not in months(desk_of(router).clock()):
        raise NotFoundError("not a month that there is a report of")
    return month


def _none(visit: Visit, month: str, fault: Exception) -> Answer:
    why = {KeyRefused: "report_key_refused", TakesTooLong: "report_too_long"}
    error = visit.words(why.get(type(fault), "report_moment_down"))
    facts: NoReport = {**asked(month, desk_of(router)), "error": error}
    status = HTTPStatus.SERVICE_UNAVAILABLE
    return answer(router.current_event, visit, "report.html", facts, status=status, error=error)
