"""SQS: what Moment published. Fails as a whole or not at all: bad events are stored as such, and the rest is
stored so that storing it again changes nothing."""

from functools import cache
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from moment_xledger.adapters.queues import BatchAnswer
from moment_xledger.flows.receive_events import Message, receive_events
from moment_xledger.observability import Signal, logger, publish, watched
from moment_xledger.wiring import Wiring

wire = cache(Wiring)


@watched
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> BatchAnswer:
    messages = [Message(record["messageId"], record["body"]) for record in event["Records"]]
    report = receive_events(messages, wire().receiver())
    logger.info("events taken in", extra={"counts": report.summary()})
    publish({Signal.EVENTS_TAKEN_IN: report.received, Signal.EVENTS_REFUSED: report.refused})
    return {"batchItemFailures": []}
