"""The console: its routes, and what whoever is refused gets to see."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from aws_lambda_powertools.event_handler import LambdaFunctionUrlResolver
from aws_lambda_powertools.event_handler.exceptions import NotFoundError, ServiceError

from moment_xledger.console.answers import Answer, refusal
from moment_xledger.console.desk import Desk
from moment_xledger.console.routes import (
    choices,
    entry,
    exports,
    link,
    log,
    looks,
    overview,
    problems,
    record,
    report,
    settings,
)
from moment_xledger.domain.errors import FileDiffers
from moment_xledger.observability import log_failure

app = LambdaFunctionUrlResolver()
for each in (choices, entry, exports, link, log, looks, overview, problems, record, report, settings):
    app.include_router(each.router)


def respond(event: dict[str, Any], context: Any, desk: Callable[[], Desk]) -> dict[str, Any]:
    app.append_context(desk=desk())  # type: ignore[no-untyped-call]
    return app.resolve(event, context)


@app.exception_handler(ServiceError)  # type: ignore[untyped-decorator]
def refuse(refused: ServiceError) -> Answer:
    return refusal(app.current_event, HTTPStatus(refused.status_code))


@app.not_found
def nowhere(_: NotFoundError) -> Answer:
    return refusal(app.current_event, HTTPStatus.NOT_FOUND)


@app.exception_handler(FileDiffers)  # type: ignore[untyped-decorator]
def nothing_handed_out(differs: FileDiffers) -> Answer:
    log_failure(differs)
    return refusal(app.current_event, HTTPStatus.CONFLICT)


@app.exception_handler(Exception)  # type: ignore[untyped-decorator]
def our_fault(error: Exception) -> Answer:
    log_failure(error)
    return refusal(app.current_event, HTTPStatus.INTERNAL_SERVER_ERROR)
