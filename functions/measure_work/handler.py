"""EventBridge, every minute: measures how long what waits has waited, for the operator's alarms."""

from functools import cache
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from moment_xledger.flows.measure_work import measure_work
from moment_xledger.observability import publish, watched
from moment_xledger.wiring import Wiring, now, time_for

wire = cache(Wiring)

ENOUGH = 15_000  # milliseconds: for three tries of one call, when AWS is slow


@watched
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, float]:
    figures = measure_work(wire().ledger, now(), time_for(ENOUGH, context))
    publish(figures)
    return {str(signal): figure for signal, figure in figures.items()}
