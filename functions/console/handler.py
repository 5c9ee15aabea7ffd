"""A function URL, open to the internet: the pages for the accountant, the administrator and the operator."""

from functools import cache
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from moment_xledger.console.application import respond
from moment_xledger.observability import watched
from moment_xledger.wiring import Wiring

wire = cache(Wiring)


@watched
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return respond(event, context, wire().desk)
