"""What a person says about a mail that we cannot know about, or about an address that a mail came back from."""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from moment_xledger.domain.companies import CompanyId
from moment_xledger.domain.deeds import Deed, What
from moment_xledger.domain.invoice_mails import REASONS, RETURNED, Choice, State, decided, leaves_by_mail
from moment_xledger.domain.problems import Code

if TYPE_CHECKING:
    from moment_xledger.adapters.ledger import Ledger

QUESTIONS = (Code.MAIL_UNCERTAIN, *RETURNED)
DEEDS = {Choice.SEND_AGAIN: What.HAD_MAIL_SENT_AGAIN, Choice.IT_ARRIVED: What.SAID_MAIL_ARRIVED}


def resolve_mail(
    company: CompanyId, number: int, choice: Choice, by: str, ledger: "Ledger", clock: Callable[[], datetime]
) -> None:
    """Due at once; the caller may wake. The line in the audit comes first: nothing is changed that is not in it.

    Raises `ValueError` where there is nothing to decide, and `Conflict` if somebody else decided at the same moment.
    """
    known = ledger.invoices.arrived(company, [number]).get(number)
    mail = known and ledger.mails.get(company, known.seq)
    if not mail:
        raise ValueError(f"invoice {number} has no mail; there is nothing to decide")
    if mail.state is State.SENT:  # told of, or decided, by somebody who died before they could take it back
        ledger.problems.close(company, [("invoice", mail.number)], QUESTIONS)
    changed = decided(mail, choice)
    ledger.audit.note(Deed(company, clock(), by, DEEDS[choice], file=mail.file, about=mail.number))
    ledger.mails.save(changed, due=clock())
    ledger.problems.close(company, [("invoice", mail.number)], REASONS)


def confirm_address(
    company: CompanyId, address: str, by: str, ledger: "Ledger", clock: Callable[[], datetime]
) -> None:
    """Invoices may be mailed to it again, and those that waited are due. Raises `ValueError` if it was not stopped."""
    if ledger.mails.stopped(company, address) is None:
        raise ValueError("this address is not stopped; there is nothing to confirm")
    ledger.audit.note(Deed(company, clock(), by, What.CONFIRMED_ADDRESS, about=address))
    ledger.mails.confirm(company, address, clock())
    ledger.problems.close(company, [("settings", address)], [Code.RECEPTION_ADDRESS_STOPPED])


def waiting_mails(company: CompanyId, ledger: "Ledger") -> int:
    """Invoices that are still to leave by mail, whatever the company's route is now."""
    fresh = ledger.invoices.since(company, ledger.mails.desk(company).settled)
    return ledger.mails.count_open(company) + sum(1 for snapshot in fresh if leaves_by_mail(snapshot))
