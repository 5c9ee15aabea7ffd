"""What the emulator was taught: dead letters go back, a table goes back to a second that is past."""

import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.aws import EmbeddedAws
from tests.patience import soon


@pytest.fixture(scope="module")
def aws() -> Iterator[EmbeddedAws]:
    with EmbeddedAws() as running:
        yield running


@pytest.fixture(scope="module")
def sqs(aws: EmbeddedAws) -> Any:
    return aws.client("sqs")


@pytest.fixture(scope="module")
def dynamodb(aws: EmbeddedAws) -> Any:
    return aws.client("dynamodb")


def count(sqs: Any, url: str) -> int:
    name = "ApproximateNumberOfMessages"
    return int(sqs.get_queue_attributes(QueueUrl=url, AttributeNames=[name])["Attributes"][name])


def arn(sqs: Any, url: str) -> str:
    return str(sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"])


@pytest.fixture
def queues(sqs: Any, request: pytest.FixtureRequest) -> tuple[str, str]:
    """A queue and that of its dead letters."""
    letters = sqs.create_queue(QueueName=f"{request.node.name}-letters")["QueueUrl"]
    policy = json.dumps({"deadLetterTargetArn": arn(sqs, letters), "maxReceiveCount": 1})
    given = {"RedrivePolicy": policy, "VisibilityTimeout": "0"}
    return sqs.create_queue(QueueName=request.node.name, Attributes=given)["QueueUrl"], letters


def test_dead_letters_go_back_where_they_came_from_at_the_pace_that_was_asked(
    sqs: Any, queues: tuple[str, str]
) -> None:
    queue, letters = queues
    for number in range(3):
        sqs.send_message(QueueUrl=queue, MessageBody=str(number), MessageGroupId="nordvik")
    for _ in range(2):
        sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10)
    assert (count(sqs, queue), count(sqs, letters)) == (0, 3)

    began = time.monotonic()
    sqs.start_message_move_task(SourceArn=arn(sqs, letters), MaxNumberOfMessagesPerSecond=5)
    assert soon(lambda: count(sqs, queue) == 3)
    assert time.monotonic() - began > 0.35
    found = sqs.receive_message(
        QueueUrl=queue, MaxNumberOfMessages=10, MessageSystemAttributeNames=["All"], VisibilityTimeout=60
    )["Messages"]
    assert {each["Body"] for each in found} == {"0", "1", "2"}
    assert {each["Attributes"]["MessageGroupId"] for each in found} == {"nordvik"}
    assert {each["Attributes"]["ApproximateReceiveCount"] for each in found} == {"1"}


def test_what_came_from_no_queue_stays(sqs: Any, queues: tuple[str, str]) -> None:
    _, letters = queues
    sqs.send_message(QueueUrl=letters, MessageBody="a start that was missed")
    sqs.start_message_move_task(SourceArn=arn(sqs, letters))
    time.sleep(0.1)
    assert count(sqs, letters) == 1


def test_only_dead_letters_are_moved(sqs: Any, queues: tuple[str, str]) -> None:
    with pytest.raises(ClientError, match="Dead Letter Queue"):
        sqs.start_message_move_task(SourceArn=arn(sqs, queues[0]))


@pytest.fixture
def table(dynamodb: Any, request: pytest.FixtureRequest) -> str:
    name: str = request.node.name[:40]
    dynamodb.create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
    )
    dynamodb.update_continuous_backups(
        TableName=name, PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True}
    )
    return name


def put(dynamodb: Any, table: str, key: str, value: str) -> None:
    dynamodb.put_item(TableName=table, Item={"pk": {"S": key}, "value": {"S": value}})


def held(dynamodb: Any, table: str) -> dict[str, str]:
    return {each["pk"]["S"]: each["value"]["S"] for each in dynamodb.scan(TableName=table)["Items"]}


def restored(dynamodb: Any, table: str, moment: datetime) -> dict[str, str]:
    copy = f"{table}-copy"
    dynamodb.restore_table_to_point_in_time(
        SourceTableName=table, TargetTableName=copy, RestoreDateTime=moment
    )
    return held(dynamodb, copy)


def test_a_table_goes_back_to_the_moment_that_is_named(dynamodb: Any, table: str) -> None:
    put(dynamodb, table, "changed", "before")
    put(dynamodb, table, "deleted", "before")
    moment = datetime.now(UTC)
    time.sleep(0.05)
    put(dynamodb, table, "changed", "after")
    put(dynamodb, table, "new", "after")
    dynamodb.delete_item(TableName=table, Key={"pk": {"S": "deleted"}})
    update = {"UpdateExpression": "SET #v = :v", "ExpressionAttributeNames": {"#v": "value"}}
    given = {"ExpressionAttributeValues": {":v": {"S": "later"}}}
    dynamodb.update_item(TableName=table, Key={"pk": {"S": "changed"}}, **update, **given)
    assert restored(dynamodb, table, moment) == {"changed": "before", "deleted": "before"}
    assert held(dynamodb, table) == {"changed": "later", "new": "after"}


def test_what_has_no_recovery_is_not_restored(dynamodb: Any, table: str) -> None:
    dynamodb.update_continuous_backups(
        TableName=table, PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": False}
    )
    with pytest.raises(ClientError, match="PointInTimeRecoveryUnavailable"):
        restored(dynamodb, table, datetime.now(UTC))


def test_a_table_that_is_deleted_leaves_a_backup(dynamodb: Any, table: str) -> None:
    put(dynamodb, table, "kept", "before")
    dynamodb.delete_table(TableName=table)
    (backup,) = dynamodb.list_backups(TableName=table, BackupType="ALL")["BackupSummaries"]
    assert (backup["BackupType"], backup["BackupName"]) == ("SYSTEM", f"{table}$DeletedTableBackup")
    dynamodb.restore_table_from_backup(TargetTableName=table, BackupArn=backup["BackupArn"])
    assert held(dynamodb, table) == {"kept": "before"}
