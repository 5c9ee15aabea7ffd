"""Many new customers while answers get lost: none may be there twice, none may be missing."""

from collections import Counter
from dataclasses import dataclass
from itertools import islice

from local.bench.load import new_customers
from local.twins.world import World
from local.xledger.plan import Plan

AT_ONCE = 20  # so that there are many lists, each with a chance to be lost
LOST = 0.05
A_WORLD = 1_000  # customers


@dataclass(frozen=True)
class Added:
    customers: int
    doubled: int
    missing: int
    lost_answers: int


def add_many(customers: int, seed: int = 1) -> Added:
    worlds = [_add(min(A_WORLD, customers - begun), seed + begun) for begun in range(0, customers, A_WORLD)]
    doubled, missing, lost = (sum(figures) for figures in zip(*worlds, strict=True))
    return Added(customers, doubled, missing, lost)


def _add(customers: int, seed: int) -> tuple[int, int, int]:
    world = World(Plan(credits_per_hour=None, lost_answers=LOST, seed=seed))
    events = new_customers(customers)
    while some := list(islice(events, AT_ONCE)):
        world.receive(*some)
        world.run()
    held = Counter(each["code"] for each in world.held("customers"))
    lost = sum(closed.why == "in doubt" for closed in world.closed)
    return sum(held.values()) - len(held), customers - len(held), lost
