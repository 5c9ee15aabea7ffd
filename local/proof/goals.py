"""The goals in their order, and those that tests have to show."""

import os
import re
import subprocess
import sys
from collections.abc import Callable, Sequence

from local import ROOT
from local.proof.goals_of_crowds import crowds, mornings
from local.proof.goals_of_parts import (
    adds,
    burst_of_edits,
    exports_by_every_schedule,
    exports_by_lot,
    limits,
    many_events,
    mutants,
)
from local.proof.goals_of_processes import killed_workers, rights
from local.proof.goals_of_runs import (
    all_together,
    desk,
    every_call_site,
    guards,
    many_companies,
    right_records,
    routes,
    slowness,
    slowness_at_every_call,
    update_path,
)
from local.proof.parallel import Workers
from local.proof.rows import Row, Say, Scale

SHOWN_BY_TESTS = {
    "G7 shares of one token are even": ("tests/flows/test_turns.py", ""),
    "G10 hostile text in files": ("tests/domain/test_files.py", "hostile"),
    "G11 no company sees another": (
        "tests/console/test_isolation.py tests/console/test_security.py",
        "company",
    ),
    "G12 secrets come out nowhere": ("tests/test_canaries.py", ""),
    "G14 5,000 failures are two mails": ("tests/flows/test_send_notices.py", "five_thousand or at_most"),
    "G15 each reply at each call": ("tests/flows/test_replies_at_each_call.py", ""),
    "G16 the same bytes everywhere": (
        "tests/domain/test_files.py tests/domain/test_clock_changes.py tests/adapters/test_review_file.py",
        "bytes or byte or clock_changes",
    ),
    "G17 what was lost, from a backup": ("tests/local/test_operations.py", "put_back"),
}
IN_FULL = {"PRESSES": "10000"}  # for tests that do less where they are run every day


def shown_by_tests(_: Scale, workers: Workers, say: Say) -> list[Row]:
    found = dict(workers.each(_tested, tuple(SHOWN_BY_TESTS)))
    return [found[goal] for goal in SHOWN_BY_TESTS]


def _tested(goal: str) -> Row:
    paths, chosen = SHOWN_BY_TESTS[goal]
    command = [sys.executable, "-m", "pytest", *paths.split(), *(["-k", chosen] if chosen else [])]
    env = {**os.environ, **IN_FULL}
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    passed = re.search(r"(\d+) passed", done.stdout)
    figures = f"{passed[1] if passed else 'no'} tests of {paths.replace(' ', ', ')}"
    return Row(goal, figures, done.returncode == 0 and passed is not None)


Goal = Callable[[Scale, Workers, Say], Row | list[Row]]
GOALS: Sequence[Goal] = (
    every_call_site,
    exports_by_lot,
    exports_by_every_schedule,
    update_path,
    routes,
    desk,
    right_records,
    many_companies,
    all_together,
    slowness_at_every_call,
    slowness,
    adds,
    burst_of_edits,
    limits,
    crowds,
    mornings,
    many_events,
    mutants,
    guards,
    shown_by_tests,
    killed_workers,
    rights,
)
