"""`make prove`: the simulations at full size, with the table of goals at the end. A seed as argument plays that one."""

import sys

from local.proof.goals import FULL, GOALS
from local.proof.simulation import Setting, play


def main(arguments: list[str]) -> int:
    if arguments:
        return _play_one(arguments[0])
    rows = []
    for goal in GOALS:
        print(f"\n{goal.__name__.replace('_', ' ')}", flush=True)
        rows.append(goal(FULL, lambda text: print(f"  {text}", flush=True)))
    print()
    for row in rows:
        print(f"{'reached' if row.is_reached else 'MISSED':8} {row.goal:42} {row.figures}")
    return 0 if all(row.is_reached for row in rows) else 1


def _play_one(seed: str) -> int:
    """With the whole story in words."""
    if not seed.isdecimal():
        print(f"{seed}: a seed is a whole number, such as 17", file=sys.stderr)
        return 2
    stage = play(Setting(int(seed)))
    print(*stage.schedule, *(stage.wrong or ["all promises were kept"]), sep="\n")
    return 1 if stage.wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
