"""EventBridge, every five minutes: tells people what they must act on, and twice a working day what waits for them."""

from functools import cache
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from moment_xledger.flows.send_notices import send_notices
from moment_xledger.wiring import Wiring

logger = Logger()
wire = cache(Wiring)


@logger.inject_lambda_context
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    report = send_notices(wire().notifier()).summary()
    logger.info("notices sent", extra={"counts": report})
    return report
