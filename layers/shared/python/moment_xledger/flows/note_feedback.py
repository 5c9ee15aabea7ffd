"""What the mail service tells later about an invoice's mail: that it arrived, came back, or was not wanted.

An address that a mail came back from gets no more of this company's invoices until a person has confirmed it.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from moment_xledger.domain.feedback import Feedback, Happened
from moment_xledger.domain.invoice_mails import InvoiceMail, State, Step, noted, sent
from moment_xledger.domain.mails import Stopped
from moment_xledger.domain.problems import Code, Problem

if TYPE_CHECKING:
    from moment_xledger.adapters.ledger import Ledger

MAY_STILL_GO = (State.PENDING, State.SENDING, State.UNCERTAIN)
WENT = (State.SENDING, State.SENT, State.UNCERTAIN)


def note_feedback(feedback: Feedback, ledger: "Ledger", clock: Callable[[], datetime]) -> bool:
    """Whether it was about a mail that we know. Noting it again changes nothing.

    Raises `Conflict` if the mail changed at the same moment: the event comes back.
    """
    known = ledger.invoices.arrived(feedback.company, [feedback.invoice]).get(feedback.invoice)
    mail = known and ledger.mails.get(feedback.company, known.seq)
    if not mail:
        return False
    if feedback.happened is Happened.DELIVERED:
        _note_arrival(mail, feedback, ledger, clock())
    else:
        _note_return(mail, feedback, ledger, clock())
    return True


def _note_arrival(mail: InvoiceMail, feedback: Feedback, ledger: "Ledger", now: datetime) -> None:
    """The one way to learn that a mail arrived which nobody was sure of; also where a person has it sent again."""
    if mail.attempt != feedback.attempt:
        return
    if mail.state in MAY_STILL_GO:
        ledger.mails.save(noted(sent(mail, feedback.receipt), Step.DELIVERED, now), due=now)
    elif mail.delivered is None:
        ledger.mails.note_delivery(mail, now)


def _note_return(mail: InvoiceMail, feedback: Feedback, ledger: "Ledger", now: datetime) -> None:
    if feedback.happened is not Happened.REJECTED:
        _stop(mail, feedback, ledger, now)
    if mail.attempt == feedback.attempt and mail.state in WENT:
        _report(mail, "invoice", mail.number, Code.MAIL_BOUNCED, feedback, ledger, now)
        bounced = noted(replace(mail, state=State.BOUNCED), Step.BOUNCED, now, feedback.their_words)
        ledger.mails.save(bounced, is_open=False)


def _stop(mail: InvoiceMail, feedback: Feedback, ledger: "Ledger", now: datetime) -> None:
    address = feedback.to or mail.to
    ledger.mails.stop(mail.company, Stopped(address, feedback.why, now))
    _report(mail, "settings", address, Code.RECEPTION_ADDRESS_STOPPED, feedback, ledger, now)


def _report(
    mail: InvoiceMail, kind: str, number: str, code: Code, feedback: Feedback, ledger: "Ledger", now: datetime
) -> None:
    details = {"why": feedback.why}
    ledger.problems.report(
        [Problem(mail.company, kind, number, code, details, feedback.their_words, now, now)]
    )
