"""What the mail service tells later about an invoice's mail: that it arrived, is delayed, came back or was not wanted.

An address that refuses mail for good, or complains, gets no more of this company's invoices until a person confirms it.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from moment_xledger.domain.feedback import GIVES_UP, Feedback, Happened, Meaning, meaning, stops_its_address
from moment_xledger.domain.invoice_mails import InvoiceMail, State, Step, is_watched, noted, sent, watched
from moment_xledger.domain.mails import Stopped
from moment_xledger.domain.problems import Code, Problem

if TYPE_CHECKING:
    from moment_xledger.adapters.ledger import Ledger

MAY_STILL_GO = (State.PENDING, State.SENDING, State.UNCERTAIN)
WENT = (State.SENDING, State.SENT, State.UNCERTAIN)
CODES = {
    Meaning.CAME_BACK: Code.MAIL_BOUNCED,
    Meaning.NOT_TAKEN: Code.MAIL_NOT_TAKEN,
    Meaning.LOOK_FIRST: Code.MAIL_BOUNCED_LATE,
}


def note_feedback(feedback: Feedback, ledger: "Ledger", clock: Callable[[], datetime]) -> bool:
    """Return whether it was about a mail that we know. Noting it again changes nothing.

    Raises `Conflict` if the mail changed at the same moment: the event comes back.
    """
    known = ledger.invoices.arrived(feedback.company, [feedback.invoice]).get(feedback.invoice)
    mail = known and ledger.mails.get(feedback.company, known.seq)
    if not mail:
        return False
    if stops_its_address(feedback.happened):
        _stop(mail, feedback, ledger, clock())
    if mail.attempt == feedback.attempt:
        _note(mail, feedback, ledger, clock())
    elif feedback.attempt < mail.attempt and feedback.happened is Happened.DELIVERED:
        _tell_it_may_be_twice(mail, feedback, ledger, clock())
    return True


def _tell_it_may_be_twice(mail: InvoiceMail, feedback: Feedback, ledger: "Ledger", now: datetime) -> None:
    """A person had it sent again, and the mail before has arrived after all."""
    code = Code.MAIL_PERHAPS_TWICE
    if not ledger.problems.get(mail.company, "invoice", mail.number, code):
        _report(mail, "invoice", mail.number, code, feedback, ledger, now)


def _note(mail: InvoiceMail, feedback: Feedback, ledger: "Ledger", now: datetime) -> None:
    means = meaning(feedback.happened, delivered=mail.delivered is not None)
    if means is Meaning.ARRIVED:
        _note_arrival(mail, feedback, ledger, now)
    elif means is Meaning.WATCH and mail.state in (State.SENDING, State.SENT) and not is_watched(mail):
        delayed = noted(watched(mail, now + GIVES_UP), Step.DELAYED, now, feedback.their_words)
        ledger.mails.save(delayed, due=now + GIVES_UP)
    elif means in CODES and mail.state in WENT:
        _report(mail, "invoice", mail.number, CODES[means], feedback, ledger, now)
        state = State.UNCERTAIN if means is Meaning.LOOK_FIRST else State.BOUNCED
        bounced = noted(replace(mail, state=state, again=None), Step.BOUNCED, now, feedback.their_words)
        ledger.mails.save(bounced, is_open=False)


def _note_arrival(mail: InvoiceMail, feedback: Feedback, ledger: "Ledger", now: datetime) -> None:
    """The one way to learn that a mail arrived which nobody was sure of; also where a person has it sent again."""
    if mail.state in MAY_STILL_GO:
        arrived = replace(sent(mail, feedback.receipt), delivered=now)
        ledger.mails.save(noted(arrived, Step.DELIVERED, now), due=now)
        return
    if mail.state is State.BOUNCED:  # the news came in the other order
        _report(mail, "invoice", mail.number, Code.MAIL_BOUNCED_LATE, feedback, ledger, now)
        ledger.problems.close(
            mail.company, [("invoice", mail.number)], [Code.MAIL_BOUNCED, Code.MAIL_NOT_TAKEN]
        )
    if mail.delivered is None:
        ledger.mails.note_delivery(mail, now)


def _stop(mail: InvoiceMail, feedback: Feedback, ledger: "Ledger", now: datetime) -> None:
    address = feedback.to or mail.to
    ledger.mails.stop(mail.company, Stopped(address, feedback.why, now))
    _report(mail, "settings", address, Code.RECEPTION_ADDRESS_STOPPED, feedback, ledger, now)


def _report(
    mail: InvoiceMail, kind: str, number: str, code: Code, feedback: Feedback, ledger: "Ledger", now: datetime
) -> None:
    details = {"why": feedback.why, "happened": str(feedback.happened)}
    ledger.problems.report(
        [Problem(mail.company, kind, number, code, details, feedback.their_words, now, now)]
    )
