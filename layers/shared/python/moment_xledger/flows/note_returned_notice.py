"""An address that a notice came back from gets no more of them until a person confirms or corrects it."""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from moment_xledger.domain.companies import Company
from moment_xledger.domain.feedback import Happened, ReturnedNotice
from moment_xledger.domain.mails import Stopped
from moment_xledger.domain.problems import Code, Problem

if TYPE_CHECKING:
    from moment_xledger.adapters.ledger import Ledger


def note_returned_notice(returned: ReturnedNotice, ledger: "Ledger", clock: Callable[[], datetime]) -> bool:
    """Whether the address is one of that company's. Noting it again changes nothing but a count."""
    company = ledger.companies.get(returned.company)
    theirs = {address.lower(): address for address in company.notify} if company else {}
    address = theirs.get(returned.address.lower())
    if company is None or address is None:
        return False
    happened = Happened.COMPLAINED if returned.is_complaint else Happened.BOUNCED
    stop_address(company, address, returned.why, returned.their_words, ledger, clock(), happened)
    return True


def stop_address(
    company: Company,
    address: str,
    why: str,
    their_words: str,
    ledger: "Ledger",
    now: datetime,
    happened: Happened = Happened.BOUNCED,
) -> None:
    """No more notices to it until a person confirms or corrects it; the settings page and the others' digest say so."""
    ledger.mails.stop(company.id, Stopped(address, why, now))
    problem = Problem(
        company.id,
        "settings",
        address,
        Code.NOTICE_ADDRESS_STOPPED,
        {"why": why, "happened": str(happened)},
        their_words,
        now,
        now,
    )
    ledger.problems.report([problem])
