"""EventBridge, with `{"run": "exports"}` or `{"run": "expenses"}`: starts one job for each company that wants it."""

from functools import cache
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from moment_xledger.flows.start_runs import start_exports, start_imports
from moment_xledger.observability import logger, watched
from moment_xledger.wiring import Wiring, now

wire = cache(Wiring)


def _exports(use: Wiring, request: str) -> dict[str, int]:
    return start_exports(use.ledger, lambda company: use.start_export(company, request, "schedule"), now())


def _expenses(use: Wiring, request: str) -> dict[str, int]:
    return start_imports(use.ledger, use.start_import)


RUNS = {"exports": _exports, "expenses": _expenses}


@watched
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, int]:
    counts = RUNS[event["run"]](wire(), context.aws_request_id)
    logger.info("runs started", extra={"run": event["run"], "counts": counts})
    return counts
