"""The answer to Moment's back end when it asks to let a person in. One address: a router would only cost time."""

import json
from collections.abc import Mapping
from datetime import datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from moment_xledger.console.bodies import body_of
from moment_xledger.flows.open_session import Wanted, offer_entry

if TYPE_CHECKING:
    from moment_xledger.adapters.ledger import Ledger
    from moment_xledger.console.facts.sessions import NotOffered, Offered

_SHAPE = "Send JSON with company, person, role and, if you like, language."


def answer(event: Mapping[str, Any], ledger: "Ledger", console_url: str, now: datetime) -> dict[str, Any]:
    """To a function URL's event."""
    asked = event["requestContext"]["http"]
    if (asked["method"], asked["path"]) != ("POST", "/sessions"):
        return _answer(HTTPStatus.NOT_FOUND, {"error": "There is nothing here but POST /sessions."})
    try:
        body = body_of(event)
    except ValueError:
        return _answer(HTTPStatus.BAD_REQUEST, {"error": f"The body is not what it says it is. {_SHAPE}"})
    return _offer(body, ledger, console_url, now)


def _offer(body: bytes, ledger: "Ledger", console_url: str, now: datetime) -> dict[str, Any]:
    """A link for one person, good once and for five minutes."""
    try:
        wanted = Wanted.model_validate_json(body)
    except ValidationError as error:
        return _answer(HTTPStatus.BAD_REQUEST, {"error": _sentence(error)})
    token = offer_entry(wanted, ledger, now)
    if token is None:
        return _answer(HTTPStatus.NOT_FOUND, {"error": f"The company {wanted.company} is not set up here."})
    return _answer(HTTPStatus.CREATED, {"url": f"{console_url.rstrip('/')}/in/{token}"})


def _sentence(error: ValidationError) -> str:
    """About the first field at fault; it does not repeat what was sent."""
    first = error.errors(include_input=False, include_url=False)[0]
    field = ".".join(map(str, first["loc"])) or "the body"
    return f"{field}: {first['msg']}. {_SHAPE}"


def _answer(status: HTTPStatus, content: "Offered | NotOffered") -> dict[str, Any]:
    return {
        "statusCode": status.value,
        "headers": {"Content-Type": "application/json", "Cache-Control": "no-store"},
        "body": json.dumps(content, ensure_ascii=False),
    }
