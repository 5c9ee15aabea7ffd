"""`python -m local.proof.embedded [SEED]`: 2,000 events through real processes that are killed while they work."""

import sys

from local.__main__ import leave_the_shell_behind
from local.aws import AwsError
from local.run.command import stopped_in_order
from local.run.progress import Progress

USUAL_SEED = 1905


def main(arguments: list[str]) -> int:
    """0 only if every promise was kept."""
    seed = arguments[0] if arguments else str(USUAL_SEED)
    if not seed.isdecimal():
        print(f"{seed}: a seed is a whole number, such as 17", file=sys.stderr)
        return 2
    leave_the_shell_behind()
    from local.proof.embedded.run import play

    progress = Progress(sys.stderr)
    try:
        with stopped_in_order():
            verdict = play(int(seed), progress)
    except AwsError as fault:
        print(fault, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped, and everything that was started with it.", file=sys.stderr)
        return 130
    print(*verdict.lines(), sep="\n")
    return 1 if verdict.wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
