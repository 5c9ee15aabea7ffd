"""A hundred thousand events through the real handlers over the twins: how long it takes, and whether memory grows."""

import json
import os
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import functions.receive_events.handler as receive_events
import functions.sync_customers.handler as sync_customers
from local.bench.load import edits, new_customers
from local.proof.deployment import SECRETS, Twins, context, deployed, secret
from local.proof.fates import NONE, Fates
from local.proof.network import Network
from local.proof.outside import BucketTwin, Outside, TableTwin
from local.proof.scheduling import Scheduler
from local.proof.vaults import SecretsTwin
from local.twins.world import COMPANY, START, TOKEN
from local.xledger.engine import Xledger
from local.xledger.plan import Plan
from moment_xledger.adapters.ledger import Ledger

MOST_CUSTOMERS = 5_000
BATCH = 100  # as in the template
SYNC_EVERY = 20  # batches
NEW = 0.25  # of the events, at most: the rest are newer versions
SETTLED = 0.4  # of the events: by then every record is there


@dataclass(frozen=True)
class Loaded:
    """`seconds` of one core; `grown`: megabytes that the process has taken since most of the records were there."""

    events: int
    seconds: float
    grown: float
    wrong: int


class _Wakes:
    """As boto3's client for SQS: a wake that nobody waits for."""

    def send_message(self, **_: Any) -> None:
        pass


def load(events: int) -> Loaded:
    scheduler = Scheduler(START)
    outside = Outside(scheduler, Fates(Random(1), NONE), lambda what: None)
    server = Xledger(Plan(credits_per_hour=None).with_token(TOKEN.secret), clock=scheduler.clock)
    secrets, ledger = SecretsTwin(outside), Ledger(TableTwin(outside))  # type: ignore[arg-type]
    secrets.create_secret(Name=SECRETS + COMPANY.id, SecretString=secret(TOKEN.secret))
    ledger.companies.save(COMPANY)
    network = Network(server, outside)
    clients = {"sqs": _Wakes(), "secretsmanager": secrets, "s3": BucketTwin(outside)}
    memory: list[float] = []
    published = _published(events)
    newest: dict[str, str] = {}
    with deployed(Twins(ledger, clients, {}, network, scheduler, Random(1))):
        begun = time.process_time()
        scheduler.start("load", lambda: _run(published, events, newest, network, memory))
        scheduler.run(lambda: not scheduler.running)
        seconds = time.process_time() - begun
    held = {each["code"]: each["description"] for each in server.seen()["customers"]}
    wrong = sum(held.get(number) != name for number, name in newest.items())
    return Loaded(events, seconds, memory[-1] - memory[0], wrong)


def _published(events: int) -> Iterator[dict[str, Any]]:
    new = min(MOST_CUSTOMERS, int(events * NEW))
    yield from new_customers(new)
    yield from (each.event for each in edits(events - new, new, START, timedelta(hours=1), seed=1))


def _run(
    published: Iterator[dict[str, Any]],
    events: int,
    newest: dict[str, str],
    network: Network,
    memory: list[float],
) -> None:
    """Events in batches, and now and then what they are to cause."""
    for start in range(0, events, BATCH):
        batch = [next(published) for _ in range(min(BATCH, events - start))]
        newest.update({each["data"]["customerNumber"]: each["data"]["name"] for each in batch})
        records = [_record(start + n, each) for n, each in enumerate(batch)]
        receive_events.lambda_handler({"Records": records}, context("receive_events", start))
        is_last = start + BATCH >= events
        if start // BATCH % SYNC_EVERY == SYNC_EVERY - 1 or is_last:
            wake = _record(start, {"token": COMPANY.token_id})
            sync_customers.lambda_handler({"Records": [wake]}, context("sync_customers", start))
            network.requests.clear()
        if is_last or (start >= SETTLED * events and not memory):
            memory.append(_megabytes())


def _record(number: int, content: dict[str, Any]) -> dict[str, Any]:
    return {"messageId": f"m{number}", "receiptHandle": f"h{number}", "body": json.dumps(content)}


def _megabytes() -> float:
    """Of this process; 0 where the system does not tell."""
    with suppress(OSError):
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 1e6
    return 0.0
