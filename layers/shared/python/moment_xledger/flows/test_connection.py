"""Tries for real what a company's switches need, one right at a time, and says what to do about what is refused."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from moment_xledger.domain.companies import Company, CompanyId, SoapLogin, Token
from moment_xledger.domain.connection_tests import (
    READS,
    Check,
    ConnectionTest,
    Outcome,
    Right,
    closed,
    needed,
    wrong_entity,
)
from moment_xledger.domain.deeds import Deed, What
from moment_xledger.domain.entities import (
    Entity,
    OwnerCodeNeeded,
    OwnerCodeNotReached,
    Reach,
    entity_of,
    in_words,
    named,
)
from moment_xledger.domain.errors import (
    Conflict,
    GateClosed,
    KeyRefused,
    NoRight,
    Rejected,
    SyncError,
    Why,
    WrongRequest,
)
from moment_xledger.domain.gate import token_refused
from moment_xledger.domain.preflight import Lists
from moment_xledger.domain.problems import Code, Problem
from moment_xledger.flows.channel import Channel
from moment_xledger.flows.find_entity import find_entity
from moment_xledger.flows.learn_reach import learn_reach
from moment_xledger.flows.read_lists import read_dimensions, read_vat_rates
from moment_xledger.flows.save_company import close_refusals, open_gate
from moment_xledger.flows.sync_records import Worker, open_channel, report_token

if TYPE_CHECKING:
    from moment_xledger.adapters.ledger import Ledger
    from moment_xledger.adapters.xledger_reference import Reads, Reference

TRIES = 10  # to get the line while another worker has it
PAUSE = 2.0  # seconds
RUN = timedelta(seconds=40)  # of its requests to Xledger: somebody waits for what they show

SETTINGS = "settings"


@dataclass(frozen=True)
class Trial:
    """`accepts_moment` says whether Moment takes a key for a company, `accepts_soap` whether Xledger takes a login.

    Either raises a `SyncError` where nobody can say now.
    """

    worker: Worker
    reference: Callable[["Reads"], "Reference"]
    accepts_moment: Callable[[CompanyId, Token], bool]
    accepts_soap: Callable[[Company, SoapLogin], bool]


def try_connection(company_id: CompanyId, by: str, trial: Trial) -> ConnectionTest:
    """At most nine requests to Xledger. What is refused is a problem until a test passes."""
    ledger, clock = trial.worker.ledger, trial.worker.clock
    company = ledger.companies.get_known(company_id)
    rights = needed(company)
    found = {check.right: check for check in _checks(company, rights, trial)}
    test = ConnectionTest(clock(), by, tuple(found[right] for right in rights))
    ledger.connection_tests.save(company_id, test)
    _keep_problems(company, test, trial)
    ledger.audit.note(Deed(company_id, test.when, by, What.TESTED_CONNECTION))
    return test


def _checks(company: Company, rights: Sequence[Right], trial: Trial) -> Iterator[Check]:
    yield from _graphql_checks(company, rights, trial)
    if Right.WRITING in rights:
        yield Check(Right.WRITING, Outcome.NOT_TRIED)
    if Right.SOAP in rights:
        login = trial.worker.vault.soap_login(company)
        yield _check(Right.SOAP, lambda: login is not None and trial.accepts_soap(company, login))
    yield _check(
        Right.MOMENT, lambda: trial.accepts_moment(company.id, trial.worker.vault.moment_key(company))
    )


def _check(right: Right, accepts: Callable[[], bool]) -> Check:
    try:
        return Check(right, Outcome.PASSED if accepts() else Outcome.REFUSED)
    except KeyRefused:
        return Check(right, Outcome.REFUSED)
    except SyncError as error:
        return Check(right, Outcome.LATER, str(error))


def _graphql_checks(company: Company, rights: Sequence[Right], trial: Trial) -> list[Check]:
    wanted = [right for right in rights if right in (Right.TOKEN, Right.OWNER_CODE, *READS)]
    checks: dict[Right, Check] = {}
    try:
        with _line(company, trial.worker) as channel:
            _try_reads(company, wanted, trial.reference(channel), checks, trial.worker)
    except GateClosed as gate:
        if gate.why is Why.AUTH:  # there is none to try, or somebody else has just found that it is refused
            return _refused(wanted)
        why = closed(gate.why, gate.until)
        return [checks.get(right) or Check(right, Outcome.LATER, why) for right in wanted]
    if all(check.outcome is Outcome.REFUSED for check in checks.values()):
        return _token_refused(company, wanted, checks, trial.worker)
    checks[Right.TOKEN] = Check(Right.TOKEN, Outcome.PASSED)
    return [checks.get(right) or Check(right, Outcome.NOT_TRIED) for right in wanted]


@contextmanager
def _line(company: Company, worker: Worker) -> Iterator[Channel]:
    """A gate that was closed for the token's sake is opened: whether that is over is what the test is to show."""
    open_gate(company.token_id, worker.ledger, worker.clock())
    close_refusals(company.token_id, worker.ledger)
    for _ in range(TRIES - 1):
        gate = worker.ledger.gates.get(company.token_id)
        if not (gate.owner and gate.lease_until and gate.lease_until > worker.clock()):
            break
        worker.sleep(PAUSE)
    with open_channel(company.token_id, worker) as channel:
        yield channel


def _try_reads(
    company: Company,
    wanted: Sequence[Right],
    reference: "Reference",
    checks: dict[Right, Check],
    worker: Worker,
) -> None:
    """Each where it stands, so that what was tried is known if the gate closes on the way."""
    lists: dict[Right, frozenset[str]] = {}
    tries: Mapping[Right, Callable[[], object]] = {
        Right.CUSTOMERS: reference.try_customers,
        Right.COMPANIES: reference.try_companies,
        Right.PROJECTS: reference.try_projects,
        Right.ACCOUNTS: lambda: lists.update({Right.ACCOUNTS: reference.accounts()}),
        Right.VAT_CODES: lambda: lists.update({Right.VAT_CODES: reference.vat_codes()}),
    }
    _try_entities(company, wanted, reference, checks, worker)
    for right in (right for right in wanted if right in tries):
        checks[right] = _tried(right, tries[right], worker)
    if Right.ACCOUNTS in wanted:
        read = Lists(worker.clock(), lists.get(Right.ACCOUNTS), lists.get(Right.VAT_CODES))
        worker.ledger.references.save(company.token_id, read)
        read_dimensions(company.token_id, worker, reference)
    if (
        Right.VAT_CODES in lists
    ):  # no right of its own: without it, the company's table or the published rates count
        read_vat_rates(company.token_id, worker, reference)


def _try_entities(
    company: Company,
    wanted: Sequence[Right],
    reference: "Reference",
    checks: dict[Right, Check],
    worker: Worker,
) -> None:
    """What the token reaches, and which entity the company writes to."""
    ledger, clock = worker.ledger, worker.clock
    reach, refused = learn_reach(company.token_id, reference, ledger, worker.url, clock())
    checks[Right.TOKEN] = (
        _refused_read(Right.TOKEN, refused, clock()) if refused else Check(Right.TOKEN, Outcome.PASSED)
    )
    if Right.OWNER_CODE not in wanted:
        return
    if isinstance(refused, NoRight):
        return  # perhaps the token itself is refused: what is tried next shows it
    checks[Right.OWNER_CODE] = _owner_code_check(company, reach, ledger, worker.url, clock)


def _owner_code_check(
    company: Company, reach: Reach, ledger: "Ledger", url: str, clock: Callable[[], datetime]
) -> Check:
    found = find_entity(company, reach, ledger, url, clock) if company.writes_to_xledger else None
    decided = entity_of(company.owner_code, reach, url)
    match decided:
        case OwnerCodeNeeded(names):
            why = wrong_entity(Code.OWNER_CODE_NEEDED, in_words(names))
        case OwnerCodeNotReached(_, names):
            why = in_words(names)
        case Entity() if company.writes_to_xledger and found is None:
            why = wrong_entity(Code.ENTITY_TAKEN, named(decided, reach))
        case Entity() if decided.owner_code not in reach.known:
            return Check(Right.OWNER_CODE, Outcome.NOT_TRIED)
        case _:
            return Check(Right.OWNER_CODE, Outcome.PASSED, named(decided, reach))
    return Check(Right.OWNER_CODE, Outcome.REFUSED, why)


def _tried(right: Right, attempt: Callable[[], object], worker: Worker) -> Check:
    try:
        attempt()
    except (Rejected, WrongRequest) as refused:
        return _refused_read(right, refused, worker.clock())
    return Check(right, Outcome.PASSED)


def _refused_read(right: Right, refused: Rejected | WrongRequest, now: datetime) -> Check:
    if isinstance(refused, WrongRequest):  # no fault of the token, so nobody is told to change it
        return Check(right, Outcome.LATER, closed(Why.STOPPED, now))
    return Check(right, Outcome.REFUSED, "; ".join(each.message for each in refused.refusals)[:500])


def _token_refused(
    company: Company, wanted: Sequence[Right], checks: Mapping[Right, Check], worker: Worker
) -> list[Check]:
    """Nothing at all is allowed: it is the token, so the gate closes for all who share it."""
    with suppress(Conflict):
        gate = worker.ledger.gates.get(company.token_id)
        worker.ledger.gates.save(company.token_id, token_refused(gate, worker.clock()))
    report_token(company.token_id, worker)
    return _refused(wanted, checks[Right.TOKEN].why)


def _refused(wanted: Sequence[Right], why: str = "–") -> list[Check]:
    rest = (Check(right, Outcome.NOT_TRIED) for right in wanted if right is not Right.TOKEN)
    return [Check(Right.TOKEN, Outcome.REFUSED, why), *rest]


_CODES: Mapping[Right, Code] = {
    **dict.fromkeys(READS, Code.RIGHT_MISSING),
    Right.OWNER_CODE: Code.OWNER_CODE_NOT_REACHED,
    Right.SOAP: Code.SOAP_LOGIN_REFUSED,
    Right.MOMENT: Code.MOMENT_KEY_REFUSED,
}
_NUMBERS: Mapping[Right, str] = {Right.MOMENT: "moment_key"}  # as whoever uses the key reports it too


def _keep_problems(company: Company, test: ConnectionTest, trial: Trial) -> None:
    problems = trial.worker.ledger.problems
    outcomes = {check.right: check for check in test.checks}
    for right, code in _CODES.items():
        if right is Right.OWNER_CODE and company.writes_to_xledger:
            continue  # `find_entity` sees to it
        number, check = _NUMBERS.get(right, str(right)), outcomes.get(right)
        if check is None or check.outcome is Outcome.PASSED:
            problems.close(company.id, [(SETTINGS, number)], [code])
        elif check.outcome is Outcome.REFUSED:
            details = {"right": str(right), "owner_code": str(company.owner_code)}
            words = check.why if right in READS else ""
            problems.report(
                [Problem(company.id, SETTINGS, number, code, details, words, test.when, test.when)]
            )
