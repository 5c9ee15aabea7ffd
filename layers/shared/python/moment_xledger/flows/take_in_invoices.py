"""Finalized invoices go into the ledger: each once, in the order of arrival. One that must not leave is held back."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING

from moment_xledger.domain.companies import Company, Route
from moment_xledger.domain.errors import Conflict
from moment_xledger.domain.invoice_checks import Surroundings, implausible, takes_too_much
from moment_xledger.domain.invoice_references import (
    DECIDED,
    INVOICE,
    WAITING_CODES,
    Awaited,
    Decision,
    Reference,
    Standing,
    references_of,
    waiting,
)
from moment_xledger.domain.invoices import (
    KEPT_HERE,
    Fault,
    Held,
    Sorted,
    arriving_together,
    changes_of_mind,
    fault,
    sort_out,
)
from moment_xledger.domain.moment import Invoice, InvoiceKind
from moment_xledger.domain.problems import Code, Problem
from moment_xledger.domain.releases import is_known
from moment_xledger.flows.close_unreadable import close_unreadable
from moment_xledger.flows.invoice_standing import standings_of
from moment_xledger.flows.invoice_surroundings import surroundings

if TYPE_CHECKING:
    from moment_xledger.adapters.ledger import Ledger

ROUNDS = 8
OVER_BY_ITSELF = [code for code in Code if code is not Code.INVOICE_CHANGED]  # when the invoice may go
TAKES_TOO_MUCH = (Code.CREDIT_NOTE_TOO_LARGE, Code.CREDIT_NOTE_OTHER_VAT)
MOST_BESIDE = 1_000  # credit notes for too much that are looked through; the night looks at all


def take_in_invoices(
    company: Company, invoices: Sequence[Invoice], ledger: "Ledger", clock: Callable[[], datetime]
) -> None:
    """Raises `Conflict` where others keep writing; nothing is lost then, the events come back."""
    known = [invoice for invoice in invoices if is_known(invoice.kind)]  # a held one may be a newer release's
    for some in arriving_together(known):
        _take_in(company, some, ledger, clock)


def _take_in(
    company: Company, invoices: Sequence[Invoice], ledger: "Ledger", clock: Callable[[], datetime]
) -> None:
    for tries in range(ROUNDS):
        held = ledger.invoices.held_now(company.id, {invoice.invoice_number for invoice in invoices})
        versions = {number: each.invoice.version for number, each in held.items()}
        around = surroundings(company, invoices, held, ledger, clock())
        credited, earlier = dict(around.credited), dict(around.earlier)
        found = _sorted_out(company, invoices, held, around, ledger, clock())
        good = list(found.good.values())
        try:
            if good:
                ledger.invoices.append(company.id, good, company.route, clock(), versions, credited)
        except Conflict:
            ledger.invoices.pause(tries)
            continue
        newer = {name: each for name, each in around.earlier.items() if each != earlier.get(name)}
        ledger.invoices.note_rates(company.id, newer)
        _release(company, [*found.good, *found.again], ledger)
        turned = _change_minds(company, invoices, ledger, clock())
        read = [("invoice", each.id, each.number, each.version) for each in invoices]
        close_unreadable(company.id, read, ledger)
        _hold(company, found, ledger, clock())
        _follow(
            company, {each.number for each in invoices if each.kind is InvoiceKind.INVOICE}, ledger, clock
        )
        look_again_beside(company, turned, ledger, clock)
        return
    raise Conflict


def _sorted_out(
    company: Company,
    invoices: Sequence[Invoice],
    held: Mapping[int, Held],
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
    """What is wrong with one of these invoices itself, else what it waits for. Credit notes come last, so that it is
    known what became of an invoice that comes together with its credit note."""
    leaving = [invoice for invoice in invoices if leaves(invoice, company.route)]
    references = {each for invoice in leaving for each in references_of(invoice, company.route)}
    standings = standings_of(company, references, ledger, now)
    decided = ledger.invoices.decisions(company.id, _named(invoices))

    def find(invoice: Invoice) -> Fault | None:
        found = _kept(invoice, decided) or fault(invoice, company) or implausible(invoice, company, around)
        if found and invoice.do_not_transfer and not found.is_quiet:
            found = Fault(Code.NOT_TO_TRANSFER, {})
        if found is None and leaves(invoice, company.route):
            found = waiting(invoice, standings)
        _note(invoice, found)
        return found

    def _note(invoice: Invoice, found: Fault | None) -> None:
        reference = Reference(INVOICE, invoice.number)
        if standings.get(reference) in (Standing.NEVER_CAME, Standing.HELD):
            is_kept = found.code in KEPT_HERE if found else not leaves(invoice, company.route)
            here = Standing.HELD if found else Standing.TO_LEAVE
            standings[reference] = Standing.LEFT_OUT if is_kept else here

    return find


def _named(invoices: Sequence[Invoice]) -> set[int]:
    """They themselves, and those that they credit."""
    credited = {each.credited_invoice_number for each in invoices if each.credited_invoice_number}
    return credited | {invoice.invoice_number for invoice in invoices}


def _kept(invoice: Invoice, decided: Mapping[int, Decision]) -> Fault | None:
    """What a person has decided of this one, or of the invoice that it credits."""
    decision = decided.get(invoice.invoice_number)
    if invoice.kind is InvoiceKind.CREDIT_NOTE:
        of_its_invoice = decided.get(invoice.credited_invoice_number or 0)
        decision = decision or (of_its_invoice if of_its_invoice is Decision.BOTH_OUT else None)
    if decision is None:
        return None  # one that only a newer release knows keeps the invoice here as well
    return Fault(DECIDED.get(decision, Code.LEFT_OUT_WITH_CREDIT_NOTE), {})


def leaves(invoice: Invoice, route: Route) -> bool:
    """An invoice that is never transferred waits for nothing."""
    return route is not Route.OFF and not invoice.do_not_transfer


def recheck_invoice(company: Company, number: int, ledger: "Ledger", clock: Callable[[], datetime]) -> None:
    """This one, if it is held, and soon the credit notes that wait for it."""
    held = ledger.invoices.held_now(company.id, [number])
    take_in_invoices(company, [each.invoice for each in held.values()], ledger, clock)
    _follow(company, [str(number)], ledger, clock)


def _follow(
    company: Company, numbers: Collection[str], ledger: "Ledger", clock: Callable[[], datetime]
) -> None:
    """The credit notes that wait for these invoices are to be looked at again."""
    ledger.waits.look_now(company.id, INVOICE, numbers, clock())


def let_go(
    company: Company,
    waiting: Mapping[Awaited, Collection[int]],
    ledger: "Ledger",
    clock: Callable[[], datetime],
) -> dict[Awaited, set[int]]:
    """Looks at these invoices again, which waited; those that were held and wait for nothing any more arrive. Of those
    that had arrived only what was said of them is over: the next export or mail takes them. Those that still wait for
    the same are returned, with those whose event is still to be taken in."""
    numbers = {number for some in waiting.values() for number in some}
    held = ledger.invoices.held_now(company.id, numbers)
    take_in_invoices(company, [held[number].invoice for number in sorted(held)], ledger, clock)
    now_held = ledger.invoices.held_now(company.id, numbers)
    arrived = ledger.invoices.arrived(company.id, numbers).keys() - now_held.keys()
    others = arrived - held.keys()
    ledger.problems.close(company.id, [("invoice", str(number)) for number in others], WAITING_CODES)
    if others:
        ledger.mails.mark(company.id, clock())
    skipped = ledger.invoices.skipped_among(company.id, numbers - now_held.keys() - arrived).keys()
    known = now_held.keys() | arrived | skipped
    still = {
        (*waits_for, number)
        for number, each in now_held.items()
        for waits_for in (each.why.waits_for if each.why else ())
    }
    stay = {
        awaited: {n for n in some if n not in known or (awaited.kind, awaited.number, n) in still}
        for awaited, some in waiting.items()
    }
    gone = ((each, number) for each, some in waiting.items() for number in some if number not in stay[each])
    ledger.waits.remove(company.id, gone)
    return stay


def look_again_beside(
    company: Company, numbers: Collection[int], ledger: "Ledger", clock: Callable[[], datetime]
) -> None:
    """Of the invoices that these credit notes name, more may be left than before, so that others may go. If that is
    lost, the next export or night makes up for it."""
    if not numbers:
        return
    arrived = ledger.invoices.by_number(company.id, numbers).values()
    notes = (each.invoice for each in arrived if each.invoice.kind is InvoiceKind.CREDIT_NOTE)
    credited = {note.credited_invoice_number for note in notes}
    look_again_at_notes(company, credited, TAKES_TOO_MUCH, ledger, clock)


def look_again_at_notes(
    company: Company,
    credited: Collection[int | None],
    codes: Collection[Code],
    ledger: "Ledger",
    clock: Callable[[], datetime],
) -> None:
    """At the credit notes of these invoices that are held for one of these reasons, and so wait for nothing."""
    if not credited:
        return
    told = (islice(ledger.problems.of(company.id, "invoice", code), MOST_BESIDE) for code in codes)
    numbers = [int(problem.number) for some in told for problem in some]
    held = ledger.invoices.held_now(company.id, numbers).values()
    beside = [each.invoice for each in held if each.invoice.credited_invoice_number in credited]
    take_in_invoices(company, beside, ledger, clock)


def _change_minds(
    company: Company, invoices: Sequence[Invoice], ledger: "Ledger", now: datetime
) -> list[int]:
    """ "Do not transfer" can be set and taken back until the invoice has left; afterwards people are told. The numbers
    of those that were left out so.

    A credit note takes back its amount with it; where others have taken what was left, it stays left out, and people
    are told. Raises `Conflict` where an export is being made, which may have the invoice: then the events come back.
    """
    numbers = {invoice.invoice_number for invoice in invoices}
    left_out: list[int] = []
    while minds := changes_of_mind(invoices, ledger.invoices.arrived(company.id, numbers)):
        invoice, known = minds[0]
        if too_much := _too_much(company, invoice, ledger, now):
            details = too_much.details
            problem = Problem(company.id, "invoice", invoice.number, too_much.code, details, "", now, now)
            ledger.problems.report([problem])
            invoice = invoice.model_copy(update={"do_not_transfer": True})
        _tell_of_the_late(company, invoice, ledger.invoices.has_left(company.id, known.seq), ledger, now)
        if not ledger.invoices.set_transfer(company.id, invoice, known, now):
            _tell_of_the_late(company, invoice, True, ledger, now)
        elif invoice.do_not_transfer:
            left_out.append(invoice.invoice_number)
    return left_out


def _too_much(company: Company, note: Invoice, ledger: "Ledger", now: datetime) -> Fault | None:
    if note.do_not_transfer or not ledger.invoices.is_left_out(company.id, note):
        return None
    return takes_too_much(note, surroundings(company, [note], (), ledger, now))


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

    Its problem goes first: as long as it is held, whoever comes next knows that there may be one. It
    may wait for the same again since it arrived: that is told anew.
    """
    held = ledger.invoices.held_now(company.id, numbers)
    ledger.problems.close(company.id, [("invoice", str(number)) for number in held], OVER_BY_ITSELF)
    for number, each in held.items():
        for kind, awaited in each.why.waits_for if each.why else ():
            ledger.waits.forget_told(company.id, kind, awaited, number)
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
    over = [
        code for code in OVER_BY_ITSELF if code not in WAITING_CODES
    ]  # what was wrong with an older version
    waits = [("invoice", invoice.number) for invoice, why in held if why.waits_for]
    ledger.problems.close(company.id, waits, over)
    kept = [("invoice", invoice.number) for invoice, why in held if why.code in KEPT_HERE]
    ledger.problems.close(company.id, kept)


def wait_quietly(
    company: Company, waiting: Sequence[tuple[int, Fault]], ledger: "Ledger", now: datetime
) -> None:
    """Each invoice is found again by what it waits for. People are told if it lasts."""
    waits = [(kind, number, invoice) for invoice, why in waiting for kind, number in why.waits_for]
    if waits:
        ledger.waits.add(company.id, waits, now)
