"""One POST to Xledger: no retry, no redirect, an end to every wait, and a limit to every answer."""

import ssl
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import timedelta
from typing import IO

import requests
import urllib3
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

from moment_xledger.adapters.http_deadlines import within
from moment_xledger.adapters.xledger_soap.hosts import Host
from moment_xledger.adapters.xledger_soap.services import Request
from moment_xledger.domain.soap_outcomes import CallFailed, InDoubt, LogonRefused, NotSent, NotSoap, Oddity

LARGEST_ANSWER = 20 * 1024 * 1024
HELD_IN_MEMORY = 1024 * 1024
PIECE = 64 * 1024

# Nothing compressed: a small answer could unpack to a very large one.
HEADERS = {"Connection": "close", "Accept-Encoding": "identity"}

# The handshake failed, on either side: nothing of the request was read.
REFUSED_HANDSHAKES = (
    "CERTIFICATE_REQUIRED",
    "HANDSHAKE_FAILURE",
    "PROTOCOL_VERSION",
    "WRONG_VERSION",
    "UNKNOWN_CA",
)


@dataclass(frozen=True)
class Line:
    """How we reach Xledger. `certificate`: path of a PEM file with the certificate and its key. `cuts`: of an answer
    that is larger than `largest`, keep the beginning."""

    host: Host
    session: requests.Session
    timeout: timedelta = timedelta(seconds=60)
    largest: int = LARGEST_ANSWER
    certificate: str | None = None
    cuts: bool = False


@dataclass(frozen=True)
class Answer:
    """`body` is at its beginning, on disk if it is long, and the reader's to close."""

    status: int
    content_type: str
    body: IO[bytes]


def post(line: Line, request: Request) -> Answer:
    """The whole answer, whatever its status. Raises `CallFailed` with NotSent, InDoubt or NotSoap, or with LogonRefused
    where the certificate is none."""
    _check_certificate(line.certificate)
    # A kept connection may be dead, and an upload lost in it would be in doubt. Calls are few: each has its own.
    line.session.close()
    try:
        with ExitStack() as unless_whole:
            with (
                within(line.timeout, line.session),
                line.session.post(
                    line.host.base_url + request.path,
                    data=request.body,
                    headers=HEADERS | request.headers,
                    timeout=line.timeout.total_seconds(),
                    allow_redirects=False,
                    stream=True,
                    cert=line.certificate,
                ) as answer,
            ):
                _check(answer)
                body = unless_whole.enter_context(_spool(answer, line))
            unless_whole.pop_all()
            return Answer(answer.status_code, answer.headers.get("Content-Type", ""), body)
    except (requests.RequestException, urllib3.exceptions.HTTPError) as error:
        raise CallFailed(_meaning(error)) from None


def _check_certificate(path: str | None) -> None:
    """Beforehand, for later it looks like any other trouble on the line. A key with a passphrase is not asked about."""
    try:
        if path:
            ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_cert_chain(path, password="")
    except ssl.SSLError:
        raise CallFailed(LogonRefused("the certificate and its key cannot be used")) from None


def _check(answer: requests.Response) -> None:
    if 300 <= answer.status_code < 400:
        raise CallFailed(NotSoap(answer.status_code, Oddity.REDIRECT))
    if answer.headers.get("Content-Encoding", "identity") != "identity":
        raise CallFailed(NotSoap(answer.status_code, Oddity.COMPRESSED))


def _spool(answer: requests.Response, line: Line) -> IO[bytes]:
    with ExitStack() as unless_whole:
        body = unless_whole.enter_context(tempfile.SpooledTemporaryFile(HELD_IN_MEMORY))
        for piece in _pieces(answer):
            body.write(piece)
            if body.tell() > line.largest:
                if line.cuts:
                    break
                raise CallFailed(NotSoap(answer.status_code, Oddity.TOO_LARGE))
        body.seek(0)
        unless_whole.pop_all()
        return body


def _pieces(answer: requests.Response) -> Iterator[bytes]:
    """As they arrive, so that an answer without end is found too large at once."""
    with closing(answer.raw):
        while piece := answer.raw.read1(PIECE, decode_content=False):
            yield piece


def _meaning(error: BaseException) -> NotSent | InDoubt:
    name = type(error).__name__
    return NotSent(name) if any(_before_sending(cause) for cause in _causes(error)) else InDoubt(name)


def _before_sending(cause: BaseException) -> bool:
    if isinstance(cause, ssl.SSLCertVerificationError | NewConnectionError | ConnectTimeoutError):
        return True
    return isinstance(cause, ssl.SSLError) and any(word in str(cause) for word in REFUSED_HANDSHAKES)


def _causes(error: BaseException) -> Iterator[BaseException]:
    """`requests` and urllib3 wrap what happened up to three times, each in its own way."""
    waiting, seen = [error], set[int]()
    while waiting:
        cause = waiting.pop()
        if id(cause) in seen:
            continue
        seen.add(id(cause))
        yield cause
        around = (*cause.args, getattr(cause, "reason", None), cause.__cause__, cause.__context__)
        waiting += [inner for inner in around if isinstance(inner, BaseException)]
