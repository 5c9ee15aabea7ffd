"""Events into the queue, as Moment would send them."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from botocore.exceptions import ClientError

from local.run.bodies import Body

MOST_BYTES = 1024 * 1024  # of one message, and of one batch
MOST_MESSAGES = 10  # of one batch


def publish(sqs: Any, queue: str, bodies: Iterable[Body], *, told: Callable[[int], None]) -> list[Body]:
    """Send everything; give back what the queue refuses. `told` hears how many have been sent so far."""
    refused: list[Body] = []
    sent = 0
    for batch in _batches(bodies, refused):
        not_taken = _send(sqs, queue, batch)
        refused += not_taken
        sent += len(batch) - len(not_taken)
        told(sent)
    return refused


def as_queue_event(body: Body, queue_arn: str) -> dict[str, Any]:
    """What Lambda would hand to the function if the queue had taken this body."""
    record = {
        "messageId": f"refused-{body.origin}",
        "receiptHandle": "none",
        "body": body.text,
        "attributes": {"ApproximateReceiveCount": "1", "MessageGroupId": body.group},
        "messageAttributes": {},
        "eventSource": "aws:sqs",
        "eventSourceARN": queue_arn,
    }
    return {"Records": [record]}


def _batches(bodies: Iterable[Body], refused: list[Body]) -> Iterator[list[Body]]:
    """As many at once as SQS takes. What it could never take is put aside at once."""
    batch: list[Body] = []
    size = 0
    for body in bodies:
        length = len(body.text.encode())
        if not 0 < length <= MOST_BYTES:
            refused.append(body)
            continue
        if len(batch) == MOST_MESSAGES or size + length > MOST_BYTES:
            yield batch
            batch, size = [], 0
        batch.append(body)
        size += length
    if batch:
        yield batch


def _send(sqs: Any, queue: str, batch: list[Body]) -> list[Body]:
    """Those that were not taken. SQS may refuse a whole batch for one message; then each goes alone."""
    entries = [
        {"Id": str(position), "MessageBody": body.text, "MessageGroupId": body.group}
        for position, body in enumerate(batch)
    ]
    try:
        answer = sqs.send_message_batch(QueueUrl=queue, Entries=entries)
    except ClientError:
        return batch if len(batch) == 1 else [each for body in batch for each in _send(sqs, queue, [body])]
    return [batch[int(failed["Id"])] for failed in answer.get("Failed", ())]
