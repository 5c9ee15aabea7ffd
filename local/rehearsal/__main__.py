"""`python -m local.rehearsal [ENTRY …]`: carries out docs/runbook.md on the embedded AWS: all, or these."""

import sys
import tempfile
from pathlib import Path

from local.__main__ import ends_in_a_sentence, leave_the_shell_behind
from local.rehearsal import runbook
from local.rehearsal.shell import AWS
from local.run.misuse import Misuse


@ends_in_a_sentence
def main(titles: list[str]) -> int:
    """0 only if every entry came out as it is written."""
    book = runbook.read()
    known = [entry.title for entry in (book.top, *book.entries)]
    if unknown := [title for title in titles if title not in known]:
        raise Misuse(f"{unknown[0]}: docs/runbook.md has no such entry.")
    if not AWS.exists():
        raise Misuse("The aws command is not installed here: `make drill` does that.")
    leave_the_shell_behind()
    from local.rehearsal.entries import PLAYS
    from local.rehearsal.rehearsing import rehearse
    from local.run.command import stopped_in_order
    from local.run.progress import Progress

    with stopped_in_order(), tempfile.TemporaryDirectory(prefix="rehearsal-") as folder:
        wrong = rehearse(Path(folder), titles or list(PLAYS), Progress(sys.stderr))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
