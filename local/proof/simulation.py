"""One run: a story, the real handlers, and bad luck, until all is calm. A seed gives the same run every time."""

import json
import logging
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from random import Random
from types import ModuleType, SimpleNamespace
from typing import Any
from unittest.mock import patch

import functions.export_invoices.handler as export_invoices
import functions.receive_events.handler as receive_events
import functions.sweep.handler as sweep
import functions.sync_customers.handler as sync_customers
import functions.sync_projects.handler as sync_projects
from local.proof.checks import wrongs
from local.proof.fates import Chosen, Fates, Rates
from local.proof.network import Network
from local.proof.outside import BucketTwin, Outside, PostTwin, QueuesTwin, TableTwin
from local.proof.queues import Queue, Shape
from local.proof.scheduling import Died, Scheduler
from local.proof.story import ABOVE, NORTH, OTHER, OWN, PERIOD, SHARED, SOUTH, Size, Story, tell
from local.twins.world import START
from local.xledger.engine import Xledger
from local.xledger.plan import Plan, parse_plan
from moment_xledger import wakes, wiring
from moment_xledger.adapters import xledger_books
from moment_xledger.adapters.files import Files
from moment_xledger.adapters.ledger import Ledger
from moment_xledger.adapters.queues import Queues
from moment_xledger.domain.companies import Company, CompanyId, Token
from moment_xledger.domain.errors import Unreachable
from moment_xledger.domain.exports import SCHEDULE
from moment_xledger.domain.gate import Timing
from moment_xledger.domain.moment import Customer
from moment_xledger.environment import Environment
from moment_xledger.flows.resolve_problem import Resolver, retry_all
from moment_xledger.flows.sync_records import Worker

MINUTE = timedelta(minutes=1)
USUAL, SMALL = Rates(), Size()
CALM = PERIOD + timedelta(minutes=20)  # from then on nothing bad happens
TOO_LONG = timedelta(hours=8)
GOES_AWAY = {"Conflict", "Unreachable"}  # what a function may fail with: its message comes again
TOKENS = {SHARED: Token("c2hhcmVk"), OWN: Token("b3du")}
SECONDS = timedelta(seconds=1)
QUEUES = {
    "events": Shape(190 * SECONDS, 10, batch=10, concurrency=4),
    "customers": Shape(960 * SECONDS, 50),
    "projects": Shape(960 * SECONDS, 50),
    "exports": Shape(5_400 * SECONDS, 10),
}
HANDLERS: dict[str, ModuleType] = {
    "events": receive_events,
    "customers": sync_customers,
    "projects": sync_projects,
    "exports": export_invoices,
}


class NotCalm(AssertionError):
    """Work was left when it should long have been done."""


@dataclass(frozen=True)
class Setting:
    """All that a run depends on besides the code."""

    seed: int
    rates: Rates = USUAL
    size: Size = SMALL
    chosen: Chosen | None = None
    has_sweeper: bool = True


@dataclass
class Stage:
    """What there is at the end, for the checkers."""

    story: Story
    server: Xledger
    network: Network
    bucket: BucketTwin
    post: PostTwin
    ledger: Ledger
    fates: Fates
    is_alone: bool
    unexpected: list[str] = field(default_factory=list)
    schedule: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def csv_files(self, company: str) -> Iterator[tuple[str, bytes]]:
        for name, body in self.bucket.files.items():
            if name.endswith(".csv") and f"/{company}/" in name:
                yield name, body


def play(setting: Setting) -> Stage:
    """Plays a run to its end; what the checkers say of it is in `wrong`."""
    player = _Player(setting)
    with player.on_stage():
        try:
            player.play()
        except NotCalm as problem:
            player.stage.unexpected.append(str(problem))
        finally:
            player.scheduler.stop()
    player.stage.wrong = wrongs(player.stage)
    return player.stage


class _Wiring(wiring.Wiring):
    """The real one, with twins where it would open connections."""

    def __init__(self, player: "_Player") -> None:
        super().__init__(
            Environment(
                {
                    "CUSTOMERS_QUEUE": "customers",
                    "PROJECTS_QUEUE": "projects",
                    "EXPORTS_QUEUE": "exports",
                    "CONSOLE_URL": "https://console.example/",
                }
            )
        )
        self._player = player
        self.ledger = player.stage.ledger
        self.queues = Queues(QueuesTwin(player.outside, player.queues))  # type: ignore[arg-type]
        self.files = Files(player.stage.bucket, "bucket")  # type: ignore[arg-type]
        self.mail = player.stage.post  # type: ignore[assignment]

    def worker(self) -> Worker:
        player = self._player
        return Worker(
            self.ledger,
            player,  # type: ignore[arg-type]
            player.stage.network,
            xledger_books.Customers,
            xledger_books.Projects,
            clock=player.scheduler.clock,
            sleep=lambda seconds: player.scheduler.wait(timedelta(seconds=seconds)),
            jitter=player.random.random,
            new_id=lambda: f"{player.random.getrandbits(64):x}",
            wake=self.wake,
            timing=Timing(),
        )

    def ask_moment(self, company: Company, number: str) -> Customer | None:
        return self._player.outside.call("ask Moment", lambda: self._player.in_moment(company, number))


class _Player:
    def __init__(self, setting: Setting) -> None:
        self.setting, self.random = setting, Random(setting.seed)
        self.scheduler = Scheduler(START)
        self._calls = count(1)
        fates = Fates(self.random, setting.rates, setting.chosen)
        self.outside = Outside(self.scheduler, fates, self.note)
        plan = _plan(self.random, setting)
        story = tell(self.random, setting.size, plan.credits_per_hour)
        server = Xledger(plan, clock=self.scheduler.clock)
        bucket = BucketTwin(self.outside)
        ledger = Ledger(TableTwin(self.outside))  # type: ignore[arg-type]
        self.stage = Stage(
            story,
            server,
            Network(server, self.outside),
            bucket,
            PostTwin(self.outside),
            ledger,
            fates,
            is_alone=not (setting.rates.half_done and self.random.random() < 0.3),
        )
        self.queues = {name: self._queue(name, shape) for name, shape in QUEUES.items()}
        self.wiring = _Wiring(self)
        for company in story.companies:
            ledger.companies.save(company)

    def note(self, what: str) -> None:
        self.stage.schedule.append(f"{self.scheduler.now - START} {what}")
        if "the function failed with" in what and not any(f"with {name}" in what for name in GOES_AWAY):
            self.stage.unexpected.append(what)

    def xledger_token(self, company: CompanyId) -> Token:
        token_id = next(each.token_id for each in self.stage.story.companies if each.id == company)
        return self.outside.call("read the secret", lambda: TOKENS[token_id])

    def in_moment(self, company: Company, number: str) -> Customer | None:
        if self.stage.fates.happens(0.2):
            raise Unreachable("Moment")
        found = self.stage.story.customers.get((company.id, number))
        return Customer.model_validate(found) if found else None

    def _queue(self, name: str, shape: Shape) -> Queue:
        def handle(event: dict[str, Any]) -> dict[str, Any]:
            answer: dict[str, Any] = HANDLERS[name].lambda_handler(event, self._context(name))
            return answer

        return Queue(
            name, shape, handle, self.scheduler, self.stage.fates, self.note, carries_data=name == "events"
        )

    @contextmanager
    def on_stage(self) -> Iterator[None]:
        """The handlers get their wiring from here, and the time."""
        with ExitStack() as stack:
            for handler in (*HANDLERS.values(), sweep):
                stack.enter_context(patch.object(handler, "wire", lambda: self.wiring))
            for module in (wiring, wakes, sweep):
                stack.enter_context(patch.object(module, "now", self.scheduler.clock))
            logging.disable()
            stack.callback(logging.disable, logging.NOTSET)
            yield

    def play(self) -> None:
        self._publish()
        self._plan_troubles()
        self._each_minute()
        self._until_calm()
        self._retry_problems()
        self._until_calm()
        for company in self.stage.story.companies:
            self._ask_for_export(company.id, "last", "Kari")
        self._until_calm()

    def _publish(self) -> None:
        for published in self.stage.story.published:
            body = json.dumps(published.event)
            self.scheduler.later(published.at, lambda body=body: self.queues["events"].put(body))  # type: ignore[misc]

    def _plan_troubles(self) -> None:
        """Exports in between, by clicks and by the clock; queues emptied; others who use up the credits."""
        for company in self.stage.story.companies:
            several_at = PERIOD * self.random.random()
            for n in range(self.random.randint(0, 4)):
                by = self.random.choice(["Kari", "Ola", SCHEDULE])
                self._later(
                    several_at if n % 2 else PERIOD * self.random.random(),
                    lambda c=company.id, n=n, by=by: self._ask_for_export(c, f"r{n}", by),  # type: ignore[misc]
                )
        if self.stage.fates.happens(self.setting.rates.purges):
            self._later(PERIOD * self.random.random(), self._purge)
        if not self.stage.is_alone:
            self._later(PERIOD * self.random.random() / 2, self._use_up_credits)
        self._later(CALM, self._be_calm)

    def _later(self, delay: timedelta, what: Callable[[], None]) -> None:
        self.scheduler.later(delay, what)

    def _ask_for_export(self, company: CompanyId, request: str, by: str) -> None:
        body = {"company": company, "request": request, "by": by, "repeats": None}
        self.queues["exports"].put(json.dumps(body))

    def _purge(self) -> None:
        self.note("all wakes and jobs are gone from their queues")
        for queue in self.queues.values():
            if not queue.carries_data:
                queue.purge()

    def _use_up_credits(self) -> None:
        """Somebody else with the same token asks until Xledger refuses."""
        self.note("somebody else uses up the credits of the shared token")
        question = {"query": "{ entities(first: 1) { edges { node { dbId } } } }"}
        headers = {"Authorization": f"token {TOKENS[SHARED].secret}"}
        for _ in range(min(self.stage.server.plan.credits_per_hour or 0, 500)):
            self.stage.server.answer("/graphql", headers, json.dumps(question).encode())

    def _be_calm(self) -> None:
        self.note("from now on nothing bad happens")
        self.stage.fates.over = True
        self.stage.server.replan({"errors_5xx": 0, "errors_5xx_after": 0, "half_done": 0, "cut_bodies": 0})
        for queue in self.queues.values():
            queue.redrive()

    def _each_minute(self) -> None:
        if self.setting.has_sweeper and not any(task.name == "sweep" for task in self.scheduler.running):
            self.scheduler.start("sweep", self._sweep)
        self.scheduler.later(MINUTE, self._each_minute)

    def _sweep(self) -> None:
        try:
            sweep.lambda_handler({}, self._context("sweep"))
        except Died:
            raise
        except Exception as error:  # noqa: BLE001 -- it comes again in a minute
            self.note(f"sweep: the function failed with {type(error).__name__}: {error}")

    def _until_calm(self) -> None:
        deadline = self.scheduler.now + TOO_LONG
        asked_at = self.scheduler.now

        def is_calm() -> bool:
            nonlocal asked_at
            if self.scheduler.now < max(START + CALM, asked_at + MINUTE):
                return False
            asked_at = self.scheduler.now
            return asked_at > deadline or not self._work()

        self.scheduler.run(is_calm)
        if self.scheduler.now > deadline:
            raise NotCalm(f"after {TOO_LONG} there is still something to do: {self._work()}")

    def _work(self) -> list[str]:
        """What is still to be done, by the queues and by the ledger's own list of what is due."""
        due = self.stage.ledger.due.until(self.scheduler.now + timedelta(hours=3))
        left = [task.name for task in self.scheduler.running if task.name != "sweep"]
        left += [f"{len(queue.messages)} in {name}" for name, queue in self.queues.items() if queue.messages]
        if self.setting.has_sweeper:
            left += [f"{kind} of {token}" for token, kind in due.records]
            left += [f"export of {company}" for company in due.exports]
        return left

    def _context(self, name: str) -> Any:
        return SimpleNamespace(
            function_name=name,
            memory_limit_in_mb=512,
            invoked_function_arn=f"arn:aws:lambda:eu-north-1:123456789012:function:{name}",
            aws_request_id=f"{name}-{next(self._calls)}",
        )

    def _retry_problems(self) -> None:
        """What a person does when the day was bad and is over."""
        for company in self.stage.story.companies:
            resolver = Resolver(self.stage.ledger, self.wiring.wake, self.scheduler.clock, "Kari")
            retry_all(company.id, resolver)


def _plan(random: Random, setting: Setting) -> Plan:
    rates = setting.rates
    return parse_plan(
        {
            "entities": [
                {"ownerCode": ABOVE, "description": "Vik Holding AS"},
                {"ownerCode": NORTH, "parent": ABOVE},
                {"ownerCode": SOUTH, "parent": ABOVE},
                {"ownerCode": OTHER, "description": "Vestvik AS"},
            ],
            "tokens": [
                {"token": TOKENS[SHARED].secret, "ownerCode": ABOVE},
                {"token": TOKENS[OWN].secret, "ownerCode": OTHER},
            ],
            "credits_per_hour": random.choice([None, 40, 500]),
            "seed": setting.seed,
            "errors_5xx": rates.server_errors / 2,
            "errors_5xx_after": rates.server_errors / 2,
            "cut_bodies": rates.server_errors / 2,
            "half_done": rates.half_done,
        }
    )
