"""One contest: a load, carried by us or by a rival, on the same simulated Xledger with the same plan."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from local.bench.contest.freshness import Freshness, Written, freshness, names_in
from local.bench.contest.functions import functions
from local.bench.contest.loads import LOADS, PLAN, Load, code, is_poison, text
from local.bench.contest.rivals import Design, OneByOne
from local.bench.load import Edit, new_customers
from local.twins.world import COMPANY, World, XledgerInProcess
from local.xledger.plan import Plan
from moment_xledger.domain.companies import Token
from moment_xledger.domain.replies import Data, Reply

OURS = "ours"
BATCH, AT_ONCE = 100, 10  # events in one call of a function, or what came in a second; and calls at once
WINDOW = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
LIST = 500  # inputs of one mutation
WITHOUT_COMPANY, WITH_COMPANY = 2, 3  # requests: a look-up, a write, and one more for the legal company


@dataclass(frozen=True)
class Result:
    """`dead`: messages given up, or with us the records that became a problem. `floor`: the fewest requests."""

    requests: int
    refused: int
    dead: int
    floor: int
    freshness: Freshness


class Recorder(XledgerInProcess):
    """Notes who got which name when."""

    def __init__(self, world: World) -> None:
        super().__init__(world.server, world.time)
        self.written: list[Written] = []

    def ask(self, token: Token, operation: str, variables: Mapping[str, Any]) -> Reply:
        reply = super().ask(token, operation, variables)
        self.asked.clear()
        if isinstance(reply, Data):
            self.written += names_in(operation, variables, self.server, self._time())
        return reply


def play(load_name: str, design: Design | None, seed: int) -> Result:
    """Ours without a design."""
    load, plan = LOADS[load_name], Plan(credits_per_hour=PLAN)
    company = COMPANY.model_copy(update={"requests_per_hour": PLAN})
    if design is None:
        with functions(plan, company) as world:
            return _play(load, world, seed, lambda edits: _ours(world, edits))
    rivals = World(plan, [company])
    return _play(load, rivals, seed, lambda edits: _rival(rivals, design, edits, load))


def _play(load: Load, world: World, seed: int, carry: Callable[[Sequence[Edit]], int]) -> Result:
    """`carry` returns how many it gave up."""
    recorder = _begin(load, world)
    edits, start, before = load.publish(world.time(), seed), world.time(), world.requests
    dead = carry(edits)
    requests = world.requests
    return Result(
        requests["total"] - before["total"],
        requests["refused"] - before["refused"],
        dead,
        _floor(edits, load.names),
        freshness(edits, recorder.written, load.names, start),
    )


def _begin(load: Load, world: World) -> Recorder:
    """What is known is in Xledger, and the hour in which it came there is over."""
    world.receive(*new_customers(load.known))
    world.run()
    world.time.now += timedelta(hours=2)
    recorder = world.xledger = Recorder(world)
    return recorder


def _rival(world: World, design: Design, edits: Sequence[Edit], load: Load) -> int:
    rival = OneByOne(world, design)
    rival.carry(edits, edits[-1].at + load.watched)
    return rival.dead


def _ours(world: World, edits: Sequence[Edit]) -> int:
    """Events are taken in as they come, and the wakes that they cause are carried between them, until all is done."""
    left = list(reversed(edits))
    sweep_at = world.time() + MINUTE
    while left:
        coming = min(left[-1].at + WINDOW, sweep_at, world.next_wake() or sweep_at)
        world.time.now = max(world.time(), coming)
        for batch in islice(iter(lambda: _next_batch(left, world.time()), []), AT_ONCE):
            world.receive(*batch)
        if world.time() >= sweep_at:
            world.sweep()
            sweep_at = world.time() + MINUTE
        world.carry_wakes()
    world.run(timedelta(hours=48))
    return len(list(world.problems()))


def _next_batch(left: list[Edit], now: datetime) -> list[dict[str, Any]]:
    """Takes it from the end of what is left."""
    batch: list[dict[str, Any]] = []
    while left and left[-1].at <= now and len(batch) < BATCH:
        batch.append(left.pop().event)
    return batch


def _floor(edits: Sequence[Edit], before: Mapping[str, str]) -> int:
    """If all came at once: lists of what changed, times the look-ups and writes that such a list takes."""
    newest = {code(each.event): each.event for each in edits if not is_poison(each.event)}
    changed = [number for number, event in newest.items() if before.get(number) != text(event)]
    takes = [_takes(newest[number], number in before) for number in changed]
    return sum(-(-takes.count(requests) // LIST) * requests for requests in set(takes))


def _takes(event: Mapping[str, Any], is_known: bool) -> int:
    """A new customer's company is added before it, and a private person's own is changed with the person."""
    of_a_person = "organizationNumber" not in event["data"]
    has_company = "customer" in event["type"] and (of_a_person or not is_known)
    return WITH_COMPANY if has_company else WITHOUT_COMPANY
