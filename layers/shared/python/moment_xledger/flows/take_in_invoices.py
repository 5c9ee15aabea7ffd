"""Finalized invoices go into the ledger: each once, in the order of arrival. One that must not leave is held back."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from moment_xledger.domain.companies import Company, Route
from moment_xledger.domain.errors import Conflict
from moment_xledger.domain.invoice_checks import Surroundings, implausible
from moment_xledger.domain.invoice_references import WAITING_CODES, references_of, waiting
from moment_xledger.domain.invoices import Fault, Sorted, arriving_together, changes_of_mind, fault, sort_out
from moment_xledger.domain.kinds import Kind
from moment_xledger.domain.moment import Invoice
from moment_xledger.domain.problems import Code, Problem
from moment_xledger.flows.close_unreadable import close_unreadable
from moment_xledger.flows.invoice_standing import standings_of
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
        found = _sorted_out(company, invoices, held, around, ledger, clock())
        good = list(found.good.values())
        try:
            if good:  # the head is read last: others write behind it all the time, when many come
                head = ledger.invoices.head(company.id)
                ledger.invoices.add(company.id, head, good, company.route, clock(), held, credited)
        except Conflict:
            continue
        _release(company, [*found.good, *found.again], ledger)
        _change_minds(company, invoices, ledger, clock())
        read = [("invoice", each.id, each.number, each.version) for each in invoices]
        close_unreadable(company.id, read, ledger)
        _hold(company, found, ledger, clock())
        return
    raise Conflict


def _sorted_out(
    company: Company,
    invoices: Sequence[Invoice],
    held: Mapping[int, int],
    around: Surroundings,
    ledger: "Ledger",
    now: datetime,
) -> Sorted:
    """But for what a person has skipped: of that, only a newer version is looked at."""
    numbers = {invoice.invoice_number for invoice in invoices}
    skipped = ledger.invoices.skipped_among(company.id, numbers - held.keys())
    find = fault_finder(company, invoices, around, ledger, now)

    def find_fault(invoice: Invoice) -> Fault | None:
        found = find(invoice)
        if found is None:
            around.accept(invoice)
        return found

    return sort_out(
        [invoice for invoice in invoices if invoice.version > skipped.get(invoice.invoice_number, 0)],
        ledger.invoices.arrived(company.id, numbers),
        held,
        find_fault,
    )


def fault_finder(
    company: Company, invoices: Sequence[Invoice], around: Surroundings, ledger: "Ledger", now: datetime
) -> Callable[[Invoice], Fault | None]:
    """What is wrong with one of these invoices itself, else what it waits for."""
    leaving = [invoice for invoice in invoices if leaves(invoice, company.route)]
    references = {each for invoice in leaving for each in references_of(invoice)}
    standings = standings_of(company, references, ledger, now)

    def find(invoice: Invoice) -> Fault | None:
        wrong = fault(invoice, company) or implausible(invoice, company, around)
        if wrong and invoice.do_not_transfer:
            return Fault(Code.NOT_TO_TRANSFER, {})
        return wrong or (waiting(invoice, standings) if leaves(invoice, company.route) else None)

    return find


def leaves(invoice: Invoice, route: Route) -> bool:
    """An invoice that is never transferred waits for nothing."""
    return route is not Route.OFF and not invoice.do_not_transfer


def _change_minds(company: Company, invoices: Sequence[Invoice], ledger: "Ledger", now: datetime) -> None:
    """ "Do not transfer" can be set and taken back until the invoice has left; afterwards people are told.

    Raises `Conflict` where an export is being made, which may have the invoice: then the events come back.
    """
    numbers = {invoice.invoice_number for invoice in invoices}
    while minds := changes_of_mind(invoices, ledger.invoices.arrived(company.id, numbers)):
        invoice, known = minds[0]
        _tell_of_the_late(company, invoice, ledger.invoices.has_left(company.id, known.seq), ledger, now)
        if not ledger.invoices.set_transfer(company.id, invoice, known, now):
            _tell_of_the_late(company, invoice, True, ledger, now)


def _tell_of_the_late(
    company: Company, invoice: Invoice, has_left: bool, ledger: "Ledger", now: datetime
) -> None:
    """First, so that a worker that dies before it is stored does it again."""
    code, number = Code.NOT_TO_TRANSFER_TOO_LATE, invoice.number
    if not invoice.do_not_transfer:
        ledger.problems.close(company.id, [("invoice", number)], [code])
    elif has_left and not ledger.problems.get(company.id, "invoice", number, code):
        details = {"version": str(invoice.version)}
        ledger.problems.report([Problem(company.id, "invoice", number, code, details, "", now, now)])


def _release(company: Company, numbers: Sequence[int], ledger: "Ledger") -> None:
    """They have arrived, so what held them back is over, also where an earlier delivery got no further than that.

    Its problem goes first: as long as it is held, whoever comes next knows that there may be one.
    """
    held = ledger.invoices.held_among(company.id, numbers)
    ledger.problems.close(company.id, [("invoice", str(number)) for number in held])
    ledger.invoices.release(company.id, held)


def _hold(company: Company, found: Sorted, ledger: "Ledger", now: datetime) -> None:
    """What a person has skipped while it was looked at is no problem any more."""
    wait_quietly(
        company, [(i.invoice_number, why) for i, why in found.faulty.values() if why.waits_for], ledger, now
    )
    held = [each for each in found.faulty.values() if ledger.invoices.hold(company.id, *each)]
    wrong = [(invoice, why) for invoice, why in held if not why.is_quiet]
    wrong += [(each, Fault(Code.INVOICE_CHANGED, {})) for each in found.changed.values()]
    ledger.problems.report(
        Problem(company.id, "invoice", invoice.number, why.code, why.details, "", now, now)
        for invoice, why in wrong
    )
    over = [code for code in Code if code not in WAITING_CODES]  # what was wrong with an older version
    quiet = [("invoice", invoice.number) for invoice, why in held if why.is_quiet]
    ledger.problems.close(company.id, quiet, over)


def wait_quietly(
    company: Company, waiting: Sequence[tuple[int, Fault]], ledger: "Ledger", now: datetime
) -> None:
    """Each invoice is found again by what it waits for. People are told if it lasts."""
    waits = [(kind, number, invoice) for invoice, why in waiting for kind, number in why.waits_for]
    if not waits:
        return
    ledger.waits.add(company.id, waits, now)
    for kind in {Kind(kind) for kind, _, _ in waits}:
        ledger.records.mark_work(company.token_id, kind, company.id, now)
