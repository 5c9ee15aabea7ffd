"""The answer to Moment's back end when it asks to let a person in."""

import json
from datetime import datetime
from http import HTTPStatus
from typing import TYPE_CHECKING

from aws_lambda_powertools.event_handler import Response
from pydantic import ValidationError

from moment_xledger.console.facts.sessions import NotOffered, Offered
from moment_xledger.flows.open_session import Wanted, offer_entry

if TYPE_CHECKING:
    from moment_xledger.adapters.ledger import Ledger


def offer(body: bytes, ledger: "Ledger", console_url: str, now: datetime) -> Response[str]:
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
    return f"{field}: {first['msg']}. Send JSON with company, person, role and, if you like, language."


def _answer(status: HTTPStatus, content: Offered | NotOffered) -> Response[str]:
    headers: dict[str, str | list[str]] = {"Cache-Control": "no-store"}
    return Response(status.value, "application/json", json.dumps(content, ensure_ascii=False), headers)
