"""EventBridge, every minute: wakes who has something to do."""

from functools import cache
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from moment_xledger.flows.measure_work import measure_work
from moment_xledger.flows.sweep import sweep
from moment_xledger.observability import logger, publish, watched
from moment_xledger.wiring import Wiring, now

wire = cache(Wiring)


@watched
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, int]:
    use = wire()
    counts = sweep(
        use.ledger,
        use.wake,
        lambda company: use.start_export(company, context.aws_request_id, "sweep"),
        use.wake_mails,
        use.wake_uploads,
        use.wake_held,
        now(),
    )
    logger.info("swept", extra={"counts": counts})
    publish(measure_work(use.ledger, now()))
    return counts
