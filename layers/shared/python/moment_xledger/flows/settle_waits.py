"""What invoices wait for, looked at when it is due: they go when Xledger has it, and people are told of what lasts.

Xledger itself is asked by the worker that has its token; here it is only noted that it is to be asked.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from moment_xledger.domain.companies import Company, TokenId
from moment_xledger.domain.company_names import clearly_differ
from moment_xledger.domain.errors import KeyRefused, Unreachable, UnusableAnswer
from moment_xledger.domain.events import Event
from moment_xledger.domain.invoice_references import (
    HOLDER,
    INVOICE,
    LISTS,
    OF_ITS_CUSTOMER,
    QUIET,
    Answer,
    Awaited,
    Reference,
    Standing,
    details_of,
    holder_on,
    is_by_name,
    is_to_be_asked,
    looked_after_with,
    next_look,
    number_of,
    others_of,
    reason_of,
    references_of,
)
from moment_xledger.domain.invoices import MOST_ARRIVALS
from moment_xledger.domain.kinds import Kind
from moment_xledger.domain.moment import Saved
from moment_xledger.domain.problems import Code, Problem
from moment_xledger.flows.invoice_standing import former_holders, standings_of
from moment_xledger.flows.take_in_invoices import let_go
from moment_xledger.flows.take_in_records import take_in_records

if TYPE_CHECKING:
    from moment_xledger.adapters.ledger import Ledger

AskMoment = Callable[[Company, Kind, str], Saved | None]

A_MINUTE = timedelta(minutes=1)
TOLD_AT_ONCE = 25  # invoices
KINDS = (*map(str, Kind), INVOICE, HOLDER, LISTS)
ASKED_OF_MOMENT = (Standing.NOT_COME, Standing.OF_ANOTHER)
UNANSWERED = (Answer.SILENT, Answer.KEY_REFUSED)


@dataclass
class Looking:
    """A run of looks at what one company's invoices wait for. `silent`: Moment did not answer the last question."""

    company: Company
    ledger: "Ledger"
    ask_moment: AskMoment
    wake: Callable[[Kind, TokenId], None]
    clock: Callable[[], datetime]
    has_time: Callable[[], bool]
    silent: Answer = Answer.NONE
    let_go: int = 0


def settle_waits(due: Sequence[Awaited], look: Looking) -> None:
    """Moves each to its next look, or forgets it. What there is no time for stays due."""
    strange = [each for each in due if each.kind not in KINDS]
    due = [each for each in due if each.kind in KINDS]
    standings = _standings(due, look)
    due = [_asked(each, look) if standings[each] in ASKED_OF_MOMENT else each for each in due]
    standings = _standings(due, look)
    questions = [each for each in due if _is_kept(each, standings[each], look)]
    _ask_xledger(questions, look)
    looks = dict.fromkeys(strange, look.clock() + QUIET)  # a newer release knows what they are
    looks |= _let_go([each for each in due if standings[each].lets_go], look)
    for each in (each for each in due if not standings[each].lets_go):
        if not look.has_time():
            break
        if again := _settle(each, standings[each], look):
            looks[each] = max(again, look.clock() + QUIET) if each in questions else again
    look.ledger.waits.look_again(look.company.id, looks)


def _standings(due: Sequence[Awaited], look: Looking) -> dict[Awaited, Standing]:
    references = {each: Reference(each.kind, each.number) for each in due}
    found = standings_of(look.company, references.values(), look.ledger, look.clock())
    return {each: found[reference] for each, reference in references.items()}


def _is_kept(awaited: Awaited, standing: Standing, look: Looking) -> bool:
    """By hand, or it is one of Xledger's lists; and Xledger is to be asked for it now."""
    if standing is Standing.NOT_LOOKED_UP:
        return True
    if standing not in (Standing.ABSENT, Standing.DISPUTED):
        return False
    return not look.company.carries(Kind(awaited.kind)) and is_to_be_asked(awaited, look.clock())


def _ask_xledger(questions: Sequence[Awaited], look: Looking) -> None:
    company = look.company
    look.ledger.waits.ask_xledger(company.id, questions)
    for kind in {looked_after_with(each.kind) for each in questions}:
        look.ledger.records.mark_work(company.token_id, kind, company.id, look.clock())
        look.wake(kind, company.token_id)


def _asked(awaited: Awaited, look: Looking) -> Awaited:
    """Moment is asked for what has not come, and whose a number is; what it has is taken in like an event. If it does
    not answer, the same holds for the others: it is not asked once for each."""
    now = look.clock()
    if not is_to_be_asked(awaited, now) or not look.has_time():
        return awaited
    answer, found = (look.silent, None) if look.silent else _answer_of_moment(awaited, look)
    look.silent = answer if answer in UNANSWERED else Answer.NONE
    if awaited.kind == HOLDER and answer is not Answer.SILENT:
        _compare(awaited, found, look)
    look.ledger.waits.note_answer(look.company.id, awaited.kind, awaited.number, answer, now)
    return replace(awaited, answer=answer, asked=now)


def _answer_of_moment(awaited: Awaited, look: Looking) -> tuple[Answer, Saved | None]:
    company, ledger, clock = look.company, look.ledger, look.clock
    kind, number = looked_after_with(awaited.kind), number_of(Reference(awaited.kind, awaited.number))
    try:
        found = look.ask_moment(company, kind, number)
    except KeyRefused:
        return Answer.KEY_REFUSED, None
    except Unreachable:
        return Answer.SILENT, None
    except UnusableAnswer:
        return Answer.UNUSABLE, None
    if found is None:
        return Answer.NOT_THERE, None
    if take_in_records(company, kind, [Event("", company.id, clock(), found, from_api=True)], ledger, clock):
        look.wake(kind, company.token_id)
    return Answer.NONE, found


def _compare(awaited: Awaited, found: Saved | None, look: Looking) -> None:
    """A name is the customer's own, though written otherwise, unless Moment names another customer, or it is clear that
    the two differ. That is a person's to say."""
    company, ledger = look.company, look.ledger
    holder = Reference(awaited.kind, awaited.number)
    number = number_of(holder)
    record = ledger.records.by_number(company.id, Kind.CUSTOMER, [number]).get(number)
    if record is None or not is_by_name(holder) or (found and found.id != record.id):
        return
    name = _name_on_an_invoice(awaited, look)
    former = others_of(record, former_holders(company.id, [number], ledger).get(number, ()))
    if name and any(not clearly_differ(name, each.content.name) for each in former):
        return  # both may be meant
    if name and not clearly_differ(name, record.content.name):
        ledger.lookups.note_same_customer(company.id, holder, record.id, look.clock())


def _name_on_an_invoice(awaited: Awaited, look: Looking) -> str | None:
    company, ledger = look.company, look.ledger
    waiting = ledger.waits.waiting_for(company.id, awaited.kind, awaited.number, 1)
    invoice = ledger.invoices.held_or_arrived(company.id, waiting[0].invoice) if waiting else None
    return invoice.customer.name if invoice else None


def _let_go(free: Sequence[Awaited], look: Looking) -> dict[Awaited, datetime]:
    """When to look again at those for which an invoice waits all the same. What none waits for is forgotten."""
    looks: dict[Awaited, datetime] = {}
    for batch in _batches(_pages(free, look)):
        if not look.has_time():
            break
        waiting = {page.awaited: page.invoices for page in batch}
        staying = let_go(look.company, waiting, look.ledger, look.clock)
        look.let_go += sum(len(waiting[each]) - len(stay) for each, stay in staying.items())
        looks |= {each: look.clock() + A_MINUTE for each, stay in staying.items() if stay}
        over = [page.awaited for page in batch if page.is_last and page.awaited not in looks]
        look.ledger.waits.forget(look.company.id, over)
    return looks


class _Page(NamedTuple):
    """Some of the invoices that wait for the same."""

    awaited: Awaited
    invoices: list[int]
    is_last: bool


def _pages(several: Sequence[Awaited], look: Looking) -> Iterator[_Page]:
    for each in several:
        after, is_last = None, False
        while not is_last:
            found = look.ledger.waits.waiting_for(
                look.company.id, each.kind, each.number, MOST_ARRIVALS, after
            )
            invoices = [one.invoice for one in found]
            is_last = len(invoices) < MOST_ARRIVALS
            yield _Page(each, invoices, is_last)
            after = invoices[-1] if invoices else None


def _batches(pages: Iterator[_Page]) -> Iterator[list[_Page]]:
    """About as many invoices as arrive together, and each number once."""
    batch: list[_Page] = []
    for page in pages:
        batch.append(page)
        if not page.is_last or sum(len(each.invoices) for each in batch) >= MOST_ARRIVALS:
            yield batch
            batch = []
    if batch:
        yield batch


def _settle(awaited: Awaited, standing: Standing, look: Looking) -> datetime | None:
    """Told of once it has lasted. When to look again at this one; None where some are left to be told of."""
    now = look.clock()
    if awaited.since + QUIET > now:
        return min(awaited.since + QUIET, next_look(awaited, standing, now))
    code = reason_of(standing, awaited)
    if awaited.told != code and not _tell(awaited, code, look):
        return None
    return next_look(awaited, standing, now)


def _let_go_otherwise(awaited: Awaited, numbers: Sequence[int], look: Looking) -> set[int]:
    """Those that do not wait for this customer number any more, since their customer is known by another one now. They
    go, or wait for that."""
    ledger, company = look.ledger, look.company
    if awaited.kind != Kind.CUSTOMER or not ledger.records.gave_up(
        company.id, Kind.CUSTOMER, [awaited.number]
    ):
        return set()
    invoices = [each.invoice for each in ledger.invoices.held_now(company.id, numbers).values()]
    invoices += [each.invoice for each in ledger.invoices.by_number(company.id, numbers).values()]
    references = {each for invoice in invoices for each in references_of(invoice, company.route)}
    standings = standings_of(company, references, ledger, look.clock())
    known_otherwise = {
        invoice.invoice_number for invoice in invoices if standings.get(holder_on(invoice)) in OF_ITS_CUSTOMER
    }
    if known_otherwise:
        let_go(company, {awaited: known_otherwise}, ledger, look.clock)
        look.let_go += len(known_otherwise)
    return known_otherwise


def _tell(awaited: Awaited, code: Code, look: Looking) -> bool:
    """Each invoice once for each reason. False where there was no time for all."""
    company, waits, after = look.company.id, look.ledger.waits, None
    details = details_of(Reference(awaited.kind, awaited.number))
    while look.has_time():
        waiting = waits.waiting_for(company, awaited.kind, awaited.number, TOLD_AT_ONCE, after)
        other = _let_go_otherwise(awaited, [each.invoice for each in waiting], look)
        untold = [each.invoice for each in waiting if each.told != code and each.invoice not in other]
        now = look.clock()
        look.ledger.problems.report(
            Problem(company, "invoice", str(each), code, details, "", now, now) for each in untold
        )
        waits.note_told(company, awaited.kind, awaited.number, untold, code)
        if len(waiting) < TOLD_AT_ONCE:
            waits.note_all_told(company, awaited, code)
            return True
        after = waiting[-1].invoice
    return False
