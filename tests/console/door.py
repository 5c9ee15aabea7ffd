"""A function behind a URL as a web server's application, for tools that speak HTTP."""

from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any

from tests.console.site import Context, an_http_event

Start = Callable[[str, list[tuple[str, str]]], Any]
Application = Callable[[dict[str, Any], Start], Iterable[bytes]]


def door(handler: Callable[[dict[str, Any], Any], dict[str, Any]]) -> Application:
    """WSGI, to what a function URL gives a function and back."""

    def application(environ: dict[str, Any], start: Start) -> Iterable[bytes]:
        answer = handler(_event(environ), Context())
        headers = [*answer["headers"].items(), *(("Set-Cookie", each) for each in answer.get("cookies", ()))]
        start(f"{answer['statusCode']} {HTTPStatus(answer['statusCode']).phrase}", headers)
        return [(answer.get("body") or "").encode()]

    return application


def _event(environ: dict[str, Any]) -> dict[str, Any]:
    headers = {
        name.removeprefix("HTTP_").replace("_", "-").lower(): value
        for name, value in environ.items()
        if name.startswith("HTTP_") or name == "CONTENT_TYPE"
    }
    cookies = dict(each.strip().partition("=")[::2] for each in headers.pop("cookie", "").split(";") if each)
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    return an_http_event(environ["REQUEST_METHOD"], environ["REQUEST_URI"], body, headers, cookies)
