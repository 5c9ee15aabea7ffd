"""Samples, hints and defaults name nobody's real address at Xledger."""

import re
import subprocess

from local import ROOT

REAL_ADDRESS = re.compile(r"\bmb\.(?!00000@)\d+@xledger\.net\b")
REAL_OWNER = re.compile(rf"\b{19100 + 68}\b")  # stands in a public example, and belongs to somebody


def test_no_file_names_a_reception_address_that_may_be_somebodys() -> None:
    assert _files_with(REAL_ADDRESS) == set()


def test_no_file_names_an_owner_code_that_is_somebodys() -> None:
    assert _files_with(REAL_OWNER) == set()


def _files_with(pattern: re.Pattern[str]) -> set[str]:
    listed = subprocess.run(
        ["git", "ls-files"],  # noqa: S607
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    assert len(listed) > 500
    texts = ((name, (ROOT / name).read_text("utf-8", errors="replace")) for name in listed)
    return {name for name, text in texts if pattern.search(text)}
