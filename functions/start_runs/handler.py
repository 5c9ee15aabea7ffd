"""EventBridge, with `{"run": "exports"}`: starts one job for each company that wants it."""

from functools import cache
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from moment_xledger.flows.start_runs import start_exports
from moment_xledger.wiring import Wiring, now

logger = Logger()
wire = cache(Wiring)


@logger.inject_lambda_context
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, int]:
    use = wire()
    counts = start_exports(
        use.ledger, lambda company: use.start_export(company, context.aws_request_id, "schedule"), now()
    )
    logger.info("runs started", extra={"run": event["run"], "counts": counts})
    return counts
