"""The statuses that a route answers, and what comes with each."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from local.openapi.operations import Operation
from local.openapi.types import Schema

JSON = "application/json"
TEXT: Schema = {"schema": {"type": "string"}}
WHY = {
    HTTPStatus.BAD_REQUEST: "What was sent cannot be used.",
    HTTPStatus.UNAUTHORIZED: "No session, or a link that is used, expired, taken back or wrong: nobody is told which.",
    HTTPStatus.FORBIDDEN: "Not this role's right, or not from a page of this session.",
    HTTPStatus.NOT_FOUND: "There is none, or it is another company's.",
    HTTPStatus.CONFLICT: "The stored file is not what was exported, so nothing is handed out.",
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: "Not a form.",
    HTTPStatus.INTERNAL_SERVER_ERROR: "A fault of ours; it is in the log.",
    HTTPStatus.SERVICE_UNAVAILABLE: "Another system that was asked gave no answer that can be used, or is too busy.",
}
# What every route may answer that is come to in this way.
_ALWAYS = {
    ("open", "GET"): (500, 503),
    ("link", "GET"): (401, 500, 503),
    ("link", "POST"): (401, 403, 500, 503),
    ("session", "GET"): (400, 401, 403, 500, 503),
    ("session", "POST"): (400, 401, 403, 415, 500, 503),
}


def refusals(refusal: Schema) -> dict[str, Schema]:
    """To point to, by status."""
    return {str(each.value): {"description": why, "content": _either(refusal)} for each, why in WHY.items()}


def responses(method: str, operation: Operation, types: Mapping[Any, Schema]) -> dict[str, Schema]:
    refused = {*_ALWAYS[operation.way, method], *operation.also}
    answers = {str(status): _refused(status, operation, types) for status in sorted(refused)}
    return _right(operation, types) | answers


def _right(operation: Operation, types: Mapping[Any, Schema]) -> dict[str, Schema]:
    if operation.leads:
        headers = {"Location": {"required": True, "schema": {"type": "string"}}}
        return {"303": {"description": f"To {operation.leads}.", "headers": headers}}
    content = _either(types[operation.answers]) if operation.answers else {operation.page: TEXT}
    return {"200": {"description": operation.summary + ".", "content": content}}


def _refused(status: int, operation: Operation, types: Mapping[Any, Schema]) -> Schema:
    """What comes with a status of its own may come as a plain refusal too."""
    reference = {"$ref": f"#/components/responses/{status}"}
    own = operation.also.get(status)
    if own is None:
        return reference
    either = {"anyOf": [types[own], {"$ref": "#/components/schemas/Refusal"}]}
    return {"description": WHY[HTTPStatus(status)], "content": _either(either)}


def _either(schema: Schema) -> Schema:
    return {JSON: {"schema": schema}, "text/html": TEXT}
