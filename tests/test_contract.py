"""The documents that Moment builds on say what the functions do."""

import ast
import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from local import ROOT
from moment_xledger.domain.events import TYPES, Event, read_event
from moment_xledger.domain.sessions import Role
from moment_xledger.flows.open_session import Wanted
from tests.template import resources, template

EVENTS = Path(__file__).parent.parent / "events"
GOOD = [
    *(file.read_text() for file in EVENTS.glob("*.json")),
    *(line for file in EVENTS.rglob("*.jsonl") for line in file.read_text().splitlines()),
]
SCHEMAS = {
    type_: Draft202012Validator(
        json.loads((EVENTS / "schemas" / f"{type_}.json").read_text()),
        format_checker=Draft202012Validator.FORMAT_CHECKER,
    )
    for type_ in TYPES
}


def test_every_example_fits_its_schema_and_is_read():
    assert len(GOOD) > 200
    for body in GOOD:
        event = json.loads(body)
        SCHEMAS[event["type"]].validate(event)
        assert isinstance(read_event(body), Event)


@pytest.mark.parametrize(
    ("type_", "change"),
    [
        pytest.param("customer.saved", {"customerNumber": None}, id="a customer without a number"),
        pytest.param(
            "customer.saved", {"customerNumber": "10;001"}, id="a number that could not stand in a file"
        ),
        pytest.param("customer.saved", {"version": "12"}, id="a version in quotes"),
        pytest.param("project.saved", {"active": "yes"}, id="a word where true or false is due"),
        pytest.param("invoice.finalized", {"total": 125000.0}, id="an amount as a JSON number"),
        pytest.param("invoice.finalized", {"vatLines": []}, id="no VAT lines"),
        pytest.param("invoice.finalized", {"invoiceDate": "31.10.2026"}, id="a date in the Norwegian way"),
    ],
)
def test_what_a_schema_refuses_is_refused_when_it_arrives(type_: str, change: dict[str, Any]):
    event = _example(f"team.moment.{type_}")
    event["data"] |= change

    assert not SCHEMAS[event["type"]].is_valid(event)
    assert not isinstance(read_event(json.dumps(event)), Event)


def test_the_asyncapi_document_names_every_type_and_its_schema():
    document = yaml.safe_load((EVENTS / "asyncapi.yaml").read_text())

    messages = document["components"]["messages"].values()
    assert {message["name"] for message in messages} == set(TYPES)
    assert all((EVENTS / message["payload"]["$ref"]).is_file() for message in messages)


def _example(type_: str) -> dict[str, Any]:
    return next(event for event in map(json.loads, GOOD) if event["type"] == type_)


# --- the page for Moment's back end ---------------------------------------------------------------------

PAGE = (ROOT / "docs" / "for-moment.md").read_text()
BLOCKS = {kind: re.findall(rf"```{kind}\n(.*?)```", PAGE, re.DOTALL) for kind in ("json", "python")}


def test_the_page_for_moment_names_outputs_of_the_stack():
    rows = re.findall(r"^\| (`\w+`, `\w+`) \|", PAGE, re.MULTILINE)
    named = {name.strip("`") for row in rows for name in row.split(", ")}
    assert named == {"EventsQueueUrl", "EventsQueueArn", "OpenSessionUrl", "OpenSessionArn"}
    assert named <= template()["Outputs"].keys()


def test_its_policy_allows_what_the_stack_gives_to_the_trusted_account():
    (policy,) = map(json.loads, BLOCKS["json"])
    given = {
        resources()[name]["Properties"]["Action"]
        for name in ("MomentOpensSessions", "MomentOpensSessionsByTheirUrl")
    }
    (queue, *_) = resources()["EventsQueuePolicy"]["Properties"]["PolicyDocument"]["Statement"]
    assert {each["Action"] for each in policy["Statement"]} == {*given, queue["Action"]}


def test_its_example_asks_for_a_session_that_would_be_given():
    compiled = [ast.parse(block) for block in BLOCKS["python"]]
    (asked,) = [
        ast.literal_eval(call.args[0])
        for block in compiled
        for call in ast.walk(block)
        if isinstance(call, ast.Call)
        and ast.unparse(call.func) == "json.dumps"
        and isinstance(call.args[0], ast.Dict)
    ]
    assert Wanted.model_validate(asked).role is Role.ADMINISTRATOR
