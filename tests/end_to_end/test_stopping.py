"""However `run` is stopped, nothing of what it started is left."""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import requests

from local import ROOT
from tests.patience import soon

MOST_SECONDS = 60


def answers(url: str) -> bool:
    try:
        return requests.get(url, timeout=2).status_code > 0
    except requests.ConnectionError:
        return False


@pytest.mark.parametrize(
    ("how", "status"),
    [
        pytest.param(signal.SIGINT, 130, id="Ctrl-C"),
        pytest.param(signal.SIGTERM, 130, id="told to end"),
        pytest.param(signal.SIGKILL, -signal.SIGKILL, id="killed"),
    ],
)
def test_nothing_is_left(tmp_path: Path, how: signal.Signals, status: int) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    process = subprocess.Popen(  # noqa: S603
        [sys.executable, "-m", "local", "run", "--out", str(tmp_path / "out")],
        cwd=ROOT,
        env=os.environ | {"TMPDIR": str(temporary)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with process:
        assert process.stdout
        said = next(line for line in process.stdout if "Xledger at" in line)
        simulators = [url.removesuffix("/graphql") for url in re.findall(r"http://[^\s,]+", said)]
        assert all(answers(url) for url in simulators)
        process.send_signal(how)
        _, complaint = process.communicate(timeout=MOST_SECONDS)

    assert process.returncode == status
    assert complaint.strip().count("\n") == 0
    assert "Traceback" not in complaint
    assert soon(lambda: not any(answers(url) for url in simulators))
    assert soon(lambda: not list(temporary.iterdir()))
