"""Processes that end with us, together with everything they start, and that see nothing of the shell."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from local import ROOT
from local.tether import FOLDER

_POLL_SECONDS = 0.05
_LISTENING = re.compile(r"^listening on (http://\S+)$", re.MULTILINE)
HOST = "127.0.0.1"  # never anything that another machine could reach
_KEPT = ("PATH", "LANG", "LC_ALL", "TZ", "HOME", "TMPDIR", "TERM", "NO_COLOR")


def surroundings(environment: Mapping[str, str], **more: str) -> dict[str, str]:
    """What of the shell may matter: not its keys, profiles, proxies, certificates, which lead elsewhere."""
    kept = {name: environment[name] for name in _KEPT if name in environment}
    return kept | {"AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull, **more}


def free_port() -> int:
    """A port that was free a moment ago, for programs that cannot choose one themselves."""
    with socket.socket() as found:
        found.bind((HOST, 0))
        port: int = found.getsockname()[1]
        return port


class ChildError(Exception):
    """A process that should be running is not; the message is for a person."""


class Child:
    """One of our modules or another's, run by this interpreter in a process group of its own."""

    def __init__(self, module: str, arguments: Sequence[str] = (), *, log: Path, **environment: str) -> None:
        """The folder of the log goes when this process does, if that is sudden; else whoever made it removes it."""
        self.log = log
        self.name = " ".join((module, *arguments[:1]))
        with log.open("wb") as written:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "local.tether", module, *arguments],
                cwd=ROOT,
                env=surroundings(os.environ, **environment, **{FOLDER: str(log.parent)}),
                stdin=subprocess.PIPE,
                stdout=written,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # so that Ctrl-C reaches only us, and we stop things in order
            )

    def address(self, seconds: float = 30, pause: Callable[[float], None] = time.sleep) -> str:
        """Where it listens, as soon as it says so."""
        give_up = time.monotonic() + seconds
        while not (said := _LISTENING.search(self.said())):
            if not self.running or time.monotonic() > give_up:
                raise ChildError(f"{self.name} did not start. Its last words:\n{self.last_words()}")
            pause(_POLL_SECONDS)
        return said[1]

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def running(self) -> bool:
        return self._process.poll() is None

    def said(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")

    def last_words(self, lines: int = 15) -> str:
        """For a person: what it wrote last."""
        return "\n".join(self.said().splitlines()[-lines:])

    def stop(self) -> None:
        """At once: nothing here has anything to save."""
        if self.running:
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        if self._process.stdin:
            self._process.stdin.close()
