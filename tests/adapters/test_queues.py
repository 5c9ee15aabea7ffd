"""Messages that are sent together, and those that wait, on SQS as moto plays it."""

import json
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from moto import mock_aws

from moment_xledger.adapters.queues import Queues, WakeQueue


@pytest.fixture
def sqs(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    for name, value in {"ACCESS_KEY_ID": "moto", "SECRET_ACCESS_KEY": "moto"}.items():
        monkeypatch.setenv(f"AWS_{name}", value)
    with mock_aws():
        yield boto3.client("sqs", region_name="eu-north-1")


def test_many_messages_go_by_tens_each_in_its_group(sqs: Any) -> None:
    url = sqs.create_queue(QueueName="jobs")["QueueUrl"]
    asked = SimpleNamespace(count=0)
    sqs.meta.events.register(
        "before-call.sqs.SendMessageBatch", lambda **_: setattr(asked, "count", asked.count + 1)
    )
    ids = [f"company-{n}" for n in range(25)]
    assert Queues(sqs).send_all(url, (({"company": id_}, id_) for id_ in ids)) == []
    assert asked.count == 3
    found = []
    while received := sqs.receive_message(
        QueueUrl=url, MaxNumberOfMessages=10, MessageSystemAttributeNames=["MessageGroupId"]
    ).get("Messages"):
        found += [
            (json.loads(each["Body"])["company"], each["Attributes"]["MessageGroupId"]) for each in received
        ]
    assert sorted(found) == sorted((id_, id_) for id_ in ids)


def test_one_that_is_not_taken_stops_no_other_and_is_named() -> None:
    sent: list[str] = []

    def send_message_batch(QueueUrl: str, Entries: list[dict[str, str]]) -> dict[str, Any]:  # noqa: N803
        bad = [each for each in Entries if "company-3" in each["MessageBody"]]
        sent.extend(each["MessageBody"] for each in Entries if each not in bad)
        return {"Failed": [{"Id": each["Id"], "Code": "InternalError"} for each in bad]}

    client: Any = SimpleNamespace(send_message_batch=send_message_batch)
    messages = [({"company": f"company-{n}"}, f"company-{n}") for n in range(12)]
    assert Queues(client).send_all("url", messages) == [messages[3]]
    assert len(sent) == 11


def test_what_waits_in_a_queue_is_counted_without_what_is_hidden(sqs: Any) -> None:
    url = sqs.create_queue(QueueName="wakes")["QueueUrl"]
    wakes = WakeQueue(Queues(sqs), url, lambda name: {"token": name})
    assert wakes.waiting() == 0
    assert wakes.wake([f"token-{n}" for n in range(12)]) == 12
    sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)
    assert wakes.waiting() == 2


def test_a_wake_that_is_not_taken_does_not_count() -> None:
    refused = {"Failed": [{"Id": "0", "Code": "InternalError"}]}
    client: Any = SimpleNamespace(send_message_batch=lambda **_: refused)
    assert WakeQueue(Queues(client), "url", lambda name: {"token": name}).wake(["a", "b"]) == 1
