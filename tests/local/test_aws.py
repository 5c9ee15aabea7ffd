"""The embedded AWS, driven with a small template of its own: what the rest of the project leans on."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from local import ROOT
from local.aws import AwsError, EmbeddedAws, Stack
from local.aws import template as templates
from local.aws.ministack import answers
from tests.patience import soon

HANDLER = """
import boto3, json, os, shared

def lambda_handler(event, context):
    if event.get("fail"):
        raise ValueError("as asked")
    table = boto3.resource("dynamodb").Table(os.environ["TABLE"])
    for record in event.get("Records", []):
        table.put_item(Item={"pk": record["body"], "ttl": shared.TTL})
    return dict(os.environ)
"""
TEMPLATE = """
Transform: AWS::Serverless-2016-10-31
Parameters: {Arch: {Type: String}}
Resources:
  Shared:
    Type: AWS::Serverless::LayerVersion
    Properties: {ContentUri: layer/}
  Key: {Type: AWS::KMS::Key, Properties: {Description: test}}
  Queue: {Type: AWS::SQS::Queue}
  Table:
    Type: AWS::DynamoDB::Table
    Properties:
      BillingMode: PAY_PER_REQUEST
      AttributeDefinitions: [{AttributeName: pk, AttributeType: S}]
      KeySchema: [{AttributeName: pk, KeyType: HASH}]
      TimeToLiveSpecification: {AttributeName: ttl, Enabled: true}
      PointInTimeRecoverySpecification: {PointInTimeRecoveryEnabled: true}
      SSESpecification: {SSEEnabled: true, SSEType: KMS, KMSMasterKeyId: !GetAtt Key.Arn}
  Bucket:
    Type: AWS::S3::Bucket
    Properties:
      BucketEncryption:
        ServerSideEncryptionConfiguration:
          - ServerSideEncryptionByDefault: {SSEAlgorithm: aws:kms, KMSMasterKeyID: !GetAtt Key.Arn}
            BucketKeyEnabled: true
      LifecycleConfiguration:
        Rules: [{Id: rejected, Status: Enabled, Prefix: rejected/, ExpirationInDays: 14}]
  Keeps:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: function/
      Handler: handler.lambda_handler
      Runtime: python3.13
      Architectures: [!Ref Arch]
      Layers: [!Ref Shared]
      Timeout: 10
      Environment: {Variables: {TABLE: !Ref Table}}
      Events:
        Messages:
          Type: SQS
          Properties: {Queue: !GetAtt Queue.Arn, ScalingConfig: {MaximumConcurrency: 100}}
Outputs:
  QueueUrl: {Value: !Ref Queue}
"""
STARTER = """
from local.aws import EmbeddedAws
with EmbeddedAws() as aws:
    aws.wait()
    print(aws.port, flush=True)
    input()
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("project")
    (folder / "function").mkdir()
    (folder / "function" / "handler.py").write_text(HANDLER)
    (folder / "layer" / "python").mkdir(parents=True)
    (folder / "layer" / "python" / "shared.py").write_text("TTL = 1\n")
    (folder / "template.yaml").write_text(TEMPLATE)
    return folder


@pytest.fixture(scope="module")
def aws() -> Iterator[EmbeddedAws]:
    with pytest.MonkeyPatch.context() as shell:
        shell.setenv("HTTP_PROXY", "http://127.0.0.1:1")
        shell.setenv("AWS_CA_BUNDLE", "/no/such/file")
        shell.setenv("AWS_SESSION_TOKEN", "of-somebody-else")
        with EmbeddedAws() as running:
            yield running


@pytest.fixture(scope="module")
def stack(aws: EmbeddedAws, project: Path) -> Stack:
    return aws.deploy(project / "template.yaml", {})


def invoke(aws: EmbeddedAws, stack: Stack, event: dict[str, Any]) -> Any:
    answer = aws.client("lambda").invoke(FunctionName=stack.resources["Keeps"], Payload=json.dumps(event))
    return json.loads(answer["Payload"].read())


def test_a_message_runs_its_function_with_its_layer(aws: EmbeddedAws, stack: Stack) -> None:
    aws.client("sqs").send_message(QueueUrl=stack.outputs["QueueUrl"], MessageBody="a message")
    key = {"pk": {"S": "a message"}}
    table = stack.resources["Table"]
    assert soon(lambda: aws.client("dynamodb").get_item(TableName=table, Key=key).get("Item"))


def test_a_function_sees_nothing_of_the_shell(aws: EmbeddedAws, stack: Stack) -> None:
    seen = invoke(aws, stack, {})
    assert seen["AWS_ENDPOINT_URL"] == aws.url
    assert not {"HTTP_PROXY", "AWS_CA_BUNDLE", "AWS_PROFILE"} & set(seen)
    assert seen["AWS_SESSION_TOKEN"] == ""


def test_why_a_function_failed_can_be_read(aws: EmbeddedAws, stack: Stack) -> None:
    assert invoke(aws, stack, {"fail": True})["errorMessage"] == "as asked"
    assert soon(lambda: "ValueError: as asked" in stack.log_of(aws, "Keeps"))


def test_what_the_emulator_leaves_out_is_set_from_the_template(aws: EmbeddedAws, stack: Stack) -> None:
    table, bucket = stack.resources["Table"], stack.resources["Bucket"]
    dynamodb, s3 = aws.client("dynamodb"), aws.client("s3")
    backups = dynamodb.describe_continuous_backups(TableName=table)["ContinuousBackupsDescription"]
    (encryption,) = s3.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]["Rules"]
    (rule,) = s3.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"]

    time_to_live = dynamodb.describe_time_to_live(TableName=table)["TimeToLiveDescription"]
    assert (time_to_live["TimeToLiveStatus"], time_to_live["AttributeName"]) == ("ENABLED", "ttl")
    assert backups["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"] == "ENABLED"
    assert dynamodb.describe_table(TableName=table)["Table"]["SSEDescription"]["Status"] == "ENABLED"
    assert encryption["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"] == "aws:kms"
    assert (rule["Filter"], rule["Expiration"]) == ({"Prefix": "rejected/"}, {"Days": 14})
    assert stack.left_out == ()


def test_no_more_of_a_function_run_at_once_than_this_machine_carries(aws: EmbeddedAws, stack: Stack) -> None:
    (mapping,) = aws.client("lambda").list_event_source_mappings()["EventSourceMappings"]
    assert mapping["ScalingConfig"]["MaximumConcurrency"] == max(2, os.cpu_count() or 2)


def test_a_template_that_names_a_missing_folder_is_refused(aws: EmbeddedAws, tmp_path: Path) -> None:
    (tmp_path / "template.yaml").write_text(TEMPLATE)
    with pytest.raises(AwsError, match=r"names layer/, which does not exist"):
        aws.deploy(tmp_path / "template.yaml", {}, "second")


def test_a_folder_packs_to_the_same_bytes_whenever_and_wherever(project: Path, tmp_path: Path) -> None:
    (tmp_path / "handler.py").write_text(HANDLER)
    (tmp_path / "__pycache__").mkdir()
    (tmp_path / "__pycache__" / "handler.cpython-311.pyc").write_bytes(b"\0")
    os.utime(tmp_path / "handler.py", (0, 0))
    assert templates.packed(tmp_path) == templates.packed(project / "function")


def test_nothing_is_left_when_its_starter_is_killed(tmp_path: Path) -> None:
    starter = subprocess.Popen(  # noqa: S603
        [sys.executable, "-c", STARTER],
        cwd=ROOT,
        env=os.environ | {"TMPDIR": str(tmp_path)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with starter:
        assert starter.stdout
        port = starter.stdout.readline().strip()
        assert _listening(port)
        starter.send_signal(signal.SIGKILL)

    assert soon(lambda: not _listening(port))
    assert soon(lambda: not list(tmp_path.iterdir()))


def _listening(port: str) -> bool:
    return answers(int(port))
