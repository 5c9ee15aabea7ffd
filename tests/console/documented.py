"""Whether an answer is what the OpenAPI document says of it; every test's browser asks."""

import json
import re
from collections.abc import Mapping
from functools import cache
from http import HTTPStatus
from typing import Any

from jsonschema import Draft202012Validator

from local.openapi import document
from local.openapi.answers import JSON as JSON

Schema = Mapping[str, Any]


def check(method: str, path: str, status: int, content_type: str, body: str) -> None:
    """Raises AssertionError with what to change. Of pages only the status is looked at."""
    operation = operation_of(method, path)
    if operation is None:
        assert status == HTTPStatus.NOT_FOUND, f"{method} {path} is in no document, and answers {status}"
        return
    asked = f"{method} {operation['operationId']}"
    answers = operation["responses"]
    assert str(status) in answers, f"{asked} answers {status}: add it to local/openapi/operations.py"
    if content_type == JSON:
        _fits(asked, _resolved(answers[str(status)]), json.loads(body))


def _fits(asked: str, answer: Schema, content: Any) -> None:
    assert JSON in answer.get("content", {}), f"{asked} answers JSON: say so in local/openapi/operations.py"
    for fault in _validator(json.dumps(answer["content"][JSON]["schema"])).iter_errors(content):
        raise AssertionError(
            f"{asked} answers what its document does not say, at {fault.json_path}: {fault.message}. "
            "Change its type in console/facts, then run `make format`."
        )


@cache
def _validator(schema: str) -> Draft202012Validator:
    whole = {**json.loads(schema), "components": closed()["components"]}
    return Draft202012Validator(whole, format_checker=Draft202012Validator.FORMAT_CHECKER)


def operation_of(method: str, path: str) -> Schema | None:
    for spelled, operations in document_once()["paths"].items():
        if method.lower() in operations and re.fullmatch(re.sub(r"{\w+}", "[^/]+", spelled), path):
            found: Schema = operations[method.lower()]
            return found
    return None


def _resolved(answer: Schema) -> Schema:
    named = answer.get("$ref", "").rpartition("/")[2]
    return document_once()["components"]["responses"][named] if named else answer


@cache
def document_once() -> dict[str, Any]:
    plain: dict[str, Any] = json.loads(json.dumps(document()))
    return plain


@cache
def closed() -> dict[str, Any]:
    """A field more is allowed to whoever reads us, so that we may add some; not to us, who must say what we answer."""
    copied: dict[str, Any] = json.loads(json.dumps(document_once()))
    for schema in copied["components"]["schemas"].values():
        if "properties" in schema:
            schema["additionalProperties"] = False
    return copied
