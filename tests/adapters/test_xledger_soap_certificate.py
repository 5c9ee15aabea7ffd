"""Where Xledger wants a client certificate, the company's own goes along."""

import ssl
import stat
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from ipaddress import IPv4Address
from pathlib import Path

import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from moment_xledger.adapters.xledger_soap.certificates import as_file
from moment_xledger.adapters.xledger_soap.hosts import host
from moment_xledger.adapters.xledger_soap.posting import Line, post
from moment_xledger.adapters.xledger_soap.services import Request
from moment_xledger.domain.soap_outcomes import CallFailed, LogonRefused


@pytest.fixture(scope="module")
def pem() -> str:
    """A certificate that vouches for itself, with its key, as `openssl pkcs12 -nodes` writes them."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "nordvik")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return (certificate.public_bytes(serialization.Encoding.PEM) + secret).decode()


class Strict(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def a_strict_server(certificate: str) -> Iterator[str]:
    """It talks only to who shows this certificate."""
    server = HTTPServer(("127.0.0.1", 0), Strict)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=certificate)
    context.load_cert_chain(certificate)
    context.verify_mode = ssl.CERT_REQUIRED
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"https://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def session(trusting: str) -> requests.Session:
    made = requests.Session()
    made.trust_env = False
    made.verify = trusting
    return made


def test_it_opens_a_server_that_demands_it(pem: str) -> None:
    with a_strict_server(as_file(pem)) as url:
        line = Line(host("live", url), session(as_file(pem)), certificate=as_file(pem))
        answer = post(line, Request("/", "Any", b"<a/>", {}))
        with answer.body as body:
            assert (answer.status, body.read()) == (200, b"ok")


def test_without_it_such_a_server_stays_shut(pem: str) -> None:
    with a_strict_server(as_file(pem)) as url, pytest.raises(CallFailed):
        post(Line(host("live", url), session(as_file(pem))), Request("/", "Any", b"<a/>", {}))


def with_a_passphrase(pem: str) -> str:
    key = serialization.load_pem_private_key(pem.encode(), None)
    kept = serialization.BestAvailableEncryption(b"secret")
    shut = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, kept)
    return pem.partition("-----BEGIN PRIVATE")[0] + shut.decode()


def with_the_key_of_another(pem: str) -> str:
    other = ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return pem.partition("-----BEGIN PRIVATE")[0] + other.decode()


def with_a_line_missing(pem: str) -> str:
    first, _, *rest = pem.splitlines(keepends=True)
    return "".join([first, *rest])


@pytest.mark.parametrize("spoilt", [with_a_passphrase, with_the_key_of_another, with_a_line_missing])
def test_one_that_cannot_be_used_is_the_login_s_fault_and_leaves_nothing_in_doubt(
    spoilt: Callable[[str], str], pem: str
) -> None:
    with a_strict_server(as_file(pem)) as url:
        line = Line(host("live", url), session(as_file(pem)), certificate=as_file(spoilt(pem)))
        with pytest.raises(CallFailed) as failed:
            post(line, Request("/", "Any", b"<a/>", {}))
    assert failed.value.failure == LogonRefused("the certificate and its key cannot be used")


def test_the_file_is_made_once_and_for_nobody_else_to_read(pem: str) -> None:
    path = Path(as_file(pem))
    assert as_file(pem) == str(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert path.read_text() == pem
