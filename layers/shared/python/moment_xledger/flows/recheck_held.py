"""Looks again at the invoices that are held back: what was wrong may have been put right, here or in Moment."""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from moment_xledger.domain.companies import Company
from moment_xledger.domain.invoices import Fault, Held
from moment_xledger.domain.moment import Invoice
from moment_xledger.flows.invoice_surroundings import surroundings
from moment_xledger.flows.take_in_invoices import fault_finder, take_in_invoices

if TYPE_CHECKING:
    from moment_xledger.adapters.ledger import Ledger

AT_ONCE = 100
MOST_AT_AN_EXPORT = 1_000  # while somebody waits for it


def recheck_some(company: Company, ledger: "Ledger", clock: Callable[[], datetime]) -> None:
    """As many as can be looked at while somebody waits; where there are more, all of them soon."""
    place: str | None = ""
    for _ in range(MOST_AT_AN_EXPORT // AT_ONCE):
        if place is None:
            return
        _, place = recheck_page(company, place, ledger, clock)
    if place is not None:
        ledger.waits.ask_round(company.id, clock())


def recheck_page(
    company: Company, after: str, ledger: "Ledger", clock: Callable[[], datetime]
) -> tuple[int, str | None]:
    """How many were looked at, and the place that the next ones come `after`; None where these are the last. Those
    about which nothing new can be said stay as they are, and are not counted once more."""
    held, behind = ledger.invoices.held_page(company.id, after, AT_ONCE)
    if held:
        take_in_invoices(company, _with_news(company, held, ledger, clock()), ledger, clock)
    return len(held), behind


def _with_news(company: Company, held: list[Held], ledger: "Ledger", now: datetime) -> list[Invoice]:
    """What waits is told of by those who settle it; anything else is news where people were told something else."""
    invoices = [each.invoice for each in held]
    around = surroundings(company, invoices, [each.invoice_number for each in invoices], ledger, now)
    find_fault = fault_finder(company, invoices, around, ledger, now)
    found = [(each, find_fault(each.invoice)) for each in held]
    loud = [("invoice", each.invoice.number, why.code) for each, why in found if why and not why.is_quiet]
    told = ledger.problems.among(company.id, loud)

    def is_news(each: Held, why: Fault | None) -> bool:
        if why is None:
            return True
        if why.is_quiet:
            return each.why is None or why.code is not each.why.code
        return ("invoice", each.invoice.number, why.code) not in told

    return [each.invoice for each, why in found if is_news(each, why)]
