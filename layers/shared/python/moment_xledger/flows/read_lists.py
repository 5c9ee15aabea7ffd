"""Xledger's accounts, VAT codes and VAT rates, through the gate, at most once an hour for each token."""

from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, TypeVar

from moment_xledger.domain.companies import Company, TokenId
from moment_xledger.domain.connection_tests import Right, needed
from moment_xledger.domain.errors import GateClosed, Rejected, WrongRequest
from moment_xledger.domain.invoice_references import ACCOUNTS_AND_VAT, LISTS
from moment_xledger.domain.preflight import FRESH, Lists
from moment_xledger.domain.problems import Code, Problem
from moment_xledger.flows.stop_work import SETTINGS, Keeps, tell_it_is_over, tell_once
from moment_xledger.flows.sync_records import Worker, open_channel

if TYPE_CHECKING:
    from moment_xledger.adapters.xledger_reference import Reads, Reference


A_DAY, A_WEEK = timedelta(days=1), timedelta(days=7)
MOST_WORDS = 500
LISTS_OF_XLEDGER = "accounts and VAT codes"
Read = TypeVar("Read")


def read_lists(token: TokenId, worker: Worker, reference: Callable[["Reads"], "Reference"]) -> Lists | None:
    """Those of the last hour, else new ones; the last known ones where the gate is closed."""
    known = worker.ledger.references.get(token)
    if known and worker.clock() - known.read_at < FRESH:
        return known
    try:
        with open_channel(token, worker) as channel:
            return fresh_lists(token, worker, reference(channel))
    except GateClosed:
        return known


def read_awaited_lists(company: Company, worker: Keeps, reference: "Reference") -> None:
    """Once, before the first invoice leaves in a file. The question is taken back last, so that a worker that dies asks
    once more. Raises `GateClosed`."""
    ledger = worker.ledger
    if not ledger.waits.to_look_up(company.id, LISTS, 1):
        return
    if ledger.references.get(company.token_id) is None:
        fresh_lists(company.token_id, worker, reference)
    ledger.waits.look_now(company.id, LISTS, [ACCOUNTS_AND_VAT.number], worker.clock())
    ledger.waits.looked_up(company.id, LISTS, [ACCOUNTS_AND_VAT.number])


def fresh_lists(token: TokenId, worker: Keeps, reference: "Reference") -> Lists:
    """A list that the token may not read stays unknown, and so does one that Xledger does not take our request for.
    People are told of either, once. Raises `GateClosed`."""
    wrong: list[WrongRequest] = []
    accounts, vat_codes = (_tried(each, wrong) for each in (reference.accounts, reference.vat_codes))
    lists = Lists(worker.clock(), _codes(accounts), _codes(vat_codes))
    worker.ledger.references.save(token, lists)
    read_countries(token, worker, reference)
    _read_vat_rates(token, worker, reference, wrong)
    read_dimensions(token, worker, reference)
    sharing = worker.ledger.companies.sharing(token)
    _tell_of_rights(sharing, {Right.ACCOUNTS: accounts, Right.VAT_CODES: vat_codes}, worker)
    if wrong:
        tell_once(sharing, LISTS_OF_XLEDGER, LISTS_OF_XLEDGER, wrong[0], worker)
    else:
        tell_it_is_over(sharing, LISTS_OF_XLEDGER, worker)
    return lists


def read_dimensions(token: TokenId, worker: Keeps, reference: "Reference") -> None:
    """Optional, once a week, for they are set up once: where Xledger does not tell, those that were read before count,
    or the usual ones."""
    known = worker.ledger.references.dimensions(token)
    if known and worker.clock() - known.read_at < A_WEEK:
        return
    read = _unless_refused(lambda: reference.dimensions(worker.clock()), [])
    if read is not None and (read.project or not (known and known.project)):
        worker.ledger.references.save_dimensions(token, read)


def read_countries(token: TokenId, worker: Keeps, reference: "Reference") -> None:
    """Optional, once a day: without it a customer's country is judged by Xledger alone."""
    now = worker.clock()
    if worker.ledger.references.countries(token, now - A_DAY) is None:
        codes = _unless_refused(reference.countries, [])
        if codes:
            worker.ledger.references.save_countries(token, codes, now)


def read_vat_rates(token: TokenId, worker: Keeps, reference: "Reference") -> None:
    """Where the token may not read the tax table, the rates of earlier days count until they are too old."""
    _read_vat_rates(token, worker, reference, [])


def _read_vat_rates(token: TokenId, worker: Keeps, reference: "Reference", wrong: list[WrongRequest]) -> None:
    rates = _unless_refused(reference.vat_rates, wrong)
    if rates is not None:
        worker.ledger.references.save_vat_rates(token, rates, worker.clock())


def _tell_of_rights(
    sharing: Iterable[Company], answers: Mapping[Right, frozenset[str] | Rejected | None], worker: Keeps
) -> None:
    """As the test of a connection tells it, which a company may never have had."""
    now, problems, code = worker.clock(), worker.ledger.problems, Code.RIGHT_MISSING
    for company in sharing:
        for right in answers.keys() & set(needed(company)):
            answer = answers[right]
            if isinstance(answer, frozenset):
                problems.close(company.id, [(SETTINGS, str(right))], [code])
            elif answer and problems.get(company.id, SETTINGS, str(right), code) is None:
                details = {"right": str(right)}
                words = "; ".join(each.message for each in answer.refusals)[:MOST_WORDS]
                problem = Problem(company.id, SETTINGS, str(right), code, details, words, now, now)
                problems.report([problem])


def _codes(answer: frozenset[str] | Rejected | None) -> frozenset[str] | None:
    return answer if isinstance(answer, frozenset) else None


def _unless_refused(read: Callable[[], Read], wrong: list[WrongRequest]) -> Read | None:
    found = _tried(read, wrong)
    return None if isinstance(found, Rejected) else found


def _tried(read: Callable[[], Read], wrong: list[WrongRequest]) -> Read | Rejected | None:
    try:
        return read()
    except Rejected as refused:
        return refused
    except WrongRequest as refused:
        wrong.append(refused)
        return None
