"""SQS: what Moment published. Storing it again changes nothing. What one company's trouble holds up comes back by
itself; so does what there is no time for."""

from functools import cache
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from moment_xledger.adapters.queues import BatchAnswer
from moment_xledger.flows.receive_events import Message, receive_events
from moment_xledger.observability import Signal, logger, publish, watched
from moment_xledger.release_answers import answers_checks
from moment_xledger.wakes import PartialBatch
from moment_xledger.wiring import Wiring, time_for

wire = cache(Wiring)

ENOUGH = 12_000  # milliseconds, for the events of a company


@watched
@answers_checks(lambda: wire())
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> BatchAnswer:
    batch = PartialBatch(event)
    messages = [Message(record["messageId"], record["body"]) for record in event["Records"]]
    report = receive_events(messages, wire().receiver(batch.apart, time_for(ENOUGH, context)))
    logger.info("events taken in", extra={"counts": report.summary()})
    publish({Signal.EVENTS_TAKEN_IN: report.received, Signal.EVENTS_REFUSED: report.refused})
    return batch.answer(report.later)
