"""A cold start loads what a function always uses, and nothing else: the rest is loaded where it is first used."""

import json
import sys
from functools import cache

import pytest

from local.bench.cold_start import LIBRARIES, fresh, functions

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
