"""What a person says about a problem is checked, noted in the audit, and then done.

Each choice has one function here. It raises `ValueError` where there is nothing to decide any more, and `Conflict` if
somebody else changed the same thing meanwhile; nothing is changed then, and the line in the audit may be there.
"""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from moment_xledger.domain import invoice_mails, uploads
from moment_xledger.domain.companies import CompanyId
from moment_xledger.domain.deeds import What
from moment_xledger.domain.errors import Conflict
from moment_xledger.domain.invoice_references import Decision, holder_of
from moment_xledger.domain.kinds import Kind
from moment_xledger.domain.moment import Invoice, InvoiceKind
from moment_xledger.domain.numbers import same_number
from moment_xledger.domain.problem_choices import LONE_CREDIT_NOTES, OWN_FAULTS, Choice, choices_of
from moment_xledger.domain.problems import Code, Problem
from moment_xledger.domain.records import State, as_same_company
from moment_xledger.domain.turns import cost_of_trying
from moment_xledger.flows.decide_mail import resolve_mail
from moment_xledger.flows.decide_upload import resolve_upload
from moment_xledger.flows.relink import (
    believe,
    find_record,
    look_up_again,
    replace_record,
    separate,
    take_their_number,
)
from moment_xledger.flows.resolve_problem import (
    Resolver,
    note_decision,
    offer_again,
    retry_group,
    the_problem,
)
from moment_xledger.flows.take_in_invoices import look_again_at_notes, look_again_beside, recheck_invoice
from moment_xledger.flows.take_over_moment import ask_takeover

if TYPE_CHECKING:
    from moment_xledger.adapters.ledger import Ledger

MOST_HEIRS = 5

Apply = Callable[[Problem, Choice, str, Resolver], None]


def decide_problem(
    company_id: CompanyId,
    kind: str,
    number: str,
    code: Code,
    choice: Choice,
    resolver: Resolver,
    given: str = "",
) -> None:
    """`given`: what the choice is about where the choice alone does not say it, such as the id of another record.

    Raises `LookupError` if there is no such problem any more, and what `Apply` raises.
    """
    if choice not in choices_of(code):
        raise ValueError(f"{code} does not offer {choice}")
    problem = the_problem(company_id, kind, number, code, resolver)
    _APPLY[choice](problem, choice, given, resolver)


def offered(problem: Problem, ledger: "Ledger") -> list[tuple[Choice, str]]:
    """What a person can say about the problem as things are now, each with what is to be given with it."""
    return [
        (choice, given) for choice in choices_of(problem.code) for given in _given(choice, problem, ledger)
    ]


def _given(choice: Choice, problem: Problem, ledger: "Ledger") -> list[str]:
    match choice:
        case Choice.SAME_RECORD:
            return _heirs(problem, ledger)
        case Choice.TAKE_NUMBER if "several" in problem.details:  # nobody can tell which of the numbers it is
            return []
        case Choice.TRY_ALL:  # what it costs, to be known before it is chosen
            count = problem.details.get("count", "")
            return [str(cost_of_trying(int(count) if count.isdecimal() else 1))]
    return [""]


def _heirs(problem: Problem, ledger: "Ledger") -> list[str]:
    """Ids of those that want the number. One that is in Xledger under another number is a record of its own there."""
    claimants = ledger.records.claimants(problem.company, Kind(problem.kind), problem.number)
    return [str(record.id) for record in claimants if record.db_id is None][:MOST_HEIRS]


def _say_whether_it_arrived(problem: Problem, choice: Choice, file_key: str, resolver: Resolver) -> None:
    """`file_key`: Xledger's own number of an uploaded file, if the person has found it."""
    number, again = int(problem.number), choice is Choice.AGAIN
    if problem.kind == uploads.EXPORT:
        upload_choice = _OF_AN_UPLOAD[choice]
        key = int(file_key) if file_key else None
        resolve_upload(
            problem.company, number, upload_choice, resolver.by, resolver.ledger, resolver.clock, key
        )
    else:
        mail_choice = invoice_mails.Choice.SEND_AGAIN if again else invoice_mails.Choice.IT_ARRIVED
        resolve_mail(problem.company, number, mail_choice, resolver.by, resolver.ledger, resolver.clock)


def _export_again(problem: Problem, choice: Choice, _: str, resolver: Resolver) -> None:
    known = resolver.ledger.invoices.arrived(problem.company, [int(problem.number)])[int(problem.number)]
    _note(problem, choice, resolver)
    resolver.ledger.exports.let_again(problem.company, known.seq)
    resolver.ledger.problems.close(problem.company, [(problem.kind, problem.number)], [problem.code])


def _relink(problem: Problem, choice: Choice, _: str, resolver: Resolver) -> None:
    ledger, clock = resolver.ledger, resolver.clock
    company, record = ledger.companies.get_known(problem.company), find_record(problem, ledger)
    if choice is not Choice.SEPARATE and record.state is State.RETIRED:
        raise ValueError(f"{record.kind} {record.id} is retired")
    _note(problem, choice, resolver, str(record.id))
    match choice:
        case Choice.TAKE_NUMBER if "several" in problem.details:
            raise ValueError(f"{problem.kind} {problem.number}: several may be it")
        case Choice.TAKE_NUMBER if not same_number(problem.details["theirs"], record.number):
            take_their_number(company, record, problem.details["theirs"], ledger, clock)
        case Choice.LOOK_UP_AGAIN:
            look_up_again(company, record, ledger, clock)
        case Choice.SEPARATE:
            separate(company, record, ledger, clock)
        case _:  # the problem stays until Xledger shows that it is so
            believe(company, record, ledger, clock)
            return
    ledger.problems.close(company.id, [(problem.kind, problem.number)], [problem.code])
    ledger.waits.look_now(company.id, problem.kind, [problem.number], clock())


def _same_record(problem: Problem, choice: Choice, given: str, resolver: Resolver) -> None:
    """`given`: the id of the record that is to take over the number."""
    ledger = resolver.ledger
    company, wanted = ledger.companies.get_known(problem.company), (Kind(problem.kind), int(given or 0))
    new = ledger.records.get_many(company.id, [wanted]).get(wanted)
    if new is None or new.number != problem.number:
        raise ValueError(f"{problem.kind} {given} does not want the number {problem.number}")
    _note(problem, choice, resolver, f"{given} = {problem.details['other']}")
    replace_record(company, int(problem.details["other"]), new, ledger, resolver.clock)


def _take_over(problem: Problem, choice: Choice, _: str, resolver: Resolver) -> None:
    _note(problem, choice, resolver)
    ask_takeover(resolver.ledger.companies.get_known(problem.company), resolver.ledger, resolver.clock)


def _let_through(problem: Problem, choice: Choice, _: str, resolver: Resolver) -> None:
    """The invoice as it is now, and what is wrong with it by this reason alone."""
    number, ledger = int(problem.number), resolver.ledger
    version = ledger.invoices.held_among(problem.company, [number]).get(number)
    if version is None:
        raise ValueError(f"invoice {number} is not held back any more")
    _note(problem, choice, resolver)
    ledger.invoices.let_through(problem.company, number, version, problem.code)
    offer_again(ledger.companies.get_known(problem.company), [problem], resolver)


def _keep_here(problem: Problem, choice: Choice, _: str, resolver: Resolver) -> None:
    """Of the invoice that the problem is about, or of the one that its credit note names: one word counts for both.

    What was decided is the truth, so that a worker that dies behind it is made up for by the next look at the two.
    """
    ledger, company = resolver.ledger, resolver.ledger.companies.get_known(problem.company)
    number = _invoice_of(problem, choice, ledger)
    known = ledger.invoices.arrived(company.id, [number]).get(number)
    if known and ledger.invoices.has_left(company.id, known.seq):
        raise ValueError(f"invoice {number} has left")
    _note(problem, choice, resolver, str(number))
    decision = Decision.BY_HAND if choice is Choice.BY_HAND else Decision.BOTH_OUT
    if known:  # it waits, or does not fit; nothing is decided of one that leaves at this moment
        ledger.invoices.skip(company.id, number, resolver.clock(), decision, resolver.by)
        look_again_beside(company, [number], ledger, resolver.clock)
    else:
        takes = _credit_note(company.id, number, ledger) if decision is Decision.BY_HAND else None
        ledger.invoices.decide(company.id, number, decision, resolver.by, resolver.clock(), takes)
    recheck_invoice(company, number, ledger, resolver.clock)
    if decision is Decision.BOTH_OUT:
        look_again_at_notes(company, [number], OWN_FAULTS, ledger, resolver.clock)
    ledger.problems.close(company.id, [("invoice", problem.number)], [problem.code])


def _credit_note(company: CompanyId, number: int, ledger: "Ledger") -> Invoice | None:
    """A held one that takes something from an invoice: in another currency nobody can say how much."""
    held = ledger.invoices.held_now(company, [number]).get(number)
    other = (
        held and held.why and held.why.code in (Code.CREDIT_NOTE_OF_ITSELF, Code.CREDIT_NOTE_OTHER_CURRENCY)
    )
    return held.invoice if held and not other and held.invoice.kind is InvoiceKind.CREDIT_NOTE else None


def _invoice_of(problem: Problem, choice: Choice, ledger: "Ledger") -> int:
    """A credit note is left out together with its invoice only."""
    number = int(problem.number)
    if problem.code in LONE_CREDIT_NOTES:
        return int(problem.details["reference"])
    held = ledger.invoices.held_now(problem.company, [number]).get(number)
    credited = held.invoice.credited_invoice_number if held else None
    return credited if credited and choice is Choice.BOTH_OUT else number


def _is_the_same_company(problem: Problem, choice: Choice, _: str, resolver: Resolver) -> None:
    """It counts for this customer and this legal company, and the customer is sent again."""
    ledger, now = resolver.ledger, resolver.clock()
    company = ledger.companies.get_known(problem.company)
    found = ledger.records.by_number(company.id, Kind.CUSTOMER, [problem.number]).get(problem.number)
    if found is None or found.problem is not problem.code:
        raise ValueError(f"customer {problem.number} is not held back by this any more")
    _note(problem, choice, resolver, problem.details["theirs"])
    if ledger.records.save([(found, as_same_company(found, now))]):
        raise Conflict
    ledger.records.mark_work(company.token_id, Kind.CUSTOMER, company.id, now)
    resolver.wake(Kind.CUSTOMER, company.token_id)


def _is_the_same_customer(problem: Problem, choice: Choice, _: str, resolver: Resolver) -> None:
    """It counts for all invoices with this number and name, or id, until the number is another customer's."""
    ledger, now = resolver.ledger, resolver.clock()
    company = ledger.companies.get_known(problem.company)
    invoice = ledger.invoices.held_or_arrived(company.id, int(problem.number))
    number = invoice.customer.customer_number if invoice else ""
    record = ledger.records.by_number(company.id, Kind.CUSTOMER, [number]).get(number)
    if invoice is None or record is None:
        raise ValueError(f"nobody has the customer number of invoice {problem.number} any more")
    _note(problem, choice, resolver, number)
    holder = holder_of(number, invoice.customer.name, invoice.customer.id)
    ledger.lookups.note_same_customer(company.id, holder, record.id, now)
    ledger.waits.look_now(company.id, holder.kind, [holder.number], now)


def _try_all(problem: Problem, choice: Choice, _: str, resolver: Resolver) -> None:
    _note(problem, choice, resolver)
    retry_group(problem, resolver)


def _note(problem: Problem, choice: Choice, resolver: Resolver, given: str = "") -> None:
    about = " ".join(
        filter(None, (f"{problem.kind} {problem.number}".strip() + ":", problem.code, choice, given))
    )
    note_decision(problem.company, What.DECIDED_PROBLEM, about, resolver)


_OF_AN_UPLOAD = {
    Choice.ARRIVED: uploads.Choice.IT_ARRIVED,
    Choice.AGAIN: uploads.Choice.SEND_AGAIN,
    Choice.APART: uploads.Choice.TAKE_APART,
}
_APPLY: Mapping[Choice, Apply] = {
    **dict.fromkeys((Choice.ARRIVED, Choice.AGAIN, Choice.APART), _say_whether_it_arrived),
    Choice.EXPORT_AGAIN: _export_again,
    Choice.TAKE_OVER: _take_over,
    Choice.SAME_RECORD: _same_record,
    **dict.fromkeys(
        (
            Choice.CHANGED_ON_BOTH,
            Choice.TAKE_NUMBER,
            Choice.PUT_BACK,
            Choice.LOOK_UP_AGAIN,
            Choice.SEPARATE,
        ),
        _relink,
    ),
    Choice.LET_THROUGH: _let_through,
    **dict.fromkeys((Choice.BY_HAND, Choice.BOTH_OUT), _keep_here),
    Choice.SAME_COMPANY: _is_the_same_company,
    Choice.SAME_CUSTOMER: _is_the_same_customer,
    Choice.TRY_ALL: _try_all,
}
