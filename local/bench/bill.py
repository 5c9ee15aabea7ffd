"""What 10,000 companies and 100 million events a month would cost, reckoned from what some of it takes here."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

from local.bench.frame import Say, Table
from local.bench.idle import month_of
from local.bench.load import customer
from local.bench.metering import MeteredTable
from local.bench.prices import A_MILLION, MONTH, PRICES, fixed
from local.sample import generate
from local.twins.world import COMPANY, World, entities_of, reach_of
from moment_xledger.adapters.ledger import Ledger
from moment_xledger.domain.companies import CompanyId, TokenId

COMPANIES, EVENTS = 10_000, 100_000_000  # a month
SHARE_OF_INVOICES, WITHOUT_EFFECT = 0.1, 0.3
WINDOW = 1  # seconds in which a batch is gathered
MEASURED, ROUNDS = 300, 4  # companies, and events of each
FIRST_OWNER_CODE = 20_000
MEMORY = 0.5  # GB, as in the template
DYNAMODB_SECONDS, XLEDGER_SECONDS = 0.005, 0.3  # assumed for one call
AT_ONCE = 50  # of the function that sends customers, as in the template
COLUMNS = (
    "what",
    "of one saved record",
    "of one invoice",
    "a month, millions",
    "USD a month",
    "USD per million events",
)
NOTE = (
    f"{COMPANIES:,} companies, {EVENTS:,} events a month, {SHARE_OF_INVOICES:.0%} of them invoices, spread evenly, so "
    "that a batch has events of as many companies as events; each company with a token of its own; one save in "
    f"{ROUNDS} is of a new customer. Units, calls and requests are counted in a run on the twins; 5 ms for a call of "
    "DynamoDB, 300 ms for one of Xledger and 1 KB of log for a call of a function are assumed. Keys of KMS are kept "
    "for five minutes and cost next to nothing; exports, mails and S3 are left out, as are traffic, backups, what is "
    "stored and the free tier. List prices of us-east-1, in US dollars."
)


@dataclass(frozen=True)
class Use:
    """Of one event."""

    reads: float
    writes: float
    batches: float
    runs: float
    seconds: float  # of a function
    xledger: float  # requests

    @property
    def takes(self) -> dict[str, float]:
        calls = self.batches + self.runs
        return {
            "DynamoDB write units": self.writes,
            "DynamoDB read units": self.reads,
            "SQS requests": 1
            + 0.2
            + 3 * self.runs,  # sent; received and deleted by tens; a wake has all three
            "Lambda calls": calls,
            "Lambda GB-seconds": self.seconds * MEMORY,
            "Secrets read": self.runs,
            "Log, KB": calls,
        }


def bill(say: Say) -> list[Table]:
    say(f"{MEASURED} companies, {ROUNDS} saves of each")
    saved = _use(_saves(), known=[])
    say("invoices")
    customers = [_of(n, customer(n, 1, f"Kunde {n} AS")) for n in range(MEASURED)]
    first, second = _invoices()
    invoice = _use(second, known=[*customers, *first])
    return [Table("Cost on paper", COLUMNS, _rows(saved, invoice), NOTE), _limits(saved)]


def _use(events: list[dict[str, Any]], known: list[dict[str, Any]]) -> Use:
    """`known` is there before, and costs nothing."""
    companies = [
        COMPANY.model_copy(
            update={"id": _id(n), "token_id": TokenId(f"token-{n}"), "owner_code": FIRST_OWNER_CODE + n}
        )
        for n in range(MEASURED)
    ]
    world, table = World(entities_of(companies), companies=()), MeteredTable()
    world.table, world.ledger = table, Ledger(table)  # type: ignore[arg-type]
    for company in companies:
        world.ledger.companies.save(company)
        world.ledger.entities.save_reach(company.token_id, reach_of(world.server.plan, world.time()))
    world.receive(*known)
    world.run()
    world.xledger.asked.clear()
    batch = max(1, EVENTS * WINDOW // MONTH)
    reads, writes, calls, batches, runs = table.reads, table.writes, table.calls, 0, 0
    began = time.process_time()
    for start in range(0, len(events), batch):
        world.receive(*events[start : start + batch])
        batches, runs = batches + 1, runs + len(world.woken)
        world.carry_wakes()
    busy = time.process_time() - began
    if held := sum(1 for company in companies for _ in world.ledger.invoices.held(company.id)):
        raise RuntimeError(f"{held} invoices were held back; none was to be")
    asked = len(world.xledger.asked)
    seconds = busy + (table.calls - calls) * DYNAMODB_SECONDS + asked * XLEDGER_SECONDS
    figures = (table.reads - reads, table.writes - writes, batches, runs, seconds, asked)
    return Use(*(figure / len(events) for figure in figures))


def _saves() -> list[dict[str, Any]]:
    """Every company's customer is saved in turn; the first time it is new."""
    random, names = Random(1), [f"Kunde {n} AS" for n in range(MEASURED)]
    events = []
    for version in range(1, ROUNDS + 1):
        for n in range(MEASURED):
            if random.random() >= WITHOUT_EFFECT:
                names[n] = f"Kunde {n} v{version} AS"
            events.append(_of(n, customer(n, version, names[n])))
    return events


def _invoices() -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Two for each company, for the customer that it has. With the first, Xledger is asked for its lists."""
    published = generate(COMPANY.id, 40, 0, 2 * MEASURED, 0, seed=1)
    invoices = (event for event in published if event["type"] == "team.moment.invoice.finalized")
    made = [_for_customer(n % MEASURED, event) for n, event in enumerate(invoices)]
    return made[:MEASURED], made[MEASURED:]


def _for_customer(n: int, event: Mapping[str, Any]) -> dict[str, Any]:
    saved = customer(n, 1, f"Kunde {n} AS")["data"]
    buyer = event["data"]["customer"] | {name: saved[name] for name in ("id", "customerNumber", "name")}
    return _of(n, {**event, "data": event["data"] | {"customer": buyer}})


def _of(n: int, event: Mapping[str, Any]) -> dict[str, Any]:
    return {**event, "momentcompany": _id(n)}


def _id(n: int) -> CompanyId:
    return CompanyId(f"company-{n}")


def _rows(saved: Use, invoice: Use) -> list[list[str | float | None]]:
    rows: list[list[str | float | None]] = []
    for what, whatever in _fixed().items():
        one, other = saved.takes.get(what, 0), invoice.takes.get(what, 0)
        millions = EVENTS / A_MILLION * (one + (other - one) * SHARE_OF_INVOICES) + whatever / A_MILLION
        rows.append([what, one, other, millions, millions * PRICES[what]])
    total = sum(float(row[4] or 0) for row in rows)
    rows.append(["**in all**", None, None, None, total])
    return [[*row, float(row[4] or 0) / EVENTS * A_MILLION] for row in rows]


def _fixed() -> dict[str, float]:
    """A month's, whatever is published: what is kept, and what the clock starts."""
    started = month_of(COMPANIES)
    return {what: kept + started.get(what, 0) for what, kept in fixed(COMPANIES).items()}


def _limits(saved: Use) -> Table:
    a_second = EVENTS / MONTH
    an_hour = EVENTS / COMPANIES / (MONTH / 3600)
    per_run = (saved.seconds - saved.batches * DYNAMODB_SECONDS) / saved.runs
    needs: list[tuple[str, float, float, str]] = [
        ("Xledger requests of a company an hour", an_hour * saved.xledger, 500, "a plan of 500"),
        (
            "functions that send customers at once",
            a_second * saved.runs * per_run,
            AT_ONCE,
            "MaximumConcurrency in the template; Lambda takes up to 1,000",
        ),
        ("functions at once in the account", a_second * saved.seconds, 1_000, "Lambda's default quota"),
        (
            "DynamoDB write units a second",
            a_second * saved.writes,
            40_000,
            "a table's default quota on demand",
        ),
        ("DynamoDB read units a second", a_second * saved.reads, 40_000, "the same"),
    ]
    rows = [(what, need, limit, need / limit, whence) for what, need, limit, whence in needs]
    rows.sort(key=lambda row: -row[3])
    note = f"At {a_second:.0f} events a second on average, all as dear as a saved record; the first limit comes first."
    return Table("Where it ends", ("what", "needed", "limit", "share", "whence"), rows, note)
