"""What goes wrong and when, drawn from the seed before it begins. Whom it meets depends on what runs then."""

import json
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from random import Random

import requests

from local.proof.embedded.simulators import TROUBLES_AT_MOMENT
from local.proof.embedded.stage import Stage
from local.proof.story import PERIOD, Published
from local.run.bodies import Body
from local.run.publishing import publish
from moment_xledger.domain.companies import Route

TROUBLED_SECONDS = 150.0
DOUBLED = 0.15
WAKES = ("CustomersQueue", "ProjectsQueue", "ExportsQueue", "InvoiceMailsQueue")
CARRIERS = ("ReceiveEvents", "SyncCustomers", "SyncProjects", "ExportInvoices", "MailInvoices")
OFTEN_ENOUGH = 3


@dataclass(frozen=True)
class Planned:
    after: float  # seconds
    what: Callable[[], None]


@dataclass
class Troubles:
    stage: Stage
    random: Random
    killed: Counter[str] = field(default_factory=Counter)
    published: int = 0

    def __str__(self) -> str:
        return f"published {self.published} events, killed {self.killed.total()} workers"

    def planned(self) -> list[Planned]:
        """In order."""
        everything = [
            *self._publications(),
            *self._kills(),
            *self._exports(),
            *self._faults_at_moment(),
            Planned(TROUBLED_SECONDS * self.random.uniform(0.3, 0.8), self._empty_queues),
        ]
        return sorted(everything, key=lambda each: each.after)

    def ask_for_export(self, company: str, by: str) -> None:
        """A click, or the morning's schedule."""
        body = {"company": company, "request": uuid.uuid4().hex, "by": by, "repeats": None}
        self.stage.aws.client("sqs").send_message(
            QueueUrl=self.stage.queue("ExportsQueue"), MessageBody=json.dumps(body)
        )

    def _publications(self) -> Iterator[Planned]:
        """The story's half-hour in a minute and a half; some events come twice, the second time whenever."""
        by_second: dict[float, list[Body]] = {}
        until = TROUBLED_SECONDS * 0.75
        for each in self.stage.story.published:
            body = _body(each)
            by_second.setdefault(round(each.at / PERIOD * until), []).append(body)
            if self.random.random() < DOUBLED:
                by_second.setdefault(round(self.random.random() * until), []).append(body)
        for second, bodies in by_second.items():
            yield Planned(second, partial(self._publish, bodies))

    def publish_late(self) -> None:
        """The customers that projects wait for, and whose events had not come at all."""
        self._publish([_body(each) for each in self.stage.story.unsent])

    def _publish(self, bodies: list[Body]) -> None:
        sqs, queue = self.stage.aws.client("sqs"), self.stage.queue("EventsQueue")
        refused = publish(sqs, queue, bodies, told=lambda _: None)
        self.published += len(bodies) - len(refused)

    def _kills(self) -> Iterator[Planned]:
        after = 3.0
        while (after := after + self.random.uniform(1.5, 5)) < TROUBLED_SECONDS:
            yield Planned(after, partial(self._kill, self.random.random()))

    def kill_on(self) -> Iterator[float]:
        """Where a machine is so slow that some function was hardly at work yet: seconds to wait before each blow."""
        while any(self.killed[function] < OFTEN_ENOUGH for function in CARRIERS):
            yield self.random.uniform(1.5, 5)
            self._kill(self.random.random())

    def _kill(self, draw: float) -> None:
        """One of those that live, of a function that was hit least so far."""
        workers = {worker: self._name_of(worker.function) for worker in self.stage.aws.workers()}
        least = min((self.killed[name] for name in workers.values()), default=0)
        victims = [worker for worker, name in workers.items() if self.killed[name] == least]
        if victims:
            victim = victims[int(draw * len(victims))]
            victim.kill()
            self.killed[workers[victim]] += 1

    def _name_of(self, function: str) -> str:
        names = {real: name for name, real in self.stage.stack.resources.items()}
        return names.get(function, function)

    def _exports(self) -> Iterator[Planned]:
        for company in self.stage.companies(Route.FILE):
            for by in self.random.choices(["Kari", "Ola", "schedule"], k=5):
                after = TROUBLED_SECONDS * self.random.uniform(0.2, 1)
                yield Planned(after, partial(self.ask_for_export, company, by))

    def _faults_at_moment(self) -> Iterator[Planned]:
        """Few: after each the mails pause for a minute or two."""
        for word in self.random.choices(TROUBLES_AT_MOMENT, k=2):
            yield Planned(TROUBLED_SECONDS * self.random.random(), partial(self._order_at_moment, word))

    def _order_at_moment(self, word: str) -> None:
        requests.post(f"{self.stage.moment_url}/_faults", data=word, timeout=10).raise_for_status()

    def _empty_queues(self) -> None:
        """All wakes and jobs at once; events are Moment's word, and the only ones that carry anything."""
        for name in WAKES:
            self.stage.aws.client("sqs").purge_queue(QueueUrl=self.stage.queue(name))


def _body(published: Published) -> Body:
    return Body(json.dumps(published.event), published.event["id"])
