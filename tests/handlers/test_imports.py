"""A cold start loads what a function always uses, and nothing else: the rest is loaded where it is first used."""

import json
import sys
from functools import cache
from typing import Any

import pytest

from local.bench.cold_start import LIBRARIES, fresh, functions
from moment_xledger.wiring import Wiring
from tests.template import resources

LOADED = "{imports}\nimport json, sys\nprint(json.dumps(sorted(sys.modules)))"
OURS = {"functions", "moment_xledger"}
# What is dear in packages that are loaded, and ours that is for some; with those who use it.
PARTS = {
    "aws_lambda_powertools.event_handler": {"console"},
    "asyncio": {"console"},
    "pydoc": set(),
    "unittest": set(),
    "moment_xledger.console": {"console", "open_session"},
    "moment_xledger.console.rendering": set(),
    "moment_xledger.console.routes.entry": set(),
    "moment_xledger.mails": set(),
    "moment_xledger.adapters.files": set(),
    "moment_xledger.adapters.review_file": set(),
    "moment_xledger.adapters.secrets": set(),
    "moment_xledger.adapters.xledger_graphql": set(),
    "moment_xledger.adapters.xledger_soap": set(),
    "moment_xledger.flows.receive_events": {"receive_events"},
    "moment_xledger.flows.send_notices": {"send_notices"},
    "moment_xledger.flows.sweep": {"sweep"},
}


@cache
def loaded(imports: str) -> set[str]:
    return set(json.loads(fresh(LOADED.format(imports=imports))))


def packages(modules: set[str]) -> set[str]:
    return {module.partition(".")[0] for module in modules} - sys.stdlib_module_names - OURS


@pytest.mark.parametrize("function", functions())
def test_no_function_loads_what_it_does_not_use(function: str) -> None:
    modules = loaded(f"import functions.{function}.handler")

    assert packages(modules) <= packages(loaded(LIBRARIES))
    assert [part for part, users in PARTS.items() if part in modules and function not in users] == []


@pytest.mark.parametrize("part", PARTS)
def test_who_is_said_to_use_a_part_does(part: str) -> None:
    assert PARTS[part] == {name for name in PARTS[part] if part in loaded(f"import functions.{name}.handler")}


def test_three_tries_of_each_service_end_before_the_function_does(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the table in every function; files and keys are for those that may take half a minute."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-north-1")
    for name, value in {
        "TABLE": "t",
        "BOOKKEEPING_YEARS": "5",
        "BUCKET": "b",
        "SECRETS_PREFIX": "p/",
    }.items():
        monkeypatch.setenv(name, value)
    wiring = Wiring()
    found = [each for each in resources().values() if each["Type"] == "AWS::Serverless::Function"]
    timeouts = [each["Properties"]["Timeout"] for each in found]
    clients: list[tuple[Any, int]] = [
        (wiring.ledger._table, min(timeouts)),
        (wiring.files, 30),
        (wiring.vault, 30),
    ]
    for adapter, longest in clients:
        config = adapter._client.meta.config
        tries = config.retries["total_max_attempts"]
        assert tries > 1
        assert tries * (config.connect_timeout + config.read_timeout) < longest
