"""Without a sweep: whatever the order in which wakes of both kinds come, all that was saved is in Xledger soon, and
then no wake is left. Real handlers, and queues that are slow, doubled and in no order."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import count
from random import Random
from typing import Any

import pytest

from local.proof.deployment import EVENTS, HANDLERS, SECRETS, Twins, context, deployed, secret, shapes
from local.proof.fates import NONE, Fates
from local.proof.network import Network
from local.proof.outside import BucketTwin, Outside, QueuesTwin, TableTwin
from local.proof.queues import Queue
from local.proof.scheduling import Scheduler
from local.proof.vaults import SecretsTwin
from local.twins.world import COMPANY, START, TOKEN
from local.xledger.engine import Xledger
from local.xledger.plan import Plan
from moment_xledger.adapters.ledger import Ledger
from moment_xledger.wakes import LONGEST_CHAIN
from tests.builders import a_customer, a_project

SAVED, PERIOD = 12, 40  # pairs, in so many seconds
AN_HOUR = timedelta(hours=1)
SOON = timedelta(seconds=60)  # a list of the fullest hour that these make, and what the queues take
RATES = replace(NONE, doubled_messages=0.3, lost_deletes=0.1)


@dataclass
class Played:
    """`late`: how long after the last event something came to Xledger. `sent` counts messages by queue."""

    server: Xledger
    ledger: Ledger
    queues: dict[str, Queue]
    late: timedelta = timedelta()
    sent: Counter[str] = field(default_factory=Counter)
    longest_chain: int = 0


def play(seed: int, plan: int, rates: Any = RATES) -> Played:
    """So many pairs of a customer and its project, in any order of the two."""
    random, scheduler, calls = Random(seed), Scheduler(START), count(1)
    fates = Fates(random, rates)
    outside = Outside(scheduler, fates, lambda what: None)
    server = Xledger(Plan(credits_per_hour=None).with_token(TOKEN.secret), clock=scheduler.clock)
    secrets, ledger = SecretsTwin(outside), Ledger(TableTwin(outside))  # type: ignore[arg-type]
    secrets.create_secret(Name=SECRETS + COMPANY.id, SecretString=secret(TOKEN.secret))
    ledger.companies.save(COMPANY.model_copy(update={"requests_per_hour": plan}))

    def queue(name: str) -> Queue:
        def handle(event: dict[str, Any]) -> Any:
            return HANDLERS[name].lambda_handler(event, context(name, next(calls)))

        return Queue(name, shapes()[name], handle, scheduler, fates, lambda what: None, name == EVENTS)

    played = Played(server, ledger, {name: queue(name) for name in (EVENTS, "Customers", "Projects")})
    clients = {"sqs": Counted(outside, played), "secretsmanager": secrets, "s3": BucketTwin(outside)}
    last = START
    for event in pairs(random):
        after = timedelta(seconds=random.uniform(0, PERIOD))
        last = max(last, START + after)
        scheduler.later(after, lambda event=event: played.queues[EVENTS].put(json.dumps(event)))  # type: ignore[misc]
    with deployed(Twins(ledger, clients, {}, Network(server, outside), scheduler, random)):
        scheduler.run(lambda: complete(server) or scheduler.now > last + AN_HOUR)
        played.late = scheduler.now - last
        fates.over = (
            True  # or one message in ten thousand is not deleted four times, and still there after an hour
        )
        scheduler.run(lambda: scheduler.now > last + AN_HOUR)
        scheduler.stop()
    return played


class Counted(QueuesTwin):
    def __init__(self, outside: Outside, played: Played) -> None:
        super().__init__(outside, played.queues)
        self.played = played

    def send_message(self, *, QueueUrl: str, MessageBody: str, **how: Any) -> None:  # noqa: N803
        self.played.sent[QueueUrl] += 1
        chain = json.loads(MessageBody).get("chain", 0)
        self.played.longest_chain = max(self.played.longest_chain, chain)
        super().send_message(QueueUrl=QueueUrl, MessageBody=MessageBody, **how)


def pairs(random: Random) -> Iterator[dict[str, Any]]:
    for n in range(SAVED):
        number = str(10_001 + n)
        pair = [a_customer(number), a_project(f"P-{n}", customerNumber=number)]
        random.shuffle(pair)
        yield from pair


def complete(server: Xledger) -> bool:
    return all(len(server.state.tables[name].records) == SAVED for name in ("customers", "projects"))


@pytest.mark.parametrize("plan", [10_000, 500, 150], ids=lambda plan: f"{plan} requests an hour")
@pytest.mark.parametrize("seed", range(10))
def test_no_wake_is_lost_to_another(seed: int, plan: int) -> None:
    """The smaller the plan, the longer a list waits to be joined."""
    played = play(seed, plan)
    assert complete(played.server)
    assert played.late < SOON
    assert not any(queue.messages or queue.dead for queue in played.queues.values())
    assert played.sent.total() <= 2 * 2 * SAVED
    assert played.longest_chain <= LONGEST_CHAIN
