"""Looks again at the invoices that are held back: what was wrong may have been put right, here or in Moment."""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from moment_xledger.domain.companies import Company
from moment_xledger.domain.invoice_checks import implausible
from moment_xledger.domain.invoices import fault
from moment_xledger.domain.kinds import Kind
from moment_xledger.domain.moment import Invoice
from moment_xledger.flows.invoice_surroundings import surroundings
from moment_xledger.flows.take_in_invoices import take_in_invoices

if TYPE_CHECKING:
    from moment_xledger.adapters.ledger import Ledger


def offer_held(company: Company, ledger: "Ledger", clock: Callable[[], datetime]) -> None:
    """Those about which nothing new can be said stay as they are, and are not counted once more."""
    held = list(ledger.invoices.held(company.id))
    take_in_invoices(company, _with_news(company, held, ledger, clock()), ledger, clock)


def _with_news(company: Company, held: list[Invoice], ledger: "Ledger", now: datetime) -> list[Invoice]:
    if not held:
        return []
    customers = {invoice.customer.customer_number for invoice in held}
    known_customers = ledger.records.by_number(company.id, Kind.CUSTOMER, customers)
    reported = {problem.number: problem.code for problem in ledger.problems.of(company.id, "invoice")}
    numbers = [invoice.invoice_number for invoice in held]
    around = surroundings(company, held, numbers, ledger, now)
    return [
        invoice
        for invoice in held
        for found in [fault(invoice, company, known_customers) or implausible(invoice, company, around)]
        if found is None or found.code is not reported.get(invoice.number)
    ]
