"""Every five minutes: tells each address what it must act on, and, twice a working day, what waits for somebody.

An address is taken before it is mailed and given back with what it was told, so that no mail goes twice; whoever dies
in between holds it for some minutes, and then that one mail may come once more. Throttling is no problem, so it is in
no mail. A run ends in good time, and each begins with another company: where there is not time for all, nobody is
always last.
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import TYPE_CHECKING, Any, Protocol

from moment_xledger.domain.companies import Company
from moment_xledger.domain.connection_tests import expires_soon
from moment_xledger.domain.days import day_in_oslo
from moment_xledger.domain.errors import Conflict
from moment_xledger.domain.mails import AddressRefused, MailDelayed, MailInDoubt, RecipientUnverified
from moment_xledger.domain.notices import (
    ACT_NOW,
    ACT_NOW_KINDS,
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


EVERY = timedelta(minutes=5)
SLICE = timedelta(seconds=180)  # of a function that may run for 240
GOLDEN = 0.618034  # multiples of it are spread evenly, however many there are


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
    """`delayed`: why a mail did not go now; the next run tries again. `unverified`: addresses that SES takes
    nothing for while it is in its sandbox; they too are tried again. `expiring`: companies whose token soon does."""

    urgent: int = 0
    digests: int = 0
    refused: int = 0
    expiring: int = 0
    unverified: int = 0
    delayed: list[str] = field(default_factory=list)

    def summary(self) -> dict[str, Any]:
        return asdict(self)


def send_notices(notifier: Notifier) -> Report:
    report, began = Report(), notifier.clock()
    for company in _in_turn(notifier.ledger.companies.every(), began):
        watch_deadlines(company, notifier.ledger, notifier.clock())
        report.expiring += expires_soon(company.token_expires, day_in_oslo(notifier.clock()))
        for address in dict.fromkeys(company.notify):
            if notifier.clock() < began + SLICE:
                _tell(company, address, notifier, report)
        if notifier.clock() >= began + SLICE:
            report.delayed.append("out of time")
        if report.delayed:  # of which the next company would hear the same
            break
    return report


def _in_turn(companies: Sequence[Company], now: datetime) -> Sequence[Company]:
    """From where no run of the last few has begun."""
    first = int(now.timestamp() // EVERY.total_seconds() * GOLDEN % 1 * len(companies))
    return [*companies[first:], *companies[:first]]


def _tell(company: Company, address: str, notifier: Notifier, report: Report) -> None:
    """Most times there is nothing to tell, and nothing is written."""
    ledger, now = notifier.ledger, notifier.clock()
    told = ledger.notices.told(company.id, address)
    urgent = [problem for kind in ACT_NOW_KINDS for problem in ledger.problems.of(company.id, kind)]
    is_digest_due = slot(now) not in (None, told.slot)
    if not is_digest_due and urgent_notice(urgent, told, now) is None:
        return
    if ledger.mails.stopped(company.id, address):
        return
    taken = ledger.notices.take(company.id, address, now)
    if taken:
        _mail(company, taken, urgent, notifier, report)


def _mail(
    company: Company, taken: "Taken", urgent: Sequence[Problem], notifier: Notifier, report: Report
) -> None:
    told, now = taken.told, notifier.clock()
    try:
        if notice := urgent_notice(urgent, told, now):
            _send(notice, company, taken.address, notifier)
            told = after_urgent(urgent, told, now)
            report.urgent += 1
        told = _digest(company, taken.address, told, notifier, report)
    except RecipientUnverified:
        report.unverified += 1
    except MailDelayed as delayed:
        report.delayed.append(delayed.why)
    except AddressRefused as refused:
        _stop(company, taken.address, refused.why, notifier)
        report.refused += 1
    try:
        notifier.ledger.notices.give_back(taken, told)
    except Conflict:  # we were too slow, and somebody else tells it now
        return


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
