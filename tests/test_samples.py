"""Samples, hints and defaults name nobody's real address at Xledger."""

import re
import subprocess

from local import ROOT

REAL_ADDRESS = re.compile(r"\bmb\.(?!00000@)\d+@xledger\.net\b")


def test_no_file_names_a_reception_address_that_may_be_somebodys() -> None:
    listed = subprocess.run(
        ["git", "ls-files"],  # noqa: S607
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    assert len(listed) > 500
    texts = ((name, (ROOT / name).read_text("utf-8", errors="replace")) for name in listed)
    assert {name for name, text in texts if REAL_ADDRESS.search(text)} == set()
