"""The one route that is not the console's: Moment's back end asks for a link for one of its people."""

from collections.abc import Mapping
from typing import Any

from local.openapi.answers import JSON
from local.openapi.types import Schema
from moment_xledger.console.facts.sessions import NotOffered, Offered
from moment_xledger.flows.open_session import Wanted

SIGNED: Schema = {
    "type": "apiKey",
    "in": "header",
    "name": "Authorization",
    "description": "AWS Signature Version 4, service `lambda`, by an account that the stack's settings name.",
    "x-amazon-apigateway-authtype": "awsSigv4",
}


def server(output: str) -> Schema:
    """By the stack's output, which ends in a stroke that paths begin with."""
    named = {
        "default": "https://console.example",
        "description": f"The stack's output `{output}`, without its last `/`.",
    }
    return {"url": f"{{{output}}}", "variables": {output: named}}


def sessions(types: Mapping[Any, Schema]) -> dict[str, Schema]:
    offer = {
        "operationId": "open_session",
        "summary": "A link that lets one person into the console, once and within five minutes",
        "security": [{"signed": []}],
        "requestBody": {"required": True, "content": {JSON: {"schema": types[Wanted]}}},
        "responses": {
            "201": _answer("For that person's browser, and nobody else.", types[Offered]),
            "400": _answer("What is wrong with what was sent, in a sentence.", types[NotOffered]),
            "403": {"description": "From AWS: not signed, or not by an account that may."},
            "404": _answer("The company is not set up here.", types[NotOffered]),
        },
    }
    return {"/sessions": {"servers": [server("OpenSessionUrl")], "post": offer}}


def _answer(description: str, schema: Schema) -> Schema:
    return {"description": description, "content": {JSON: {"schema": schema}}}
