"""`make prove`: the simulations at full size, on every core, with the table of goals at the end.

A seed as argument plays that one, and which companies as another: books, routes or all. `SEEDS=n` in the environment
makes everything larger or smaller: so many seeds in place of the usual, and all else in proportion.
"""

import os
import sys
import time
from dataclasses import fields, replace

from local.proof.goals import GOALS
from local.proof.parallel import Workers
from local.proof.rows import FULL, Row, Scale
from local.proof.simulation import play
from local.proof.stage import Setting
from local.proof.story import Cast

NOT_SCALED = ("schedules", "seeds_for_guards")


def main(arguments: list[str]) -> int:
    if arguments:
        return _play_one(*arguments[:2])
    seeds = os.environ.get("SEEDS", str(FULL.seeds))
    if not seeds.isdecimal() or not int(seeds):
        return _refuse(f"SEEDS={seeds}: write how many seeds to play, such as SEEDS=200")
    return _prove(scaled(int(seeds)))


def scaled(seeds: int) -> Scale:
    in_proportion = {
        field.name: max(1, getattr(FULL, field.name) * seeds // FULL.seeds)
        for field in fields(Scale)
        if field.name not in NOT_SCALED
    }
    return replace(FULL, **in_proportion)


def _prove(scale: Scale) -> int:
    rows: list[Row] = []
    begun = time.monotonic()
    workers = Workers()
    for goal in GOALS:
        print(f"\n{goal.__name__.replace('_', ' ')}", flush=True)
        found = goal(
            scale, workers, lambda text: print(f"  {time.monotonic() - begun:5.0f} s  {text}", flush=True)
        )
        rows += found if isinstance(found, list) else [found]
    workers.stop()
    print(f"\n{time.monotonic() - begun:.0f} s on {workers.count} cores\n")
    for row in rows:
        print(f"{'reached' if row.is_reached else 'MISSED':8} {row.goal:38} {row.figures}")
    return 0 if all(row.is_reached for row in rows) else 1


def _play_one(seed: str, companies: str = Cast.BOOKS) -> int:
    """With the whole story in words."""
    if not seed.isdecimal():
        return _refuse(f"{seed}: a seed is a whole number, such as 17")
    if companies not in list(Cast):
        return _refuse(f"{companies}: the companies are books, routes or all")
    stage = play(Setting(int(seed), cast=Cast(companies)))
    print(*stage.schedule, *(stage.wrong or ["all promises were kept"]), sep="\n")
    return 1 if stage.wrong else 0


def _refuse(why: str) -> int:
    print(why, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
