"""`dead-letters`: what was set aside after failing too often, and its way back into its queue.

Everything may go back at any time: an event that was stored is not stored twice, and a wake says only that there may be
work. What it is about is shown, and never what it holds.
"""

import argparse
import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import boto3

from local.operations.refusals import asking_aws
from local.operations.stack import names_of, unfinished
from local.run.misuse import Misuse

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

SHOWN = ("type", "subject", "momentcompany", "company", "token", "run", "export", "repeats")
MOST_SHOWN = 10


def dead_letters(options: argparse.Namespace) -> int:
    with asking_aws():
        sqs, queues = boto3.client("sqs"), dead_letter_queues(options.stack)
        if options.redrive is None:
            return show(queues, sqs)
        if options.redrive not in queues:
            raise Misuse(f"--redrive {options.redrive}: must be one of {', '.join(sorted(queues))}.")
        return redrive(options.redrive, queues[options.redrive], options.rate, sqs)


def dead_letter_queues(stack: str) -> dict[str, str]:
    """By their names in the template, their addresses."""
    found = names_of(stack, "AWS::SQS::Queue")
    queues = {name: url for name, url in found.items() if name.endswith("DeadLetters")}
    if not queues:
        raise unfinished(stack)
    return queues


def show(queues: Mapping[str, str], sqs: "SQSClient") -> int:
    """1 where there are any."""
    counts = {name: _count(url, sqs) for name, url in sorted(queues.items())}
    for name, count in counts.items():
        print(f"{name}: {count}")
        for line in _look_into(queues[name], sqs) if count else ():
            print(f"  {line}")
    return 1 if any(counts.values()) else 0


def redrive(name: str, url: str, rate: int, sqs: "SQSClient") -> int:
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    count = _count(url, sqs)
    sqs.start_message_move_task(SourceArn=arn, MaxNumberOfMessagesPerSecond=rate)
    print(f"{name}: {count} go back to their queue, {rate} a second. Look again in a minute.")
    return 0


def _count(url: str, sqs: "SQSClient") -> int:
    found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["ApproximateNumberOfMessages"])
    return int(found["Attributes"]["ApproximateNumberOfMessages"])


def _look_into(url: str, sqs: "SQSClient") -> Iterator[str]:
    """At some of them; they stay."""
    found = sqs.receive_message(
        QueueUrl=url,
        MaxNumberOfMessages=MOST_SHOWN,
        VisibilityTimeout=0,
        MessageSystemAttributeNames=["ApproximateReceiveCount"],
    )
    for message in found.get("Messages", []):
        times = message["Attributes"]["ApproximateReceiveCount"]
        yield f"{about(message['Body'])} (received {times} times)"


def about(body: str) -> str:
    """Whose it is and of what kind."""
    try:
        content = json.loads(body)
    except ValueError:
        return "not JSON"
    if not isinstance(content, dict):
        return "no object"
    return ", ".join(f"{name} {content[name]}" for name in SHOWN if content.get(name)) or "of another kind"
