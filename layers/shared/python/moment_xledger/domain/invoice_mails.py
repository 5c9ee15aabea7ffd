"""One mail for each finalized invoice to Xledger's reception address, and what has become of it.

Nobody can be asked whether a mail arrived. So that it is about to be sent is written down first: whoever finds that
left behind does not know whether it went, and lets a person say.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from moment_xledger.domain.companies import CompanyId, Route
from moment_xledger.domain.invoices import Snapshot
from moment_xledger.domain.problems import Code

FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=1)
# So many times Moment may give no answer before a person hears of it. The invoice goes on trying all the same.
PATIENCE = 5
MOST_STEPS = 20  # of one mail, for people's eyes

RETURNED = (Code.MAIL_BOUNCED, Code.MAIL_BOUNCED_LATE, Code.MAIL_NOT_TAKEN)
REASONS = (
    Code.PDF_MISSING,
    Code.PDF_NOT_PDF,
    Code.PDF_TOO_LARGE,
    Code.PDF_UNREACHABLE,
    Code.MAIL_REFUSED,
    Code.MAIL_UNCERTAIN,
    *RETURNED,
)


class State(StrEnum):
    PENDING = "pending"
    SENDING = "sending"  # about to be sent, or sent: only the worker that wrote this knows
    SENT = "sent"
    UNCERTAIN = "uncertain"  # it may have been sent: a person says
    STOPPED = "stopped"  # surely not sent, and will not be until a person says so
    BOUNCED = "bounced"  # sent, and came back


class Step(StrEnum):
    """What happened to a mail, for people's eyes; nothing is decided by it."""

    MAILING = "mailing"
    MAILED = "mailed"
    DELIVERED = "delivered"
    DELAYED = "mail_delayed"
    REFUSED = "mail_refused"
    UNCERTAIN = "mail_uncertain"
    BOUNCED = "mail_bounced"


@dataclass(frozen=True)
class Happened:
    """`about`: an address and a file, a receipt, or somebody's own words."""

    what: Step
    when: datetime
    about: str = ""


class Choice(StrEnum):
    SEND_AGAIN = "send again"
    IT_ARRIVED = "it arrived"


WAITS_FOR_A_PERSON = (State.UNCERTAIN, State.STOPPED, State.BOUNCED)


@dataclass(frozen=True)
class InvoiceMail:
    """`group` counts how often a person had it sent, and names the mail at the other end; `attempt` how often it was
    about to be sent, or is to be again after it came back; `tries` what went wrong since. Not before `again`.
    `file`: the bytes of the last attempt."""

    company: CompanyId
    seq: int
    number: str
    state: State = State.PENDING
    group: int = 1
    attempt: int = 0
    tries: int = 0
    again: datetime | None = None
    to: str = ""
    file: str = ""
    receipt: str = ""  # SES's own id of the mail
    rev: int = 0
    delivered: datetime | None = None
    steps: tuple[Happened, ...] = ()  # the newest last

    def is_due(self, now: datetime) -> bool:
        return self.again is None or self.again <= now


@dataclass(frozen=True)
class Desk:
    """Where a company's mails stand. Up to `settled` (seq) every invoice that leaves by mail has one."""

    settled: int = 0
    marks: int = 0
    failures: int = 0  # of the mail service, or of Moment, in a row


def leaves_by_mail(snapshot: Snapshot) -> bool:
    return snapshot.route is Route.EMAIL and not snapshot.invoice.do_not_transfer


def wait_before(tries: int) -> timedelta:
    """Doubles with each failure, up to an hour."""
    return min(FIRST_WAIT * (1 << min(tries - 1, 10)), LONGEST_WAIT)


def noted(mail: InvoiceMail, what: Step, when: datetime, about: str = "") -> InvoiceMail:
    """Written with the save that is made anyway."""
    return replace(mail, steps=(*mail.steps, Happened(what, when, about[:300]))[-MOST_STEPS:])


def sending(mail: InvoiceMail, to: str, file: str) -> InvoiceMail:
    return replace(
        mail, state=State.SENDING, attempt=mail.attempt + 1, to=to, file=file, again=None, delivered=None
    )


def sent(mail: InvoiceMail, receipt: str) -> InvoiceMail:
    return replace(mail, state=State.SENT, receipt=receipt, tries=0, again=None)


def watched(mail: InvoiceMail, until: datetime) -> InvoiceMail:
    """Sent, but no delivery is known and something delays it. `until` then nobody needs to look."""
    return replace(mail, state=State.SENT, again=until)


def is_watched(mail: InvoiceMail) -> bool:
    return mail.state is State.SENT and mail.again is not None


def later(mail: InvoiceMail, now: datetime) -> InvoiceMail:
    """Surely not sent: it goes by itself when the reason has passed."""
    tries = mail.tries + 1
    return replace(mail, state=State.PENDING, tries=tries, again=now + wait_before(tries))


def decided(mail: InvoiceMail, choice: Choice) -> InvoiceMail:
    """What a person's word makes of it. Raises `ValueError` where there is nothing to decide."""
    if mail.state not in WAITS_FOR_A_PERSON:
        raise ValueError(f"invoice {mail.number}: its mail is {mail.state}; there is nothing to decide")
    if choice is Choice.IT_ARRIVED:
        return sent(mail, mail.receipt)
    # What was surely never sent needs no other name at the other end.
    group = mail.group if mail.state is State.STOPPED else mail.group + 1
    # Of what came back, late news that it had arrived says nothing of the one that goes now.
    came_back = mail.state is State.BOUNCED or mail.delivered is not None
    attempt = mail.attempt + 1 if came_back else mail.attempt
    return replace(mail, state=State.PENDING, group=group, attempt=attempt, tries=0, again=None, receipt="")
