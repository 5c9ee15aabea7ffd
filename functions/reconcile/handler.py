"""EventBridge, every night: takes in what Moment finalized and never published, or what was lost on the way."""

from functools import cache
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from moment_xledger.flows.reconcile import reconcile_all
from moment_xledger.wiring import Wiring

logger = Logger()
wire = cache(Wiring)

ENOUGH = 60_000  # milliseconds: an answer that takes its time, and a page of invoices taken in


@logger.inject_lambda_context
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    def has_time() -> bool:
        """For one page more."""
        return bool(context.get_remaining_time_in_millis() > ENOUGH)

    report = reconcile_all(wire().reconciler(has_time)).summary()
    logger.info("invoices compared with Moment's", extra={"counts": report})
    return report
