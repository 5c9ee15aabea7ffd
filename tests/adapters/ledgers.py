"""The ledger over each of its two tables: the twin that flow tests trust, and DynamoDB as moto has it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import boto3
import pytest
from moto import mock_aws

from moment_xledger.adapters.ledger import Ledger
from moment_xledger.adapters.table import Table
from tests.fakes import FakeTable

NAME = "ledger"
_KEYS = [{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}]
_DUE = [{"AttributeName": "due", "KeyType": "HASH"}, {"AttributeName": "due_at", "KeyType": "RANGE"}]


@pytest.fixture(params=["fake", "dynamodb"])
def ledger(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Ledger]:
    if request.param == "fake":
        yield Ledger(FakeTable())  # type: ignore[arg-type]
        return
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "moto")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "moto")
    with mock_aws():
        yield Ledger(dynamodb_table())


def dynamodb_table(name: str = NAME) -> Table:
    """Keys and index as in template.yaml. Within `mock_aws`."""
    client: Any = boto3.client("dynamodb", region_name="eu-north-1")
    client.create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[
            {"AttributeName": each, "AttributeType": "S"} for each in ("pk", "sk", "due", "due_at")
        ],
        KeySchema=_KEYS,
        GlobalSecondaryIndexes=[
            {"IndexName": "due", "KeySchema": _DUE, "Projection": {"ProjectionType": "KEYS_ONLY"}}
        ],
    )
    return Table(client, name)


@contextmanager
def nothing_written(ledger: Ledger) -> Iterator[None]:
    """Whatever is tried within, the company's exports and invoices stay as they are."""
    before = _all(ledger)
    yield
    assert _all(ledger) == before


def _all(ledger: Ledger) -> Any:
    company: Any = "nordvik"
    return (
        list(ledger.exports.newest_first(company)),
        ledger.exports.watermark(company),
        list(ledger.invoices.since(company)),
        ledger.invoices.head(company),
    )
