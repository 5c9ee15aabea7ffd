"""The embedded AWS when it is strict, and what can be done to its workers, on a small template of its own."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from local.aws import EmbeddedAws, Stack
from local.aws.witness import name_senders, watch
from local.aws.workers import Worker, _workers_in
from tests.patience import soon

HANDLER = """
import boto3, os

def lambda_handler(event, context):
    table = boto3.client("dynamodb")
    if event.get("scan"):
        return table.scan(TableName=os.environ["TABLE"])["Count"]
    for record in event["Records"]:
        table.put_item(TableName=os.environ["TABLE"], Item={"pk": {"S": record["body"]}})
"""
TEMPLATE = """
Transform: AWS::Serverless-2016-10-31
Parameters: {Arch: {Type: String}}
Resources:
  Queue: {Type: AWS::SQS::Queue}
  Table:
    Type: AWS::DynamoDB::Table
    Properties:
      BillingMode: PAY_PER_REQUEST
      AttributeDefinitions: [{AttributeName: pk, AttributeType: S}]
      KeySchema: [{AttributeName: pk, KeyType: HASH}]
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: "2012-10-17"
        Statement: [{Effect: Allow, Principal: {Service: lambda.amazonaws.com}, Action: sts:AssumeRole}]
      Policies:
        - PolicyName: does
          PolicyDocument:
            Version: "2012-10-17"
            Statement: [{Effect: Allow, Action: dynamodb:PutItem, Resource: !GetAtt Table.Arn}]
  Keeps:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: function/
      Handler: handler.lambda_handler
      Runtime: python3.13
      Architectures: [!Ref Arch]
      Timeout: 10
      Role: !GetAtt Role.Arn
      Environment: {Variables: {TABLE: !Ref Table}}
      Events:
        Messages: {Type: SQS, Properties: {Queue: !GetAtt Queue.Arn}}
"""


@pytest.fixture(scope="module")
def witness(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("witness") / "asked.jsonl"


@pytest.fixture(scope="module")
def aws(witness: Path) -> Iterator[EmbeddedAws]:
    with EmbeddedAws(witness=witness) as running:
        yield running


@pytest.fixture(scope="module")
def stack(aws: EmbeddedAws, tmp_path_factory: pytest.TempPathFactory) -> Stack:
    folder = tmp_path_factory.mktemp("project")
    (folder / "function").mkdir()
    (folder / "function" / "handler.py").write_text(HANDLER)
    (folder / "template.yaml").write_text(TEMPLATE)
    return aws.deploy(folder / "template.yaml", {})


def kept(aws: EmbeddedAws, stack: Stack, what: str) -> bool:
    aws.client("sqs").send_message(QueueUrl=stack.resources["Queue"], MessageBody=what)
    table, key = stack.resources["Table"], {"pk": {"S": what}}
    return soon(lambda: "Item" in aws.client("dynamodb").get_item(TableName=table, Key=key), seconds=60)


def test_a_function_may_do_what_its_role_allows(aws: EmbeddedAws, stack: Stack) -> None:
    assert kept(aws, stack, "a message")


def test_a_function_is_refused_what_its_role_does_not_allow(aws: EmbeddedAws, stack: Stack) -> None:
    name = stack.resources["Keeps"]
    answer = aws.client("lambda").invoke(FunctionName=name, Payload=b'{"scan": true}')
    assert "AccessDeniedException" in json.loads(answer["Payload"].read())["errorMessage"]


def test_each_right_that_was_asked_for_is_written_down(aws: EmbeddedAws, stack: Stack, witness: Path) -> None:
    assert kept(aws, stack, "another message")
    asked = [json.loads(line) for line in witness.read_text().splitlines()]
    table = f":table/{stack.resources['Table']}"
    puts = [each for each in asked if each["action"] == "dynamodb:PutItem"]
    assert puts
    assert all(each["given"] and each["on"].endswith(table) for each in puts)
    assert all(each["who"].endswith(f"/{stack.resources['Keeps']}") for each in puts)


def test_a_worker_that_is_killed_is_replaced(aws: EmbeddedAws, stack: Stack) -> None:
    assert kept(aws, stack, "before")
    before = aws.workers()
    assert {worker.function for worker in before} == {stack.resources["Keeps"]}
    for worker in before:
        worker.kill()
    assert kept(aws, stack, "after")
    assert not {worker.pid for worker in before} & {worker.pid for worker in aws.workers()}


def test_a_worker_that_has_just_ended_cannot_be_killed_and_need_not() -> None:
    Worker(2**22 + 1, "ended").kill()


def test_only_the_workers_of_this_server_are_its_workers() -> None:
    listed = """
      10     1 python -m local.tether ministack
      11    10 python /tmp/aws-1/ministack-lambda-moment-xledger-Sweep-1A2B-k3j_9x/_worker.py
      12    99 python /tmp/aws-2/ministack-lambda-moment-xledger-Sweep-1A2B-aaaaaa/_worker.py
      13    10 openssl req
    """.strip()
    assert _workers_in(listed, server=10) == [Worker(11, "moment-xledger-Sweep-1A2B")]


class Evaluator:
    """As the emulator's: `enforce` answers None or a refusal, by what `evaluate` says of a role's policies."""

    def enforce(self, action: str, context: Any = None) -> str | None:
        if context is None:
            return None  # the root
        role = self.evaluate(context)
        self.evaluate(context, "the policy of the queue")
        return None if role == "Allow" else "refused"

    def evaluate(self, context: Any, *_: Any) -> str:
        return "Allow" if context.action == "s3:GetObject" else "Deny"


class Context:
    principal_arn, resource_arn = "arn:role", "arn:file"

    def __init__(self, action: str) -> None:
        self.action = action


def test_the_witness_changes_nothing_and_does_not_speak_of_the_root(tmp_path: Path) -> None:
    evaluator, book = Evaluator(), tmp_path / "asked.jsonl"
    watch(evaluator, book)
    assert evaluator.enforce("s3:GetObject", Context("s3:GetObject")) is None
    assert evaluator.enforce("s3:PutObject", Context("s3:PutObject")) == "refused"
    assert evaluator.enforce("s3:DeleteObject") is None
    seen = [json.loads(line) for line in book.read_text().splitlines()]
    assert [(each["action"], each["given"]) for each in seen] == [
        ("s3:GetObject", True),
        ("s3:PutObject", False),
    ]


class Actions:
    @staticmethod
    def extract_resource_arn(service: str, *request: Any) -> Any:
        return service, request[-3]


def test_a_mail_is_held_against_the_address_that_it_is_sent_from() -> None:
    actions = Actions()
    name_senders(actions)
    asked: Any = ("POST", "/", {}, b"", {"Source": "us@moment.example"}, "eu-north-1", "000000000000")
    assert actions.extract_resource_arn("ses", *asked)[1]["Identity"] == "us@moment.example"
    assert actions.extract_resource_arn("sqs", *asked)[1] == {"Source": "us@moment.example"}
