"""SQS, from EventBridge: what SES tells about mails that it took. Noting it again changes nothing; what could not be
noted comes back by itself."""

from functools import cache
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from moment_xledger.adapters.queues import BatchAnswer
from moment_xledger.adapters.ses_events import read_feedback
from moment_xledger.adapters.ses_notices import read_returned_notice
from moment_xledger.flows.note_feedback import note_feedback
from moment_xledger.flows.note_returned_notice import note_returned_notice
from moment_xledger.observability import Signal, logger, publish, watched
from moment_xledger.release_answers import answers_checks
from moment_xledger.wakes import PartialBatch
from moment_xledger.wiring import Wiring, now

wire = cache(Wiring)


@watched
@answers_checks(lambda: wire())
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> BatchAnswer:
    noted = came_back = 0
    batch = PartialBatch(event)
    for record in event["Records"]:
        with batch.apart([record["messageId"]]):
            feedback = read_feedback(record["body"])
            noted += bool(feedback and note_feedback(feedback, wire().ledger, now))
            returned = read_returned_notice(record["body"])
            noted += bool(returned and note_returned_notice(returned, wire().ledger, now))
            came_back += bool(returned or (feedback and feedback.came_back))
    logger.info("feedback noted", extra={"counts": {"told": len(event["Records"]), "noted": noted}})
    publish({Signal.MAILS_RETURNED: came_back})
    return batch.answer()
