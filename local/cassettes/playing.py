"""Answers as a cassette has it: Xledger's GraphQL and SOAP services and Moment's API, at one address."""

import json
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from werkzeug import Request, Response

from local import serving
from local.cassettes.recording import ABOUT, EXCHANGES, asked_for
from local.serving import Running

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication


def about(folder: Path) -> Any:
    return json.loads((folder / ABOUT).read_text("utf-8"))


def player(folder: Path) -> "WSGIApplication":
    """What is asked more often than it was is answered as the last time."""
    kept: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for line in (folder / EXCHANGES).read_text("utf-8").splitlines():
        exchange = json.loads(line)
        kept[exchange["ask"]].append(exchange)

    @Request.application
    def answer(request: Request) -> Response:
        ask = asked_for(request.method, request.url, dict(request.headers), request.get_data())
        found = kept.get(ask)
        if not found:
            return Response(f"The cassette has no answer to {ask}.\n", 404)
        exchange = found.pop(0) if len(found) > 1 else found[0]
        return Response(exchange["body"], exchange["status"], content_type=exchange["type"])

    made: Callable[..., Any] = answer
    return made


def start(folder: Path) -> Running:
    return serving.start(player(folder))


def serve(port: int, folder: Path) -> None:
    """Until SIGTERM or Ctrl-C."""
    serving.serve(player(folder), port)
