"""Looks again at the invoices that are held back: what was wrong may have been put right, here or in Moment."""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from moment_xledger.domain.companies import Company
from moment_xledger.domain.invoices import Held
from moment_xledger.domain.moment import Invoice
from moment_xledger.flows.invoice_surroundings import surroundings
from moment_xledger.flows.take_in_invoices import fault_finder, take_in_invoices

if TYPE_CHECKING:
    from moment_xledger.adapters.ledger import Ledger


def offer_held(company: Company, ledger: "Ledger", clock: Callable[[], datetime]) -> None:
    """Those about which nothing new can be said stay as they are, and are not counted once more."""
    held = list(ledger.invoices.held(company.id))
    take_in_invoices(company, _with_news(company, held, ledger, clock()), ledger, clock)


def _with_news(company: Company, held: list[Held], ledger: "Ledger", now: datetime) -> list[Invoice]:
    """What waits is told of by those who settle it; anything else is news where people were told something else."""
    if not held:
        return []
    invoices = [each.invoice for each in held]
    around = surroundings(company, invoices, [each.invoice_number for each in invoices], ledger, now)
    find_fault = fault_finder(company, invoices, around, ledger, now)
    reported = {problem.number: problem.code for problem in ledger.problems.of(company.id, "invoice")}

    def is_news(each: Held) -> bool:
        found = find_fault(each.invoice)
        if found is None:
            return True
        said = (each.why and each.why.code) if found.is_quiet else reported.get(each.invoice.number)
        return found.code is not said

    return [each.invoice for each in held if is_news(each)]
