"""A whole integration in one process: real flows and ledger over twins, on a clock that the test moves."""

import itertools
import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from local.twins.sweeping import sweep_once
from local.twins.table import FakeTable
from local.xledger.engine import Xledger
from local.xledger.plan import OWNER_CODE, Plan, parse_plan
from moment_xledger.adapters.ledger import Ledger
from moment_xledger.adapters.xledger_customers import Customers
from moment_xledger.adapters.xledger_graphql import document
from moment_xledger.adapters.xledger_projects import Projects
from moment_xledger.adapters.xledger_reference import Reference
from moment_xledger.adapters.xledger_replies import read_reply
from moment_xledger.domain.companies import Company, CompanyId, Token, TokenId
from moment_xledger.domain.entities import Reach, Reached, address_of
from moment_xledger.domain.errors import GateClosed, Unreachable
from moment_xledger.domain.gate import Timing
from moment_xledger.domain.kinds import Kind
from moment_xledger.domain.moment import Saved
from moment_xledger.domain.replies import Reply, Unanswered
from moment_xledger.flows.outcomes import Report
from moment_xledger.flows.receive_events import Message, Receiver, receive_events
from moment_xledger.flows.recheck_invoices import Rechecker, recheck_invoices
from moment_xledger.flows.sync_customers import sync_customers
from moment_xledger.flows.sync_projects import sync_projects
from moment_xledger.flows.sync_records import Worker
from moment_xledger.flows.sync_token import sync_token

TOKEN = Token("token-of-the-simulated-xledger")
TOKEN_ID = TokenId("fingerprint")
COMPANY = Company(id=CompanyId("nordvik"), name="Nordvik Arkitekter AS", token_id=TOKEN_ID)
URL = "https://xledger.example/graphql"
START = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
A_REQUEST = timedelta(seconds=0.3)
AN_INPUT = timedelta(seconds=0.02)


def entities_of(companies: Iterable[Company], **but: Any) -> Plan:
    """An Xledger in which one token reaches an entity for each of these companies, by their owner codes."""
    below = [
        {"ownerCode": each.owner_code, "description": each.name, "parent": OWNER_CODE} for each in companies
    ]
    return parse_plan({"entities": [{"ownerCode": OWNER_CODE}, *below], "credits_per_hour": None} | but)


def reach_of(plan: Plan, now: datetime, url: str = URL) -> Reach:
    """As a token that was made in the first entity of the plan has been seen to reach all of them."""
    entities = tuple(Reached(each.ownerCode, each.description) for each in plan.entities)
    return Reach(address_of(url), now, entities[0], entities)


class Time:
    def __init__(self, now: datetime = START) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


class XledgerInProcess:
    """The simulator's engine without a network: an answer that is lost or cut is an answer that never came."""

    def __init__(self, server: Xledger, time: Time) -> None:
        self.server = server
        self._time = time
        self.asked: list[tuple[str, Mapping[str, Any]]] = []

    def ask(self, token: Token, operation: str, variables: Mapping[str, Any]) -> Reply:
        self.asked.append((operation, variables))
        question = {"query": document(operation), "variables": variables, "operationName": operation}
        headers = {"Authorization": f"token {token.secret}"}
        self._time.now += A_REQUEST + AN_INPUT * len(variables.get("inputs", ()))
        answer = self.server.answer("/graphql", headers, json.dumps(question).encode())
        if answer.delivery != "whole":
            return Unanswered(str(answer.delivery))
        return read_reply(answer.status, answer.body, self._time())


class RejectedEvents:
    """The part of the bucket where events are kept that could not be read."""

    def __init__(self) -> None:
        self.held: dict[str, bytes] = {}

    def put(self, key: str, body: bytes, content_type: str) -> None:
        self.held[key] = body


class Vault:
    def xledger_token(self, company: Company) -> Token:
        return TOKEN


class World:
    """One or more companies with one token. Wakes are kept in `woken`, in order, until `run` carries them."""

    def __init__(
        self,
        plan: Plan | None = None,
        companies: Iterable[Company] = (COMPANY,),
        table: FakeTable | None = None,
    ) -> None:
        self.time = Time()
        self.table = table or FakeTable()
        self.ledger = Ledger(self.table)  # type: ignore[arg-type]
        self.files = RejectedEvents()
        self.server = Xledger((plan or Plan(credits_per_hour=None)).with_token(TOKEN.secret), clock=self.time)
        self.xledger = XledgerInProcess(self.server, self.time)
        self.url = URL
        self.woken: list[tuple[Kind, TokenId]] = []
        self.woken_later: list[tuple[datetime, TokenId]] = []
        self.closed: list[GateClosed] = []
        self.mails_woken: list[CompanyId] = []
        self.held_woken: list[CompanyId] = []
        self.moment: dict[str, Saved] = {}
        self.moment_is_down = False
        self.asked_moment: list[str] = []
        self._messages = itertools.count(1)
        self._workers = itertools.count(1)
        for company in companies:
            self.ledger.companies.save(company)
            self.ledger.entities.save_reach(company.token_id, reach_of(self.server.plan, self.time()))

    def receive(self, *events: Mapping[str, Any] | str) -> None:
        messages = [
            Message(f"m{next(self._messages)}", event if isinstance(event, str) else json.dumps(event))
            for event in events
        ]
        receive_events(messages, self.receiver())

    def receiver(self) -> Receiver:
        return Receiver(self.ledger, self.files, self._wake, self.mails_woken.append, self.time)  # type: ignore[arg-type]

    def worker(self, timing: Timing | None = None) -> Worker:
        return Worker(
            self.ledger,
            Vault(),  # type: ignore[arg-type]
            self.xledger,
            Customers,
            Projects,
            clock=self.time,
            sleep=self.time.sleep,
            jitter=lambda: 0.5,
            new_id=lambda: f"worker-{next(self._workers)}",
            timing=timing or Timing(),
            url=self.url,
            reference=Reference,
        )

    def carry(self, first: Kind = Kind.CUSTOMER, token: TokenId = TOKEN_ID) -> Report:
        """What a wake does; a closed gate is noted."""
        try:
            return sync_token(
                first,
                token,
                self.worker(),
                self._ask_moment,
                self._read_moment,
                lambda delay: self.woken_later.append((self.time() + delay, token)),
            )
        except GateClosed as closed:
            self.closed.append(closed)
            return Report()

    def sync(self, kind: Kind = Kind.CUSTOMER, token: TokenId = TOKEN_ID) -> Report:
        """The part of it that is about one kind."""
        try:
            if kind is Kind.CUSTOMER:
                return sync_customers(token, self.worker(), self._read_moment)
            return sync_projects(token, self.worker(), self._ask_moment, self._read_moment)
        except GateClosed as closed:
            self.closed.append(closed)
            return Report()

    def _ask_moment(self, company: Company, kind: Kind, number: str) -> Saved | None:
        self.asked_moment.append(number)
        if self.moment_is_down:
            raise Unreachable("Moment")
        found = self.moment.get(number)
        return found if found and found.kind is kind else None

    def _read_moment(self, company: Company, kind: Kind, ids: Collection[int]) -> Mapping[int, Saved]:
        if self.moment_is_down:
            raise Unreachable("Moment")
        return {each.id: each for each in self.moment.values() if each.kind is kind and each.id in ids}

    def run(self, until: timedelta = timedelta(hours=3)) -> None:
        """Carries wakes, and sweeps every minute, until nothing is due any more."""
        end = self.time.now + until
        while self.time.now < end:
            self.carry_wakes()
            if not self._anything_due():
                return
            swept_at = self.time.now + timedelta(minutes=1)
            while (at := self.next_wake()) and at < swept_at:
                self.time.now = max(self.time.now, at)
                self.carry_wakes()
            self.time.now = max(self.time.now, swept_at)
            self.sweep()

    def carry_wakes(self) -> None:
        while self._take_later() or self.woken or self.held_woken:
            if self.woken:
                self.carry(*self.woken.pop(0))
            else:
                self.recheck(self.held_woken.pop(0))

    def recheck(self, company: CompanyId = COMPANY.id) -> None:
        """What the job of the held invoices does for a company."""
        recheck_invoices(company, self.rechecker())

    def rechecker(self) -> Rechecker:
        return Rechecker(
            self.ledger,
            self._ask_moment,
            self._wake,
            self.mails_woken.append,
            self.held_woken.append,
            self.time,
            lambda: f"rechecker-{next(self._workers)}",
        )

    def next_wake(self) -> datetime | None:
        """When the next one comes that was sent for later."""
        return min((at for at, _ in self.woken_later), default=None)

    def _take_later(self) -> bool:
        """Those whose time has come join the others."""
        come = [token for at, token in self.woken_later if at <= self.time.now]
        self.woken_later = [each for each in self.woken_later if each[0] > self.time.now]
        self.woken += [(Kind.CUSTOMER, token) for token in come]
        return bool(come)

    def sweep(self) -> None:
        sweep_once(self.ledger, self.time(), records=self._wake, held=self.held_woken.append)

    def _wake(self, kind: Kind, token: TokenId) -> None:
        self.woken.append((kind, token))

    def _anything_due(self) -> bool:
        due = self.ledger.due.until(self.time.now + timedelta(hours=2))
        return bool(due.records or due.held)

    def held(self, what: str) -> list[dict[str, Any]]:
        """What the simulated Xledger holds: `customers`, `companies` or `projects`."""
        found: list[dict[str, Any]] = self.server.seen()[what]
        return found

    @property
    def requests(self) -> dict[str, Any]:
        found: dict[str, Any] = self.server.seen()["requests"]
        return found

    def problems(self, company: CompanyId = COMPANY.id) -> Iterator[tuple[str, str, str]]:
        for problem in self.ledger.problems.of(company):
            yield problem.kind, problem.number, str(problem.code)
