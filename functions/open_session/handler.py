"""A function URL that only Moment's back end may call: a link that lets one of its people into the console."""

from functools import cache
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from moment_xledger.console.offering import answer
from moment_xledger.observability import watched
from moment_xledger.wiring import Wiring, now

wire = cache(Wiring)


@watched
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    use = wire()
    return answer(event, use.ledger, use.console_url, now())
