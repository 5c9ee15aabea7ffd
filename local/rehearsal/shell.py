"""The shell of whoever was called: bash, the project's folder, the aws command, and the embedded AWS for an account."""

import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from local import ROOT
from local.children import surroundings

AWS = ROOT / ".tools" / "awscli" / "bin" / "aws"
_SECONDS = 180  # for one command


@dataclass(frozen=True)
class Said:
    status: int
    out: str
    err: str

    @property
    def last(self) -> str:
        lines = (self.err or self.out).strip().splitlines()
        return lines[-1] if lines else ""


# Version 1 of the command asks AWS itself about queues, whatever AWS_ENDPOINT_URL says; nothing may leave this machine.
_HERE = 'aws() { command aws --endpoint-url "$AWS_ENDPOINT_URL" "$@"; }'


class Shell:
    """`beginning` is typed first in each, so that its functions are there."""

    def __init__(self, beginning: str, environment: Mapping[str, str]) -> None:
        self._beginning = beginning
        path = f"{AWS.parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
        self._environment = surroundings(os.environ) | {**environment, "PATH": path, "AWS_PAGER": ""}

    def run(self, command: str, typed: str = "", folder: Path = ROOT) -> Said:
        """`typed` is what the command reads from the keyboard."""
        done = subprocess.run(
            ["bash", "-c", f"{_HERE}\n{self._beginning}\n{command}"],  # noqa: S607 -- as it is on each system
            cwd=folder,
            env=self._environment,
            input=typed,
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            check=False,
        )
        return Said(done.returncode, done.stdout, done.stderr)
