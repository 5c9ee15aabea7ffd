"""
What the emulator's provisioner leaves out of a stack, set from the same template through the ordinary API.

Seen with MiniStack 1.5.33: a table's time to live, recovery and encryption, a bucket's encryption and
lifecycle, and how often a failed function is tried again.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from local.aws.ministack import EmbeddedAws
    from local.aws.template import Template

Properties = dict[str, Any]
Step = Callable[["EmbeddedAws", str, Properties], None]


def complete(aws: "EmbeddedAws", template: "Template", names: Mapping[str, str]) -> Iterator[str]:
    """Set what was left out; yield one sentence for each thing that could not be set."""
    for logical, resource in template["Resources"].items():
        steps = _STEPS.get(resource["Type"], {})
        properties = _resolved(resource["Properties"], names, template) if steps else {}
        for wanted, step in steps.items():
            if wanted not in properties:
                continue
            try:
                step(aws, names[logical], properties)
            except ClientError as refused:
                yield f"{logical}: {wanted} is not set here ({refused.response['Error']['Code']})."


def _resolved(value: Any, names: Mapping[str, str], template: "Template") -> Any:
    """With the real names in place of `Ref` and `GetAtt`: where AWS wants an ARN, a name does here. A mapping is read
    by its parameter's default."""
    if isinstance(value, list):
        return [_resolved(each, names, template) for each in value]
    if not isinstance(value, dict):
        return value
    if "Ref" in value:
        return names.get(value["Ref"], value["Ref"])
    if "Fn::FindInMap" in value:
        mapping, parameter, name = value["Fn::FindInMap"]
        return template["Mappings"][mapping][template["Parameters"][parameter["Ref"]]["Default"]][name]
    if "Fn::GetAtt" in value:
        return names[value["Fn::GetAtt"][0]]
    return {key: _resolved(each, names, template) for key, each in value.items()}


def _time_to_live(aws: "EmbeddedAws", table: str, wanted: Properties) -> None:
    aws.client("dynamodb").update_time_to_live(
        TableName=table, TimeToLiveSpecification=wanted["TimeToLiveSpecification"]
    )


def _recovery(aws: "EmbeddedAws", table: str, wanted: Properties) -> None:
    aws.client("dynamodb").update_continuous_backups(
        TableName=table, PointInTimeRecoverySpecification=wanted["PointInTimeRecoverySpecification"]
    )


def _table_encryption(aws: "EmbeddedAws", table: str, wanted: Properties) -> None:
    encryption = wanted["SSESpecification"]
    aws.client("dynamodb").update_table(
        TableName=table,
        SSESpecification={
            "Enabled": encryption["SSEEnabled"],
            "SSEType": encryption["SSEType"],
            "KMSMasterKeyId": encryption["KMSMasterKeyId"],
        },
    )


def _bucket_encryption(aws: "EmbeddedAws", bucket: str, wanted: Properties) -> None:
    rules = [
        {
            "ApplyServerSideEncryptionByDefault": rule["ServerSideEncryptionByDefault"],
            "BucketKeyEnabled": rule.get("BucketKeyEnabled", False),
        }
        for rule in wanted["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    ]
    aws.client("s3").put_bucket_encryption(Bucket=bucket, ServerSideEncryptionConfiguration={"Rules": rules})


def _lifecycle(aws: "EmbeddedAws", bucket: str, wanted: Properties) -> None:
    rules = [_lifecycle_rule(dict(rule)) for rule in wanted["LifecycleConfiguration"]["Rules"]]
    aws.client("s3").put_bucket_lifecycle_configuration(
        Bucket=bucket, LifecycleConfiguration={"Rules": rules}
    )


def _lifecycle_rule(rule: Properties) -> Properties:
    """CloudFormation's spelling to the API's."""
    spelt: Properties = {"ID": rule.pop("Id"), "Filter": {"Prefix": rule.pop("Prefix", "")}}
    if days := rule.pop("ExpirationInDays", None):
        spelt["Expiration"] = {"Days": days}
    if rule.pop("ExpiredObjectDeleteMarker", False):
        spelt["Expiration"] = {"ExpiredObjectDeleteMarker": True}
    return spelt | rule


def _retries(aws: "EmbeddedAws", _: str, wanted: Properties) -> None:
    aws.client("lambda").put_function_event_invoke_config(
        FunctionName=wanted["FunctionName"],
        Qualifier=wanted["Qualifier"],
        MaximumRetryAttempts=wanted["MaximumRetryAttempts"],
    )


_STEPS: dict[str, dict[str, Step]] = {
    "AWS::DynamoDB::Table": {
        "TimeToLiveSpecification": _time_to_live,
        "PointInTimeRecoverySpecification": _recovery,
        "SSESpecification": _table_encryption,
    },
    "AWS::S3::Bucket": {"BucketEncryption": _bucket_encryption, "LifecycleConfiguration": _lifecycle},
    "AWS::Lambda::EventInvokeConfig": {"MaximumRetryAttempts": _retries},
}
