"""The documents that Moment builds on say what the functions do."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from moment_xledger.domain.events import TYPES, Event, read_event

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
