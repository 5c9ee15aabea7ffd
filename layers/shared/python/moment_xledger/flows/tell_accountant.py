"""Tells the accountant, by mail, of each export that the clock has made. Who was told is written down for each reader,
after the mail has gone: a crash in between repeats one mail, which carries the same id."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import TYPE_CHECKING, Any, Protocol

from moment_xledger.domain.companies import Company, CompanyId
from moment_xledger.domain.errors import Conflict
from moment_xledger.domain.exports import Export
from moment_xledger.domain.mails import AddressRefused, MailDelayed, MailInDoubt, RecipientUnverified
from moment_xledger.domain.problems import Code, Problem
from moment_xledger.domain.uploads import EXPORT, Upload

if TYPE_CHECKING:
    from moment_xledger.adapters.ledger import Ledger
    from moment_xledger.adapters.ledger.tellings import Telling

FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=5), timedelta(hours=1)
A_MAIL = timedelta(
    seconds=60
)  # the longest that one takes: none is begun without that much left of the lease


@dataclass(frozen=True)
class News:
    """`link` opens the export's page for whoever has it, until `link_until`. It is for this one reader.

    `upload` is there where the file is handed to Xledger by us, and `upload_problem` where that needs a person.
    """

    export: Export
    company: Company
    problems: Sequence[Problem]
    link: str
    link_until: datetime
    upload: Upload | None = None
    upload_problem: Problem | None = None


class Postman(Protocol):
    """SES in `adapters.mail`, or its twin in tests."""

    sender: str

    def send(self, message: EmailMessage, to: str) -> str: ...


@dataclass(frozen=True)
class Teller:
    """`write` makes the mail, for one reader, from that sender, at that time."""

    ledger: "Ledger"
    postman: Postman
    write: Callable[[News, str, str, datetime], EmailMessage]
    console_url: str
    link_life: timedelta
    clock: Callable[[], datetime]


@dataclass
class Report:
    """`nobody`: exports of companies that list no reader. `delayed`: why mails did not go now; they go later."""

    sent: int = 0
    refused: int = 0
    nobody: int = 0
    delayed: list[str] = field(default_factory=list)

    def summary(self) -> dict[str, Any]:
        return asdict(self)


def tell_accountant(company_id: CompanyId, teller: Teller) -> Report:
    """Of all exports that are still to be told of. What cannot be sent now is due again later."""
    report = Report()
    if teller.ledger.pauses.now().of(company_id):
        return report
    company = teller.ledger.companies.get_known(company_id)
    for telling in list(teller.ledger.tellings.open(company_id)):
        try:
            _tell(telling, company, teller, report)
        except Conflict:  # somebody else is telling of it
            continue
    return report


def _tell(telling: "Telling", company: Company, teller: Teller, report: Report) -> None:
    now = teller.clock()
    until = teller.ledger.tellings.take(telling, now)
    readers = tuple(dict.fromkeys(company.notify))
    report.nobody += not readers
    done = _mail_to(readers, telling, until, company, teller, report)
    if set(readers) <= set(done):
        teller.ledger.tellings.close(telling, done, teller.clock())
    else:
        wait = min(FIRST_WAIT * 2 ** min(telling.attempts, 10), LONGEST_WAIT)
        teller.ledger.tellings.put_off(telling, until, teller.clock() + wait)


def _mail_to(
    readers: Sequence[str],
    telling: "Telling",
    until: datetime,
    company: Company,
    teller: Teller,
    report: Report,
) -> list[str]:
    """Those that need no mail any more."""
    done = list(telling.done)
    for reader in readers:
        if reader in done:
            continue
        if teller.ledger.mails.stopped(
            company.id, reader
        ):  # what came back goes when a person has confirmed it
            continue
        if teller.clock() + A_MAIL > until:
            break
        try:
            _mail(reader, telling, company, teller, report)
        except (MailInDoubt, RecipientUnverified) as theirs:
            report.delayed.append(theirs.why)
            continue
        except MailDelayed as delayed:  # of which the next reader would hear the same
            report.delayed.append(delayed.why)
            break
        done.append(reader)
        teller.ledger.tellings.note(telling, done, until)
    return done


def _mail(reader: str, telling: "Telling", company: Company, teller: Teller, report: Report) -> None:
    message = teller.write(_news(telling, company, teller), reader, teller.postman.sender, teller.clock())
    try:
        teller.postman.send(message, reader)
    except AddressRefused:
        _report_refused(reader, telling, teller)
        report.refused += 1
    else:
        teller.ledger.problems.close(company.id, [("mail", reader)], [Code.ADDRESS_REFUSED])
        report.sent += 1


def _news(telling: "Telling", company: Company, teller: Teller) -> News:
    """Each reader has a link of their own; it is in the mail and nowhere else."""
    export = teller.ledger.exports.get(company.id, telling.export)
    if export is None:
        raise LookupError(f"export {telling.export} of {company.id} is not there")
    problems = tuple(teller.ledger.problems.of(company.id, "invoice"))
    now = teller.clock()
    token = teller.ledger.links.make(company.id, export.number, now)
    link = f"{teller.console_url.rstrip('/')}/e/{token}"
    upload = teller.ledger.uploads.get(company.id, export.number)
    of_exports = teller.ledger.problems.of(company.id, EXPORT) if upload else ()
    waits = next((each for each in of_exports if upload and each.number == upload.number), None)
    return News(export, company, problems, link, now + teller.link_life, upload, waits)


def _report_refused(reader: str, telling: "Telling", teller: Teller) -> None:
    now = teller.clock()
    details = {"export": str(telling.export)}
    teller.ledger.problems.report(
        [
            Problem(
                telling.company, "mail", reader, Code.ADDRESS_REFUSED, details, first_seen=now, last_seen=now
            )
        ]
    )
