"""Mails one invoice: PDF, bytes in S3, intent, mail, done. Read each step as: whoever dies here leaves either an
invoice that is still to be mailed, or one that a person is asked about. None goes twice by itself."""

import hashlib
import io
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from email.message import EmailMessage
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

from moment_xledger.domain import invoice_mails, invoice_message
from moment_xledger.domain.companies import Company, CompanyId, Route, Token
from moment_xledger.domain.errors import Conflict, KeyRefused
from moment_xledger.domain.invoice_mails import InvoiceMail, State, Step, noted
from moment_xledger.domain.invoice_references import Standing, holder_on, references_of, under, waiting
from moment_xledger.domain.invoices import Snapshot
from moment_xledger.domain.mails import AddressRefused, MailDelayed, MailInDoubt, on_the_wire
from moment_xledger.domain.moment import Invoice
from moment_xledger.domain.problems import Code, Problem
from moment_xledger.domain.releases import is_known
from moment_xledger.flows.invoice_standing import numbers_now, standings_of
from moment_xledger.flows.mailing_turn import Turn
from moment_xledger.flows.take_in_invoices import wait_quietly

if TYPE_CHECKING:
    from moment_xledger.adapters.files import Files
    from moment_xledger.adapters.ledger import Ledger
    from moment_xledger.adapters.secrets import Vault

LOOK_AGAIN = timedelta(minutes=5)  # at an invoice that waits for its customer or project
HANDING_OVER = timedelta(seconds=30)  # what the mail service may take at most, and some
WRITING = timedelta(seconds=30)  # what must fit in besides
SETTINGS = "settings"
# A mail may come back as soon as it has gone, and while it is tidied up after.
BEFORE_IT_WENT = tuple(code for code in invoice_mails.REASONS if code not in invoice_mails.RETURNED)


class Pdfs(Protocol):
    def get(self, company: CompanyId, key: Token, invoice_id: int) -> bytes | Code: ...


class Post(Protocol):
    sender: str

    def send(self, message: EmailMessage, to: str) -> str: ...


@dataclass(frozen=True)
class Mailer:
    """What a run needs of the world. `new_id` gives one that was never given before."""

    ledger: "Ledger"
    vault: "Vault"
    files: "Files"
    pdfs: Pdfs
    post: Post
    clock: Callable[[], datetime]
    sleep: Callable[[float], None]
    new_id: Callable[[], str]


@dataclass(frozen=True)
class Run:
    company: Company
    turn: Turn
    mailer: Mailer

    @cached_property
    def moment_key(self) -> Token:
        return self.mailer.vault.moment_key(self.company)

    def report(self, kind: str, number: str, code: Code, **details: str) -> None:
        now = self.mailer.clock()
        problem = Problem(self.company.id, kind, number, code, details, first_seen=now, last_seen=now)
        self.mailer.ledger.problems.report([problem])


class Outcome(StrEnum):
    SENT = "sent"
    TIDIED = "tidied"  # it was done before, but for the last step
    LEFT_BEHIND = "left behind"  # by a worker that died while it sent it
    IN_DOUBT = "in doubt"
    NO_PDF = "no pdf"
    MOMENT_DOWN = "moment down"
    KEY_REFUSED = "key refused"
    DELAYED = "delayed"
    REFUSED = "refused"
    HELD = "held"  # there is no address that may be mailed to
    CHANGED = "changed"  # somebody else decided meanwhile
    WAITING = "waiting"  # for its customer or project to be in Xledger
    SKIPPED = "skipped"  # a person said so, after it was taken in
    TURN_LOST = "turn lost"


def mail_invoice(mail: InvoiceMail, run: Run) -> Outcome:
    try:
        if mail.state is State.PENDING:
            return _mail(mail, run)
        if mail.state is State.SENDING:
            _ask_a_person(mail, run)
            return Outcome.LEFT_BEHIND
        if (
            invoice_mails.is_watched(mail) and mail.delivered is None
        ):  # the mail service has given it up by now
            _ask_a_person(mail, run)
            return Outcome.IN_DOUBT
        _tidy(mail, run)
    except Conflict:
        return Outcome.CHANGED
    return Outcome.TIDIED


def _mail(mail: InvoiceMail, run: Run) -> Outcome:
    snapshot = _snapshot(mail, run)
    if not invoice_mails.leaves_by_mail(snapshot):
        run.mailer.ledger.mails.close(mail)
        return Outcome.SKIPPED
    if not _may_be_mailed(run):
        return Outcome.HELD
    stated = _as_booked(mail, snapshot, run)
    if stated is None:
        return Outcome.WAITING
    snapshot = replace(snapshot, invoice=stated)
    made = _message(mail, snapshot, run)
    if isinstance(made, Code):
        return _without(made, mail, run)
    intent = _intend(mail, made, run)
    if intent is None:
        return Outcome.TURN_LOST
    return _hand_over(intent, made, run)


def _may_be_mailed(run: Run) -> bool:
    """There is an address, and nothing that was mailed to it came back."""
    address = run.company.reception_address
    if address is None:
        run.report(SETTINGS, "reception_address", Code.RECEPTION_ADDRESS_MISSING)
        return False
    return run.mailer.ledger.mails.stopped(run.company.id, address) is None


def _as_booked(mail: InvoiceMail, snapshot: Snapshot, run: Run) -> Invoice | None:
    """Under the number that its customer has by now. None where it waits: numbers may have been swapped or moved since
    it arrived. It is looked at again when that is settled."""
    ledger, now, invoice = run.mailer.ledger, run.mailer.clock(), snapshot.invoice
    standings = standings_of(run.company, references_of(invoice, Route.EMAIL), ledger, now)
    standings |= {each: Standing.STAYS for each, found in standings.items() if found is Standing.TO_LEAVE}
    why = waiting(invoice, standings)
    if why is None:
        number = numbers_now(run.company.id, standings, ledger).get(holder_on(invoice).number)
        return invoice if number is None else under(number, invoice)
    wait_quietly(run.company, [(invoice.invoice_number, why)], ledger, now)
    ledger.mails.save(replace(mail, again=now + LOOK_AGAIN))
    return None


def _snapshot(mail: InvoiceMail, run: Run) -> Snapshot:
    snapshot = run.mailer.ledger.invoices.get(mail.company, mail.seq)
    if snapshot is None:
        raise LookupError(f"invoice {mail.number} of {mail.company} has a mail, but is not there")
    return snapshot


def _message(mail: InvoiceMail, snapshot: Snapshot, run: Run) -> EmailMessage | Code:
    """Or why there is none."""
    company, mailer = run.company, run.mailer
    try:
        pdf = mailer.pdfs.get(company.id, run.moment_key, snapshot.invoice.id)
    except KeyRefused:
        return Code.MOMENT_KEY_REFUSED
    if isinstance(pdf, Code):
        return pdf
    made = invoice_message.message(mail, snapshot, company, mailer.post.sender, pdf)
    return made if len(on_the_wire(made)) <= invoice_message.MOST_BYTES else Code.PDF_TOO_LARGE


def _without(code: Code, mail: InvoiceMail, run: Run) -> Outcome:
    """Told before it is written down that it waits: nothing waits that nobody was told of."""
    now, mails = run.mailer.clock(), run.mailer.ledger.mails
    if code is Code.MOMENT_KEY_REFUSED:
        run.report(SETTINGS, "moment_key", code)
        return Outcome.KEY_REFUSED
    if code is Code.PDF_UNREACHABLE:
        waiting = invoice_mails.later(mail, now)
        if waiting.tries >= invoice_mails.PATIENCE:
            run.report("invoice", mail.number, code)
        mails.save(waiting)
        return Outcome.MOMENT_DOWN
    run.report("invoice", mail.number, code, limit=str(invoice_message.MOST_PDF_MEGABYTES))
    mails.save(replace(mail, state=State.STOPPED), is_open=False)
    return Outcome.NO_PDF


def _intend(mail: InvoiceMail, made: EmailMessage, run: Run) -> InvoiceMail | None:
    """Stored and written down; None where the turn is lost, and then it is still to be mailed."""
    mailer = run.mailer
    if mail.group > 1:  # what came back before is over now: later it would be news of this one
        mailer.ledger.problems.close(mail.company, [("invoice", mail.number)], invoice_mails.RETURNED)
    content = on_the_wire(made)
    sha256 = hashlib.sha256(content).hexdigest()
    file = f"mails/{mail.company}/{mail.number}/{mail.attempt + 1}-{sha256[:12]}.eml"
    mailer.files.put_once(file, io.BytesIO(content), "message/rfc822", sha256)
    if not run.turn.hold(HANDING_OVER + WRITING):
        return None
    intended = invoice_mails.sending(mail, str(run.company.reception_address), file)
    about = f"{intended.to} · {file}"
    intent = mailer.ledger.mails.save(noted(intended, Step.MAILING, mailer.clock(), about))
    if not run.turn.lasts(HANDING_OVER):
        mailer.ledger.mails.save(replace(intent, state=State.PENDING))
        return None
    return intent


def _hand_over(intent: InvoiceMail, made: EmailMessage, run: Run) -> Outcome:
    mails, now = run.mailer.ledger.mails, run.mailer.clock
    try:
        receipt = run.mailer.post.send(made, intent.to)
    except MailDelayed:
        mails.save(noted(invoice_mails.later(intent, now()), Step.DELAYED, now()))
        return Outcome.DELAYED
    except AddressRefused as refused:
        run.report("invoice", intent.number, Code.MAIL_REFUSED, why=refused.why)
        mails.save(noted(invoice_mails.later(intent, now()), Step.REFUSED, now(), refused.why))
        return Outcome.REFUSED
    except MailInDoubt:
        _ask_a_person(intent, run)
        return Outcome.IN_DOUBT
    _tidy(mails.save(noted(invoice_mails.sent(intent, receipt), Step.MAILED, now(), receipt)), run)
    return Outcome.SENT


def _ask_a_person(mail: InvoiceMail, run: Run) -> None:
    run.report("invoice", mail.number, Code.MAIL_UNCERTAIN)
    try:
        uncertain = replace(mail, state=State.UNCERTAIN, again=None)
        uncertain = noted(uncertain, Step.UNCERTAIN, run.mailer.clock())
        run.mailer.ledger.mails.save(uncertain, is_open=False)
    except Conflict:
        _ask_no_more(mail, run)
        raise


def _ask_no_more(mail: InvoiceMail, run: Run) -> None:
    """If the mail service has told meanwhile what became of it."""
    ledger = run.mailer.ledger
    now = ledger.mails.get(mail.company, mail.seq)
    if (
        now
        and is_known(now.state)
        and now.state not in (State.SENDING, State.UNCERTAIN)
        and not invoice_mails.is_watched(now)
    ):
        ledger.problems.close(mail.company, [("invoice", mail.number)], [Code.MAIL_UNCERTAIN])


def _tidy(mail: InvoiceMail, run: Run) -> None:
    """What was said of it while it waited is over."""
    problems, company = run.mailer.ledger.problems, run.company.id
    problems.close(company, [("invoice", mail.number)], BEFORE_IT_WENT)
    problems.close(company, [(SETTINGS, "moment_key")], [Code.MOMENT_KEY_REFUSED])
    problems.close(company, [(SETTINGS, "reception_address")], [Code.RECEPTION_ADDRESS_MISSING])
    run.mailer.ledger.mails.close(mail)
