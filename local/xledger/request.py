"""What a body asks for."""

import json
from dataclasses import dataclass
from typing import Any

from graphql import DocumentNode, GraphQLError

from local.xledger.document import Operation, Shape, chosen_operation, read_document
from local.xledger.errors import Refused

UNREADABLE = "unreadable"  # what a request is counted as that names no operation
NOT_A_REQUEST = "The body is not a GraphQL request: JSON with a query is expected."


@dataclass(frozen=True)
class Request:
    """`document` and `operation` are there together, or else `problems` say why not."""

    name: str | None = None
    variables: dict[str, Any] | None = None
    document: DocumentNode | None = None
    operation: Operation | None = None
    problems: tuple[GraphQLError, ...] = (Refused(NOT_A_REQUEST),)

    @property
    def kind(self) -> str:
        return self.operation.kind if self.operation else "query"

    @property
    def root_fields(self) -> list[str]:
        return self.operation.root_fields if self.operation else []

    @property
    def counted_as(self) -> str:
        return self.name or next(iter(self.root_fields), UNREADABLE)


def read_request(body: bytes, shape: Shape) -> Request:
    try:
        content = json.loads(body)
    except (ValueError, RecursionError):
        return Request()
    if not isinstance(content, dict):
        return Request()
    query, name = content.get("query"), content.get("operationName") or None
    variables = content.get("variables") or {}
    if not isinstance(query, str) or not isinstance(name, str | None) or not isinstance(variables, dict):
        return Request()
    document = read_document(query, shape)
    if not isinstance(document, DocumentNode):
        return Request(name, variables, problems=document)
    operation = chosen_operation(document, name)
    if operation is None:
        unclear = Refused("The document holds no operation, or several: name the one that is meant.")
        return Request(name, variables, problems=(unclear,))
    return Request(name, variables, document, operation, problems=())
