"""
One HTTP server for every simulator: any WSGI app on 127.0.0.1, many requests at a time.

Werkzeug's own request handler closes the connection after each answer. Real services do not, and a client's
reuse of a connection is where answers get lost, so the answering is done here: HTTP/1.1 with keep-alive,
nothing delayed, and able to hang up in the middle.
"""

import io
import signal
import socket
import sys
import threading
from collections.abc import Iterable
from contextlib import closing, suppress
from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING, Any

from werkzeug.datastructures import Headers
from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler
from werkzeug.test import run_wsgi_app
from werkzeug.wsgi import ClosingIterator

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

HOST = "127.0.0.1"
POLL_SECONDS = 0.05  # how long a stop may take


class CloseConnection(ConnectionError):  # an order to the server, not a failure
    """Raised by an app, or by the body it returned: the client gets not one byte more."""


class _Handler(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1

    def run_wsgi(self) -> None:
        environ = self.make_environ()
        chunked = environ.get("wsgi.input_terminated", False)
        body = environ["wsgi.input"]
        length = int(environ.get("CONTENT_LENGTH") or 0)
        # Read to its end, whether the app looks at it or not: the next request starts there.
        environ["wsgi.input"] = io.BytesIO(body.read() if chunked else body.read(length))
        try:
            parts, status, headers = run_wsgi_app(self.server.app, environ)
            with closing(ClosingIterator(parts)) as body_parts:
                self._answer(status, headers, body_parts)
        except ConnectionError:
            self.close_connection = True

    def _answer(self, status: str, headers: Headers, parts: Iterable[bytes]) -> None:
        code, _, reason = status.partition(" ")
        self.send_response(int(code), reason)
        for name, value in headers:
            self.send_header(name, value)
        has_body = self.command != "HEAD" and code not in ("204", "304")
        chunked = has_body and "Content-Length" not in headers and self.request_version != "HTTP/1.0"
        if chunked:
            self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for part in parts:
            if part and has_body:
                self.wfile.write(b"%x\r\n%s\r\n" % (len(part), part) if chunked else part)
                self.wfile.flush()
        if chunked:
            self.wfile.write(b"0\r\n\r\n")

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Quiet: a simulator is asked thousands of times."""


class _Server(ThreadedWSGIServer):
    """Remembers its open connections, so that a stopped server is silent at once."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        self._open: set[Any] = set()
        super().__init__(*arguments, **options)

    def get_request(self) -> tuple[Any, Any]:
        request, address = super().get_request()
        self._open.add(request)
        return request, address

    def shutdown_request(self, request: Any) -> None:
        self._open.discard(request)
        super().shutdown_request(request)

    def server_close(self) -> None:
        super().server_close()
        for request in list(self._open):
            with suppress(OSError):
                request.shutdown(socket.SHUT_RDWR)


def _listen(app: "WSGIApplication", port: int) -> _Server:
    with socket.create_server((HOST, port), backlog=128) as listening:
        return _Server(HOST, port, app, _Handler, fd=listening.fileno())


def serve(app: "WSGIApplication", port: int) -> None:
    """Until SIGTERM or Ctrl-C; says when it is ready. Port 0 is any free one."""
    try:
        server = _listen(app, port)
    except OSError as problem:
        print(
            f"Port {port} cannot be used ({problem.strerror}). Choose another, or 0 for any.", file=sys.stderr
        )
        raise SystemExit(2) from None
    for stop in (signal.SIGTERM, signal.SIGINT):
        signal.signal(stop, signal.default_int_handler)
    with suppress(KeyboardInterrupt):
        print(f"listening on http://{HOST}:{server.port}", flush=True)
        server.serve_forever(POLL_SECONDS)


@dataclass(frozen=True)
class Running:
    """A server in a thread of its own; leaving the `with` stops it."""

    server: _Server
    thread: threading.Thread

    @property
    def port(self) -> int:
        return self.server.port

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}"

    def stop(self) -> None:
        """Every connection is closed when this returns. A second time does nothing."""
        self.server.shutdown()
        self.thread.join()

    def __enter__(self) -> "Running":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def start(app: "WSGIApplication", port: int = 0) -> Running:
    """For tests: the same server, ready when this returns."""
    server = _listen(app, port)
    thread = threading.Thread(target=server.serve_forever, args=(POLL_SECONDS,), daemon=True)
    thread.start()
    return Running(server, thread)
