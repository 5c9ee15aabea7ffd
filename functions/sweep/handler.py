"""EventBridge, every minute: wakes who has something to do."""

from functools import cache
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from moment_xledger.domain.release_check import DRY
from moment_xledger.flows.sweep import dry, sweep
from moment_xledger.observability import Signal, log_failure, logger, publish, watched
from moment_xledger.wiring import Wiring, now, time_for

wire = cache(Wiring)

ENOUGH = 15_000  # milliseconds: for three tries of one call, when AWS is slow


@watched
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, int]:
    use = wire()
    is_dry = event == DRY
    lanes = use.lanes(context.aws_request_id)
    swept = sweep(use.ledger, dry(lanes) if is_dry else lanes, now(), use.shuffle, time_for(ENOUGH, context))
    logger.info("swept", extra={"counts": dict(swept.counts)})
    for error in swept.failures[1:]:
        log_failure(error)
    if swept.failures:
        raise swept.failures[0]
    if not is_dry:  # which makes up for nothing
        publish({Signal.SWEEPS: 1})
    return dict(swept.counts)
