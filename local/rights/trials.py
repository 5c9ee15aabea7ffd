"""Each function's role tries everything, from inside its function: what it needs it gets, all else is refused."""

import io
import json
import zipfile
from collections.abc import Iterator, Mapping
from typing import Any

from local.aws import EmbeddedAws, Stack

# In the function's place: makes the calls that it is given, and tells what each was answered.
PROBE = """
from functools import cache

import boto3
from botocore.exceptions import ClientError

client = cache(boto3.client)

def lambda_handler(calls, context):
    return {name: attempt(*call) for name, call in calls.items()}

def attempt(service, method, arguments):
    try:
        getattr(client(service), method)(**arguments)
    except ClientError as error:
        return error.response["Error"]["Code"]
    return "done"
"""
_REFUSED = ("AccessDenied", "AccessDeniedException", "AccessDeniedFault", "403")
QUEUES = (
    *("Events", "Customers", "Projects", "Exports", "Uploads", "Expenses", "InvoiceMails", "HeldInvoices"),
    *("MailEvents", "Numbers", "Reconcile", "Notices"),
)
_SECONDS = 120  # for all of it
Call = tuple[str, str, dict[str, Any]]

READS = {"reads the ledger", "reads much of the ledger", "searches the ledger"}
WRITES = {"puts into the ledger", "changes the ledger", "deletes from the ledger"}
BOTH = READS | WRITES
CHECKS = "checks in the ledger"
KEYS = "reads a company's keys"
RENEWED = {"keeps a renewed logon key"}
FILES = {"reads an export", "writes an export", "lists the files"}


def takes(queue: str) -> str:
    return f"takes from {queue}"


def sends(*queues: str) -> set[str]:
    return {f"sends to {queue}" for queue in queues}


# What a function may do of all that is tried. Whatever is not here it is refused.
MAY: Mapping[str, set[str]] = {
    "ReceiveEvents": {
        *BOTH,
        CHECKS,
        takes("Events"),
        *sends("Customers", "Projects", "InvoiceMails"),
        "keeps what was rejected",
    },
    "SyncCustomers": {*BOTH, CHECKS, takes("Customers"), *sends("Projects"), KEYS},
    "SyncProjects": {*BOTH, CHECKS, takes("Projects"), *sends("Customers", "Projects"), KEYS},
    "ExportInvoices": {
        *BOTH,
        CHECKS,
        takes("Exports"),
        *sends("Uploads"),
        *FILES,
        "sends a mail",
    },
    "UploadExports": {*BOTH, takes("Uploads"), *sends("Exports"), *FILES, KEYS, *RENEWED},
    "ImportExpenses": {*BOTH, takes("Expenses"), *sends("Expenses"), KEYS, *RENEWED},
    "MailInvoices": {
        *BOTH,
        takes("InvoiceMails"),
        KEYS,
        "reads a mail that was sent",
        "keeps a mail that is sent",
        "sends a mail",
    },
    "RecheckInvoices": {
        *BOTH,
        CHECKS,
        takes("HeldInvoices"),
        *sends("Customers", "Projects", "InvoiceMails", "HeldInvoices"),
        KEYS,
    },
    "NoteBounces": {*BOTH - {"searches the ledger"}, takes("MailEvents")},
    "Sweep": {
        "reads the ledger",
        "reads much of the ledger",
        "searches the ledger",
        "finds what is due",
        *sends("Customers", "Projects", "Exports", "InvoiceMails", "Uploads", "Expenses", "HeldInvoices"),
    },
    "MeasureWork": {"reads much of the ledger", "searches the ledger", "finds what is due"},
    "StartRuns": {
        *READS,
        "changes the ledger",
        "finds what is due",
        *sends("Exports", "Expenses", "Numbers", "Reconcile", "Notices"),
    },
    "SendNotices": {*BOTH, takes("Notices"), "sends a mail"},
    "GuardNumbers": {*BOTH, takes("Numbers"), KEYS},
    "Reconcile": {*BOTH, CHECKS, takes("Reconcile"), KEYS},
    "Console": {
        *BOTH,
        CHECKS,
        *sends("Exports"),
        *FILES,
        KEYS,
        *RENEWED,
        "changes a company's keys",
        "marks a version of a company's keys",
        "reads the fingerprints' key",
    },
    "OpenSession": {"reads the ledger", "puts into the ledger"},
    "CheckRelease": set(),  # it calls versions by their numbers, and there is no CodeDeploy here
}


def calls(stack: Stack) -> dict[str, Call]:
    """Harmless where they are allowed, and none of them may change what another one meets."""
    return {**_ledger(stack), **_files(stack), **_keys(stack), **_queues(stack), **_others(stack)}


def surprises(aws: EmbeddedAws, stack: Stack) -> Iterator[str]:
    """Where a function may do more or less than it is said to. Afterwards none of them is what it was."""
    _lay_out(aws, stack)
    tried = calls(stack)
    for function in stack.functions:
        answers = _tried_by(aws, stack, function, tried)
        given = {name for name, answer in answers.items() if answer not in _REFUSED}
        wanted = MAY.get(function, set())
        yield from (f"{function} {name}, which it does not need" for name in sorted(given - wanted))
        yield from (f"{function} is refused when it {name}" for name in sorted(wanted - given))


def _lay_out(aws: EmbeddedAws, stack: Stack) -> None:
    """What is there is refused; what is not there might only be not found."""
    for key in ("exports/trial", "mails/trial", "rejected/trial"):
        aws.client("s3").put_object(Bucket=stack.resources["Bucket"], Key=key, Body=b"trial")
    secrets = aws.client("secretsmanager")
    for name in ("trial", "trial.logon-key"):
        secrets.create_secret(Name=f"{stack.name}/{name}", SecretString="{}")


def _tried_by(aws: EmbeddedAws, stack: Stack, function: str, tried: Mapping[str, Call]) -> dict[str, str]:
    functions, name = aws.client("lambda"), stack.resources[function]
    functions.update_function_code(FunctionName=name, ZipFile=_zipped(PROBE))
    functions.update_function_configuration(FunctionName=name, Timeout=_SECONDS)
    answer = functions.invoke(FunctionName=name, Payload=json.dumps(tried))
    told: dict[str, str] = json.loads(answer["Payload"].read())
    return told


def _zipped(code: str) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("handler.py", code)
    return held.getvalue()


def _ledger(stack: Stack) -> dict[str, Call]:
    table = stack.resources["Table"]
    key = {"pk": {"S": "trial"}, "sk": {"S": "trial"}}
    one: dict[str, Any] = {"TableName": table, "Key": key}
    check = {"ConditionCheck": {**one, "ConditionExpression": "attribute_not_exists(nothing)"}}
    search = {
        "TableName": table,
        "KeyConditionExpression": "pk = :pk",
        "ExpressionAttributeValues": {":pk": {"S": "trial"}},
    }
    due = search | {"IndexName": "due", "KeyConditionExpression": "due = :pk"}
    return {
        "reads the ledger": ("dynamodb", "get_item", one),
        "reads much of the ledger": (
            "dynamodb",
            "batch_get_item",
            {"RequestItems": {table: {"Keys": [key]}}},
        ),
        "searches the ledger": ("dynamodb", "query", search),
        "finds what is due": ("dynamodb", "query", due),
        "puts into the ledger": ("dynamodb", "put_item", {"TableName": table, "Item": key}),
        "changes the ledger": ("dynamodb", "update_item", one),
        "deletes from the ledger": ("dynamodb", "delete_item", one),
        CHECKS: ("dynamodb", "transact_write_items", {"TransactItems": [check]}),
        "reads the whole ledger": ("dynamodb", "scan", {"TableName": table}),
        "drops the ledger": ("dynamodb", "delete_table", {"TableName": table}),
    }


def _files(stack: Stack) -> dict[str, Call]:
    bucket = stack.resources["Bucket"]

    def of(method: str, key: str, **more: str) -> Call:
        return ("s3", method, {"Bucket": bucket, "Key": key, **more})

    return {
        "reads an export": of("get_object", "exports/trial"),
        "writes an export": of("put_object", "exports/trial", Body="trial"),
        "deletes an export": of("delete_object", "exports/trial"),
        "reads a mail that was sent": of("get_object", "mails/trial"),
        "keeps a mail that is sent": of("put_object", "mails/trial", Body="trial"),
        "reads what was rejected": of("get_object", "rejected/trial"),
        "keeps what was rejected": of("put_object", "rejected/trial", Body="trial"),
        "writes elsewhere": of("put_object", "trial", Body="trial"),
        "lists the files": ("s3", "list_objects_v2", {"Bucket": bucket}),
        "opens the bucket": ("s3", "delete_bucket_policy", {"Bucket": bucket}),
    }


def _keys(stack: Stack) -> dict[str, Call]:
    def of(method: str, name: str, **more: str) -> Call:
        return ("secretsmanager", method, {"SecretId": f"{stack.name}/{name}", **more})

    return {
        KEYS: of("get_secret_value", "trial"),
        "marks a version of a company's keys": of(
            "update_secret_version_stage", "trial", VersionStage="trial", MoveToVersionId="0" * 32
        ),
        "changes a company's keys": of("put_secret_value", "trial", SecretString="{}"),
        "deletes a company's keys": of("delete_secret", "trial"),
        "keeps a renewed logon key": of("put_secret_value", "trial.logon-key", SecretString="{}"),
        "reads the fingerprints' key": of("get_secret_value", "fingerprint.key"),
        "changes the fingerprints' key": of("put_secret_value", "fingerprint.key", SecretString="{}"),
        "marks a version of the fingerprints' key": of(
            "update_secret_version_stage", "fingerprint.key", VersionStage="trial", MoveToVersionId="0" * 32
        ),
        "reads all names of keys": ("secretsmanager", "list_secrets", {}),
    }


def _queues(stack: Stack) -> dict[str, Call]:
    found: dict[str, Call] = {}
    for queue in QUEUES:
        # An address that leads nowhere would be refused as such; too long a body is refused after the rights.
        address = {"QueueUrl": stack.resources[f"{queue}Queue"]}
        found[takes(queue)] = ("sqs", "receive_message", {**address, "VisibilityTimeout": 0})
        found |= {name: ("sqs", "send_message", {**address, "MessageBody": "{}"}) for name in sends(queue)}
    found["empties a queue"] = ("sqs", "purge_queue", {"QueueUrl": stack.resources["EventsQueue"]})
    return found


def _others(stack: Stack) -> dict[str, Call]:
    sender = stack.resources["SenderAddress"]
    mail = {"Destinations": ["trial@example.com"], "RawMessage": {"Data": "Subject: trial\n\ntrial"}}
    role = {"RoleName": stack.resources["SweepRole"]}
    return {
        "sends a mail": ("ses", "send_raw_email", {"Source": sender, **mail}),
        "sends a mail as somebody else": ("ses", "send_raw_email", {"Source": "x@example.com", **mail}),
        "starts another function": (
            "lambda",
            "invoke",
            {"FunctionName": stack.resources["Sweep"], "InvocationType": "DryRun"},
        ),
        "reads another's variables": (
            "lambda",
            "get_function_configuration",
            {"FunctionName": stack.resources["Console"]},
        ),
        "reads a log": ("logs", "filter_log_events", {"logGroupName": stack.resources["ConsoleLog"]}),
        "uses the key by itself": ("kms", "encrypt", {"KeyId": stack.resources["Key"], "Plaintext": "trial"}),
        "reads a role": ("iam", "get_role", role),
        "becomes another": (
            "sts",
            "assume_role",
            {"RoleArn": f"arn:aws:iam::000000000000:role/{role['RoleName']}", "RoleSessionName": "trial"},
        ),
    }
