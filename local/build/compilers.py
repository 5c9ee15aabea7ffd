"""A Python of the version that Lambda runs: only that can compile for it, whatever this machine's own is."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from local import ROOT
from local.build import tools

FETCHED = ROOT / ".uv" / "python"
_SECONDS = 20  # for one to say which it is


def python_for(version: str) -> Path | None:
    """One that is here, wherever it is kept; else one that uv fetches and checks. None where there is no network."""
    return next(_found(_here(version), version), None) or _fetched(version)


def _found(candidates: Iterator[Path], version: str) -> Iterator[Path]:
    """Those that run and are what they are called: a shim of pyenv's may be called so and run nothing."""
    for each in candidates:
        if each.is_file() and _says(each) == version:
            yield each


def _here(version: str) -> Iterator[Path]:
    yield Path(sys.executable)
    for folder in os.environ.get("PATH", os.defpath).split(os.pathsep):
        yield Path(folder) / f"python{version}"
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    for kept in (pyenv / "versions", FETCHED, Path.home() / ".local" / "share" / "uv" / "python"):
        yield from sorted(kept.glob(f"*{version}.*/bin/python{version}"))


def _says(python: Path) -> str:
    asked = [str(python), "-c", "import sys; print('%d.%d' % sys.version_info[:2])"]
    try:
        done = subprocess.run(asked, capture_output=True, text=True, timeout=_SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def _fetched(version: str) -> Path | None:
    uv = tools.uv()
    if shutil.which(str(uv)):
        wanted = [str(uv), "python", "install", "--no-bin", "--install-dir", str(FETCHED), version]
        subprocess.run(wanted, capture_output=True, check=False)
    return next(_found(iter(sorted(FETCHED.glob(f"*{version}.*/bin/python{version}"))), version), None)
