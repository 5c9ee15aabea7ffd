"""The console: its routes, and what whoever is refused gets to see."""

from collections.abc import Callable, Mapping
from functools import cache
from http import HTTPStatus
from importlib import import_module
from itertools import chain
from typing import Any

from aws_lambda_powertools.event_handler import LambdaFunctionUrlResolver
from aws_lambda_powertools.event_handler.exceptions import NotFoundError, ServiceError
from aws_lambda_powertools.utilities.data_classes import LambdaFunctionUrlEvent
from botocore.exceptions import ClientError, HTTPClientError
from botocore.exceptions import ConnectionError as NotConnected

from moment_xledger.console.answers import Answer, refusal
from moment_xledger.console.desk import Desk
from moment_xledger.domain.errors import FileDiffers, KeyTooLong
from moment_xledger.observability import log_failure

ROUTES = "moment_xledger.console.routes"
# Which files there know the addresses that begin with a word. None is loaded before it is asked for: whoever
# meets a cold start waits for one page, not for all.
FILES: Mapping[str, tuple[str, ...]] = {
    "": ("entry",),
    "in": ("entry",),
    "out": ("entry",),
    "overview": ("overview",),
    "problems": ("problems", "choices"),
    "exports": ("exports",),
    "e": ("link",),
    "record": ("record",),
    "report": ("report",),
    "report.csv": ("report",),
    "settings": ("settings",),
    "log": ("log",),
    "style.css": ("looks",),
    "icon.svg": ("looks",),
}
SLOW_DOWN = {
    *(
        "ThrottlingException",
        "Throttling",
        "RequestThrottled",
        "RequestLimitExceeded",
        "TooManyRequestsException",
    ),
    *("ProvisionedThroughputExceededException", "SlowDown"),
}
app = LambdaFunctionUrlResolver()


def respond(event: dict[str, Any], context: Any, desk: Callable[[], Desk]) -> dict[str, Any]:
    for file in files_for(LambdaFunctionUrlEvent(event).path):
        _include(file)
    app.append_context(desk=desk())  # type: ignore[no-untyped-call]
    return app.resolve(event, context)


def files_for(path: str) -> tuple[str, ...]:
    """None for an address that nothing answers for."""
    first, _, _ = path.removeprefix("/").partition("/")
    return FILES.get(first, ())


def whole() -> LambdaFunctionUrlResolver:
    """With every route, for whoever lists them."""
    for file in chain.from_iterable(FILES.values()):
        _include(file)
    return app


@cache
def _include(file: str) -> None:
    app.include_router(import_module(f"{ROUTES}.{file}").router)


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


@app.exception_handler(KeyTooLong)  # type: ignore[untyped-decorator]
def longer_than_anything(_: KeyTooLong) -> Answer:
    return refusal(app.current_event, HTTPStatus.BAD_REQUEST)


@app.exception_handler(Exception)  # type: ignore[untyped-decorator]
def our_fault(error: Exception) -> Answer:
    log_failure(error)
    busy = _is_overload(error)
    status = HTTPStatus.SERVICE_UNAVAILABLE if busy else HTTPStatus.INTERNAL_SERVER_ERROR
    return refusal(app.current_event, status)


def _is_overload(error: Exception) -> bool:
    """A service of AWS gave no answer, failed, or told us to slow down, and did so again when boto3 asked again."""
    if isinstance(error, HTTPClientError | NotConnected):
        return True
    if not isinstance(error, ClientError):
        return False
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    return status >= HTTPStatus.INTERNAL_SERVER_ERROR or error.response["Error"]["Code"] in SLOW_DOWN
