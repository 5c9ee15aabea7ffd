"""Xledger's GraphQL service over HTTP: one POST, no retry, no redirect, and an end to every wait."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import requests

from moment_xledger.adapters.http_deadlines import within
from moment_xledger.adapters.xledger_replies import read_reply
from moment_xledger.domain.companies import Token
from moment_xledger.domain.replies import Reply, Unanswered

OPERATIONS = Path(__file__).parent / "operations"
LARGEST_ANSWER = 50 * 1024 * 1024


@cache
def document(operation: str) -> str:
    return (OPERATIONS / f"{operation}.graphql").read_text()


class XledgerGraphql:
    def __init__(self, session: requests.Session, url: str, timeout: timedelta) -> None:
        self._session = session
        self._url = url
        self._timeout = timeout

    def ask(self, token: Token, operation: str, variables: Mapping[str, Any]) -> Reply:
        question = {"query": document(operation), "variables": variables, "operationName": operation}
        headers = {"Authorization": f"token {token.secret}"}
        try:
            with (
                within(self._timeout, self._session),
                self._session.post(
                    self._url,
                    json=question,
                    headers=headers,
                    timeout=self._timeout.total_seconds(),
                    allow_redirects=False,
                    stream=True,
                ) as answer,
            ):
                return read_reply(answer.status_code, _read(answer), datetime.now(UTC))
        except requests.RequestException as error:
            return Unanswered(type(error).__name__)


def _read(answer: requests.Response) -> bytes:
    body = bytearray()
    for chunk in answer.iter_content(64 * 1024):
        body += chunk
        if len(body) > LARGEST_ANSWER:
            raise requests.RequestException("the answer is too large")
    return bytes(body)
