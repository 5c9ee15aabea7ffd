"""Between a worker and Xledger's GraphQL API."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any, Self

from local.proof.journeys import Journey, travel
from local.proof.outside import Outside
from local.xledger.answering import Answer
from local.xledger.engine import Xledger
from moment_xledger.adapters.xledger_graphql import document
from moment_xledger.adapters.xledger_replies import read_reply
from moment_xledger.domain.companies import Token
from moment_xledger.domain.replies import Reply, Unanswered


@dataclass(frozen=True)
class Request:
    token: str
    writes: bool
    journey: Journey[Answer]


@dataclass
class Network:
    server: Xledger
    outside: Outside
    requests: list[Request] = field(default_factory=list)
    timeout: float = 60  # seconds
    url: str = ""  # where that server is
    # What happens there at the very moment before a request is carried out.
    before: Callable[[str, Mapping[str, Any]], None] = lambda operation, variables: None

    def ask(self, token: Token, operation: str, variables: Mapping[str, Any]) -> Reply:
        writes = operation.startswith(("Add", "Update"))
        journey = travel(
            self.outside,
            operation,
            lambda: self._answer(token, operation, variables),
            timeout=self.timeout,
            inputs=len(variables.get("inputs", ())),
            begun=lambda journey: self.requests.append(Request(token.secret, writes, journey)),
        )
        answer = journey.answer
        if not journey.is_answered or answer is None or answer.delivery != "whole":
            return Unanswered("no answer")
        return read_reply(answer.status, answer.body, self.outside.scheduler.now)

    def within(self, time: timedelta) -> Self:
        """The same, for a worker who waits no longer for an answer."""
        return replace(self, timeout=time.total_seconds())

    def _answer(self, token: Token, operation: str, variables: Mapping[str, Any]) -> Answer:
        self.before(operation, variables)
        question = {"query": document(operation), "variables": variables, "operationName": operation}
        headers = {"Authorization": f"token {token.secret}"}
        return self.server.answer("/graphql", headers, json.dumps(question).encode())
