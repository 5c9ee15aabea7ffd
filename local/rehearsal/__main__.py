"""`python -m local.rehearsal [ENTRY …]`: carries out docs/runbook.md on the embedded AWS: all, or these."""

import sys
import tempfile
from pathlib import Path

from local.__main__ import leave_the_shell_behind
from local.rehearsal import runbook
from local.rehearsal.shell import AWS
from local.run.misuse import MISUSE


def main(titles: list[str]) -> int:
    """0 only if every entry came out as it is written."""
    book = runbook.read()
    known = [entry.title for entry in (book.top, *book.entries)]
    if unknown := [title for title in titles if title not in known]:
        print(f"{unknown[0]}: docs/runbook.md has no such entry.", file=sys.stderr)
        return MISUSE
    if not AWS.exists():
        print("The aws command is not installed here: `make drill` does that.", file=sys.stderr)
        return MISUSE
    leave_the_shell_behind()
    return _rehearsed(titles)


def _rehearsed(titles: list[str]) -> int:
    from local.aws import AwsError
    from local.rehearsal.entries import PLAYS
    from local.rehearsal.rehearsing import rehearse
    from local.run.command import stopped_in_order
    from local.run.progress import Progress

    try:
        with stopped_in_order(), tempfile.TemporaryDirectory(prefix="rehearsal-") as folder:
            wrong = rehearse(Path(folder), titles or list(PLAYS), Progress(sys.stderr))
    except AwsError as fault:
        print(fault, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped, and everything that was started with it.", file=sys.stderr)
        return 130
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
