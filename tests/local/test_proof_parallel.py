"""Workers of the proof end when they are told to, and take with them what they have started."""

import os
import select
import signal
import subprocess
import sys
from contextlib import closing
from itertools import islice
from pathlib import Path

from local import ROOT
from local.proof.parallel import Workers

# One worker is at work. Another, where there is a core for it, still begins or has nothing to do.
PROOF = """
import os, sys
from local.proof.__main__ import BY_NAME, main

def goal(scale, workers, say):
    return list(workers.each(os.system, ["echo begun", "echo begun; sleep 60"]))

BY_NAME["goal"] = goal
sys.exit(main(["goal"]))
"""


def test_ctrl_c_ends_the_proof_and_its_workers_with_one_sentence() -> None:
    command = [sys.executable, "-c", PROOF]
    piped = dict.fromkeys(("stdout", "stderr"), subprocess.PIPE)
    with subprocess.Popen(command, cwd=ROOT, text=True, start_new_session=True, **piped) as proof:  # type: ignore[call-overload] # noqa: S603
        assert list(islice(proof.stdout, 4)) == ["\n", "goal\n", "begun\n", "begun\n"]
        os.killpg(proof.pid, signal.SIGINT)
        _, said = proof.communicate(timeout=30)  # until nobody is left who could say anything
    assert (proof.returncode, said) == (130, "\nStopped, and everything that was started with it.\n")


def test_what_a_worker_has_started_ends_with_it(tmp_path: Path) -> None:
    os.mkfifo(line := tmp_path / "line")
    with closing(Workers(1)) as workers:
        list(workers.each(os.system, [f"sleep 60 > {line} &"]))
        held = line.open("rb")
        assert not select.select([held], [], [], 0)[0]
    with held:
        assert select.select([held], [], [], 10)[0]
