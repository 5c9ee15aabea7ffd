"""
The simulated Xledger over HTTP, on 127.0.0.1.

`POST /graphql` is Xledger, and so are the SOAP services under `/WS/Common/Lib/`. `GET /_state` shows what it
holds and has been asked, `POST /_plan` changes its plan while it runs, `POST /_ledger` adds posted lines, and
`POST /_hands` does what people do in Xledger's own pages (`hands`);
none of these is part of Xledger, and none needs a token.
"""

import gzip
import json
import time
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from werkzeug.datastructures import Headers
from werkzeug.wrappers import Request, Response

from local import serving
from local.serving import CloseConnection, Running
from local.xledger.answering import Answer
from local.xledger.engine import PATH, Xledger
from local.xledger.hands import NotDone
from local.xledger.plan import Plan, PlanError, read_plan
from local.xledger.soap.description import PATHS as SOAP_PATHS
from local.xledger.soap.front import Streamed
from local.xledger.soap.ledger.lines import NotALine

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

Page = Callable[[Request], Response]
WORTH_PACKING = 1000  # bytes
FEW_PARTS = 10


class XledgerApp:
    """WSGI. Other services of the same host go beside it with werkzeug's DispatcherMiddleware."""

    def __init__(self, xledger: Xledger, *, sleep: Callable[[float], None] = time.sleep) -> None:
        self._xledger = xledger
        self._sleep = sleep
        self._pages: dict[str, tuple[str, Page]] = {
            PATH: ("POST", self._graphql),
            "/_state": ("GET", self._state),
            "/_plan": ("POST", self._plan),
            "/_ledger": ("POST", self._ledger),
            "/_hands": ("POST", self._hands),
        }

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> "Iterator[bytes]":
        return iter(self._page(Request(environ))(environ, start_response))

    def _page(self, request: Request) -> Response:
        if request.path in SOAP_PATHS:
            return self._soap(request)
        method, page = self._pages.get(request.path, ("", None))
        if page is None:
            return Response("There is nothing here; ask POST /graphql.\n", 404)
        if request.method != method:
            return Response(f"Use {method}.\n", 405, {"Allow": method})
        return page(request)

    def _graphql(self, request: Request) -> Response:
        headers = dict(request.headers)
        with self._xledger.in_flight(headers):
            return self._delivered(self._xledger.answer(PATH, headers, request.get_data()), request)

    def _soap(self, request: Request) -> Response:
        soap = self._xledger.soap
        if request.method == "POST":
            return self._delivered(
                soap.answer(request.path, dict(request.headers), request.get_data()), request
            )
        if request.method not in ("GET", "HEAD"):
            return Response("Use GET or POST.\n", 405, {"Allow": "GET, HEAD, POST"})
        query = request.query_string.decode("latin-1")
        return self._delivered(soap.describe(request.path, query, request.host_url), request)

    def _delivered(self, answer: Answer, request: Request) -> Response:
        if answer.delay:
            self._sleep(answer.delay)
        if answer.delivery == "lost":
            raise CloseConnection
        if isinstance(answer, Streamed):
            parts = _cut(answer.parts) if answer.delivery == "cut" else answer.parts
            return Response(parts, answer.status, answer.headers)
        return _response(answer, packed=request.accept_encodings.quality("gzip") > 0)

    def _state(self, request: Request) -> Response:
        return Response(json.dumps(self._xledger.seen(), ensure_ascii=False), mimetype="application/json")

    def _plan(self, request: Request) -> Response:
        def replan(changes: Any) -> None:
            if not isinstance(changes, dict):
                raise PlanError("A JSON object of settings is expected.")
            self._xledger.replan(changes)

        return _obeyed(request, replan)

    def _ledger(self, request: Request) -> Response:
        return _obeyed(request, self._xledger.post_lines)

    def _hands(self, request: Request) -> Response:
        def do(order: Any) -> Response | None:
            made = self._xledger.hands.do(order)
            return Response(json.dumps({"dbId": made["dbId"]}), mimetype="application/json") if made else None

        return _obeyed(request, do)


def _obeyed(request: Request, order: Callable[[Any], Response | None]) -> Response:
    try:
        answer = order(json.loads(request.get_data()))
    except (PlanError, NotALine, NotDone) as problem:
        return Response(f"{problem}\n", 400)
    except ValueError:
        return Response("This is not JSON.\n", 400)
    return answer or Response(status=204)


def _response(answer: Answer, *, packed: bool) -> Response:
    headers, body = Headers(list(answer.headers.items())), answer.body
    if packed and len(body) > WORTH_PACKING:
        body = gzip.compress(body, compresslevel=1)
        headers["Content-Encoding"] = "gzip"
        headers["Vary"] = "Accept-Encoding"
    headers["Content-Length"] = str(len(body))
    return Response(_cut(iter([body])) if answer.delivery == "cut" else [body], answer.status, headers)


def _cut(parts: Iterator[bytes]) -> Iterator[bytes]:
    """In the middle of the longest part among the first few."""
    first = list(islice(parts, FEW_PARTS))
    longest = max(range(len(first)), key=lambda place: len(first[place]))
    yield from first[:longest]
    yield first[longest][: len(first[longest]) // 2]
    raise CloseConnection


def serve(port: int, plan: Plan | Path | None = None, token: str | None = None) -> None:
    """Until SIGTERM or Ctrl-C. A plan that cannot be used raises `PlanError`."""
    serving.serve(XledgerApp(Xledger(_chosen(plan, token))), port)


def start(plan: Plan | None = None, token: str | None = None, port: int = 0) -> Running:
    """For tests: one that runs in a thread."""
    return serving.start(XledgerApp(Xledger(_chosen(plan, token))), port)


def _chosen(plan: Plan | Path | None, token: str | None) -> Plan:
    chosen = read_plan(plan) if isinstance(plan, Path) else plan or Plan()
    return chosen.with_token(token) if token else chosen
