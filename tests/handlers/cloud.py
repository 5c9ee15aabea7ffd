"""A simulated AWS with what the template makes, and the functions' real wiring over it."""

import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import boto3
import pytest
from moto import mock_aws

from moment_xledger.environment import Environment
from moment_xledger.observability import logger
from moment_xledger.wiring import Wiring
from tests.template import resources

REGION = "eu-north-1"
SENDER = "xledger@moment.example"
BUCKET, TABLE = "bucket", "ledger"
QUEUES = (
    "CUSTOMERS_QUEUE",
    "PROJECTS_QUEUE",
    "EXPORTS_QUEUE",
    "INVOICE_MAILS_QUEUE",
    "UPLOADS_QUEUE",
    "EXPENSES_QUEUE",
    "HELD_INVOICES_QUEUE",
    "NUMBERS_QUEUE",
    "RECONCILE_QUEUE",
    "NOTICES_QUEUE",
)


@dataclass(frozen=True)
class Context:
    function_name: str = "function"
    memory_limit_in_mb: int = 512
    invoked_function_arn: str = "arn:aws:lambda:eu-north-1:123456789012:function:function"
    aws_request_id: str = "request-1"
    left: int = 30_000

    def get_remaining_time_in_millis(self) -> int:
        return self.left


@pytest.fixture
def wiring(monkeypatch: pytest.MonkeyPatch) -> Iterator[Wiring]:
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "moto")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "moto")
    with mock_aws():
        yield Wiring(Environment(_made()))


def _made() -> dict[str, str]:
    """The variables of all functions together."""
    table = resources()["Table"]["Properties"]
    wanted = ("AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes", "BillingMode")
    boto3.client("dynamodb").create_table(TableName=TABLE, **{name: table[name] for name in wanted})
    place: Any = {"LocationConstraint": REGION}
    boto3.client("s3").create_bucket(Bucket=BUCKET, CreateBucketConfiguration=place)
    ses = boto3.client("ses")
    ses.verify_email_identity(EmailAddress=SENDER)
    ses.create_configuration_set(ConfigurationSet={"Name": "mails"})
    sqs = boto3.client("sqs")
    queues = {name: sqs.create_queue(QueueName=name.lower())["QueueUrl"] for name in QUEUES}
    return {
        "TABLE": TABLE,
        "BOOKKEEPING_YEARS": "5",
        "BUCKET": BUCKET,
        "SENDER": SENDER,
        "CONFIGURATION_SET": "mails",
        "CONSOLE_URL": "https://console.example/",
        **queues,
    }


def a_message(body: dict[str, Any] | str, number: int = 1) -> dict[str, Any]:
    text = body if isinstance(body, str) else json.dumps(body)
    return {"messageId": f"m{number}", "receiptHandle": f"h{number}", "body": text}


def jobs_in(queue: str) -> list[dict[str, Any]]:
    """Taken from the queue of this name."""
    sqs = boto3.client("sqs")
    url = sqs.get_queue_url(QueueName=queue.lower())["QueueUrl"]
    found = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
    return [json.loads(message["Body"]) for message in found]


def watched_log(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    """What is logged from now on. The logger took hold of its stream when it was imported."""
    written = io.StringIO()
    monkeypatch.setattr(logger.registered_handler, "stream", written)
    return written
