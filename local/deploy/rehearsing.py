"""`python -m local.deploy.rehearsing BUILT`: deployments on the embedded AWS. One fails and is made again;
another gets a second one, with another parameter."""

import json
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from boto3 import Session
from botocore.exceptions import ClientError

from local.__main__ import ends_in_a_sentence, leave_the_shell_behind
from local.aws import AwsError, EmbeddedAws, Stack
from local.aws import template as templates
from local.aws.ministack import ACCESS_KEY, REGION, SECRET_KEY
from local.aws.stack import ALIAS
from local.build.deploying import deploy_built
from local.deploy.account import Account
from local.deploy.parameters import plan, values
from local.run.command import stopped_in_order

NAME, AGAIN = "moment-xledger", "made-again"
FINE = (
    "A first deployment that failed left nothing behind, and was made again. "
    "A second one changed what was asked for, and kept everything else."
)
FIRST = {"XledgerTimeout": "17", "MomentUrl": "https://moment.example/api/1.0"}
THEN = {"LogLevel": "DEBUG"}
LEVEL, TIMEOUT = "POWERTOOLS_LOG_LEVEL", "XLEDGER_TIMEOUT"


@ends_in_a_sentence
def main(arguments: list[str]) -> int:
    (built,) = map(Path, arguments)
    leave_the_shell_behind()
    with stopped_in_order(), EmbeddedAws() as aws:
        account = Account(
            Session(aws_access_key_id=ACCESS_KEY, aws_secret_access_key=SECRET_KEY, region_name=REGION),
            REGION,
            aws.url,
        )
        wrong = [*_wrong_after_a_failure(aws, account, built), *_wrong_after_a_change(aws, account, built)]
    print(*wrong or [FINE], sep="\n")
    return 1 if wrong else 0


def _wrong_after_a_failure(aws: EmbeddedAws, account: Account, built: Path) -> Iterator[str]:
    """Of a stack that cannot be made, and is made again when it can."""
    with tempfile.TemporaryDirectory(prefix="broken-") as folder:
        try:
            deploy_built(aws, _broken(built, Path(folder)), {}, AGAIN)
        except AwsError:
            pass
        else:
            yield "A deployment that cannot be made went well."
    stack = account.stack(AGAIN)
    if stack is None or stack.status != "ROLLBACK_COMPLETE":
        yield f"A first deployment that failed is not rolled back: {stack}."
    yield from (f"A first deployment that failed has left {each}." for each in _left(aws))
    account.client("cloudformation").delete_stack(StackName=AGAIN)
    account.client("cloudformation").get_waiter("stack_delete_complete").wait(StackName=AGAIN)
    deploy_built(aws, built, {}, AGAIN)


def _broken(built: Path, into: Path) -> Path:
    """The same, with something that is refused when the rest is there: an alarm that looks at nothing."""
    for part in built.iterdir():
        if part.is_dir():
            (into / part.name).symlink_to(part.resolve())
    template = templates.read(built / "template.yaml")
    kept = [name for name, each in template["Resources"].items() if "DeletionPolicy" in each]
    template["Resources"]["Broken"] = {
        "Type": "AWS::CloudWatch::Alarm",
        "DependsOn": [name for name in kept if "Condition" not in template["Resources"][name]],
        "Properties": {"EvaluationPeriods": 1},
    }
    (into / "template.yaml").write_text(json.dumps(template, default=str), "utf-8")
    return into


def _left(aws: EmbeddedAws) -> list[str]:
    """What a second try would meet, or would have to pay for."""
    names: list[str] = list(aws.client("dynamodb").list_tables()["TableNames"])
    names += [each["Name"] for each in aws.client("s3").list_buckets()["Buckets"]]
    names += [url.rpartition("/")[2] for url in aws.client("sqs").list_queues().get("QueueUrls", [])]
    names += [each["Name"] for each in aws.client("secretsmanager").list_secrets()["SecretList"]]
    names += [each["FunctionName"] for each in aws.client("lambda").list_functions()["Functions"]]
    names = [name for name in names if AGAIN in name]
    return [*names, *aws.client("ses").list_identities()["Identities"]]


def _wrong_after_a_change(aws: EmbeddedAws, account: Account, built: Path) -> Iterator[str]:
    stack = deploy_built(aws, built, FIRST, NAME)
    before = {function: _what_runs(aws, stack, function) for function in stack.functions}
    wanted = _planned(account, built, THEN)
    deploy_built(aws, built, wanted, NAME)
    for function in stack.functions:
        (old, its), (new, variables) = before[function], _what_runs(aws, stack, function)
        if old == new:
            yield f"{function}: the alias leads to version {old} still."
        if variables != its | {LEVEL: THEN["LogLevel"]}:
            yield f"{function}: runs with other variables than it had, or without the new one."
    timeouts = {its.get(TIMEOUT) for _, its in before.values()} - {None}
    if timeouts != {FIRST["XledgerTimeout"]}:
        yield f"The first deployment's own parameter does not run: {timeouts}."
    account.protect(NAME)
    if not _is_kept(account):
        yield "The stack can be deleted by a press."


def _planned(account: Account, built: Path, asked: Mapping[str, str]) -> dict[str, str]:
    """As `make deploy` does: what the stack has, and what is asked for."""
    stack = account.stack(NAME)
    declared = templates.read(built / "template.yaml")["Parameters"]
    return values(plan(declared, stack.parameters if stack else None, asked))


def _what_runs(aws: EmbeddedAws, stack: Stack, function: str) -> tuple[str, dict[str, str]]:
    """The version that the alias leads to, and its variables."""
    said = aws.client("lambda").get_function_configuration(
        FunctionName=stack.resources[function], Qualifier=ALIAS
    )
    return said["Version"], dict(said["Environment"]["Variables"])


def _is_kept(account: Account) -> bool:
    try:
        account.client("cloudformation").delete_stack(StackName=NAME)
    except ClientError:
        return True
    return False


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
