"""EventBridge, every five minutes: tells people what they must act on, and twice a working day what waits for them."""

from functools import cache
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from moment_xledger.flows.send_notices import send_notices
from moment_xledger.observability import Signal, logger, publish, watched
from moment_xledger.wiring import Wiring

wire = cache(Wiring)


@watched
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    report = send_notices(wire().notifier())
    logger.info("notices sent", extra={"counts": report.summary()})
    publish(
        {
            Signal.NOTICES_SENT: report.urgent + report.digests,
            Signal.NOTICES_DELAYED: len(report.delayed) + report.unverified,
            Signal.TOKENS_EXPIRE: report.expiring,
        }
    )
    return report.summary()
