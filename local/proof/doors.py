"""What `requests` is given instead of a network: a WSGI application in this process, behind journeys that can fail."""

import io
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPResponse
from urllib3.exceptions import ConnectTimeoutError
from werkzeug.test import Client, TestResponse

from local.proof.journeys import travel
from local.proof.outside import Outside

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

FAILS = TestResponse([b"<html>Bad gateway</html>"], "502 Bad Gateway", {"Content-Type": "text/html"}, None)  # type: ignore[arg-type]
SOAP_OPERATION = re.compile(rb"Body[^>]*>\s*<(?:\w+:)?(\w+)")
OF_A_COMPANY = 5  # /api/1.0/companies/<company>/…


class Door(HTTPAdapter):
    """To the one application. Also answers like a gateway whose system is down, before or after that has acted."""

    def __init__(self, outside: Outside, application: "WSGIApplication") -> None:
        super().__init__()
        self._outside, self._client = outside, Client(application)

    def send(self, request: requests.PreparedRequest, *_: Any, timeout: Any = 60, **__: Any) -> Any:
        journey = travel(
            self._outside, _named(request), lambda: self._ask(request), timeout=_seconds(timeout)
        )
        if journey.is_answered and journey.answer is not None:
            return self.build_response(request, _raw(journey.answer))
        if journey.is_lost and self._outside.fates.random.random() < 0.5:
            raise requests.ConnectTimeout(ConnectTimeoutError("nobody takes the call"))
        raise requests.ReadTimeout("no answer")

    def _ask(self, request: requests.PreparedRequest) -> TestResponse:
        fates = self._outside.fates
        if fates.happens(fates.rates.server_errors / 2):
            return FAILS
        answer = self._client.open(
            request.path_url, method=request.method, headers=list(request.headers.items()), data=request.body
        )
        return FAILS if fates.happens(fates.rates.server_errors / 2) else answer


def session(doors: Mapping[str, Door]) -> requests.Session:
    """By the beginning of the address; there is no way out but these."""
    made = requests.Session()
    made.trust_env = False
    made.adapters.clear()
    for address, door in doors.items():
        made.mount(address, door)
    return made


def _named(request: requests.PreparedRequest) -> str:
    """By resource, whatever its id; or the operation of a SOAP call."""
    body = request.body if isinstance(request.body, bytes) else b""
    found = SOAP_OPERATION.search(body)
    if found:
        return found[1].decode()
    parts = urlsplit(str(request.url)).path.split("/")[OF_A_COMPANY:]
    return f"{request.method} " + "/".join("{id}" if part.isdigit() else part for part in parts)


def _seconds(timeout: Any) -> float:
    return float(timeout[1] if isinstance(timeout, tuple) else timeout)


def _raw(answer: TestResponse) -> HTTPResponse:
    return HTTPResponse(
        io.BytesIO(answer.get_data()),
        dict(answer.headers.items()),
        answer.status_code,
        preload_content=False,
        decode_content=False,
    )
