"""`python -m local.rights`: does each function have the rights that it needs, and no others?"""

import sys

from local.__main__ import leave_the_shell_behind
from local.aws import AwsError
from local.run.command import stopped_in_order
from local.run.progress import Progress


def main() -> int:
    """0 only if every flow came to its end, nothing needed was refused, and everything else was."""
    leave_the_shell_behind()
    from local.rights.trying import try_rights

    try:
        with stopped_in_order():
            verdict = try_rights(Progress(sys.stderr))
    except AwsError as fault:
        print(fault)
        return 1
    except KeyboardInterrupt:
        print("\nStopped, and everything that was started with it.", file=sys.stderr)
        return 130
    print(*verdict.lines(), sep="\n")
    return 1 if verdict.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
