"""What the emulator's SQS lacks: StartMessageMoveTask, by which dead letters go back to the queue they came from."""

import asyncio
import json
from typing import Any

MOST_A_SECOND = 500  # as AWS has it
_KEPT = {"message_attributes": "MessageAttributes", "group_id": "MessageGroupId"}


def teach(sqs: Any) -> None:
    """`sqs` is the module in which the emulator keeps its queues."""
    tasks: set[asyncio.Task[None]] = set()  # the loop itself holds a task only weakly

    def start(asked: dict[str, Any], _: str) -> dict[str, str]:
        source, rate = _source(sqs, asked), int(asked.get("MaxNumberOfMessagesPerSecond", MOST_A_SECOND))
        if not 1 <= rate <= MOST_A_SECOND:
            raise sqs._Err("InvalidParameterValue", f"MaxNumberOfMessagesPerSecond is 1 to {MOST_A_SECOND}.")
        task = asyncio.get_running_loop().create_task(_move_all(sqs, source, rate))
        tasks.add(task)
        task.add_done_callback(tasks.discard)
        return {"TaskHandle": sqs.new_uuid()}

    sqs._HANDLERS["StartMessageMoveTask"] = start


def _source(sqs: Any, asked: dict[str, Any]) -> dict[str, Any]:
    queue: dict[str, Any] | None = sqs._queue_by_arn(asked["SourceArn"])
    if queue is None:
        raise sqs._Err(
            "ResourceNotFoundException", "The resource that you specified for SourceArn is missing."
        )
    if asked["SourceArn"] not in _letters_of_any(sqs):
        raise sqs._Err("InvalidParameterValue", "Source queue must be configured as a Dead Letter Queue.")
    return queue


def _letters_of_any(sqs: Any) -> set[str]:
    policies = (queue["attributes"].get("RedrivePolicy") for _, queue in sqs._queues.all_items())
    return {json.loads(policy)["deadLetterTargetArn"] for policy in policies if policy}


async def _move_all(sqs: Any, source: dict[str, Any], rate: int) -> None:
    """Until none is left that may be taken; the pace is the caller's."""
    while _move_one(sqs, source):
        await asyncio.sleep(1 / rate)


def _move_one(sqs: Any, source: dict[str, Any]) -> bool:
    """It gets a new identity and a new life. AWS ends at one that was put here by hand: it came from nowhere."""
    with sqs._queues_lock:
        taken = sqs._collect_msgs(source, 1, 0)
        if not taken:
            return False
        (message,) = taken
        home = sqs._queue_by_arn(message["sys"].get("DeadLetterQueueSourceArn", ""))
        if home is None:
            return False
        again = {theirs: message[ours] for ours, theirs in _KEPT.items() if message.get(ours)}
        url = sqs._queue_url(home["name"])
        sqs._act_send_message({"QueueUrl": url, "MessageBody": message["body"], **again}, url)
        source["messages"].remove(message)
        return True
