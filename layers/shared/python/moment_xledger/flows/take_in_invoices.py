"""Finalized invoices go into the ledger: each once, in the order of arrival. One that must not leave is held back."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from moment_xledger.domain.companies import Company
from moment_xledger.domain.errors import Conflict
from moment_xledger.domain.invoice_checks import Surroundings, implausible
from moment_xledger.domain.invoices import Fault, Sorted, arriving_together, fault, sort_out
from moment_xledger.domain.kinds import Kind
from moment_xledger.domain.moment import Invoice
from moment_xledger.domain.problems import Code, Problem
from moment_xledger.flows.close_unreadable import close_unreadable
from moment_xledger.flows.invoice_surroundings import surroundings

if TYPE_CHECKING:
    from moment_xledger.adapters.ledger import Ledger

ROUNDS = 8


def take_in_invoices(
    company: Company, invoices: Sequence[Invoice], ledger: "Ledger", clock: Callable[[], datetime]
) -> None:
    """Raises `Conflict` where others keep writing; nothing is lost then, the events come back."""
    for some in arriving_together(invoices):
        _take_in(company, some, ledger, clock)


def _take_in(
    company: Company, invoices: Sequence[Invoice], ledger: "Ledger", clock: Callable[[], datetime]
) -> None:
    for _ in range(ROUNDS):
        held = ledger.invoices.held_among(company.id, {invoice.invoice_number for invoice in invoices})
        around = surroundings(company, invoices, held, ledger, clock())
        credited = dict(around.credited)
        found = _sorted_out(company, invoices, held, around, ledger)
        good = list(found.good.values())
        try:
            if good:  # the head is read last: others write behind it all the time, when many come
                head = ledger.invoices.head(company.id)
                ledger.invoices.add(company.id, head, good, company.route, clock(), held, credited)
        except Conflict:
            continue
        _release(company, [*found.good, *found.again], ledger)
        read = [("invoice", each.id, each.number, each.version) for each in invoices]
        close_unreadable(company.id, read, ledger)
        _report(company, found, ledger, clock())
        return
    raise Conflict


def _sorted_out(
    company: Company,
    invoices: Sequence[Invoice],
    held: Mapping[int, int],
    around: Surroundings,
    ledger: "Ledger",
) -> Sorted:
    """But for what a person has skipped: of that, only a newer version is looked at."""
    numbers = {invoice.invoice_number for invoice in invoices}
    customers = {invoice.customer.customer_number for invoice in invoices}
    known_customers = ledger.records.by_number(company.id, Kind.CUSTOMER, customers)
    skipped = ledger.invoices.skipped_among(company.id, numbers - held.keys())

    def find_fault(invoice: Invoice) -> Fault | None:
        found = fault(invoice, company, known_customers) or implausible(invoice, company, around)
        if found is None:
            around.accept(invoice)
        return found

    return sort_out(
        [invoice for invoice in invoices if invoice.version > skipped.get(invoice.invoice_number, 0)],
        ledger.invoices.arrived(company.id, numbers),
        held,
        find_fault,
    )


def _release(company: Company, numbers: Sequence[int], ledger: "Ledger") -> None:
    """They have arrived, so what held them back is over, also where an earlier delivery got no further than that.

    Its problem goes first: as long as it is held, whoever comes next knows that there may be one.
    """
    held = ledger.invoices.held_among(company.id, numbers)
    ledger.problems.close(company.id, [("invoice", str(number)) for number in held])
    ledger.invoices.release(company.id, held)


def _report(company: Company, found: Sorted, ledger: "Ledger", now: datetime) -> None:
    """What a person has skipped while it was looked at is no problem any more."""
    wrong = [each for each in found.faulty.values() if ledger.invoices.hold(company.id, each[0])]
    wrong += [(each, Fault(Code.INVOICE_CHANGED, {})) for each in found.changed.values()]
    ledger.problems.report(
        Problem(company.id, "invoice", invoice.number, why.code, why.details, "", now, now)
        for invoice, why in wrong
    )
