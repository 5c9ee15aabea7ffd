"""SQS, as far as we use it: wakes that carry no data, and messages put back until later."""

import json
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

# What Lambda wants to hear of a batch: {"batchItemFailures": [{"itemIdentifier": …}]}. Powertools has a type for it,
# whose import costs a cold start a tenth of its time.
BatchAnswer = dict[str, list[dict[str, str]]]

# SQS refuses, rather than shortens, what would make more than 12 hours since the message was received.
LONGEST_VISIBILITY = timedelta(hours=12)
MARGIN = timedelta(minutes=10)

MOST_AT_ONCE = 10  # messages in one request
Message = tuple[Mapping[str, Any], str]  # a body, and the group that it belongs to


class Queues:
    def __init__(self, client: "SQSClient") -> None:
        self._client = client

    def send(self, url: str, body: Mapping[str, Any], group: str, delay: timedelta = timedelta()) -> None:
        """`group` makes the queue a fair one: many messages of one company do not hold up the others'. `delay`: whole
        seconds, of which SQS takes 900 at most."""
        self._client.send_message(
            QueueUrl=url,
            MessageBody=json.dumps(body),
            MessageGroupId=group,
            DelaySeconds=int(delay.total_seconds()),
        )

    def send_all(self, url: str, messages: Iterable[Message]) -> list[Message]:
        """The same for many, ten in a request. Returns those that SQS did not take; one of them stops no other."""
        rest, refused = iter(messages), list[Message]()
        while batch := list(islice(rest, MOST_AT_ONCE)):
            refused += self._send_batch(url, batch)
        return refused

    def _send_batch(self, url: str, batch: list[Message]) -> list[Message]:
        entries: list[Any] = [
            {"Id": str(n), "MessageBody": json.dumps(body), "MessageGroupId": group}
            for n, (body, group) in enumerate(batch)
        ]
        answer = self._client.send_message_batch(QueueUrl=url, Entries=entries)
        return [batch[int(each["Id"])] for each in answer.get("Failed", [])]

    def waiting(self, url: str) -> int:
        """About how many messages lie there that nobody has taken yet and that are not hidden."""
        name: Any = "ApproximateNumberOfMessages"
        answer = self._client.get_queue_attributes(QueueUrl=url, AttributeNames=[name])
        return int(answer["Attributes"][name])

    def put_back(self, url: str, receipt: str, until: datetime, now: datetime) -> bool:
        """Hides a message that was received until then. The caller then reports it as failed, so it is kept.

        False where SQS refuses, because the message has been hidden for too long in all.
        """
        hidden = min(max(until - now, timedelta()), LONGEST_VISIBILITY - MARGIN)
        seconds = math.ceil(hidden.total_seconds())
        try:
            self._client.change_message_visibility(
                QueueUrl=url, ReceiptHandle=receipt, VisibilityTimeout=seconds
            )
        except ClientError as error:
            if error.response["Error"]["Code"].endswith("InvalidParameterValue"):
                return False
            raise
        return True


@dataclass(frozen=True)
class WakeQueue:
    """One queue of wakes. `body` is what a wake for this name says; its name is its group as well."""

    queues: Queues
    url: str
    body: Callable[[str], Mapping[str, Any]]

    def waiting(self) -> int:
        return self.queues.waiting(self.url)

    def wake(self, names: Sequence[str]) -> int:
        """Returns how many SQS took."""
        return len(names) - len(self.queues.send_all(self.url, ((self.body(name), name) for name in names)))
