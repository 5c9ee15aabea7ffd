"""A function URL, open to the internet: the pages for the accountant, the administrator and the operator."""

from functools import cache
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from moment_xledger.console.application import respond
from moment_xledger.wiring import Wiring

logger = Logger()
wire = cache(Wiring)


@logger.inject_lambda_context
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return respond(event, context, wire().desk)
