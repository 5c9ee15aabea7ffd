"""The console as an OpenAPI document: each route that it serves, with what `operations` says of it."""

import json
import re
from collections.abc import Mapping
from typing import Any

import yaml

from local.openapi.answers import refusals, responses
from local.openapi.operations import IN_PATHS, OPERATIONS, Fields, Operation
from local.openapi.sessions import SIGNED, server, sessions
from local.openapi.types import Schema, schemas
from moment_xledger.console.application import whole
from moment_xledger.console.facts.refusals import Refusal
from moment_xledger.console.facts.sessions import NotOffered, Offered
from moment_xledger.console.visits import COOKIE
from moment_xledger.flows.open_session import Wanted

FORM = "application/x-www-form-urlencoded"
CSRF: Schema = {"type": "string", "description": "As the forms of this session's pages carry it."}
ABOUT = (
    "Each page is HTML for a browser, and the same facts as JSON for whoever accepts `application/json` and not "
    "`text/html`. Amounts are decimal strings, times are UTC. What changes something is a form of a page, and is "
    "answered with 303. A wrong method is answered as an unknown address: 404."
)


def document() -> dict[str, Any]:
    operations = [operation(method, path) for method, path, _ in served()]
    answered = [each.answers for each in operations if each.answers]
    also = [type_ for each in operations for type_ in each.also.values() if type_]
    types, components = schemas([Refusal, Offered, NotOffered, *answered, *also], [Wanted])
    return {
        "openapi": "3.1.0",
        "info": {"title": "Moment ↔ Xledger: the console", "version": "1.0.0", "description": ABOUT},
        "servers": [server("ConsoleUrl")],
        "paths": _paths(types) | sessions(types),
        "components": {
            "schemas": components,
            "responses": refusals(types[Refusal]),
            "securitySchemes": {
                "session": {"type": "apiKey", "in": "cookie", "name": COOKIE},
                "signed": SIGNED,
            },
        },
    }


def written() -> bytes:
    """As the file that is committed; by way of JSON, so that nothing in it points elsewhere in YAML's own manner."""
    plain = json.loads(json.dumps(document()))
    return yaml.safe_dump(plain, sort_keys=False, allow_unicode=True, width=110).encode()


def served() -> list[tuple[str, str, str]]:
    """Method, path and name of each route, as the application has them."""
    app = whole()
    routes = app._static_routes + app._dynamic_routes
    return sorted(((each.method, each.path, each.func.__name__) for each in routes), key=lambda each: each[1])


def operation(method: str, path: str) -> Operation:
    try:
        return OPERATIONS[method, path]
    except KeyError:
        raise LookupError(
            f"{method} {path} has no entry in local/openapi/operations.py: add what it is for, what it takes "
            "and the type of what it answers, then run `make format`."
        ) from None


def _paths(types: Mapping[Any, Schema]) -> dict[str, dict[str, Schema]]:
    paths: dict[str, dict[str, Schema]] = {}
    for method, path, name in served():
        described = _described(method, path, operation(method, path))
        described |= {"operationId": name, "responses": responses(method, operation(method, path), types)}
        paths.setdefault(spelled(path), {})[method.lower()] = described
    return paths


def spelled(path: str) -> str:
    return path.replace("<", "{").replace(">", "}")


def _described(method: str, path: str, operation: Operation) -> Schema:
    parameters = [*_in_path(path), *_in_query(operation)]
    return {
        "summary": operation.summary,
        "security": [{"session": []}] if operation.way == "session" else [],
        **({"parameters": parameters} if parameters else {}),
        **({"requestBody": _body(operation.form)} if operation.form is not None else {}),
    }


def _in_path(path: str) -> list[Schema]:
    names = re.findall(r"<(\w+)>", path)
    return [{"name": name, "in": "path", "required": True, "schema": IN_PATHS[name]} for name in names]


def _in_query(operation: Operation) -> list[Schema]:
    return [
        {"name": name, "in": "query", "required": name in operation.needs, "schema": schema}
        for name, schema in operation.query.items()
    ]


def _body(form: Fields) -> Schema:
    properties = {"csrf": CSRF, **form}
    required = [name for name, each in properties.items() if "default" not in each]
    schema = {"type": "object", "properties": properties, "required": required}
    return {"required": True, "content": {FORM: {"schema": schema}}}
