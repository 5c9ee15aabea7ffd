"""EventBridge, every night: takes in what Moment finalized and never published, or what was lost on the way."""

from functools import cache
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from moment_xledger.flows.reconcile import reconcile_all
from moment_xledger.observability import Signal, logger, publish, watched
from moment_xledger.wiring import Wiring

wire = cache(Wiring)

ENOUGH = 60_000  # milliseconds: an answer that takes its time, and a page of invoices taken in


@watched
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    def has_time() -> bool:
        """For one page more."""
        return bool(context.get_remaining_time_in_millis() > ENOUGH)

    report = reconcile_all(wire().reconciler(has_time))
    logger.info("invoices compared with Moment's", extra={"counts": report.summary()})
    publish({Signal.INVOICES_DIFFER: report.differences, Signal.NOT_COMPARED: len(report.later)})
    return report.summary()
