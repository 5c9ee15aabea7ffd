"""Answers, and what becomes of them on the way."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from graphql import ExecutionResult, GraphQLError

from local.xledger.errors import Refused, shown
from local.xledger.faults import Met

JSON = {"Content-Type": "application/json; charset=utf-8"}
HTML = {"Content-Type": "text/html; charset=utf-8"}


@dataclass(frozen=True)
class Answer:
    """`delivery`: whole; cut in the middle of the body; or lost: the connection is closed without a byte."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=lambda: JSON)
    delivery: Literal["whole", "cut", "lost"] = "whole"
    delay: float = 0  # seconds to wait before delivering


def answer_json(status: int, content: Any) -> Answer:
    return Answer(status, json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode())


def answer_errors(status: int, errors: Iterable[GraphQLError], data: Any = None) -> Answer:
    return answer_json(status, {"errors": [shown(error) for error in errors], "data": data})


def answer_result(result: ExecutionResult, error_status: int) -> Answer:
    """`data` is null where nothing came of any root field."""
    if not result.errors:
        return answer_json(200, {"data": result.data})
    for error in result.errors:
        if error.original_error and not isinstance(error.original_error, GraphQLError):
            raise error.original_error  # the simulator's own fault is not Xledger's answer
    nothing = not result.data or all(value is None for value in result.data.values())
    return answer_errors(error_status, result.errors, None if nothing else result.data)


def answer_page(status: int, page: str) -> Answer:
    return Answer(status, page.encode(), HTML)


def answer_barred(status: int, how: str) -> Answer:
    """As one who stands before Xledger answers."""
    if how == "code":
        return answer_errors(status, [Refused("Rejected by the policy of this site.", "CSRF_TOKEN_MISSING")])
    if how == "json":
        return answer_json(status, {"message": "Forbidden"})
    return answer_page(status, "" if how == "empty" else "<html><body><h1>Access denied</h1></body></html>")


def delivered(answer: Answer, met: Met) -> Answer:
    if "lost_requests" in met or "lost_answers" in met:
        answer = replace(answer, delivery="lost")
    elif "cut_bodies" in met:
        answer = replace(answer, delivery="cut")
    return replace(answer, delay=met["delays"].seconds) if "delays" in met else answer
