"""What the simulations rely on of queues, bucket and vault, held by AWS (as moto plays it) and by the twins alike."""

import hashlib
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, Protocol

import boto3
import pytest
import time_machine
from botocore.exceptions import ClientError
from moto import mock_aws

from local.proof.fates import NONE, Fates
from local.proof.outside import BucketTwin, Outside
from local.proof.queues import Queue, Shape
from local.proof.scheduling import Scheduler
from local.proof.vaults import SecretsTwin
from moment_xledger.adapters.files import Files
from moment_xledger.adapters.secrets import Vault
from moment_xledger.domain.companies import CompanyId, Secrets, SoapLogin, Token
from moment_xledger.domain.errors import FileDiffers

START = datetime(2026, 11, 22, 9, tzinfo=UTC)
VISIBILITY, MOST_RECEIVES = 60, 3
NORDVIK = CompanyId("nordvik")
FIRST, SECOND = "first-password", "second-password"


@pytest.fixture(params=["twin", "moto"])
def played_by(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-north-1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "moto")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "moto")
    with mock_aws():
        yield request.param


def outside(scheduler: Scheduler) -> Outside:
    return Outside(scheduler, Fates(Random(1), NONE), lambda what: None)


@dataclass(frozen=True)
class Delivery:
    body: str
    receipt: str


class Line(Protocol):
    """A queue and whoever works at it: they are given messages, and delete them or not."""

    deletes: bool

    def put(self, body: str) -> None: ...
    def after(self, seconds: float) -> list[Delivery]: ...
    def hide(self, delivery: Delivery, seconds: int) -> None: ...
    def dead(self) -> list[str]: ...


class LineOfTwin:
    def __init__(self) -> None:
        self.deletes = True
        self._scheduler, self._delivered = Scheduler(START), list[Delivery]()
        shape = Shape(timedelta(seconds=VISIBILITY), MOST_RECEIVES, batch=10)
        fates = Fates(Random(1), NONE)
        self._queue = Queue("queue", shape, self._work, self._scheduler, fates, lambda what: None)

    def _work(self, event: dict[str, Any]) -> dict[str, Any]:
        self._delivered += [Delivery(each["body"], each["receiptHandle"]) for each in event["Records"]]
        kept = [] if self.deletes else event["Records"]
        return {"batchItemFailures": [{"itemIdentifier": each["messageId"]} for each in kept]}

    def put(self, body: str) -> None:
        self._queue.put(body)

    def after(self, seconds: float) -> list[Delivery]:
        self._delivered.clear()
        is_over: list[bool] = []
        self._scheduler.later(timedelta(seconds=seconds), lambda: is_over.append(True))
        self._scheduler.run(lambda: bool(is_over))
        return sorted(self._delivered, key=lambda each: each.body)

    def hide(self, delivery: Delivery, seconds: int) -> None:
        self._queue.change_visibility(delivery.receipt, seconds)

    def dead(self) -> list[str]:
        return [message.body for message in self._queue.dead]


@dataclass
class LineOfMoto:
    clock: time_machine.Traveller
    deletes: bool = True
    _sqs: Any = field(default_factory=lambda: boto3.client("sqs"))

    def __post_init__(self) -> None:
        self._dead = self._sqs.create_queue(QueueName="dead")["QueueUrl"]
        arn = self._sqs.get_queue_attributes(QueueUrl=self._dead, AttributeNames=["QueueArn"])
        policy = f'{{"deadLetterTargetArn": "{arn["Attributes"]["QueueArn"]}", "maxReceiveCount": {MOST_RECEIVES}}}'
        self._url = self._sqs.create_queue(
            QueueName="queue", Attributes={"VisibilityTimeout": str(VISIBILITY), "RedrivePolicy": policy}
        )["QueueUrl"]

    def put(self, body: str) -> None:
        self._sqs.send_message(QueueUrl=self._url, MessageBody=body)

    def after(self, seconds: float) -> list[Delivery]:
        self.clock.shift(seconds)
        found = self._received(self._url)
        for each in found if self.deletes else ():
            self._sqs.delete_message(QueueUrl=self._url, ReceiptHandle=each.receipt)
        return sorted(found, key=lambda each: each.body)

    def _received(self, url: str) -> list[Delivery]:
        answer = self._sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)
        return [Delivery(each["Body"], each["ReceiptHandle"]) for each in answer.get("Messages", [])]

    def hide(self, delivery: Delivery, seconds: int) -> None:
        self._sqs.change_message_visibility(
            QueueUrl=self._url, ReceiptHandle=delivery.receipt, VisibilityTimeout=seconds
        )

    def dead(self) -> list[str]:
        return [each.body for each in self._received(self._dead)]


@pytest.fixture
def line(played_by: str) -> Iterator[Line]:
    if played_by == "twin":
        yield LineOfTwin()
        return
    with time_machine.travel(START, tick=False) as clock:
        yield LineOfMoto(clock)


def bodies(deliveries: list[Delivery]) -> list[str]:
    return [each.body for each in deliveries]


def test_what_was_deleted_does_not_come_again(line: Line) -> None:
    line.put("a")
    line.put("b")
    assert bodies(line.after(10)) == ["a", "b"]
    assert bodies(line.after(VISIBILITY + 10)) == []


def test_what_was_not_deleted_is_hidden_for_a_while_and_comes_again(line: Line) -> None:
    line.deletes = False
    line.put("a")
    assert bodies(line.after(10)) == ["a"]
    assert bodies(line.after(VISIBILITY - 15)) == []
    assert bodies(line.after(20)) == ["a"]


def test_what_was_received_too_often_is_put_aside(line: Line) -> None:
    line.deletes = False
    line.put("a")
    assert bodies(line.after(10)) == ["a"]
    for _ in range(MOST_RECEIVES - 1):
        assert bodies(line.after(VISIBILITY + 5)) == ["a"]
    assert line.dead() == []
    assert bodies(line.after(VISIBILITY + 5)) == []
    assert line.dead() == ["a"]


def test_it_can_be_hidden_for_longer(line: Line) -> None:
    line.deletes = False
    line.put("a")
    (delivery,) = line.after(10)
    line.hide(delivery, 600)
    assert bodies(line.after(590)) == []
    assert bodies(line.after(15)) == ["a"]


def test_longer_is_of_that_one_time_only(line: Line) -> None:
    line.deletes = False
    line.put("a")
    (delivery,) = line.after(10)
    line.hide(delivery, 600)
    assert bodies(line.after(605)) == ["a"]
    assert bodies(line.after(VISIBILITY + 5)) == ["a"]


def test_nothing_is_hidden_for_more_than_twelve_hours(line: Line) -> None:
    line.deletes = False
    line.put("a")
    (delivery,) = line.after(10)
    with pytest.raises(ClientError) as refused:
        line.hide(delivery, 43_201)
    assert "InvalidParameterValue" in refused.value.response["Error"]["Code"]


def test_the_twelve_hours_are_counted_from_when_it_was_received(line: Line) -> None:
    line.deletes = False
    line.put("a")
    (delivery,) = line.after(30)
    with pytest.raises(ClientError):
        line.hide(delivery, 43_195)
    line.hide(delivery, 43_100)


@pytest.fixture
def files(played_by: str) -> Files:
    if played_by == "twin":
        return Files(BucketTwin(outside(Scheduler(START))), "bucket")  # type: ignore[arg-type]
    client = boto3.client("s3")
    client.create_bucket(Bucket="bucket", CreateBucketConfiguration={"LocationConstraint": "eu-north-1"})
    return Files(client, "bucket")


def put_once(files: Files, content: bytes) -> str:
    sha256 = hashlib.sha256(content).hexdigest()
    files.put_once("exports/a.csv", io.BytesIO(content), "text/csv", sha256)
    return sha256


def test_a_file_is_put_once_and_may_be_put_again_if_it_is_the_same(files: Files) -> None:
    sha256 = put_once(files, b"first")
    put_once(files, b"first")
    assert files.sha256("exports/a.csv") == sha256
    assert files.read("exports/a.csv") == b"first"


def test_another_file_never_takes_its_place(files: Files) -> None:
    put_once(files, b"first")
    with pytest.raises(FileDiffers):
        put_once(files, b"second")
    assert files.read("exports/a.csv") == b"first"


def test_a_file_that_is_not_there_is_nothing(files: Files) -> None:
    assert files.sha256("exports/none.csv") is None
    assert files.read("exports/none.csv") is None


def test_what_is_put_without_condition_replaces(files: Files) -> None:
    files.put("rejected/a.json", b"one", "application/json")
    files.put("rejected/a.json", b"two", "application/json")
    assert files.read("rejected/a.json") == b"two"


@pytest.fixture
def vault(played_by: str) -> Vault:
    twin: Any = SecretsTwin(outside(Scheduler(START)))
    return Vault(twin if played_by == "twin" else boto3.client("secretsmanager"), "stack/")


def the_secrets(password: str = FIRST) -> Secrets:
    return Secrets(Token("token-of-xledger"), Token("key-of-moment"), SoapLogin("nordvik-ws", password))


def test_a_company_without_secrets_has_none(vault: Vault) -> None:
    assert vault.secrets(NORDVIK) is None


def test_secrets_are_kept_and_replaced(vault: Vault) -> None:
    vault.save(NORDVIK, the_secrets(FIRST))
    vault.save(NORDVIK, the_secrets(SECOND))
    assert vault.secrets(NORDVIK) == the_secrets(SECOND)


def test_a_renewed_logon_key_holds_until_a_person_types_another_password(vault: Vault) -> None:
    vault.save(NORDVIK, the_secrets())
    vault.keep_logon_key(NORDVIK, "first-key")
    vault.keep_logon_key(NORDVIK, "second-key")
    login = vault.soap_login(NORDVIK)
    assert login
    assert login.logon_key == "second-key"
    vault.save(NORDVIK, the_secrets(SECOND))
    assert vault.soap_login(NORDVIK) == SoapLogin("nordvik-ws", SECOND)


def test_two_workers_may_keep_the_first_logon_key_at_the_same_moment(
    vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Found by the simulation: each saw that there was none yet, and the slower one failed."""
    vault.save(NORDVIK, the_secrets())
    make = Vault._make

    def slowly(slower: Vault, name: str, text: str) -> None:
        monkeypatch.undo()
        slower.keep_logon_key(NORDVIK, "key-of-the-faster-one")
        make(slower, name, text)

    monkeypatch.setattr(Vault, "_make", slowly)
    vault.keep_logon_key(NORDVIK, "key-of-the-slower-one")
    login = vault.soap_login(NORDVIK)
    assert login
    assert login.logon_key == "key-of-the-slower-one"
