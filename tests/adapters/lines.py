"""A queue, whoever works at it, and the time that passes there: of the twin, and of AWS as others play it."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, Protocol
from uuid import uuid4

from local.proof.fates import NONE, Fates
from local.proof.queues import Queue, Shape
from local.proof.scheduling import Scheduler
from moment_xledger.adapters.queues import Queues

START = datetime(2026, 11, 22, 9, tzinfo=UTC)
VISIBILITY, MOST_RECEIVES = 60, 3


@dataclass(frozen=True)
class Delivery:
    body: str
    receipt: str


class Line(Protocol):
    """What is received is deleted, but for the bodies that `fail`."""

    fail: set[str]

    def put(self, body: str, delay: int = 0) -> None: ...
    def after(self, seconds: float) -> list[Delivery]: ...
    def hide(self, delivery: Delivery, seconds: int) -> None: ...
    def dead(self) -> list[str]: ...
    def waiting(self) -> int: ...


class LineOfTwin:
    def __init__(self) -> None:
        self.fail = set[str]()
        self._scheduler, self._delivered = Scheduler(START), list[Delivery]()
        shape = Shape(timedelta(seconds=VISIBILITY), MOST_RECEIVES, batch=10)
        fates = Fates(Random(1), NONE)
        self._queue = Queue("queue", shape, self._work, self._scheduler, fates, lambda what: None)

    def _work(self, event: dict[str, Any]) -> dict[str, Any]:
        self._delivered += [Delivery(each["body"], each["receiptHandle"]) for each in event["Records"]]
        kept = [each for each in event["Records"] if each["body"] in self.fail]
        return {"batchItemFailures": [{"itemIdentifier": each["messageId"]} for each in kept]}

    def put(self, body: str, delay: int = 0) -> None:
        self._queue.put(body, timedelta(seconds=delay))

    def after(self, seconds: float) -> list[Delivery]:
        self._delivered.clear()
        is_over: list[bool] = []
        self._scheduler.later(timedelta(seconds=seconds), lambda: is_over.append(True))
        self._scheduler.run(lambda: bool(is_over))
        return sorted(self._delivered, key=lambda each: each.body)

    def hide(self, delivery: Delivery, seconds: int) -> None:
        self._queue.change_visibility(delivery.receipt, seconds)

    def dead(self) -> list[str]:
        return [message.body for message in self._queue.dead]

    def waiting(self) -> int:
        return self._queue.visible()


class LineOfSqs:
    """Polls once when time has passed."""

    def __init__(self, sqs: Any, pass_time: Callable[[float], Any]) -> None:
        self.fail = set[str]()
        self._sqs, self._pass_time = sqs, pass_time
        name = f"queue-{uuid4()}"
        self._dead: str = sqs.create_queue(QueueName=f"dead-{name}")["QueueUrl"]
        self._url: str = sqs.create_queue(QueueName=name, Attributes=self._attributes())["QueueUrl"]

    def _attributes(self) -> dict[str, str]:
        found = self._sqs.get_queue_attributes(QueueUrl=self._dead, AttributeNames=["QueueArn"])["Attributes"]
        redrive = {"deadLetterTargetArn": found["QueueArn"], "maxReceiveCount": MOST_RECEIVES}
        return {"VisibilityTimeout": str(VISIBILITY), "RedrivePolicy": json.dumps(redrive)}

    def put(self, body: str, delay: int = 0) -> None:
        """Of a company: every message of ours is in a group."""
        self._sqs.send_message(
            QueueUrl=self._url, MessageBody=body, DelaySeconds=delay, MessageGroupId="nordvik"
        )

    def after(self, seconds: float) -> list[Delivery]:
        self._pass_time(seconds)
        found = self._received(self._url)
        for each in found:
            if each.body not in self.fail:
                self._sqs.delete_message(QueueUrl=self._url, ReceiptHandle=each.receipt)
        return sorted(found, key=lambda each: each.body)

    def _received(self, url: str) -> list[Delivery]:
        answer = self._sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)
        return [Delivery(each["Body"], each["ReceiptHandle"]) for each in answer.get("Messages", [])]

    def hide(self, delivery: Delivery, seconds: int) -> None:
        self._sqs.change_message_visibility(
            QueueUrl=self._url, ReceiptHandle=delivery.receipt, VisibilityTimeout=seconds
        )

    def dead(self) -> list[str]:
        return [each.body for each in self._received(self._dead)]

    def waiting(self) -> int:
        return Queues(self._sqs).waiting(self._url)
