"""An address that a notice came back from gets no more of them until a person confirms or corrects it."""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from moment_xledger.domain.feedback import ReturnedNotice
from moment_xledger.flows.send_notices import stop_address

if TYPE_CHECKING:
    from moment_xledger.adapters.ledger import Ledger


def note_returned_notice(returned: ReturnedNotice, ledger: "Ledger", clock: Callable[[], datetime]) -> bool:
    """Whether the address is one of that company's. Noting it again changes nothing but a count."""
    company = ledger.companies.get(returned.company)
    theirs = {address.lower(): address for address in company.notify} if company else {}
    address = theirs.get(returned.address.lower())
    if company is None or address is None:
        return False
    stop_address(company, address, returned.why, returned.their_words, ledger, clock())
    return True
