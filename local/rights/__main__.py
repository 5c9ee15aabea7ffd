"""`python -m local.rights`: does each function have the rights that it needs, and no others?"""

import sys

from local.__main__ import ends_in_a_sentence, leave_the_shell_behind
from local.run.command import stopped_in_order
from local.run.progress import Progress


@ends_in_a_sentence
def main() -> int:
    """0 only if every flow came to its end, nothing needed was refused, and everything else was."""
    leave_the_shell_behind()
    from local.rights.trying import try_rights

    with stopped_in_order():
        verdict = try_rights(Progress(sys.stderr))
    print(*verdict.lines(), sep="\n")
    return 1 if verdict.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
