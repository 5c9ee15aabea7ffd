"""Problems that nobody runs into: a key that will expire, and an export that is not finished in its time.

And those that a save of the settings has solved, where it died before it could say so.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from moment_xledger.domain.companies import Company
from moment_xledger.domain.connection_tests import reminder
from moment_xledger.domain.days import OSLO
from moment_xledger.domain.exports import PATIENCE, Status
from moment_xledger.domain.kinds import Kind
from moment_xledger.domain.notices import MORNING
from moment_xledger.domain.problems import Code, Problem
from moment_xledger.domain.stops import STOPPED

if TYPE_CHECKING:
    from moment_xledger.adapters.ledger import Ledger

# The sweep takes an export up again when its worker's time is over. By now that second attempt has failed as well.
FAILED_TWICE = timedelta(minutes=15)


def watch_deadlines(company: Company, ledger: "Ledger", now: datetime) -> None:
    """Reported once, and closed when over."""
    wanted = [*_expiry(company, now), *_late_export(company, ledger, now)]
    known_now = [each for kind in ("settings", "export") for each in ledger.problems.of(company.id, kind)]
    _close(company, [each for each in known_now if _is_solved(each, company, ledger, now)], ledger)
    open_now = [each for each in known_now if each.code in (Code.TOKEN_EXPIRES, Code.EXPORT_FAILED)]
    known = {(problem.code, problem.number) for problem in open_now}
    ledger.problems.report(each for each in wanted if (each.code, each.number) not in known)
    still = {(problem.code, problem.number) for problem in wanted}
    _close(company, [each for each in open_now if (each.code, each.number) not in still], ledger)


def _close(company: Company, problems: Iterable[Problem], ledger: "Ledger") -> None:
    for problem in problems:
        ledger.problems.close(company.id, [(problem.kind, problem.number)], [problem.code])


def _is_solved(problem: Problem, company: Company, ledger: "Ledger", now: datetime) -> bool:
    if problem.code is Code.TOKEN_REFUSED:
        return not ledger.gates.get(company.token_id).token_is_refused
    if problem.code is Code.XLEDGER_SILENT:
        return ledger.gates.get(company.token_id).silence is None
    if problem.code is Code.REFUSED_WITHOUT_REASON:
        barred = ledger.gates.get(company.token_id).barred
        return barred is None or barred.is_over(now)
    if problem.code in STOPPED and problem.number in tuple(
        Kind
    ):  # it has another token now, or does not carry them
        kind = Kind(problem.number)
        return not company.carries(kind) or ledger.stops.get(company.token_id, kind) is None
    if problem.code is Code.RECEPTION_ADDRESS_STOPPED:
        return problem.number.lower() != (company.reception_address or "").lower()
    return problem.code is Code.NOTICE_ADDRESS_STOPPED and problem.number not in company.notify


def _expiry(company: Company, now: datetime) -> list[Problem]:
    """Each reminder is a problem of its own. It begins in the morning, not at midnight."""
    local = now.astimezone(OSLO)
    today = local.date() if local.time() >= MORNING else local.date() - timedelta(days=1)
    days = reminder(company.token_expires, today)
    if days is None or company.token_expires is None:
        return []
    details = {"date": company.token_expires.isoformat()}
    number = f"{company.token_expires} {days}"
    return [Problem(company.id, "settings", number, Code.TOKEN_EXPIRES, details, "", now, now)]


def _late_export(company: Company, ledger: "Ledger", now: datetime) -> list[Problem]:
    watermark = ledger.exports.watermark(company.id)
    export = ledger.exports.get(company.id, watermark.open) if watermark.open else None
    if export is None or export.status is Status.READY:
        return []
    if now - _since(company, watermark.taken_until or export.claimed, ledger, now) < FAILED_TWICE:
        return []
    return [Problem(company.id, "export", str(export.number), Code.EXPORT_FAILED, {}, "", now, now)]


def _since(company: Company, due: datetime, ledger: "Ledger", now: datetime) -> datetime:
    """From when it was to be taken up again: nobody works on it in a pause."""
    rested = ledger.pauses.now().rested_until(company.id, now)
    return max(due, rested + PATIENCE) if rested else due
