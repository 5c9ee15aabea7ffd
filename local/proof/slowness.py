"""Trouble of AWS itself: a service that answers "slow down" or 5xx for a while, and calls that the SDK makes twice.

What the SDK does by itself is part of it: by the time a caller sees an error, three tries of the call were refused.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from random import Random
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from local.proof.fates import SLOW
from local.proof.scheduling import Task
from moment_xledger.domain.scheduled_runs import ScheduledRun

if TYPE_CHECKING:
    from local.proof.stage import Stage


class Service(StrEnum):
    """As boto3 names them."""

    DYNAMODB = "dynamodb"
    QUEUES = "sqs"
    BUCKET = "s3"
    SECRETS = "secretsmanager"
    MAIL = "ses"


# https://docs.aws.amazon.com/general/latest/gr/api-retries.html and each service's list of common errors
REFUSALS = {
    Service.DYNAMODB: (
        ("ProvisionedThroughputExceededException", 400),
        ("ThrottlingException", 400),
        ("RequestLimitExceeded", 400),
        ("InternalServerError", 500),
        ("ServiceUnavailable", 503),
    ),
    Service.QUEUES: (
        ("ThrottlingException", 400),
        ("RequestThrottled", 403),
        ("ServiceUnavailable", 503),
        ("InternalFailure", 500),
    ),
    Service.BUCKET: (("SlowDown", 503), ("ServiceUnavailable", 503), ("InternalError", 500)),
    Service.SECRETS: (("ThrottlingException", 400), ("InternalServiceError", 500)),
    Service.MAIL: (("Throttling", 400), ("ServiceUnavailable", 503)),
}
LASTS = (5, 60)  # seconds, of a burst
SDK_TRIES = (0.5, 4)  # seconds that three tries take, with the SDK's pauses
MOST_IN_A_BURST = 0.8  # of the calls, are refused
# That one call of a function may have refused: it goes on only where others' work need not wait for what was refused.
# The function with the most such pieces starts each run, and the looks.
MOST_REFUSALS = len(ScheduledRun) + 1


class SlowDown(ClientError):
    pass


@dataclass
class Slowness:
    """Which service refuses calls now, and how often each call of a function was refused."""

    random: Random
    ends: dict[Service, datetime] = field(default_factory=dict)
    refused: Counter[Task] = field(default_factory=Counter)

    def begin(self, service: Service, now: datetime) -> None:
        self.ends[service] = now + timedelta(seconds=self.random.uniform(*LASTS))

    def refuses(self, service: Service, now: datetime) -> bool:
        """The draw is made in a burst only: without one, the story is the same."""
        return now < self.ends.get(service, now) and self.random.random() < MOST_IN_A_BURST

    def refusal(self, service: Service, task: Task) -> SlowDown:
        self.refused[task] += 1
        return self.error(service, REFUSALS[service])

    def error(self, service: Service, among: Iterable[tuple[str, int]]) -> SlowDown:
        code, status = self.random.choice(list(among))
        answer: Any = {"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}
        return SlowDown(answer, str(service))

    def failure(self, service: Service) -> SlowDown:
        """After all was done."""
        return self.error(service, (each for each in REFUSALS[service] if each[1] >= 500))


def wrong_in_slowness(stage: "Stage") -> Iterator[str]:
    """Where that is all the trouble there was: no message wears out its receives, and nobody asks without end."""
    if any(meets not in SLOW for _, meets in stage.fates.met):
        return
    yield from (
        f"{count} messages of {name} were put aside" for name, count in stage.put_aside.items() if count
    )
    for task, count in stage.slowness.refused.items():
        if count > MOST_REFUSALS:
            yield f"one call of {task.name} was refused {count} times, and asked again"
