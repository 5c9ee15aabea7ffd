"""A deployed stack, as far as an operator's commands look at one: table, bucket, queues and key, in a simulated AWS;
and the command line over it."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import boto3
import pytest
from botocore.awsrequest import AWSResponse
from moto import mock_aws

from local import __main__
from moment_xledger.adapters.ledger import Ledger
from moment_xledger.adapters.review_file import write_review
from moment_xledger.adapters.table import Table
from moment_xledger.domain.companies import CompanyId
from moment_xledger.domain.exports import Export
from moment_xledger.flows.export_invoices import Exporter, export_invoices
from moment_xledger.flows.receive_events import Message, receive_events
from moment_xledger.wiring import Wiring, now
from tests.builders import KEPT_BY_HAND, a_company, an_invoice, may_not_look_up
from tests.template import resources

STACK, NORDVIK = "moment-xledger", CompanyId("nordvik")
_PARAMETERS = (
    "XledgerUrl",
    "XledgerTimeout",
    "XledgerSoapUrl",
    "XledgerApplication",
    "MomentUrl",
    "BookkeepingYears",
)
URL = "http://127.0.0.1:9"
_SHELL = {"DEFAULT_REGION": "eu-north-1", "ACCESS_KEY_ID": "moto", "SECRET_ACCESS_KEY": "moto"}


@dataclass(frozen=True)
class Operated:
    names: Mapping[str, str]  # of everything, by its name in the template
    capsys: pytest.CaptureFixture[str]

    @property
    def ledger(self) -> Ledger:
        return Ledger(Table(boto3.client("dynamodb"), self.names["Table"]))

    @property
    def use(self) -> Wiring:
        from local.company import find_deployment

        return find_deployment(STACK).use

    def say(self, *arguments: str) -> tuple[int, str]:
        """What the command line answers: its status, and what it prints."""
        self.capsys.readouterr()
        status = __main__.main([*arguments, "--stack", STACK])
        said = self.capsys.readouterr()
        return status, said.out + said.err

    def export(self, *numbers: int, repeats: int | None = None) -> Export:
        """With these invoices, which arrive now."""
        messages = [Message(f"m{n}", json.dumps(an_invoice(n))) for n in numbers]
        receiver = self.use.receiver()
        object.__setattr__(receiver, "wake", lambda *_: None)
        receive_events(messages, receiver)
        exporter = Exporter(self.ledger, self.use.files, now, write_review)
        made = export_invoices(NORDVIK, f"r{numbers}{repeats}", "Kari", exporter, repeats)
        assert made
        return made


@pytest.fixture
def operated(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Operated]:
    for name, value in _SHELL.items():
        monkeypatch.setenv(f"AWS_{name}", value)
    with mock_aws():
        stack = Operated(_made(), capsys)
        real: Any = boto3.client

        def client(service: str, **options: Any) -> Any:
            if service == "cloudformation":
                return CloudFormation(stack.names)
            made = real(service, **options)
            if service == "sqs":
                made.meta.events.register("before-call.sqs.StartMessageMoveTask", Moves(made, stack.names))
            return made

        monkeypatch.setattr(boto3, "client", client)
        stack.ledger.companies.save(a_company(NORDVIK, **KEPT_BY_HAND))
        may_not_look_up(stack.ledger, NORDVIK)
        yield stack


@dataclass(frozen=True)
class CloudFormation:
    """What it says of the stack; the simulated AWS has none."""

    names: Mapping[str, str]

    def describe_stacks(self, StackName: str) -> Any:  # noqa: N803 AWS's spelling, here and below
        outputs = {"TableName": self.names["Table"], "BucketName": self.names["Bucket"]}
        found = {
            "StackName": StackName,
            "Outputs": [{"OutputKey": key, "OutputValue": value} for key, value in outputs.items()],
            "Parameters": [{"ParameterKey": key, "ParameterValue": _value(key)} for key in _PARAMETERS],
        }
        return {"Stacks": [found]}

    def describe_stack_resource(self, LogicalResourceId: str, **_: str) -> Any:  # noqa: N803
        return {"StackResourceDetail": {"PhysicalResourceId": self.names[LogicalResourceId]}}

    def get_paginator(self, _: str) -> "CloudFormation":
        return self

    def paginate(self, **_: str) -> Any:
        found = [
            {"LogicalResourceId": name, "PhysicalResourceId": real, "ResourceType": resources()[name]["Type"]}
            for name, real in self.names.items()
        ]
        return [{"StackResourceSummaries": found}]


@dataclass(frozen=True)
class Moves:
    """Carries out the task that the simulated AWS does not know, at once: from a dead-letter queue to its source."""

    sqs: Any
    names: Mapping[str, str]

    def __call__(self, params: Any, **_: Any) -> Any:
        asked = json.loads(params["body"])
        assert set(asked) == {"SourceArn", "MaxNumberOfMessagesPerSecond"}
        (name,) = (
            n for n, url in self.names.items() if url.endswith("/" + asked["SourceArn"].split(":")[-1])
        )
        source = self.names[name.replace("DeadLetters", "Queue")]
        while found := self.sqs.receive_message(QueueUrl=self.names[name]).get("Messages"):
            for message in found:
                self.sqs.send_message(QueueUrl=source, MessageBody=message["Body"])
                self.sqs.delete_message(QueueUrl=self.names[name], ReceiptHandle=message["ReceiptHandle"])
        return AWSResponse("", 200, {}, None), {"TaskHandle": "1"}  # type: ignore[arg-type]


def _made() -> dict[str, str]:
    table = resources()["Table"]["Properties"]
    wanted = ("AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes", "BillingMode")
    boto3.client("dynamodb").create_table(TableName="ledger", **{name: table[name] for name in wanted})
    s3: Any = boto3.client("s3")
    s3.create_bucket(Bucket="files", CreateBucketConfiguration={"LocationConstraint": "eu-north-1"})
    s3.put_bucket_versioning(Bucket="files", VersioningConfiguration={"Status": "Enabled"})
    secret = boto3.client("secretsmanager").create_secret(Name="fingerprint.key", SecretString="drawn once")
    queues = {
        name: boto3.client("sqs").create_queue(QueueName=name)["QueueUrl"]
        for name, each in resources().items()
        if each["Type"] == "AWS::SQS::Queue"
    }
    return {"Table": "ledger", "Bucket": "files", "Fingerprint": secret["ARN"], **queues}


def _value(parameter: str) -> str:
    return {"XledgerTimeout": "5", "XledgerApplication": "test", "BookkeepingYears": "5"}.get(parameter, URL)
