"""What somebody waits for who meets a console that must start first: its import, and its first answer."""

import json
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from local import ROOT
from local.aws import EmbeddedAws
from local.aws import template as templates
from local.bench.cold_start import LAYER, LIBRARIES, fresh
from local.bench.frame import ROUNDS, Say, Spread, Table
from local.build.templates import compile_templates
from local.twins.world import COMPANY
from moment_xledger.adapters import table
from moment_xledger.adapters.ledger import Ledger
from moment_xledger.console.rendering import COMPILED
from moment_xledger.console.visits import COOKIE
from moment_xledger.domain.sessions import Person, Role
from moment_xledger.flows.open_session import open_session

NAME = "ledger"
# Of the processor, before anything is loaded, after it, and when it has answered.
MEASURED = """
import json, sys, time
from types import SimpleNamespace
event = json.load(sys.stdin)
whose = SimpleNamespace(function_name="x", memory_limit_in_mb=512, invoked_function_arn="x", aws_request_id="x")
begun = time.process_time()
{load}
loaded = time.process_time()
{answer}
print(loaded - begun, time.process_time() - loaded)
"""
CONSOLE = MEASURED.format(
    load="from functions.console.handler import lambda_handler",
    answer="assert lambda_handler(event, whose)['statusCode'] < 400",
)
FLOOR = MEASURED.format(
    load=LIBRARIES,
    answer=f"boto3.client('dynamodb').get_item(TableName='{NAME}', Key=dict.fromkeys(('pk', 'sk'), {{'S': 'x'}}))",
)
BASELINE = "(libraries alone, and one item read)"
COLUMNS = ("what", "import, ms of the processor", "first answer", "both", "÷ libraries and one item")
NOTE = (
    "Each in a fresh interpreter, with the layer as `make build` makes it and a table in the embedded AWS. Nothing "
    "that reads anything could be below the first line: making boto3's client and asking it once."
)


class Cost(NamedTuple):
    load: float
    answer: float

    @property
    def both(self) -> float:
        return self.load + self.answer


def first_answer(say: Say) -> list[Table]:
    with tempfile.TemporaryDirectory(prefix="layer-") as folder, EmbeddedAws() as aws:
        layer = as_built(Path(folder) / "python")
        asked = requests(_ledger(aws), datetime.now(UTC))
        environment = {**aws.environment(), "TABLE": NAME, "BOOKKEEPING_YEARS": "5"}
        rounds = []
        for number in range(ROUNDS + 1):
            say(f"round {number} of {ROUNDS}: {len(asked) + 1} fresh interpreters")
            floor = {BASELINE: measure(FLOOR, layer, environment, {})}
            costs = {what: measure(CONSOLE, layer, environment, event) for what, event in asked.items()}
            rounds.append(floor | costs)
        del rounds[0]  # so that all is compiled
    return [
        Table("First answer of a cold console", COLUMNS, [_row(what, rounds) for what in rounds[0]], NOTE)
    ]


def as_built(layer: Path) -> Path:
    shutil.copytree(LAYER, layer, ignore=shutil.ignore_patterns("__pycache__"))
    compile_templates(layer / COMPILED.relative_to(LAYER))
    return layer


def measure(code: str, layer: Path, environment: Mapping[str, str], event: Mapping[str, Any]) -> Cost:
    load, answer = fresh(code, layer, environment, json.dumps(event)).splitlines()[-1].split()
    return Cost(float(load), float(answer))


def requests(ledger: Ledger, now: datetime) -> dict[str, dict[str, Any]]:
    """Each is good any number of times: looking does not use a link up."""
    person = Person(COMPANY.id, "Kari Nordmann", Role.ACCOUNTANT, COMPANY.language)
    ledger.companies.save(COMPANY)
    cookies = [f"{COOKIE}={open_session(ledger.sessions.offer(person, now), ledger, now)}"]
    return {
        "the page to sign in": an_event(f"/in/{ledger.sessions.offer(person, now)}"),
        "the overview": an_event("/overview", cookies),
        "the overview as JSON": an_event("/overview", cookies, "application/json"),
        "the settings": an_event("/settings", cookies),
        "sent on to another address": an_event("/"),
    }


def an_event(path: str, cookies: Sequence[str] = (), accept: str = "text/html") -> dict[str, Any]:
    """As a function URL gives it."""
    return {
        "rawPath": path,
        "headers": {"accept": accept},
        "cookies": list(cookies),
        "requestContext": {"http": {"method": "GET", "path": path}, "stage": "$default"},
        "isBase64Encoded": False,
    }


def _ledger(aws: EmbeddedAws) -> Ledger:
    """In a table that has the template's keys."""
    about = templates.read(ROOT / "template.yaml")["Resources"]["Table"]["Properties"]
    keys = ("BillingMode", "AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes")
    aws.client("dynamodb").create_table(TableName=NAME, **{key: about[key] for key in keys})
    return Ledger(table.Table(aws.client("dynamodb"), NAME))


def _row(what: str, rounds: Sequence[Mapping[str, Cost]]) -> list[str | Spread]:
    return [
        what,
        Spread.of(each[what].load * 1000 for each in rounds),
        Spread.of(each[what].answer * 1000 for each in rounds),
        Spread.of(each[what].both * 1000 for each in rounds),
        Spread.of(each[what].both / each[BASELINE].both for each in rounds),
    ]
