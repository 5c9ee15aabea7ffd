"""`python -m local.proof.embedded [SEED]`: 2,000 events through real processes that are killed while they work."""

import sys

from local.__main__ import ends_in_a_sentence, leave_the_shell_behind
from local.run.command import stopped_in_order
from local.run.misuse import Misuse
from local.run.progress import Progress

USUAL_SEED = 1905


@ends_in_a_sentence
def main(arguments: list[str]) -> int:
    """0 only if every promise was kept."""
    seed = arguments[0] if arguments else str(USUAL_SEED)
    if not seed.isdecimal():
        raise Misuse(f"{seed}: a seed is a whole number, such as 17")
    leave_the_shell_behind()
    from local.proof.embedded.run import play

    with stopped_in_order():
        verdict = play(int(seed), Progress(sys.stderr))
    print(*verdict.lines(), sep="\n")
    return 1 if verdict.wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
