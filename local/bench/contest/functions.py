"""Ours in a contest: the functions as AWS would run them, by their handlers and wiring, over the twins of one world."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from random import Random
from types import SimpleNamespace
from typing import Any

from local.proof.deployment import (
    CLOCKED,
    ENVIRONMENT,
    EVENTS,
    HANDLERS,
    SECRETS,
    Twins,
    context,
    deployed,
    secret,
    shapes,
)
from local.proof.vaults import SecretsTwin
from local.twins.world import TOKEN, World, reach_of
from local.xledger.plan import Plan
from moment_xledger.domain.companies import Company


@dataclass
class Wake:
    queue: str
    body: str
    visible_at: datetime


class Functions(World):
    """Its events, wakes and minutes reach the handlers; nothing is lost, doubled or slow on the way there."""

    def __init__(self, plan: Plan, company: Company) -> None:
        super().__init__(plan, [company])
        self._wakes: dict[str, Wake] = {}  # by receipt
        self._numbers = count(1)

    def receive(self, *events: Mapping[str, Any] | str) -> None:
        bodies = (event if isinstance(event, str) else json.dumps(event) for event in events)
        records = [{"messageId": f"m{next(self._numbers)}", "body": body} for body in bodies]
        self._call(HANDLERS[EVENTS], EVENTS, {"Records": records})

    def sweep(self) -> None:
        self._call(CLOCKED["sweep"], "sweep", {})

    def carry_wakes(self) -> None:
        while receipt := next((r for r, wake in self._wakes.items() if wake.visible_at <= self.time()), None):
            wake = self._wakes[receipt]
            wake.visible_at = self.time() + shapes()[wake.queue].visibility
            record = {"messageId": receipt, "receiptHandle": receipt, "body": wake.body}
            answer = self._call(HANDLERS[wake.queue], wake.queue, {"Records": [record]})
            if not answer["batchItemFailures"]:
                del self._wakes[receipt]

    def _call(self, function: Any, name: str, event: Mapping[str, Any]) -> Any:
        return function.lambda_handler(event, context(name, next(self._numbers)))

    def next_wake(self) -> datetime | None:
        return min((wake.visible_at for wake in self._wakes.values()), default=None)

    def send_message(
        self,
        *,
        QueueUrl: str,  # noqa: N803 boto3's names
        MessageBody: str,  # noqa: N803
        DelaySeconds: int = 0,  # noqa: N803
        **_: Any,
    ) -> None:
        visible_at = self.time() + timedelta(seconds=DelaySeconds)
        self._wakes[f"w{next(self._numbers)}"] = Wake(QueueUrl, MessageBody, visible_at)

    def send_message_batch(self, *, QueueUrl: str, Entries: Iterable[Mapping[str, str]]) -> dict[str, Any]:  # noqa: N803
        for each in Entries:
            self.send_message(QueueUrl=QueueUrl, MessageBody=each["MessageBody"])
        return {}

    def get_queue_attributes(self, *, QueueUrl: str, **_: Any) -> dict[str, Any]:  # noqa: N803
        waiting = [
            each for each in self._wakes.values() if each.queue == QueueUrl and each.visible_at <= self.time()
        ]
        return {"Attributes": {"ApproximateNumberOfMessages": str(len(waiting))}}

    def change_message_visibility(self, *, ReceiptHandle: str, VisibilityTimeout: int, **_: Any) -> None:  # noqa: N803
        self._wakes[ReceiptHandle].visible_at = self.time() + timedelta(seconds=VisibilityTimeout)


@contextmanager
def functions(plan: Plan, company: Company) -> Iterator[Functions]:
    """Within it, they are at work."""
    world = Functions(plan, company)
    reach = reach_of(plan, world.time(), ENVIRONMENT["XLEDGER_URL"])
    world.ledger.entities.save_reach(company.token_id, reach)
    secrets = SecretsTwin(SimpleNamespace(call=_at_once))  # type: ignore[arg-type]
    secrets.create_secret(Name=SECRETS + company.id, SecretString=secret(TOKEN.secret))
    time: Any = SimpleNamespace(clock=world.time, wait=lambda pause: world.time.sleep(pause.total_seconds()))
    network: Any = SimpleNamespace(within=lambda _: world.xledger)  # it answers in time
    clients = {"sqs": world, "secretsmanager": secrets, "s3": None}  # where no event of a contest ends
    with deployed(Twins(world.ledger, clients, {}, network, time, Random(1))):
        yield world


def _at_once(_: str, carry_out: Callable[[], Any], *__: Any, **___: Any) -> Any:
    return carry_out()
