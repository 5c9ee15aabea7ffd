"""All functions as they are deployed, over twins in memory that count what AWS would bill. Nothing goes wrong here."""

import json
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from heapq import heappop, heappush
from itertools import chain, count
from random import Random
from types import ModuleType, SimpleNamespace
from typing import Any, TypeVar

from local import ROOT
from local.aws.template import read
from local.bench.metering import MeteredTable
from local.moment.app import application
from local.moment.records import Moment
from local.proof.deployment import (
    CLOCKED,
    EVENTS,
    FINGERPRINT,
    HANDLERS,
    MOMENT,
    SECRETS,
    XLEDGER,
    Twins,
    context,
    deployed,
    secret,
)
from local.proof.doors import Door
from local.proof.fates import NONE, Fates
from local.proof.network import Network
from local.proof.outside import BucketTwin, Outside, QueuesTwin
from local.proof.post import SesTwin
from local.proof.scheduling import Scheduler
from local.proof.vaults import SecretsTwin
from local.twins.world import START
from local.xledger.engine import Xledger
from local.xledger.plan import parse_plan
from local.xledger.server import XledgerApp
from moment_xledger.adapters.ledger import Ledger
from moment_xledger.domain.companies import Company, TokenId
from moment_xledger.domain.entities import Reach, Reached, address_of

Answer = TypeVar("Answer")
A_CALL = timedelta(milliseconds=5)  # of AWS, assumed
FIRST_OWNER_CODE = 10_000
MOST_CALLS = 1_000_000  # of functions, until all is done
URL = f"{XLEDGER}/graphql"


@dataclass(frozen=True)
class Cost:
    """Of some work. `calls`: of any service of AWS, and, but for DynamoDB, `by_operation`; `seconds`: by a clock that
    each call moves on, and the processor's; `longest`: of the function's call that took longest; `requests`: to Xledger
    and to Moment."""

    functions: int = 0
    calls: int = 0
    reads: float = 0
    writes: float = 0
    requests: int = 0
    seconds: float = 0
    longest: float = 0
    by_operation: Counter[str] = field(default_factory=Counter)


class _Timed(MeteredTable):
    def __init__(self, pass_time: Callable[[], None]) -> None:
        super().__init__()
        self._pass_time = pass_time

    def called(self) -> None:
        super().called()
        self._pass_time()


@dataclass(frozen=True)
class _Counting(Outside):
    """Without bad luck, and with each call counted."""

    called: Counter[str] = field(default_factory=Counter)

    def call(self, operation: str, carry_out: Callable[[], Answer], *_: Any, **__: Any) -> Answer:
        self.called[operation] += 1
        self.pass_time(0, 0)
        return carry_out()

    def pass_time(self, least: float, most: float) -> None:
        if self.scheduler.current is not None:
            self.scheduler.wait(A_CALL)


@dataclass
class _Queue:
    name: str
    waiting: list[tuple[datetime, int, str]] = field(default_factory=list)
    clock: Callable[[], datetime] = lambda: START
    _order: Iterator[int] = field(default_factory=count)

    def put(self, body: str, delay: timedelta = timedelta()) -> None:
        heappush(self.waiting, (self.clock() + delay, next(self._order), body))

    def visible(self) -> int:
        return sum(1 for at, *_ in self.waiting if at <= self.clock())

    def change_visibility(self, receipt: str, seconds: int) -> None:
        raise NotImplementedError("nothing is throttled here")


class Site:
    """With `companies`, each with a token and an entity of its own, and the `settings` given."""

    def __init__(self, companies: int = 1, **settings: Any) -> None:
        self.scheduler = Scheduler(START)
        self.fates = Fates(Random(1), NONE)
        self._outside = _Counting(self.scheduler, self.fates, lambda what: None)
        self.table = _Timed(lambda: self._outside.pass_time(0, 0))
        self.ledger = Ledger(self.table)  # type: ignore[arg-type]
        self.queues = {name: _Queue(name, clock=self.scheduler.clock) for name in HANDLERS}
        self.moment = Moment(now=self.scheduler.clock)
        self.companies = [_company(n, settings) for n in range(companies)]
        self.server = Xledger(_plan(self.companies), clock=self.scheduler.clock)
        self.server.post_lines({"lines": [], "replace": True})
        self.network = Network(self.server, self._outside, url=URL)
        self.bucket = BucketTwin(self._outside)
        self.post = SesTwin(self._outside, "xledger@moment.example", lambda event: None)
        self.secrets = SecretsTwin(self._outside)
        self._calls, self._functions, self._is_running = count(1), list[float](), False
        self.secrets.create_secret(Name=FINGERPRINT, SecretString="key of the fingerprints")
        for company in self.companies:
            self._set_up(company)

    def _set_up(self, company: Company) -> None:
        self.secrets.create_secret(Name=SECRETS + company.id, SecretString=secret(company.token_id))
        self.ledger.companies.save(company)
        here = Reached(company.owner_code or 0, company.name)
        self.ledger.entities.save_reach(company.token_id, Reach(address_of(URL), START, here, (here,)))

    def receive(self, events: Iterable[Mapping[str, Any]]) -> None:
        """Takes in what Moment published, as many at a time as the template says."""
        bodies = [json.dumps(event) for event in events]
        size = batches()[EVENTS]
        for start in range(0, len(bodies), size):
            self._handle(EVENTS, bodies[start : start + size])

    def call(self, function: str, event: Mapping[str, Any] | None = None) -> None:
        """By the clock."""
        self._run(function, CLOCKED[function], dict(event or {}))

    def work(self) -> None:
        """Until nothing is left in any queue. What is to be there later only, the clock is moved on for."""
        for _ in range(MOST_CALLS):
            waiting = [(queue.waiting[0], name) for name, queue in self.queues.items() if queue.waiting]
            if not waiting:
                return
            (at, *_), name = min(waiting)
            self.scheduler.now = max(self.scheduler.now, at)
            queue, bodies = self.queues[name], list[str]()
            while (
                queue.waiting and queue.waiting[0][0] <= self.scheduler.now and len(bodies) < batches()[name]
            ):
                bodies.append(heappop(queue.waiting)[2])
            self._handle(name, bodies)
        raise RuntimeError(f"after {MOST_CALLS:,} calls of functions there is still something to do")

    def run(self) -> None:
        """The same, with a sweep every minute, until nothing is due within two hours."""
        self.work()
        while self._is_anything_due():
            self.later(timedelta(minutes=1))
            self.call("sweep")
            self.work()

    def _is_anything_due(self) -> bool:
        with self.table.unbilled():
            due = self.ledger.due.until(self.scheduler.now + timedelta(hours=2))
        return any(vars(due).values())

    def later(self, time: timedelta) -> None:
        self.scheduler.now += time

    def _handle(self, name: str, bodies: list[str]) -> None:
        records = [
            {"messageId": f"m{n}", "receiptHandle": f"r{n}", "body": body} for n, body in enumerate(bodies)
        ]
        self._run(name, HANDLERS[name], {"Records": records})

    def _run(self, name: str, handler: ModuleType, event: dict[str, Any]) -> None:
        begun, busy = self.scheduler.now, time.process_time()
        ends = begun + timeouts()[handler.__name__.split(".")[1]]

        def left() -> int:
            return int((ends - self.scheduler.now).total_seconds() * 1000)

        about = SimpleNamespace(
            **vars(context(name, next(self._calls))) | {"get_remaining_time_in_millis": left}
        )
        task = self.scheduler.start(name, lambda: handler.lambda_handler(event, about))
        self.scheduler.run(lambda: task.is_over)
        took = (self.scheduler.now - begun).total_seconds() + time.process_time() - busy
        self._functions.append(took)

    def cost_of(self, work: Callable[[], None]) -> Cost:
        before, called = self._counted(), self._outside.called.copy()
        self._functions = []
        with nullcontext() if self._is_running else self.running():
            work()
        calls, reads, writes, requests = (
            now - then for now, then in zip(self._counted(), before, strict=True)
        )
        functions = self._functions
        return Cost(
            len(functions),
            int(calls),
            reads,
            writes,
            int(requests),
            sum(functions),
            max(functions, default=0),
            self._outside.called - called,
        )

    @contextmanager
    def running(self) -> Iterator[None]:
        """What is there before something is counted is brought about by the functions too."""
        self._is_running = True
        try:
            with deployed(self._twins()):
                yield
        finally:
            self._is_running = False

    def _counted(self) -> tuple[float, float, float, float]:
        mails = sum(n for site, n in self.fates.seen.items() if site.endswith("SendRawEmail"))
        calls = self._outside.called.total() + self.table.calls + mails
        return calls, self.table.reads, self.table.writes, self.fates.seen.total() - mails

    def _twins(self) -> Twins:
        clients = {
            "sqs": QueuesTwin(self._outside, self.queues),  # type: ignore[arg-type]
            "s3": self.bucket,
            "ses": self.post,
            "secretsmanager": self.secrets,
        }
        keys = {"key-of-moment": {company.id for company in self.companies}}
        doors = {
            MOMENT: Door(self._outside, application(self.moment, keys)),
            XLEDGER: Door(self._outside, XledgerApp(self.server)),
        }
        return Twins(self.ledger, clients, doors, self.network, self.scheduler, self.fates.random)


def _company(n: int, settings: dict[str, Any]) -> Company:
    usual: dict[str, Any] = {
        "id": f"company-{n:06}",
        "name": f"Company {n} AS",
        "token_id": TokenId(f"token-{n}"),
        "owner_code": FIRST_OWNER_CODE + n,
        "notify": (f"regnskap@company{n}.example",),
    }
    return Company.model_validate(usual | settings)


def _plan(companies: Iterable[Company]) -> Any:
    entities = [{"ownerCode": each.owner_code, "description": each.name} for each in companies]
    tokens = [{"token": str(each.token_id), "ownerCode": each.owner_code} for each in companies]
    return parse_plan({"entities": entities, "tokens": tokens, "credits_per_hour": None})


@cache
def timeouts() -> dict[str, timedelta]:
    """By folder of functions/, as in the template."""
    return {name: timedelta(seconds=each["Timeout"]) for name, each in functions().items()}


@cache
def batches() -> dict[str, int]:
    """Messages in a call, by queue, as in the template."""
    events = chain.from_iterable(each.get("Events", {}).values() for each in functions().values())
    sources = [each["Properties"] for each in events if each["Type"] == "SQS"]
    return {
        name: next(each["BatchSize"] for each in sources if f"{name}Queue" in each["Queue"]["Fn::GetAtt"])
        for name in HANDLERS
    }


@cache
def functions() -> dict[str, dict[str, Any]]:
    """Properties by folder of functions/, as in the template."""
    template = read(ROOT / "template.yaml")
    resources = (
        each for each in template["Resources"].values() if each["Type"] == "AWS::Serverless::Function"
    )
    usual = template["Globals"]["Function"]
    return {each["Properties"]["CodeUri"].split("/")[1]: usual | each["Properties"] for each in resources}
