"""One company's notices: tells each address what it must act on, and, twice a working day, what waits for somebody.

An address is taken before it is mailed and given back with what it was told, so that no mail goes twice; a call that
dies in between holds it for some minutes, and then that one mail may come once more. Throttling is no problem, so it is
in no mail. A call ends in good time, and says when the company is to be looked at again.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import TYPE_CHECKING, Any, Protocol

from moment_xledger.domain.companies import Company, CompanyId
from moment_xledger.domain.errors import Conflict
from moment_xledger.domain.mails import AddressRefused, MailDelayed, MailInDoubt, RecipientUnverified
from moment_xledger.domain.notices import (
    ACT_NOW,
    ACT_NOW_KINDS,
    AN_HOUR,
    Notice,
    Told,
    after_urgent,
    digest,
    slot,
    urgent_notice,
)
from moment_xledger.domain.problems import Problem
from moment_xledger.flows.note_returned_notice import stop_address
from moment_xledger.flows.watch_deadlines import watch_deadlines

if TYPE_CHECKING:
    from moment_xledger.adapters.ledger import Ledger
    from moment_xledger.adapters.ledger.notices import Taken


SOON = timedelta(minutes=5)  # what could not go now is tried again
SLICE = timedelta(seconds=180)  # of a function that may run for 240


class Postman(Protocol):
    """SES in `adapters.mail`, or its twin in tests."""

    sender: str

    def send(self, message: EmailMessage, to: str) -> str: ...


@dataclass(frozen=True)
class Notifier:
    """`write` makes the mail, for one reader, from that sender, at that time."""

    ledger: "Ledger"
    postman: Postman
    write: Callable[[Notice, Company, str, str, datetime], EmailMessage]
    clock: Callable[[], datetime]


@dataclass
class Report:
    """`delayed`: why a mail did not go now. `unverified`: addresses that SES takes nothing for while it is in its
    sandbox. Both are tried again in some minutes. `again`: when the company is to be looked at, at the latest."""

    urgent: int = 0
    digests: int = 0
    refused: int = 0
    unverified: int = 0
    delayed: list[str] = field(default_factory=list)
    again: datetime | None = None

    def look_again(self, at: datetime) -> None:
        self.again = min(self.again, at) if self.again else at

    def summary(self) -> dict[str, Any]:
        return {
            "urgent": self.urgent,
            "digests": self.digests,
            "refused": self.refused,
            "unverified": self.unverified,
            "delayed": self.delayed,
        }


def send_notices(company_id: CompanyId, notifier: Notifier) -> Report:
    report, began, ledger = Report(), notifier.clock(), notifier.ledger
    company = ledger.companies.get_known(company_id)
    watch_deadlines(company, ledger, began)
    marks = ledger.notices.look_marks(company_id)
    urgent = [problem for kind in ACT_NOW_KINDS for problem in ledger.problems.of(company_id, kind)]
    for address in dict.fromkeys(company.notify):
        if report.delayed:  # of which the next address would hear the same
            break
        if notifier.clock() < began + SLICE:
            _tell(company, address, urgent, notifier, report)
        else:
            report.delayed.append("out of time")
    now = notifier.clock()
    if report.delayed:
        report.look_again(now + SOON)
    if any(problem.code in ACT_NOW for problem in urgent):  # it may be solved without anybody saying so
        report.look_again(now + AN_HOUR)
    ledger.notices.looked(company_id, marks, report.again)
    return report


def _tell(
    company: Company, address: str, urgent: Sequence[Problem], notifier: Notifier, report: Report
) -> None:
    """Most times there is nothing to tell, and nothing is written."""
    ledger, now = notifier.ledger, notifier.clock()
    told = ledger.notices.told(company.id, address)
    is_digest_due = slot(now) not in (None, told.slot)
    if is_digest_due or urgent_notice(urgent, told, now):
        if ledger.mails.stopped(company.id, address):
            return
        taken = ledger.notices.take(company.id, address, now)
        if taken is None:
            report.look_again(now + SOON)
            return
        told = _mail(company, taken, urgent, notifier, report)
    if told.urgent_at and urgent_notice(urgent, told, told.urgent_at + AN_HOUR):
        report.look_again(told.urgent_at + AN_HOUR)


def _mail(
    company: Company, taken: "Taken", urgent: Sequence[Problem], notifier: Notifier, report: Report
) -> Told:
    told, now = taken.told, notifier.clock()
    try:
        if notice := urgent_notice(urgent, told, now):
            _send(notice, company, taken.address, notifier)
            told = after_urgent(urgent, told, now)
            report.urgent += 1
        told = _digest(company, taken.address, told, notifier, report)
    except RecipientUnverified:
        report.unverified += 1
        report.look_again(now + SOON)
    except MailDelayed as delayed:
        report.delayed.append(delayed.why)
    except AddressRefused as refused:
        _stop(company, taken.address, refused.why, notifier)
        report.refused += 1
    try:
        notifier.ledger.notices.give_back(taken, told)
    except Conflict:  # we were too slow, and somebody else tells it now
        report.look_again(now + SOON)
    return told


def _digest(company: Company, address: str, told: Told, notifier: Notifier, report: Report) -> Told:
    now = notifier.clock()
    due = slot(now)
    if due is None or due == told.slot:
        return told
    problems = list(notifier.ledger.problems.of(company.id))
    notice = digest(problems, told, now)
    if notice is None:
        return replace(told, slot=due)
    _send(notice, company, address, notifier)
    report.digests += 1
    waiting = sum(1 for problem in problems if problem.code not in ACT_NOW)
    return replace(told, slot=due, digest_at=now, open_then=waiting)


def _send(notice: Notice, company: Company, address: str, notifier: Notifier) -> None:
    """A mail that may have gone counts as gone: a second one would be louder than a lost one is."""
    message = notifier.write(notice, company, address, notifier.postman.sender, notifier.clock())
    try:
        notifier.postman.send(message, address)
    except MailInDoubt:
        return


def _stop(company: Company, address: str, why: str, notifier: Notifier) -> None:
    stop_address(company, address, why, "", notifier.ledger, notifier.clock())
