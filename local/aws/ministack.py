"""MiniStack in a process of its own. Nothing outside this package knows that this is what answers."""

import platform
import shutil
import ssl
import tempfile
import time
from collections.abc import Callable, Mapping
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from local.aws.emulator import AHEAD, WITNESS
from local.aws.workers import Worker, workers_of
from local.children import HOST, Child, free_port

if TYPE_CHECKING:
    from local.aws.stack import Stack

REGION = "eu-north-1"
ACCESS_KEY = SECRET_KEY = "test"
ARCHITECTURE = "arm64" if platform.machine() in {"arm64", "aarch64"} else "x86_64"

_START_SECONDS = 60
_POLL_SECONDS = 0.05


class AwsError(Exception):
    """The embedded AWS did not do what it was told; the message is for a person."""


class EmbeddedAws:
    """
    An account of one's own for as long as the `with` block lasts.

    Entering starts it and returns at once; the first use waits until it answers. `witness` makes it strict: each
    function has the rights of its role and no more, nothing is answered but over TLS, and every right that was asked
    for is written to that file. `ahead` names a file too: by as many seconds as stand in it, its queues are ahead of
    time.
    """

    def __init__(
        self,
        *,
        smtp: str = "",
        witness: Path | None = None,
        ahead: Path | None = None,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self._smtp = smtp
        self._witness = witness
        self._ahead = ahead
        self._pause = pause
        self._ready = False
        self._clients: dict[str, Any] = {}

    def __enter__(self) -> Self:
        self.folder = Path(tempfile.mkdtemp(prefix="aws-"))
        self.port = free_port()
        self._child = Child("local.aws.emulator", log=self.folder / "log", **self._settings())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._child.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def url(self) -> str:
        return f"{'https' if self._witness else 'http'}://{HOST}:{self.port}"

    @property
    def _certificate(self) -> Path:
        """It makes one for itself."""
        return self.folder / "ministack-tls" / "server.crt"

    def environment(self) -> dict[str, str]:
        """What any AWS client needs to find its way here, and to trust what it finds."""
        bundles = ("AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE") if self._witness else ()
        return {
            **dict.fromkeys(bundles, str(self._certificate)),
            "AWS_ENDPOINT_URL": self.url,
            "AWS_ACCESS_KEY_ID": ACCESS_KEY,
            "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_REGION": REGION,
        }

    def client(self, service: str) -> Any:
        """A boto3 client; one per service, shared."""
        self.wait()
        if service not in self._clients:
            self._clients[service] = self._new_client(service)
        return self._clients[service]

    def deploy(self, template: Path, parameters: Mapping[str, str], name: str = "moment-xledger") -> "Stack":
        """Create the stack that `template` describes, with the code that lies beside it."""
        from local.aws.stack import deploy

        return deploy(self, template, {"Arch": ARCHITECTURE, **parameters}, name)

    def wait(self) -> None:
        """Return when it answers."""
        give_up = time.monotonic() + _START_SECONDS
        while not self._ready:
            self._ready = answers(self.port, secure=bool(self._witness))
            if not self._child.running or time.monotonic() > give_up:
                raise AwsError(f"The embedded AWS did not start. Its last words:\n{self._child.last_words()}")
            if not self._ready:
                self._pause(_POLL_SECONDS)

    def workers(self) -> list[Worker]:
        """The processes that its functions run in at this moment."""
        return workers_of(self._child.pid)

    def last_words(self) -> str:
        return self._child.last_words()

    def _new_client(self, service: str) -> Any:
        import boto3
        from botocore.config import Config

        session: Any = boto3.Session(ACCESS_KEY, SECRET_KEY, region_name=REGION)
        straight = Config(proxies={}, retries={"mode": "standard", "total_max_attempts": 3}, read_timeout=920)
        trusted = str(self._certificate) if self._witness else None
        return session.client(service, endpoint_url=self.url, config=straight, verify=trusted)

    def _settings(self) -> dict[str, str]:
        settings = {
            "BIND_HOST": HOST,
            "GATEWAY_PORT": str(self.port),
            "MINISTACK_HOST": HOST,  # in queue addresses
            "MINISTACK_REGION": REGION,
            "HOME": str(self.folder),
            "TMPDIR": str(self.folder),  # it leaves every function's unpacked code behind
            "LOG_LEVEL": "WARNING",
            "AWS_ACCESS_KEY_ID": ACCESS_KEY,
            "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
            "DOCKER_HOST": "unix:///dev/null",  # nothing here is ever to run in a container
        }
        if self._witness:
            settings |= {"AUTH": "true", "USE_SSL": "1", WITNESS: str(self._witness)}
        if self._ahead:
            settings[AHEAD] = str(self._ahead)
        return settings | ({"SMTP_HOST": self._smtp} if self._smtp else {})


def answers(port: int, *, secure: bool = False) -> bool:
    connection = _connection(port, secure)
    try:
        connection.request("GET", "/_ministack/ready")
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def _connection(port: int, secure: bool) -> HTTPConnection:
    """That it listens is all that is asked: its certificate is not looked at, it may still be writing it."""
    if not secure:
        return HTTPConnection(HOST, port, timeout=5)
    anybody = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    anybody.check_hostname, anybody.verify_mode = False, ssl.CERT_NONE
    return HTTPSConnection(HOST, port, timeout=5, context=anybody)
