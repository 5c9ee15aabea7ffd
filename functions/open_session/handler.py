"""A function URL that only Moment's back end may call: a link that lets one of its people into the console."""

from functools import cache
from typing import Any

from aws_lambda_powertools.event_handler import LambdaFunctionUrlResolver, Response
from aws_lambda_powertools.utilities.typing import LambdaContext

from moment_xledger.console.bodies import body_of
from moment_xledger.console.offering import offer
from moment_xledger.observability import watched
from moment_xledger.wiring import Wiring, now

wire = cache(Wiring)
app = LambdaFunctionUrlResolver()


@app.post("/sessions")
def open_session() -> Response[str]:
    use = wire()
    return offer(body_of(app.current_event), use.ledger, use.console_url, now())


@watched
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return app.resolve(event, context)
