"""SQS: a wake. Invoices of some company are held, and something that they wait for is due to be looked at."""

from functools import cache
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from moment_xledger.adapters.queues import BatchAnswer
from moment_xledger.flows.recheck_invoices import recheck_invoices
from moment_xledger.observability import watched
from moment_xledger.release_answers import answers_checks
from moment_xledger.wakes import answer_long_wakes
from moment_xledger.wiring import Wiring

wire = cache(Wiring)


@watched
@answers_checks(lambda: wire())
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> BatchAnswer:
    return answer_long_wakes(
        event,
        lambda company, go_on: recheck_invoices(company, wire().rechecker(go_on)),
        wire().wake_held,
    )
