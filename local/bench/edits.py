"""5,000 edits of 1,500 customers within ten minutes, on 500 requests an hour."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from local.bench.load import Edit, edits, new_customers
from local.bench.naive import Naive, newest_names, wrong_at_the_end
from local.twins.world import COMPANY, World
from local.xledger.plan import Plan

EDITS, CUSTOMERS, PLAN, SEED = 5_000, 1_500, 500, 1
PERIOD = timedelta(minutes=10)
BATCH = 100  # events in one call of a function, or what came in two seconds
WINDOW = timedelta(seconds=2)
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Outcome:
    requests: int
    refused: int
    dead: int
    wrong: int
    minutes: float


def ours() -> Outcome:
    world, load = _begin()
    before, began = world.requests, world.time()
    _publish(world, load)
    world.run()
    return _outcome(world, before, load, dead=0, took=world.time() - began)


def naive() -> Outcome:
    world, load = _begin()
    before, began = world.requests, world.time()
    client = Naive(world)
    client.carry(load, {each["code"]: int(each["dbId"]) for each in world.held("customers")})
    return _outcome(world, before, load, client.dead, world.time() - began)


def _begin() -> tuple[World, list[Edit]]:
    """All customers are in Xledger, and the hour in which they came there is over."""
    company = COMPANY.model_copy(update={"requests_per_hour": PLAN})
    world = World(Plan(credits_per_hour=PLAN), [company])
    world.receive(*new_customers(CUSTOMERS))
    world.run()
    world.time.now += timedelta(hours=2)
    return world, edits(EDITS, CUSTOMERS, world.time(), PERIOD, SEED)


def _publish(world: World, load: list[Edit]) -> None:
    """Events are taken in as they come, and the wakes that they cause are carried between them, until all have come."""
    left = list(reversed(load))
    sweep_at = world.time() + MINUTE
    while left:
        world.time.now = max(world.time(), min(left[-1].at + WINDOW, sweep_at))
        batch: list[dict[str, Any]] = []
        while left and left[-1].at <= world.time() and len(batch) < BATCH:
            batch.append(left.pop().event)
        world.receive(*batch)
        if world.time() >= sweep_at:
            world.sweep()
            sweep_at += MINUTE
        world.carry_wakes()


def _outcome(world: World, before: dict[str, int], load: list[Edit], dead: int, took: timedelta) -> Outcome:
    requests = world.requests
    return Outcome(
        requests["total"] - before["total"],
        requests["refused"] - before["refused"],
        dead,
        wrong_at_the_end(world, newest_names(load)),
        took / MINUTE,
    )
