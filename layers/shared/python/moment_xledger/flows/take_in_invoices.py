"""Finalized invoices go into the ledger: each once, in the order of arrival. One that must not leave is held back."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from moment_xledger.domain.companies import Company
from moment_xledger.domain.errors import Conflict
from moment_xledger.domain.invoices import MOST_ARRIVALS, Fault, Sorted, fault, sort_out
from moment_xledger.domain.moment import Invoice, Kind
from moment_xledger.domain.problems import Code, Problem

if TYPE_CHECKING:
    from moment_xledger.adapters.ledger import Ledger

ROUNDS = 8


def take_in_invoices(
    company: Company, invoices: Sequence[Invoice], ledger: "Ledger", clock: Callable[[], datetime]
) -> None:
    """Raises `Conflict` where others keep writing; nothing is lost then, the events come back."""
    for start in range(0, len(invoices), MOST_ARRIVALS):
        _take_in(company, invoices[start : start + MOST_ARRIVALS], ledger, clock)


def _take_in(
    company: Company, invoices: Sequence[Invoice], ledger: "Ledger", clock: Callable[[], datetime]
) -> None:
    for _ in range(ROUNDS):
        head = ledger.invoices.head(company.id)
        found = _sorted_out(company, invoices, ledger)
        try:
            if found.good:
                ledger.invoices.add(company.id, head, list(found.good.values()), company.route, clock())
        except Conflict:
            continue
        _release(company, [*found.good, *found.again], ledger)
        _report(company, found, ledger, clock())
        return
    raise Conflict


def _sorted_out(company: Company, invoices: Sequence[Invoice], ledger: "Ledger") -> Sorted:
    numbers = {invoice.invoice_number for invoice in invoices}
    customers = {invoice.customer.customer_number for invoice in invoices}
    known_customers = ledger.records.by_number(company.id, Kind.CUSTOMER, customers)
    return sort_out(
        invoices,
        ledger.invoices.arrived(company.id, numbers),
        ledger.invoices.held_among(company.id, numbers),
        lambda invoice: fault(invoice, company, known_customers),
    )


def _release(company: Company, numbers: Sequence[int], ledger: "Ledger") -> None:
    """They have arrived, so what held them back is over, also where an earlier delivery got no further than that.

    Its problem goes first: as long as it is held, whoever comes next knows that there may be one.
    """
    held = ledger.invoices.held_among(company.id, numbers)
    ledger.problems.close(company.id, [("invoice", str(number)) for number in held])
    ledger.invoices.release(company.id, held)


def _report(company: Company, found: Sorted, ledger: "Ledger", now: datetime) -> None:
    for invoice, _ in found.faulty.values():
        ledger.invoices.hold(company.id, invoice)
    wrong = [*found.faulty.values(), *((i, Fault(Code.INVOICE_CHANGED, {})) for i in found.changed.values())]
    ledger.problems.report(
        Problem(company.id, "invoice", invoice.number, why.code, why.details, "", now, now)
        for invoice, why in wrong
    )
