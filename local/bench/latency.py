"""How long it takes from an event until Xledger shows it: on the embedded AWS, whose schedules are the template's, so
that the sweep comes once a minute."""

import json
import random
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from typing import Any

from local import ROOT, moment, serving
from local.aws import EmbeddedAws, Stack
from local.aws.wiring import wiring
from local.bench.frame import Cell, Say, Table
from local.run.bodies import Body
from local.run.options import MOMENT_PATH, XLEDGER_PATH
from local.run.publishing import publish
from local.run.waiting import in_queues
from local.xledger.engine import Xledger
from local.xledger.plan import parse_plan
from local.xledger.server import XledgerApp
from moment_xledger.adapters.secrets import Vault
from moment_xledger.domain.companies import Secrets, Token
from moment_xledger.flows.save_company import save_company

COMPANIES = 10
ALONE, PAIRS, CROWDS = 50, 100, 10  # how often each is measured
FIRST_OWNER_CODE = 20_001
PLAN = 10_000  # requests an hour, so large that all of this leaves the hour as good as unused
GIVE_UP = 180.0  # seconds
LOOK = 0.01  # seconds between two looks at what Xledger holds
LONGEST_PAUSE = 1.0  # before each event, so that they fall anywhere in the sweep's minute
WAKES = ("EventsQueue", "CustomersQueue", "ProjectsQueue")
COLUMNS = ("what", "times", "p50, s", "p99, s", "at most, s", "promised")
PROMISED = "p50 ≤ 2, p99 ≤ 10"
MOMENT_KEY = "key-of-the-bench"


@dataclass(frozen=True)
class Saved:
    """What Moment publishes at one moment, and the codes that Xledger then has."""

    bodies: Sequence[Body]
    customers: Sequence[str]
    projects: Sequence[str]


@dataclass(frozen=True)
class Scene:
    aws: EmbeddedAws
    stack: Stack
    xledger: Xledger

    def seconds(self, saved: Saved) -> list[float]:
        """Until Xledger has each of them."""
        sqs = self.aws.client("sqs")
        began = time.monotonic()
        publish(sqs, self.stack.resources["EventsQueue"], saved.bodies, told=lambda _: None)
        left = {("customers", code) for code in saved.customers}
        left |= {("projects", code) for code in saved.projects}
        found: list[float] = []
        while left:
            here = {
                (table, code) for table, code in left if self.xledger.state.tables[table].find("code", code)
            }
            passed = time.monotonic() - began
            found += [passed] * len(here)
            left -= here
            if passed > GIVE_UP:
                raise RuntimeError(f"after {passed:.0f} s Xledger still lacks {sorted(left)}")
            time.sleep(LOOK)
        self._until_idle()
        return found

    def _until_idle(self) -> None:
        """The run that sent it has given the token back."""
        queues = {name: self.stack.resources[name] for name in WAKES}
        while any(in_queues(self.aws.client("sqs"), queues).values()):
            time.sleep(0.05)

    @property
    def sweeps(self) -> int:
        return self.stack.log_of(self.aws, "Sweep").count('"swept"')


def latency(say: Say) -> list[Table]:
    numbers, dice = count(1), random.Random(1)
    with scene() as stage:
        say("it stands")
        began = time.monotonic()

        def measured(what: str, times: int, saved: Callable[[int], Saved]) -> list[Cell]:
            say(what)
            waits: list[float] = []
            for turn in range(times):
                time.sleep(LONGEST_PAUSE * dice.random())
                waits.append(max(stage.seconds(saved(turn))))
            return [what, times, share(waits, 0.5), share(waits, 0.99), max(waits), PROMISED]

        rows = [
            measured("a customer", ALONE, lambda turn: _customer(turn % COMPANIES, next(numbers))),
            measured(
                "a customer and its project at once: both",
                PAIRS,
                lambda turn: _pair(turn % COMPANIES, next(numbers)),
            ),
            measured(
                f"{COMPANIES} companies, a customer each at once: all",
                CROWDS,
                lambda _: _crowd(next(numbers)),
            ),
        ]
        minutes = (time.monotonic() - began) / 60
        note = (
            f"One event or one pair after the other on the embedded AWS, {COMPANIES} companies in turn, each with a "
            f"token of its own; in {minutes:.0f} minutes the sweep ran {stage.sweeps} times, and by nobody's hand. The "
            "first ones start the functions' processes. AWS gathers events for up to a second before it calls "
            "receive_events, which the embedded one does not; and this Xledger answers faster than the real one."
        )
    return [Table("Latency", COLUMNS, rows, note)]


def share(values: Sequence[float], part: float) -> float:
    """The value that so large a part of them does not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))]


@contextmanager
def scene() -> Iterator[Scene]:
    owners = range(FIRST_OWNER_CODE, FIRST_OWNER_CODE + COMPANIES)
    tokens = {owner: f"dG9rZW4t{owner}" for owner in owners}
    plan = {
        "entities": [{"ownerCode": owner, "description": f"Firma {owner} AS"} for owner in owners],
        "tokens": [{"token": token, "ownerCode": owner} for owner, token in tokens.items()],
        "credits_per_hour": PLAN,
    }
    xledger = Xledger(parse_plan(plan))
    with (
        EmbeddedAws() as aws,
        serving.start(XledgerApp(xledger)) as books,
        moment.start([], {MOMENT_KEY: {_id(n) for n in range(COMPANIES)}}) as api,
    ):
        parameters = {"XledgerUrl": books.url + XLEDGER_PATH, "MomentUrl": api.url + MOMENT_PATH}
        stack = aws.deploy(ROOT / "template.yaml", parameters)
        use = wiring(aws, stack)
        vault = Vault(aws.client("secretsmanager"), f"{stack.name}/", stack.resources["Fingerprint"])
        for n, owner in enumerate(owners):
            settings = {
                "id": _id(n),
                "name": f"Firma {owner} AS",
                "owner_code": owner,
                "requests_per_hour": PLAN,
                "export_customers": True,
                "export_projects": True,
            }
            keys = Secrets(Token(tokens[owner]), Token(MOMENT_KEY), None)
            save_company(
                settings, keys, use.ledger, vault, lambda: datetime.now(UTC), books.url + XLEDGER_PATH
            )
        yield Scene(aws, stack, xledger)


def _id(n: int) -> str:
    return f"firma-{n}"


def _customer(company: int, number: int) -> Saved:
    return Saved([_customers_event(company, number)], [f"K{number}"], [])


def _pair(company: int, number: int) -> Saved:
    data = {
        "id": number,
        "version": 1,
        "projectNumber": f"P{number}",
        "name": f"Prosjekt {number}",
        "customerNumber": f"K{number}",
        "active": True,
    }
    bodies = [_customers_event(company, number), _event(company, "project", number, data)]
    return Saved(bodies, [f"K{number}"], [f"P{number}"])


def _crowd(number: int) -> Saved:
    codes = [number * 1_000 + n for n in range(COMPANIES)]
    bodies = [_customers_event(n, code) for n, code in enumerate(codes)]
    return Saved(bodies, [f"K{code}" for code in codes], [])


def _customers_event(company: int, number: int) -> Body:
    data = {"id": number, "version": 1, "customerNumber": f"K{number}", "name": f"Kunde {number} AS"}
    return _event(company, "customer", number, data)


def _event(company: int, kind: str, number: int, data: dict[str, Any]) -> Body:
    event = {
        "specversion": "1.0",
        "id": f"{kind}-{number}",
        "source": "moment",
        "type": f"team.moment.{kind}.saved",
        "time": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "momentcompany": _id(company),
        "data": data,
    }
    return Body(json.dumps(event), f"{kind}-{number}")
