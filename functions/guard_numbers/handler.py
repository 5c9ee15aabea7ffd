"""EventBridge, every night: looks whether numbers that Moment gave were changed in Xledger."""

from functools import cache
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from moment_xledger.flows.guard_numbers import guard_numbers
from moment_xledger.flows.sync_records import RUN
from moment_xledger.observability import logger, watched
from moment_xledger.wiring import Wiring

wire = cache(Wiring)


@watched
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    def has_time() -> bool:
        """For one token more."""
        return bool(context.get_remaining_time_in_millis() > (RUN.total_seconds() + 20) * 1000)

    report = guard_numbers(wire().guard(has_time)).summary()
    logger.info("numbers guarded", extra={"counts": report})
    return report
