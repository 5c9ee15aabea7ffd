"""Finalized invoices go into the ledger: each once, in the order of arrival. One that must not leave is held back."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from moment_xledger.domain.companies import Company
from moment_xledger.domain.errors import Conflict
from moment_xledger.domain.invoices import Fault, fault
from moment_xledger.domain.moment import Invoice, Kind
from moment_xledger.domain.problems import Code, Problem

if TYPE_CHECKING:
    from moment_xledger.adapters.ledger import Ledger

ROUNDS = 8
MOST_AT_ONCE = 33  # invoices in one transaction


def take_in_invoices(
    company: Company, invoices: Sequence[Invoice], ledger: "Ledger", clock: Callable[[], datetime]
) -> None:
    """Raises `Conflict` where others keep writing; nothing is lost then, the events come back."""
    for start in range(0, len(invoices), MOST_AT_ONCE):
        _take_in(company, invoices[start : start + MOST_AT_ONCE], ledger, clock)


def _take_in(
    company: Company, invoices: Sequence[Invoice], ledger: "Ledger", clock: Callable[[], datetime]
) -> None:
    for _ in range(ROUNDS):
        head = ledger.invoices.head(company.id)
        new, changed = _sort(company, invoices, ledger)
        faults = _faults(company, new, ledger)
        good = [invoice for invoice in new if invoice.invoice_number not in faults]
        try:
            if good:
                ledger.invoices.add(company.id, head, good, company.route, clock())
        except Conflict:
            continue
        _release(company, [invoice for invoice in invoices if invoice.invoice_number not in faults], ledger)
        _report(
            company,
            [(i, faults[i.invoice_number]) for i in new if i.invoice_number in faults],
            ledger,
            clock(),
        )
        _report(company, [(i, Fault(Code.INVOICE_CHANGED, {})) for i in changed], ledger, clock(), hold=False)
        return
    raise Conflict


def _sort(
    company: Company, invoices: Sequence[Invoice], ledger: "Ledger"
) -> tuple[list[Invoice], list[Invoice]]:
    """New ones (the newest version of each), and those that say something else than what arrived before."""
    newest: dict[int, Invoice] = {}
    for invoice in invoices:
        known = newest.get(invoice.invoice_number)
        if known is None or known.version < invoice.version:
            newest[invoice.invoice_number] = invoice
    arrived = ledger.invoices.arrived(company.id, newest)
    changed = [
        invoice
        for number, invoice in newest.items()
        if number in arrived
        and invoice.version >= arrived[number].version
        and invoice.content_hash() != arrived[number].hash
    ]
    return [invoice for number, invoice in newest.items() if number not in arrived], changed


def _release(company: Company, invoices: Sequence[Invoice], ledger: "Ledger") -> None:
    """They have arrived, so what held them back is over."""
    released = ledger.invoices.release(company.id, [invoice.number for invoice in invoices])
    ledger.problems.close(company.id, [("invoice", number) for number in released])


def _faults(company: Company, invoices: Sequence[Invoice], ledger: "Ledger") -> Mapping[int, Fault]:
    numbers = {invoice.customer.customer_number for invoice in invoices}
    known = ledger.records.by_number(company.id, Kind.CUSTOMER, numbers)
    found = {invoice.invoice_number: fault(invoice, company, known) for invoice in invoices}
    return {number: wrong for number, wrong in found.items() if wrong}


def _report(
    company: Company,
    found: Sequence[tuple[Invoice, Fault]],
    ledger: "Ledger",
    now: datetime,
    *,
    hold: bool = True,
) -> None:
    if hold:
        for invoice, _ in found:
            ledger.invoices.hold(company.id, invoice)
    ledger.problems.report(
        Problem(company.id, "invoice", invoice.number, wrong.code, wrong.details, "", now, now)
        for invoice, wrong in found
    )
