"""Real handlers, and queues that know no fairness: how long quiet companies wait for Xledger while a few others save
thousands of customers."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from itertools import chain, count
from random import Random
from typing import Any

from local.bench.contest.freshness import Freshness, Written, freshness, names_in
from local.bench.load import FIRST_NUMBER, Edit
from local.proof.crowd import BEGINS, QUIET_LASTS, Member, members, name, plan_of
from local.proof.deployment import (
    CLOCKED,
    EVENTS,
    HANDLERS,
    SECRETS,
    Twins,
    context,
    deployed,
    secret,
    shapes,
)
from local.proof.fates import NONE, Fates
from local.proof.network import Network
from local.proof.outside import BucketTwin, Outside, QueuesTwin, TableTwin
from local.proof.queues import Message, Queue
from local.proof.scheduling import Scheduler
from local.proof.vaults import SecretsTwin
from local.twins.world import START
from local.xledger.engine import Xledger
from moment_xledger.adapters.ledger import Ledger
from moment_xledger.domain.companies import Token
from moment_xledger.domain.replies import Data, Reply

QUIET, NOISY = 200, 3
# As in the template, of events and of wakes: how soon a function is called, and how many calls of it there may be.
BATCH, WINDOW, SOON = 100, 2.0, 0.5
OF_EVENTS, OF_WAKES = 10, 50
MINUTE = timedelta(minutes=1)
# What everybody begins with is in Xledger, and until BEGINS nobody does anything.
SETTLED = START + 10 * MINUTE


@dataclass
class _Watched(Network):
    """Notes who got which name when."""

    written: list[Written] = field(default_factory=list)

    def ask(self, token: Token, operation: str, variables: Mapping[str, Any]) -> Reply:
        reply = super().ask(token, operation, variables)
        self.requests.clear()
        if isinstance(reply, Data):
            now = self.outside.scheduler.now
            self.written += names_in(operation, variables, self.server, now)
        return reply


@dataclass
class _BusyQueue(Queue):
    """Whoever is done takes the next ones: to look again every second for each of thousands takes long."""

    def poll(self) -> None:
        if self.at_work < self.shape.concurrency:
            super().poll()

    def _call(self, batch: list[Message]) -> None:
        super()._call(batch)
        self.poll()


@dataclass(frozen=True)
class Neighbours:
    """How fresh Xledger was of the quiet companies, and of the noisy ones."""

    quiet: Freshness
    noisy: Freshness
    refused: int


def noisy_neighbours(quiet: int = QUIET, noisy: int = NOISY, seed: int = 1) -> Neighbours:
    everybody, random = members(quiet, noisy), Random(seed)
    edits = {each.company.id: list(each.edits(random)) for each in everybody}
    scheduler = Scheduler(START)
    outside = Outside(scheduler, Fates(random, NONE), lambda what: None)
    server = Xledger(plan_of(everybody), clock=scheduler.clock)
    network = _Watched(server, outside)
    begun = chain.from_iterable(each.begins_with() for each in everybody)
    _play(everybody, [*begun, *chain.from_iterable(edits.values())], outside, network)

    def seen(*, are_noisy: bool) -> Freshness:
        those = [each for each in everybody if each.is_noisy is are_noisy]
        saved = [edit for each in those for edit in edits[each.company.id]]
        return freshness(saved, network.written, _before(those), BEGINS)

    return Neighbours(seen(are_noisy=False), seen(are_noisy=True), server.seen()["requests"]["refused"])


def _before(those: Sequence[Member]) -> dict[str, str]:
    """The names in Xledger when it begins, by code."""
    places = chain.from_iterable(range(each.first, each.first + each.customers) for each in those)
    return {str(FIRST_NUMBER + n): name(n, 1) for n in places}


def _play(everybody: Sequence[Member], edits: Sequence[Edit], outside: Outside, network: Network) -> None:
    scheduler, secrets = outside.scheduler, SecretsTwin(outside)
    ledger = Ledger(TableTwin(outside))  # type: ignore[arg-type]
    for each in everybody:
        secrets.create_secret(Name=SECRETS + each.company.id, SecretString=secret(each.token.secret))
        ledger.companies.save(each.company)
    calls = count(1)
    queues = {function: _queue(function, outside, calls) for function in HANDLERS}
    clients = {
        "sqs": QueuesTwin(outside, queues),
        "secretsmanager": secrets,
        "s3": BucketTwin(outside),
    }

    def sweep() -> None:
        handler = CLOCKED["sweep"].lambda_handler
        scheduler.start("sweep", lambda: handler({}, context("sweep", next(calls))))
        is_idle = SETTLED < scheduler.now < BEGINS - MINUTE
        scheduler.later(BEGINS - scheduler.now if is_idle else MINUTE, sweep)

    with deployed(Twins(ledger, clients, {}, network, scheduler, outside.fates.random)):
        for edit in edits:
            put = partial(queues[EVENTS].put, json.dumps(edit.event))
            scheduler.later(edit.at - START, put)
        sweep()
        scheduler.run(lambda: scheduler.now >= BEGINS + QUIET_LASTS + 5 * MINUTE)
        scheduler.stop()


def _queue(function: str, outside: Outside, calls: Iterator[int]) -> Queue:
    def handle(event: dict[str, Any]) -> dict[str, Any]:
        answer: dict[str, Any] = HANDLERS[function].lambda_handler(event, context(function, next(calls)))
        return answer

    is_data = function == EVENTS
    at_once, batch = (OF_EVENTS, BATCH) if is_data else (OF_WAKES, 1)
    shape = replace(shapes()[function], concurrency=at_once, batch=batch)
    notices = WINDOW if is_data else SOON
    return _BusyQueue(
        function, shape, handle, outside.scheduler, outside.fates, outside.note, is_data, notices
    )
