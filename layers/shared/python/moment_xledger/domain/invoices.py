"""What must be true of an invoice before it may leave, and what is kept of it."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from moment_xledger.domain.companies import Company, Route
from moment_xledger.domain.kid import kid_fault
from moment_xledger.domain.moment import Invoice, InvoiceKind
from moment_xledger.domain.problems import Code

# A transaction of DynamoDB's takes a hundred actions: one for the head, three an invoice, and one more a credit note.
MOST_ARRIVALS = 33
_ROOM = 3 * MOST_ARRIVALS


def arriving_together(invoices: Iterable[Invoice]) -> Iterator[list[Invoice]]:
    """As many at once as one transaction takes."""
    batch: list[Invoice] = []
    taken = 0
    for invoice in invoices:
        needed = 3 + (invoice.kind is InvoiceKind.CREDIT_NOTE)
        if taken + needed > _ROOM:
            yield batch
            batch, taken = [], 0
        batch.append(invoice)
        taken += needed
    if batch:
        yield batch


@dataclass(frozen=True)
class Snapshot:
    """A finalized invoice as it arrived: never changed, and numbered in the order of arrival, without gaps."""

    seq: int
    invoice: Invoice
    route: Route
    arrived: datetime
    export: int | None = None  # the one it left with
    released_from: frozenset[int] = frozenset()  # exports whose file is not used; it was in them
    is_refused: bool = False  # by itself: it waits for a person

    @property
    def part_of(self) -> int | None:
        """The export whose invoices go in other files now, this one among them."""
        return max(self.released_from, default=None)


@dataclass(frozen=True)
class Known:
    """What is remembered of each number that has arrived, to know it again."""

    version: int
    hash: str
    seq: int = 0
    books: str = ""  # empty where an older release stored it: then the snapshot is compared
    said: int = 0  # the newest version that said whether it is to be transferred
    kept: bool = False  # which said that it is not

    def says_the_same_as(self, invoice: Invoice) -> bool:
        """As far as the books go."""
        is_same = self.books and self.books in (invoice.books_hash(), invoice.older_books_hash())
        return bool(is_same) or self.hash == invoice.content_hash()


@dataclass(frozen=True)
class Fault:
    """`waits_for`: kinds and numbers that are to settle first; then the invoice goes by itself."""

    code: Code
    details: Mapping[str, str]
    waits_for: tuple[tuple[str, str], ...] = ()

    @property
    def is_quiet(self) -> bool:
        """Nobody has to do anything about it now."""
        return bool(self.waits_for) or self.code in KEPT_HERE


# Why one never leaves from here, by what Moment or a person has said.
KEPT_HERE = (Code.NOT_TO_TRANSFER, Code.BOOKED_BY_HAND, Code.LEFT_OUT_WITH_CREDIT_NOTE)


@dataclass(frozen=True)
class Held:
    """An invoice that is held back. `why`: None where an older release did not write it down."""

    invoice: Invoice
    why: Fault | None

    def stands_before(self, newer: Invoice) -> bool:
        """It only waits, so it is sound, and the newer one is a change of what the books hold."""
        waits = self.why is not None and bool(self.why.waits_for)
        is_another = self.invoice.books_hash() != newer.books_hash()
        return waits and is_another and _refers_to(self.invoice) == _refers_to(newer)


def _refers_to(invoice: Invoice) -> tuple[object, ...]:
    return invoice.customer.customer_number, invoice.project_number, invoice.credited_invoice_number


@dataclass
class Sorted:
    """`again`: numbers of which an event says what arrived before; perhaps an old one, so it takes nothing back."""

    good: dict[int, Invoice] = field(default_factory=dict)
    faulty: dict[int, tuple[Invoice, Fault]] = field(default_factory=dict)
    changed: dict[int, Invoice] = field(default_factory=dict)
    again: set[int] = field(default_factory=set)


def sort_out(
    invoices: Iterable[Invoice],
    arrived: Mapping[int, Known],
    held: Mapping[int, Held],
    find_fault: Callable[[Invoice], Fault | None],
) -> Sorted:
    """One after the other, so that it does not matter how the events were cut into batches. `find_fault` is asked once
    of each, and takes it for accepted if it finds none; credit notes come after the invoices that they may name.

    What arrived first stands, and so does what only waits, unless a newer version refers to something else. What is
    held back for a fault gives way to the same or a newer version, never to an older one.
    """
    result, known, kept = Sorted(), dict(arrived), dict(held)
    for invoice in sorted(invoices, key=lambda each: each.kind is InvoiceKind.CREDIT_NOTE):
        number = invoice.invoice_number
        if number in known:
            _compare(invoice, known[number], result)
        elif number not in kept or kept[number].invoice.version <= invoice.version:
            if number in kept and kept[number].stands_before(invoice):
                result.changed[number] = invoice
            elif found := find_fault(invoice):
                result.faulty[number] = (invoice, found)
                kept[number] = Held(invoice, found)
            else:
                result.faulty.pop(number, None)
                result.good[number] = invoice
                known[number] = Known(invoice.version, invoice.content_hash(), books=invoice.books_hash())
    return result


def changes_of_mind(invoices: Iterable[Invoice], arrived: Mapping[int, Known]) -> list[tuple[Invoice, Known]]:
    """Newer versions of invoices that have arrived, and say whether these are to be transferred, oldest first."""
    return [
        (invoice, known)
        for invoice in sorted(invoices, key=lambda each: each.version)
        if (known := arrived.get(invoice.invoice_number))
        if invoice.version > max(known.said, known.version) and known.says_the_same_as(invoice)
        if known.said or invoice.do_not_transfer != known.kept
    ]


def _compare(invoice: Invoice, known: Known, result: Sorted) -> None:
    number = invoice.invoice_number
    if known.says_the_same_as(invoice):
        result.again.add(number)
    elif invoice.version >= known.version:
        result.changed[number] = invoice


def fault(invoice: Invoice, company: Company) -> Fault | None:
    """Why this invoice must be held back; None where it may go. Amounts agree to the øre or not at all."""
    difference = invoice.total - sum((line.gross for line in invoice.vat_lines), Decimal(0))
    unmapped = [line.vat_code for line in invoice.vat_lines if line.vat_code not in company.vat_codes]
    if difference or any(line.net + line.vat != line.gross for line in invoice.vat_lines):
        return Fault(Code.TOTAL_DIFFERS, {"difference": str(difference)})
    if unmapped:
        return Fault(Code.VAT_CODE_UNMAPPED, {"vat_code": unmapped[0]})
    if invoice.kid and (wrong := kid_fault(invoice.kid)):
        return Fault(Code.KID_INVALID, {"fault": str(wrong)})
    if invoice.kind is InvoiceKind.CREDIT_NOTE and invoice.credited_invoice_number is None:
        return Fault(Code.CREDIT_NOTE_WITHOUT_INVOICE, {})
    if invoice.kind is InvoiceKind.CREDIT_NOTE and invoice.total > 0:
        return Fault(Code.CREDIT_NOTE_NOT_NEGATIVE, {})
    if invoice.kind is InvoiceKind.INVOICE and invoice.due_date < invoice.invoice_date:
        return Fault(Code.DUE_BEFORE_INVOICE_DATE, {})
    return None
