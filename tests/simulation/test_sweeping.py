"""A hundred companies whose wakes get lost, sweeps and workers that die at any call, and an account with little
room."""

import json
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import count
from random import Random
from typing import Any

import pytest

from local.proof.deployment import CLOCKED, HANDLERS, Twins, context, deployed, shapes
from local.proof.fates import NONE, Fates
from local.proof.network import Network
from local.proof.outside import Outside, QueuesTwin, TableTwin
from local.proof.queues import Queue, Room
from local.proof.scheduling import Scheduler
from local.twins.world import START
from local.xledger.engine import Xledger
from local.xledger.plan import Plan
from moment_xledger.adapters.ledger import Ledger, keys
from moment_xledger.adapters.table import Put, Update
from moment_xledger.domain.companies import CompanyId, TokenId
from moment_xledger.domain.errors import Why
from moment_xledger.domain.gate import Gate
from moment_xledger.domain.kinds import Kind

MINUTE = timedelta(minutes=1)
COMPANIES, CLOSED = 100, 30
OPENS = START + 20 * MINUTE
BAD = replace(NONE, deaths=0.01, stalls=0.01, lost_wakes=0.3, doubled_messages=0.1, lost_deletes=0.05)


@dataclass
class Served:
    """When the work of each was done. Whoever does it may die before that is written."""

    ledger: Ledger
    scheduler: Scheduler
    tokens: dict[str, datetime] = field(default_factory=dict)
    mailed: dict[str, datetime] = field(default_factory=dict)

    def token(self, event: dict[str, Any]) -> dict[str, Any]:
        (record,) = event["Records"]
        token = json.loads(record["body"])["token"]
        for kind in Kind:
            key = keys.work(TokenId(token), kind, CompanyId(token))
            self.ledger.records._table.write(Update(key, remove=["due", "due_at"]))
        self.tokens.setdefault(token, self.scheduler.now)
        return {"batchItemFailures": []}

    def company(self, event: dict[str, Any]) -> dict[str, Any]:
        (record,) = event["Records"]
        company = json.loads(record["body"])["company"]
        self.ledger.records._table.write(Update(keys.mailing(company), remove=["due", "due_at"]))
        self.mailed.setdefault(company, self.scheduler.now)
        return {"batchItemFailures": []}


def set_up(ledger: Ledger) -> None:
    """Everybody has customers, projects and mails that are due; some may not ask Xledger yet."""
    for n in range(COMPANIES):
        name = f"company-{n}"
        for kind in Kind:
            ledger.records.mark_work(TokenId(name), kind, CompanyId(name), START)
        key = keys.mailing(CompanyId(name))
        ledger.records._table.write(Put(key, {"due": keys.shard(key[0]), "due_at": keys.stamp(START)}))
        if n < CLOSED:
            ledger.gates.save(TokenId(name), Gate(closed_until=OPENS, closed_why=Why.DOWN, failures=5))


def play(seed: int, room: Room | None = None) -> tuple[Served, Fates, dict[str, Queue]]:
    random, scheduler, calls = Random(seed), Scheduler(START), count(1)
    fates = Fates(random, BAD)
    outside = Outside(scheduler, fates, lambda what: None)
    ledger = Ledger(TableTwin(outside))  # type: ignore[arg-type]
    served = Served(ledger, scheduler)
    set_up(ledger)
    work = {"Customers": served.token, "Projects": served.token, "InvoiceMails": served.company}
    queues = {
        name: Queue(
            name, shapes()[name], work.get(name, served.company), scheduler, fates, lambda _: None, room=room
        )
        for name in HANDLERS
    }
    network = Network(Xledger(Plan(), clock=scheduler.clock), outside)

    def sweep() -> None:
        handler = CLOCKED["sweep"].lambda_handler
        scheduler.start("sweep", lambda: handler({}, context("sweep", next(calls))))
        scheduler.later(MINUTE, sweep)

    twins = Twins(ledger, {"sqs": QueuesTwin(outside, queues)}, {}, network, scheduler, random)
    with deployed(twins):
        sweep()
        scheduler.run(lambda: scheduler.now > START + 120 * MINUTE or len(served.tokens) == COMPANIES)
        scheduler.stop()
    return served, fates, queues


@pytest.mark.parametrize("seed", range(3))
def test_everybody_is_woken_once_they_may_go_whoever_dies(seed: int) -> None:
    served, fates, queues = play(seed)
    everybody = {f"company-{n}" for n in range(COMPANIES)}
    assert (set(served.tokens), set(served.mailed)) == (everybody, everybody)
    assert min(served.tokens[f"company-{n}"] for n in range(CLOSED)) >= OPENS
    assert max(served.mailed.values()) < OPENS  # which no gate holds up
    assert any("sweep" in site for site, _ in fates.met)
    assert not [name for name, queue in queues.items() if queue.dead]


def test_in_an_account_with_room_for_two_nothing_is_put_aside() -> None:
    room = Room(2)
    served, _, queues = play(1, room)
    assert room.turned_away > 10
    assert len(served.tokens) == len(served.mailed) == COMPANIES
    assert not [name for name, queue in queues.items() if queue.dead]
