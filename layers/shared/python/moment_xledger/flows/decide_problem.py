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
from moment_xledger.domain.invoice_references import Decision
from moment_xledger.domain.kinds import Kind
from moment_xledger.domain.problem_choices import LONE_CREDIT_NOTES, Choice, choices_of
from moment_xledger.domain.problems import Code, Problem
from moment_xledger.domain.records import as_same_company
from moment_xledger.flows.decide_mail import resolve_mail
from moment_xledger.flows.decide_upload import resolve_upload
from moment_xledger.flows.resolve_problem import (
    Resolver,
    note_decision,
    offer_again,
    retry_group,
    the_problem,
)
from moment_xledger.flows.take_in_invoices import recheck_invoice
from moment_xledger.flows.take_over_moment import ask_takeover

if TYPE_CHECKING:
    from moment_xledger.adapters.ledger import Ledger

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
    ledger.invoices.decide(company.id, number, decision, resolver.by, resolver.clock())
    if known:  # it waits, or does not fit
        ledger.invoices.skip(company.id, number)
    recheck_invoice(company, number, ledger, resolver.clock)
    ledger.problems.close(company.id, [("invoice", problem.number)], [problem.code])


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
    Choice.TAKE_OVER: _take_over,
    Choice.LET_THROUGH: _let_through,
    **dict.fromkeys((Choice.BY_HAND, Choice.BOTH_OUT), _keep_here),
    Choice.SAME_COMPANY: _is_the_same_company,
    Choice.TRY_ALL: _try_all,
}
