"""`make prove`: the simulations at full size on every core, then real processes, with the table of goals at the end.

A seed as argument plays that one, and which companies as another: books, routes, desk, all, belonging or many. Names of
goals, such as `limits rights`, show only those. `SEEDS=n` in the environment makes everything that is simulated larger
or smaller: so many seeds in place of the usual, and all else in proportion; with fewer seeds, the schedules have a
preemption less.
"""

import os
import sys
import time
import traceback
from collections.abc import Sequence
from dataclasses import fields, replace

from local.__main__ import ends_in_a_sentence, leave_the_shell_behind
from local.proof.goals import GOALS, Goal
from local.proof.parallel import Workers
from local.proof.rows import FULL, SCHEDULES_OF_FEWER_SEEDS, Row, Say, Scale
from local.proof.simulation import play
from local.proof.stage import Setting
from local.proof.story import Cast, usual_size
from local.run.command import stopped_in_order
from local.run.misuse import Misuse

NOT_SCALED = ("schedules", "seeds_for_guards")
BY_NAME = {goal.__name__: goal for goal in GOALS}


@ends_in_a_sentence
def main(arguments: list[str]) -> int:
    if arguments and arguments[0].isdecimal():
        return _play_one(*arguments[:2])
    if unknown := [each for each in arguments if each not in BY_NAME]:
        raise Misuse(f"{unknown[0]}: write a seed, such as 17, or goals of these: {', '.join(BY_NAME)}")
    seeds = os.environ.get("SEEDS", str(FULL.seeds))
    if not seeds.isdecimal() or not int(seeds):
        raise Misuse(f"SEEDS={seeds}: write how many seeds to play, such as SEEDS=200")
    leave_the_shell_behind()
    with stopped_in_order():
        return prove([BY_NAME[name] for name in arguments or BY_NAME], scaled(int(seeds)))


def scaled(seeds: int) -> Scale:
    in_proportion = {
        field.name: max(1, getattr(FULL, field.name) * seeds // FULL.seeds)
        for field in fields(Scale)
        if field.name not in NOT_SCALED
    }
    schedules = FULL.schedules if seeds >= FULL.seeds else SCHEDULES_OF_FEWER_SEEDS
    return replace(FULL, **in_proportion, schedules=schedules)


def prove(goals: Sequence[Goal], scale: Scale) -> int:
    """0 only if every goal is reached. One that is missed or breaks leaves the others to be shown."""
    begun = time.monotonic()
    workers = Workers()

    def say(text: str) -> None:
        print(f"  {time.monotonic() - begun:5.0f} s  {text}", flush=True)

    rows: list[Row] = []
    try:
        for goal in goals:
            print(f"\n{_in_words(goal)}", flush=True)
            rows += _shown(goal, scale, workers, say)
    finally:
        workers.close()
    print(f"\n{time.monotonic() - begun:.0f} s on {workers.count} cores\n")
    for row in rows:
        print(f"{'reached' if row.is_reached else 'MISSED':8} {row.goal:38} {row.figures}")
    return 0 if all(row.is_reached for row in rows) else 1


def _shown(goal: Goal, scale: Scale, workers: Workers, say: Say) -> list[Row]:
    try:
        found = goal(scale, workers, say)
    except Exception as error:  # noqa: BLE001 -- whatever it is, it is told, and the row says that it broke
        traceback.print_exc()
        return [Row(_in_words(goal), f"broke with {type(error).__name__}", False)]
    return found if isinstance(found, list) else [found]


def _in_words(goal: Goal) -> str:
    return goal.__name__.replace("_", " ")


def _play_one(seed: str, companies: str = Cast.BOOKS) -> int:
    """With the whole story in words."""
    if companies not in list(Cast):
        raise Misuse(f"{companies}: the companies are books, routes, desk, all, belonging or many")
    cast = Cast(companies)
    stage = play(Setting(int(seed), size=usual_size(cast), cast=cast))
    print(*stage.schedule, *(stage.wrong or ["all promises were kept"]), sep="\n")
    return 1 if stage.wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
