"""What invoices are compared with, as the ledger knows it, whenever they are looked at."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from moment_xledger.domain.companies import Company
from moment_xledger.domain.days import day_in_oslo
from moment_xledger.domain.files.limits import HOME
from moment_xledger.domain.invoice_checks import Surroundings
from moment_xledger.domain.moment import Invoice, InvoiceKind
from moment_xledger.domain.preflight import STALE
from moment_xledger.domain.vat_rates import RateSources

if TYPE_CHECKING:
    from moment_xledger.adapters.ledger import Ledger


def surroundings(
    company: Company, invoices: Sequence[Invoice], held: Collection[int], ledger: "Ledger", now: datetime
) -> Surroundings:
    """`held`: the numbers of those that are held back."""
    rates = RateSources(ledger.references.vat_rates(company.token_id, now - STALE), company.own_rates)
    around = Surroundings(day_in_oslo(now), rates)
    if held:
        around.let_through = ledger.invoices.let_through_among(company.id, held)
    currencies = {invoice.currency for invoice in invoices} - {HOME}
    if currencies:
        around.earlier = ledger.invoices.earlier_rates(company.id, currencies)
    notes = (invoice for invoice in invoices if invoice.kind is InvoiceKind.CREDIT_NOTE)
    credited = {note.credited_invoice_number for note in notes if note.credited_invoice_number}
    if credited:
        around.credited, around.credited_at = ledger.invoices.taken(company.id, credited)
        around.documents = _documents(company, credited, invoices, ledger)
    return around


def _documents(
    company: Company, numbers: set[int], beside: Sequence[Invoice], ledger: "Ledger"
) -> dict[int, Invoice]:
    """What has arrived counts before what is held back, and that before what comes with the credit note."""
    together = {invoice.invoice_number: invoice for invoice in beside if invoice.invoice_number in numbers}
    held = {number: each.invoice for number, each in ledger.invoices.held_now(company.id, numbers).items()}
    arrived = ledger.invoices.by_number(company.id, numbers)
    return together | held | {number: snapshot.invoice for number, snapshot in arrived.items()}
