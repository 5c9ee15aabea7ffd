"""The server under every simulator, seen from a client's socket."""

import http.client
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from werkzeug import Request, Response

from local.serving import HOST, CloseConnection, Running, start

TEN_BYTES = [("Content-Length", "10")]


def torn() -> Iterator[bytes]:
    yield b"half"
    raise CloseConnection


@Request.application
def app(request: Request) -> Response:
    match request.path:
        case "/lost":
            raise CloseConnection
        case "/torn":
            return Response(torn(), headers=TEN_BYTES)
        case "/torn/chunked":
            return Response(torn())
        case "/streamed":
            return Response(iter([b"one ", b"", b"two"]))
        case "/nothing":
            return Response(status=204)
    return Response(request.get_data() or b"empty")


@pytest.fixture(scope="module")
def server() -> Iterator[Running]:
    with start(app) as running:
        yield running


@pytest.fixture
def line(server: Running) -> Iterator[http.client.HTTPConnection]:
    connection = http.client.HTTPConnection(HOST, server.port, timeout=5)
    yield connection
    connection.close()


def ask(
    line: http.client.HTTPConnection, path: str, body: bytes | None = None, method: str = "POST"
) -> bytes:
    line.request(method, path, body)
    return line.getresponse().read()


def test_one_connection_serves_many_requests(line: http.client.HTTPConnection) -> None:
    line.connect()
    first = line.sock
    assert [ask(line, "/", b"%d" % n) for n in range(5)] == [b"0", b"1", b"2", b"3", b"4"]
    assert line.sock is first


def test_a_body_nobody_read_does_not_disturb_the_next_request(line: http.client.HTTPConnection) -> None:
    assert ask(line, "/streamed", b"x" * 100_000) == b"one two"
    assert ask(line, "/", b"next") == b"next"


def test_a_chunked_request_is_read_to_its_end(line: http.client.HTTPConnection) -> None:
    line.request(
        "POST", "/", iter([b"a", b"b"]), encode_chunked=True, headers={"Transfer-Encoding": "chunked"}
    )
    assert line.getresponse().read() == b"ab"
    assert ask(line, "/", b"next") == b"next"


@pytest.mark.parametrize(("path", "method"), [("/nothing", "GET"), ("/streamed", "HEAD")])
def test_an_answer_without_a_body_keeps_the_line(
    line: http.client.HTTPConnection, path: str, method: str
) -> None:
    assert ask(line, path, method=method) == b""
    assert ask(line, "/", b"next") == b"next"


def test_a_lost_answer_is_a_closed_line_without_one_byte(line: http.client.HTTPConnection) -> None:
    with pytest.raises(http.client.RemoteDisconnected):
        ask(line, "/lost", b"written, perhaps")


@pytest.mark.parametrize("path", ["/torn", "/torn/chunked"])
def test_a_torn_answer_ends_in_the_middle(line: http.client.HTTPConnection, path: str) -> None:
    with pytest.raises(http.client.IncompleteRead) as cut:
        ask(line, path)
    assert cut.value.partial == b"half"


def test_a_stopped_server_answers_nobody_not_even_an_open_line() -> None:
    running = start(app)
    line = http.client.HTTPConnection(HOST, running.port, timeout=5)
    assert ask(line, "/", b"here") == b"here"
    running.stop()
    with pytest.raises((ConnectionError, http.client.RemoteDisconnected)):
        ask(line, "/", b"still there?")
    line.close()


PROGRAM = "import sys; from local.serving import serve; serve(lambda e, s: [], int(sys.argv[1]))"


def program(port: int) -> subprocess.Popen[str]:
    return subprocess.Popen(  # noqa: S603 -- our own program
        [sys.executable, "-c", PROGRAM, str(port)],
        cwd=Path(__file__).parents[2],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_the_program_says_where_it_listens_and_ends_well(stop: signal.Signals) -> None:
    with program(port=0) as running:
        assert running.stdout is not None
        assert running.stdout.readline().startswith("listening on http://127.0.0.1:")
        running.send_signal(stop)
        assert running.communicate(timeout=10) == ("", "")
    assert running.returncode == 0


def test_a_port_in_use_is_one_sentence(server: Running) -> None:
    with program(server.port) as running:
        _, complaint = running.communicate(timeout=10)
    assert running.returncode == 2
    assert complaint.count("\n") == 1
    assert str(server.port) in complaint
