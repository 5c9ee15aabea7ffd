"""Asks a company's Xledger and Moment what they are like, without changing anything there, and keeps what is found.

What is read on the way is stored as any other read of it: reach, dimensions, accounts, VAT codes and rates.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from moment_xledger.domain.assumptions import Unread, WhyUnread
from moment_xledger.domain.companies import (
    LEAVE_IN_A_FILE,
    Company,
    CompanyId,
    Route,
    SoapLogin,
    Token,
)
from moment_xledger.domain.connection_tests import closed
from moment_xledger.domain.days import day_in_oslo
from moment_xledger.domain.deeds import Deed, What
from moment_xledger.domain.dimensions import Dimensions
from moment_xledger.domain.entities import Entity, entity_of
from moment_xledger.domain.errors import GateClosed, KeyRefused, Rejected, SyncError, Why, WrongRequest
from moment_xledger.domain.kinds import Kind
from moment_xledger.domain.preflight import Lists
from moment_xledger.domain.probes import (
    MOST_REQUESTS,
    PENDING,
    WORK_OF,
    Evidence,
    Filtered,
    Hold,
    Listed,
    NoSuchList,
    PostedLines,
    Probe,
    Sample,
    Service,
    follows,
    judge,
    slot_by_lines,
)
from moment_xledger.domain.problems import Code, Problem
from moment_xledger.domain.soap_outcomes import CallFailed, Faulted, LogonRefused
from moment_xledger.domain.vat_rates import VatRates
from moment_xledger.flows.learn_reach import learn_reach
from moment_xledger.flows.sync_records import Worker, open_channel

if TYPE_CHECKING:
    from moment_xledger.adapters.ledger import Ledger
    from moment_xledger.adapters.xledger_probe import XledgerProbe
    from moment_xledger.adapters.xledger_reference import Reads, Reference
    from moment_xledger.flows.channel import Channel

SETTINGS, NUMBER = "settings", "probe"  # of the problem
MOST_WORDS = 300
RUN = timedelta(seconds=40)  # of its requests to Xledger, each of two times
LONGEST = timedelta(seconds=80)  # nothing more is asked after that: somebody may wait
# What reading an answer ends in whose form nobody has foreseen: to find that out is what a probe is for.
ANOTHER_FORM = (KeyError, IndexError, TypeError, ValueError, AttributeError, ArithmeticError)
OF_SOAP = ("service", "lines", "filtered")
T = TypeVar("T")

Tell = Callable[[str], None]  # of each request, by its name, before it is sent
Spend = Callable[[str], None]


class NothingLeft(SyncError):
    """The probe has asked as often, or for as long, as it may."""

    def __init__(self, why: WhyUnread) -> None:
        super().__init__(why)
        self.unread = Unread(why)


class Soap(Protocol):
    """The Export service; raises `CallFailed`."""

    def service(self) -> Service: ...

    def lines(self, accounts: Collection[str], projects: Collection[str]) -> PostedLines: ...

    def filtered(self) -> Filtered | None: ...


class Shapes(Protocol):
    def listed(
        self, company: CompanyId, key: Token, resource: str
    ) -> tuple[Listed | NoSuchList | Unread, frozenset[str]]: ...


@dataclass(frozen=True)
class Prober:
    """`soap` and `moment` call `Spend` before each request, and let through what it raises. Without them, Xledger's
    GraphQL service alone is asked."""

    worker: Worker
    reference: "Callable[[Reads], Reference]"
    xledger: "Callable[[Reads], XledgerProbe]"
    soap: Callable[[Company, SoapLogin, int, Spend], Soap] | None = None
    moment: Callable[[Spend], Shapes] | None = None
    longest: timedelta = LONGEST


def probe_company(company_id: CompanyId, by: str, prober: Prober, tell: Tell = lambda _: None) -> Probe:
    """At most `MOST_REQUESTS`, of all kinds together."""
    ledger, now = prober.worker.ledger, prober.worker.clock()
    company = ledger.companies.get_known(company_id)
    asked = _Asked(tell, now + prober.longest, prober.worker.clock)
    found = _Gathering(company, prober, asked).evidence()
    if slot := slot_by_lines(company, found):
        ledger.references.save_dimensions(company.token_id, Dimensions(slot, None, now))
    probe = Probe(now, by, asked.count, judge(company, found), follows(company, found))
    probe = probe.over(ledger.probes.newest(company_id))
    keep_probe(company, probe, ledger, now)
    ledger.audit.note(Deed(company_id, now, by, What.PROBED))
    return probe


def keep_probe(company: Company, probe: Probe, ledger: "Ledger", now: datetime) -> None:
    """With what it stops, of which people are told once. What it lets go on again goes on at once."""
    hold = ledger.probes.hold(company.id).after(probe)
    ledger.probes.save(company.id, probe, hold)
    _tell(company, hold, ledger, now)


def go_on_without(company_id: CompanyId, who: str, ledger: "Ledger", now: datetime) -> None:
    """A person has read what the newest probe found, or wants none, and takes the risk. What a later probe finds
    besides stops again."""
    company = ledger.companies.get_known(company_id)
    hold = ledger.probes.hold(company_id).gone_on(ledger.probes.newest(company_id))
    ledger.audit.note(Deed(company_id, now, who, What.WENT_ON_WITHOUT))
    ledger.probes.keep_hold(company_id, hold)
    _tell(company, hold, ledger, now)


def _tell(company: Company, hold: Hold, ledger: "Ledger", now: datetime) -> None:
    problems, code = ledger.problems, Code.ASSUMPTION_WRONG
    if hold.stops and problems.get(company.id, SETTINGS, NUMBER, code) is None:
        problems.report([Problem(company.id, SETTINGS, NUMBER, code, {}, "", now, now)])
    if not hold.stops:
        problems.close(company.id, [(SETTINGS, NUMBER)], [code])
    for kind in Kind:
        if company.carries(kind) and not hold.holds(WORK_OF[kind]):
            ledger.records.mark_work(company.token_id, kind, company.id, now)


@dataclass
class _Asked:
    """Counts the requests of a probe, and remembers what came of the operations."""

    tell: Tell
    until: datetime
    clock: Callable[[], datetime]
    count: int = 0
    outcomes: dict[str, str] = field(default_factory=dict)

    def spend(self, name: str) -> None:
        if self.count >= MOST_REQUESTS:
            raise NothingLeft(WhyUnread.REQUESTS_USED)
        if self.clock() > self.until:
            raise NothingLeft(WhyUnread.TIME_USED)
        self.count += 1
        self.tell(name)


class _Counted:
    """A channel, each request of which counts."""

    def __init__(self, channel: "Channel", asked: _Asked) -> None:
        self._channel, self._asked = channel, asked

    @property
    def longest_list(self) -> int:
        return self._channel.longest_list

    def read(
        self, operation: str, variables: Mapping[str, Any], *, optional: bool = False
    ) -> Mapping[str, Any]:
        self._asked.spend(operation)
        try:
            answer = self._channel.read(operation, variables, optional=True)
        except (Rejected, WrongRequest) as refused:
            self._asked.outcomes[operation] = _words(refused)
            raise
        self._asked.outcomes[operation] = ""
        return answer


def _words(refused: Rejected | WrongRequest) -> str:
    return "; ".join(each.message for each in refused.refusals)[:MOST_WORDS] or "–"


class _NothingAllowed(SyncError):
    """Whatever was asked was refused: it is the token."""


class _Gathering:
    """What is found, part by part: where the gate closes on the way, what was read until then counts."""

    def __init__(self, company: Company, prober: Prober, asked: _Asked) -> None:
        self._company, self._prober, self._asked = company, prober, asked
        self._worker = prober.worker
        wanted = [each for each in _wanted(company) if prober.soap or each not in OF_SOAP]
        self._found: dict[str, Any] = dict.fromkeys(("schema", *wanted), PENDING)
        self._samples: dict[Kind, Sample | Unread] = {k: PENDING for k in Kind if company.carries(k)}
        self._projects: set[str] = set()  # their numbers, by which columns are recognised

    def evidence(self) -> Evidence:
        reads_lines = "lines" in self._found
        if self._ask_xledger(self._ask_first):
            moment = self._ask_moment()
            if reads_lines:
                self._ask_export()
            self._ask_xledger(self._ask_the_rest)
        else:
            moment = self._ask_moment()
        return Evidence(
            self._worker.clock(),
            self._worker.url,
            self._asked.outcomes,
            samples=self._samples,
            moment=moment,
            **self._found,
        )

    def _ask_xledger(self, ask: Callable[[_Counted], None]) -> bool:
        """False where nothing more can be asked of it."""
        try:
            with open_channel(self._company.token_id, self._worker) as channel:
                ask(_Counted(channel, self._asked))
        except NothingLeft as nothing:
            self._give_up(nothing.unread)
        except _NothingAllowed:
            words = next(filter(None, self._asked.outcomes.values()), "–")
            self._found |= {"token_refused": words}
            self._give_up(Unread(WhyUnread.REFUSED, words))
        except GateClosed as gate:
            if gate.why is Why.AUTH:
                self._found |= {"token_refused": "–"}
            self._found["closed"] = Unread(WhyUnread.CLOSED, closed(gate.why, gate.until))
            self._give_up(self._found["closed"])
        else:
            return True
        return False

    def _give_up(self, why: Unread) -> None:
        self._found |= {name: why for name, each in self._found.items() if each is PENDING}
        self._samples |= {kind: why for kind, each in self._samples.items() if each is PENDING}

    def _ask_first(self, channel: _Counted) -> None:
        """In the order of the harm that a wrong guess does."""
        reference, xledger = self._prober.reference(channel), self._prober.xledger(channel)
        token, ledger, now = self._company.token_id, self._worker.ledger, self._worker.clock()
        self._found["operations"] = xledger.operations
        schema = _tried(xledger.lacking)
        self._found["schema"] = PENDING if schema is None else schema
        reach = _tried(lambda: learn_reach(token, reference, ledger, self._worker.url, now)[0])
        self._found |= {} if isinstance(reach, Unread) else {"reach": reach}
        if not any(words == "" for words in self._asked.outcomes.values()):
            raise _NothingAllowed
        for kind in self._samples:
            sample = self._samples[kind] = _tried(lambda kind=kind: xledger.sample(kind))  # type: ignore[misc]
            if kind is Kind.PROJECT and isinstance(sample, Sample):
                self._projects |= set(sample.shown.values())
        if "lists" in self._found:
            self._read_lists(reference)
        if "dimensions" in self._found:
            read = self._found["dimensions"] = _tried(lambda: reference.dimensions(now))
            if isinstance(read, Dimensions):
                ledger.references.save_dimensions(token, read)
        for kind in self._samples:
            _tried(lambda kind=kind: xledger.changes(kind))  # type: ignore[misc]

    def _read_lists(self, reference: "Reference") -> None:
        token, references, now = (
            self._company.token_id,
            self._worker.ledger.references,
            self._worker.clock(),
        )
        accounts, codes, rates = map(_tried, (reference.accounts, reference.vat_codes, reference.vat_rates))
        lists = Lists(now, *(each if isinstance(each, frozenset) else None for each in (accounts, codes)))
        both_refused = isinstance(accounts, Unread) and isinstance(codes, Unread)
        self._found["lists"] = accounts if both_refused else lists
        self._found["rates"] = rates
        if not both_refused:
            references.save(token, lists)
        if isinstance(rates, VatRates):
            references.save_vat_rates(token, rates, now)

    def _ask_moment(self) -> Mapping[str, Listed | NoSuchList | Unread]:
        if self._prober.moment is None:
            return {}
        try:
            key = self._worker.vault.moment_key(self._company)
        except KeyRefused:
            return dict.fromkeys(_resources(self._company), Unread(WhyUnread.NO_KEY))
        shapes = self._prober.moment(self._asked.spend)
        found: dict[str, Listed | NoSuchList | Unread] = {}
        for resource in _resources(self._company):
            try:
                found[resource], numbers = shapes.listed(self._company.id, key, resource)
            except NothingLeft as nothing:
                found[resource] = nothing.unread
            except ANOTHER_FORM as strange:
                found[resource] = Unread(WhyUnread.STRANGE, type(strange).__name__)
            else:
                self._projects |= numbers
        return found

    def _ask_export(self) -> None:
        assert self._prober.soap  # noqa: S101 else nothing of it is wanted
        login, owner_code = self._worker.vault.soap_login(self._company), self._owner_code()
        if login is None or owner_code is None:
            why = WhyUnread.NO_KEY if login is None else WhyUnread.NEEDS_ANOTHER
            self._found |= dict.fromkeys(OF_SOAP, Unread(why))
            return
        lists = self._found.get("lists")
        accounts = lists.accounts if isinstance(lists, Lists) else None
        soap = self._prober.soap(self._company, login, owner_code, self._asked.spend)
        self._found["service"] = _called(soap.service)
        self._found["lines"] = _called(lambda: soap.lines(accounts or frozenset(), self._projects))
        if not isinstance(self._found["lines"], PostedLines):
            self._found["filtered"] = Unread(WhyUnread.NEEDS_ANOTHER)
        elif not self._found["lines"].count:
            self._found["filtered"] = Unread(WhyUnread.NOTHING_THERE)
        else:
            filtered = _called(soap.filtered)
            self._found["filtered"] = Unread(WhyUnread.NEEDS_ANOTHER) if filtered is None else filtered

    def _owner_code(self) -> int | None:
        decided = entity_of(self._company.owner_code, self._found.get("reach"), self._worker.url)
        return decided.owner_code if isinstance(decided, Entity) else None

    def _ask_the_rest(self, channel: _Counted) -> None:
        reference, xledger = self._prober.reference(channel), self._prober.xledger(channel)
        self._found["setup"] = _tried(xledger.setup)
        if self._company.route is Route.UPLOAD:
            today = day_in_oslo(self._worker.clock())
            _tried(lambda: xledger.posted_invoices(today))
            _tried(lambda: xledger.staged_invoices(today))
        if self._company.export_customers:
            _tried(reference.countries)


def _wanted(company: Company) -> Iterable[str]:
    """The parts of the evidence that its switches need."""
    in_files = company.route in LEAVE_IN_A_FILE
    yield "setup"
    if in_files or company.import_expenses:
        yield from ("lists", "rates", "dimensions")
    if company.import_expenses:
        yield from OF_SOAP


def _resources(company: Company) -> Iterable[str]:
    yield from ("projects", "customers")
    if company.route is not Route.OFF:
        yield "invoices"
    if company.import_expenses:
        yield "expenses"


def _tried(read: Callable[[], T]) -> T | Unread:
    try:
        return read()
    except (Rejected, WrongRequest) as refused:
        return Unread(WhyUnread.REFUSED, _words(refused))
    except NothingLeft as nothing:
        return nothing.unread
    except ANOTHER_FORM as strange:
        return Unread(WhyUnread.STRANGE, type(strange).__name__)


def _called(ask: Callable[[], T]) -> T | Unread:
    """As `_tried`, of the SOAP services."""
    try:
        return ask()
    except CallFailed as failed:
        is_refused = isinstance(failed.failure, Faulted | LogonRefused)
        return Unread(WhyUnread.REFUSED if is_refused else WhyUnread.NO_ANSWER, str(failed)[:MOST_WORDS])
    except NothingLeft as nothing:
        return nothing.unread
    except ANOTHER_FORM as strange:
        return Unread(WhyUnread.STRANGE, type(strange).__name__)
