"""What a person does about problems: try one again, try all of a kind again, or skip one and say why.

Each is a line in the audit, written before anything is done.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING

from moment_xledger.domain.companies import Company, CompanyId, TokenId
from moment_xledger.domain.deeds import Deed, What
from moment_xledger.domain.kinds import Kind
from moment_xledger.domain.preflight import STOPS_AN_INVOICE
from moment_xledger.domain.problems import Code, Problem
from moment_xledger.domain.records import as_retried
from moment_xledger.domain.resolutions import Way, can_be_skipped, checked_reason, way_of
from moment_xledger.flows.save_company import close_refusals, open_gate
from moment_xledger.flows.take_in_invoices import look_again_beside, take_in_invoices

if TYPE_CHECKING:
    from moment_xledger.adapters.ledger import Ledger

AT_ONCE = 100
INVOICE = "invoice"


@dataclass(frozen=True)
class Resolver:
    """`by`: who does it, as the audit names people."""

    ledger: "Ledger"
    wake: Callable[[Kind, TokenId], None]
    clock: Callable[[], datetime]
    by: str


def retry_problem(company_id: CompanyId, kind: str, number: str, code: Code, resolver: Resolver) -> Way:
    """What was done, or what there is to do instead. Raises `LookupError` if there is no such problem any more."""
    problem = the_problem(company_id, kind, number, code, resolver)
    return next(iter(_retry([problem], f"{kind} {number}: {code}", resolver)))


def retry_all(
    company_id: CompanyId, resolver: Resolver, *, kind: str = "", code: Code | None = None
) -> Counter[Way]:
    """Of this kind of record, or this reason, or both. How many went which way."""
    problems = resolver.ledger.problems.of(company_id, kind)
    wanted = [problem for problem in problems if code in (None, problem.code)]
    about = f"all{f' {kind}s' * bool(kind)}{f' {code}' if code else ''} ({len(wanted)})"
    return _retry(wanted, about, resolver)


def skip_problem(
    company_id: CompanyId, kind: str, number: str, code: Code, reason: str, resolver: Resolver
) -> None:
    """The record is left as it is until a newer version comes; an invoice never leaves, and the gap says so.

    Raises `ValueError` without a reason or where skipping helps nobody, and `LookupError` as `retry_problem`.
    """
    why = checked_reason(reason)
    if not can_be_skipped(code):
        raise ValueError(f"{code}: this cannot be skipped; {way_of(code)}")
    problem = the_problem(company_id, kind, number, code, resolver)
    note_decision(company_id, What.SKIPPED_PROBLEM, f"{kind} {number}: {code}: {why}", resolver)
    if kind == INVOICE and number.isdecimal() and not _holds_nothing_back(problem, resolver):
        resolver.ledger.invoices.skip(company_id, int(number), resolver.clock())
        company = resolver.ledger.companies.get_known(company_id)
        look_again_beside(company, [int(number)], resolver.ledger, resolver.clock)
    resolver.ledger.problems.close(company_id, [(problem.kind, problem.number)], [code])


def _holds_nothing_back(problem: Problem, resolver: Resolver) -> bool:
    """Another content came later; or it has left, and only a repeat of its export could not hold it."""
    if problem.code not in STOPS_AN_INVOICE:
        return way_of(problem.code) is Way.SETTLE
    found = resolver.ledger.invoices.by_number(problem.company, [int(problem.number)])
    return any(snapshot.export is not None for snapshot in found.values())


def the_problem(company_id: CompanyId, kind: str, number: str, code: Code, resolver: Resolver) -> Problem:
    found = resolver.ledger.problems.get(company_id, kind, number, code)
    if found is None:
        raise LookupError(f"there is no problem {code} of {kind} {number} any more")
    return found


def _retry(problems: Sequence[Problem], about: str, resolver: Resolver) -> Counter[Way]:
    if not problems:
        return Counter()
    company = resolver.ledger.companies.get_known(problems[0].company)
    note_decision(company.id, What.RETRIED_PROBLEM, about, resolver)
    by_way: dict[Way, list[Problem]] = {}
    for problem in problems:
        by_way.setdefault(_way(problem), []).append(problem)
    for way, those in by_way.items():
        if way in _DOES:
            _DOES[way](company, those, resolver)
    return Counter({way: len(those) for way, those in by_way.items()})


def _way(problem: Problem) -> Way:
    """An unknown customer stops projects as well as invoices."""
    way = way_of(problem.code)
    return Way.SEND if way is Way.OFFER and problem.kind in tuple(Kind) else way


def _send(company: Company, problems: Sequence[Problem], resolver: Resolver) -> None:
    """The problem is closed when Xledger has taken the record, or replaced by what is wrong now."""
    for kind in Kind:
        codes = {problem.number: problem.code for problem in problems if problem.kind == kind}
        for numbers in _chunks(codes):
            found = resolver.ledger.records.by_number(company.id, kind, numbers)
            stuck = [record for number, record in found.items() if record.problem is codes[number]]
            now = resolver.clock()
            resolver.ledger.records.save([(record, as_retried(record, now)) for record in stuck])
        if codes:
            resolver.ledger.records.mark_work(company.token_id, kind, company.id, resolver.clock())
            resolver.wake(kind, company.token_id)


def offer_again(company: Company, problems: Sequence[Problem], resolver: Resolver) -> None:
    numbers = {int(problem.number) for problem in problems if problem.number.isdecimal()}
    held = resolver.ledger.invoices.held_now(company.id, numbers).values()
    take_in_invoices(company, [each.invoice for each in held], resolver.ledger, resolver.clock)


def retry_group(problem: Problem, resolver: Resolver) -> None:
    """All that are refused alike go once more, as a list of their own. The problem is closed when none is left."""
    company, kind = resolver.ledger.companies.get_known(problem.company), Kind(problem.kind)
    now = resolver.clock()
    found = resolver.ledger.records.alike(company.id, kind, problem.number)
    resolver.ledger.records.save([(record, as_retried(record, now)) for record in found])
    resolver.ledger.records.mark_work(company.token_id, kind, company.id, now)
    resolver.wake(kind, company.token_id)


def _open_gate(company: Company, _: Sequence[Problem], resolver: Resolver) -> None:
    open_gate(company.token_id, resolver.ledger, resolver.clock())
    close_refusals(company.token_id, resolver.ledger)
    for kind in Kind:
        resolver.ledger.records.mark_work(company.token_id, kind, company.id, resolver.clock())
        resolver.wake(kind, company.token_id)


def _confirm(company: Company, problems: Sequence[Problem], resolver: Resolver) -> None:
    for problem in problems:
        resolver.ledger.mails.confirm(company.id, problem.number, resolver.clock())
        resolver.ledger.problems.close(company.id, [(problem.kind, problem.number)], [problem.code])


def _mail(company: Company, _: Sequence[Problem], resolver: Resolver) -> None:
    resolver.ledger.mails.mark(company.id, resolver.clock())


_DOES: dict[Way, Callable[[Company, Sequence[Problem], Resolver], None]] = {
    Way.SEND: _send,
    Way.OFFER: offer_again,
    Way.OPEN_GATE: _open_gate,
    Way.CONFIRM: _confirm,
    Way.MAIL: _mail,
}


def note_decision(company: CompanyId, what: What, about: str, resolver: Resolver) -> None:
    resolver.ledger.audit.note(Deed(company, resolver.clock(), resolver.by, what, about=about))


def _chunks(numbers: dict[str, Code]) -> Iterator[list[str]]:
    rest = iter(numbers)
    while some := list(islice(rest, AT_ONCE)):
        yield some
