"""Xledger's GraphQL service over HTTP: one POST, no retry, no redirect, and an end to every wait."""

import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import requests

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
        self._timeout = timeout.total_seconds()

    def ask(self, token: Token, operation: str, variables: Mapping[str, Any]) -> Reply:
        question = {"query": document(operation), "variables": variables, "operationName": operation}
        headers = {"Authorization": f"token {token.secret}"}
        deadline = time.monotonic() + self._timeout
        try:
            with self._session.post(
                self._url,
                json=question,
                headers=headers,
                timeout=self._timeout,
                allow_redirects=False,
                stream=True,
            ) as answer:
                return read_reply(answer.status_code, _read(answer, deadline), datetime.now(UTC))
        except requests.RequestException as error:
            return Unanswered(type(error).__name__)


def _read(answer: requests.Response, deadline: float) -> bytes:
    """The time-out of `requests` is for each read; this one is for the whole answer."""
    body = bytearray()
    for chunk in answer.iter_content(64 * 1024):
        body += chunk
        if time.monotonic() > deadline or len(body) > LARGEST_ANSWER:
            raise requests.Timeout("the answer is too long in coming")
    return bytes(body)
