"""An answer that drips in byte by byte ends at the time-out, whichever part of it drips."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from datetime import timedelta

import pytest
import requests

from moment_xledger.adapters.http_deadlines import within
from moment_xledger.adapters.moment_api import MomentApi
from moment_xledger.adapters.moment_expenses import MomentExpenses
from moment_xledger.adapters.moment_pdfs import MomentPdfs
from moment_xledger.adapters.xledger_graphql import XledgerGraphql
from moment_xledger.adapters.xledger_soap.hosts import host
from moment_xledger.adapters.xledger_soap.posting import Line, post
from moment_xledger.adapters.xledger_soap.services import Request
from moment_xledger.domain.companies import CompanyId, Token
from moment_xledger.domain.errors import Unreachable
from moment_xledger.domain.problems import Code
from moment_xledger.domain.replies import Unanswered
from moment_xledger.domain.soap_outcomes import CallFailed, InDoubt

TIMEOUT = timedelta(seconds=0.4)
PAUSE = 0.02  # between two bytes: far shorter than the time-out
NORDVIK, KEY = CompanyId("nordvik"), Token("key")

OK = b"HTTP/1.1 200 OK\r\n"
ANSWERS = {  # what comes at once, and what drips
    "the status line": (b"", b"HTTP/1.1 200 " + b"O" * 400),
    "the headers": (OK, b"X-Drip: " + b"a" * 400),
    "headers without end": (OK, b"A: b\r\n" * 60),
    "a body of known length": (
        OK + b"Content-Type: application/pdf\r\nContent-Length: 4000\r\n\r\n",
        b" " * 400,
    ),
    "a body that ends with the connection": (OK + b"Content-Type: application/pdf\r\n\r\n", b" " * 400),
    "a chunked body": (
        OK + b"Content-Type: application/pdf\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"1\r\n \r\n" * 70,
    ),
    "the body of a refusal": (b"HTTP/1.1 403 No\r\nContent-Length: 4000\r\n\r\n", b" " * 400),
}


@contextmanager
def dripping(at_once: bytes, drip: bytes) -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=_serve, args=(server, at_once, drip), daemon=True).start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


def _serve(server: socket.socket, at_once: bytes, drip: bytes) -> None:
    with suppress(OSError):
        while True:
            connection, _ = server.accept()
            with closing(connection), suppress(OSError):
                connection.recv(64 * 1024)
                connection.sendall(at_once)
                for byte in drip:
                    connection.sendall(bytes([byte]))
                    time.sleep(PAUSE)


def graphql(url: str, session: requests.Session) -> None:
    assert isinstance(XledgerGraphql(session, url, TIMEOUT).ask(KEY, "LookUpProjects", {}), Unanswered)


def soap(url: str, session: requests.Session) -> None:
    with pytest.raises(CallFailed) as failed:
        post(Line(host("live", url), session, TIMEOUT), Request("/", "Any", b"<a/>", {}))
    assert isinstance(failed.value.failure, InDoubt)


def moments_records(url: str, session: requests.Session) -> None:
    with pytest.raises(Unreachable):
        MomentApi(session, url, TIMEOUT).accepts(NORDVIK, KEY)


def moments_expenses(url: str, session: requests.Session) -> None:
    with pytest.raises(Unreachable):
        MomentExpenses(session, url, NORDVIK, KEY, TIMEOUT).find("x")


def moments_pdfs(url: str, session: requests.Session) -> None:
    assert MomentPdfs(session, url, longest=TIMEOUT).get(NORDVIK, KEY, 1) is Code.PDF_UNREACHABLE


@pytest.mark.parametrize("part", ANSWERS)
@pytest.mark.parametrize("ask", [graphql, soap, moments_records, moments_expenses, moments_pdfs])
def test_whatever_drips_the_wait_ends_at_the_time_out(
    ask: Callable[[str, requests.Session], None], part: str
) -> None:
    with dripping(*ANSWERS[part]) as url, requests.Session() as session:
        session.trust_env = False
        began = time.monotonic()
        ask(url, session)
        assert time.monotonic() - began < 2 * TIMEOUT.total_seconds() + 0.4


def test_a_handshake_that_drips_ends_too() -> None:
    a_record = b"\x16\x03\x03\x40\x00"  # of TLS, and longer than what comes of it
    with dripping(a_record, b"\x02" * 400) as url, requests.Session() as session:
        session.trust_env = False
        began = time.monotonic()
        reply = XledgerGraphql(session, url.replace("http", "https"), TIMEOUT).ask(KEY, "LookUpProjects", {})
        assert isinstance(reply, Unanswered)
        assert time.monotonic() - began < 2 * TIMEOUT.total_seconds() + 0.4


def test_a_connection_that_was_kept_is_cut_as_well() -> None:
    quick = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"
    with socket.create_server(("127.0.0.1", 0)) as server, requests.Session() as session:
        session.trust_env = False

        def serve() -> None:
            connection, _ = server.accept()
            with closing(connection), suppress(OSError):
                for at_once, drip in ((quick, b""), ANSWERS["the headers"]):
                    connection.recv(64 * 1024)
                    connection.sendall(at_once)
                    for byte in drip:
                        connection.sendall(bytes([byte]))
                        time.sleep(PAUSE)

        threading.Thread(target=serve, daemon=True).start()
        url = f"http://127.0.0.1:{server.getsockname()[1]}"
        with within(TIMEOUT, session):
            assert session.get(url, timeout=TIMEOUT.total_seconds()).content == b"{}"
        with pytest.raises(requests.Timeout), within(TIMEOUT, session):
            session.get(url, timeout=TIMEOUT.total_seconds())


def test_what_comes_in_time_leaves_no_thread_and_no_handle_behind() -> None:
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"
    with dripping(answer, b"") as url, requests.Session() as session:
        session.trust_env = False
        threads = threading.active_count()
        for _ in range(20):
            with within(timedelta(seconds=30), session):
                session.get(url, timeout=5)
        time.sleep(0.05)
        assert threading.active_count() <= threads + 1
