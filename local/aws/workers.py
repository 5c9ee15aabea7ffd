"""The processes that functions run in: each can be ended as if its machine had failed."""

import os
import re
import signal
import subprocess
from contextlib import suppress
from dataclasses import dataclass

_OURS = re.compile(r"/ministack-lambda-(?P<function>[^/]+)-[^-/]+/_worker\.py\b")


@dataclass(frozen=True)
class Worker:
    pid: int
    function: str  # its real name, as in `Stack.resources`

    def kill(self) -> None:
        """In the middle of whatever it does: it gets no chance to tidy up. It may just have ended by itself."""
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)


def workers_of(server: int) -> list[Worker]:
    """Those that this server has started and that still live, the oldest first."""
    listed = subprocess.run(
        ["ps", "-A", "-ww", "-o", "pid=,ppid=,args="],  # noqa: S607 -- it is elsewhere on each system
        capture_output=True,
        text=True,
        check=True,
    )
    return sorted(_workers_in(listed.stdout, server), key=lambda worker: worker.pid)


def _workers_in(listed: str, server: int) -> list[Worker]:
    found = []
    for line in listed.splitlines():
        pid, parent, arguments = line.split(maxsplit=2)
        if int(parent) == server and (worker := _OURS.search(arguments)):
            found.append(Worker(int(pid), worker["function"]))
    return found
