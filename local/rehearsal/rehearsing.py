"""All entries one after the other, on one deployment."""

import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

import requests
from botocore.exceptions import ClientError

from local.aws import AwsError
from local.rehearsal import runbook
from local.rehearsal.entries import PLAYS
from local.rehearsal.runbook import Entry
from local.rehearsal.scene import Scene
from local.rehearsal.stage import NotAsWritten, Stage
from local.rehearsal.staging import staged
from local.run.progress import Progress

OTHERS_FAULTS = (AwsError, ClientError, requests.RequestException, subprocess.TimeoutExpired)


def rehearse(folder: Path, titles: Sequence[str], progress: Progress) -> list[str]:
    """Those that did not come out as they are written; a line is printed for each."""
    book = runbook.read()
    entries = {entry.title: entry for entry in (book.top, *book.entries)}
    wrong = []
    with staged(folder, book.beginning) as stage:
        progress.step(f"deployed, with {len(stage.ready())} exports")
        for title in titles:
            began = time.monotonic()
            told, went_well = carried_out(entries[title], stage)
            print(f"{title}: {told} ({time.monotonic() - began:.0f} s)", flush=True)
            wrong += [] if went_well else [title]
    print(f"{len(titles) - len(wrong)} of {len(titles)} entries came out as they are written.")
    return wrong


def carried_out(entry: Entry, stage: Stage) -> tuple[str, bool]:
    scene = Scene(entry, stage)
    try:
        PLAYS[entry.title](scene)
        scene.check_that_nothing_is_left()
    except (NotAsWritten, *OTHERS_FAULTS) as fault:
        return f"NOT AS WRITTEN: {fault}", False
    finally:
        stage.xledger.make_peace()
    return "; ".join(["carried out", *(f"not here: {each}" for each in scene.not_here)]), True
