"""What Moment lists is compared with the ledger: from when on, and what of it is news."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from pydantic import ValidationError

from moment_xledger.domain.days import day_in_oslo
from moment_xledger.domain.events import first_fault
from moment_xledger.domain.invoices import Known
from moment_xledger.domain.moment import Invoice

OVERLAP = timedelta(days=3)
FIRST_REACH = timedelta(days=30)
TOLD_FOR = timedelta(days=7)  # over two digests, whatever the holidays
MOST_EXAMPLES = 5

KIND = "reconciliation"  # of its problems


@dataclass(frozen=True)
class Progress:
    """`cursor`: when the last complete comparison began. `late`: how many were taken in since then, whoever died
    meanwhile. `expected`: what is being taken in at this moment."""

    ver: int = 0
    cursor: datetime | None = None
    late: int = 0
    examples: tuple[int, ...] = ()
    expected: tuple[int, ...] = ()


@dataclass(frozen=True)
class Unusable:
    """A finalized invoice that cannot be read. Never its values: they are personal data."""

    invoice_number: int
    field: str
    fault: str
    invoice_date: date | None = None


@dataclass(frozen=True)
class InLedger:
    """Of some numbers: which arrived, in which version which are held back, and which a person skipped."""

    arrived: Mapping[int, Known]
    held: Mapping[int, int]
    skipped: frozenset[int]

    def __contains__(self, number: int) -> bool:
        return number in self.arrived or number in self.held or number in self.skipped

    def is_changed(self, invoice: Invoice) -> bool:
        known = self.arrived.get(invoice.invoice_number)
        return known is not None and known.version <= invoice.version and not known.says_the_same_as(invoice)

    def is_corrected(self, invoice: Invoice) -> bool:
        """Held back, and what puts it right has not come; or it has come, and its release was left half done."""
        version = self.held.get(invoice.invoice_number)
        if version is None or self.is_changed(invoice):
            return False
        return version < invoice.version or invoice.invoice_number in self.arrived


def reach(progress: Progress, set_up: datetime | None, now: datetime) -> datetime:
    """From when on Moment is asked. What was changed before the company was set up left some other way."""
    since = progress.cursor - OVERLAP if progress.cursor else now - FIRST_REACH
    return max(since, set_up) if set_up else since


def is_older_than_us(invoice_date: date | None, set_up: datetime | None) -> bool:
    """Being paid changes an old invoice too; to take it in as late would book it a second time."""
    return bool(set_up and invoice_date and invoice_date < day_in_oslo(set_up))


def read_listed(content: Mapping[str, Any]) -> Invoice | Unusable | None:
    """None for a draft: that has no number yet, or says so."""
    number = content.get("invoiceNumber")
    if not isinstance(number, int) or content.get("status") == "DRAFT":
        return None
    try:
        return Invoice.model_validate(content)
    except ValidationError as error:
        field, fault, _ = first_fault(error)
        return Unusable(number, field, fault, _date(content.get("invoiceDate")))


def _date(value: object) -> date | None:
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        return None
