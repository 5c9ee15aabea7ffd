"""`python -m local.deploy.rehearsing BUILT`: two deployments on the embedded AWS, the second with another parameter."""

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from boto3 import Session
from botocore.exceptions import ClientError

from local.__main__ import ends_in_a_sentence, leave_the_shell_behind
from local.aws import EmbeddedAws, Stack
from local.aws import template as templates
from local.aws.ministack import ACCESS_KEY, REGION, SECRET_KEY
from local.aws.stack import ALIAS
from local.build.deploying import deploy_built
from local.deploy.account import Account
from local.deploy.parameters import plan, values
from local.run.command import stopped_in_order

NAME = "moment-xledger"
FIRST = {"XledgerTimeout": "17", "MomentUrl": "https://moment.example/api/1.0"}
THEN = {"LogLevel": "DEBUG"}
LEVEL, TIMEOUT = "POWERTOOLS_LOG_LEVEL", "XLEDGER_TIMEOUT"


@ends_in_a_sentence
def main(arguments: list[str]) -> int:
    (built,) = map(Path, arguments)
    leave_the_shell_behind()
    with stopped_in_order(), EmbeddedAws() as aws:
        wrong = list(_wrong(aws, built))
    print(*wrong or ["A second deployment changed what was asked for, and kept everything else."], sep="\n")
    return 1 if wrong else 0


def _wrong(aws: EmbeddedAws, built: Path) -> Iterator[str]:
    session = Session(aws_access_key_id=ACCESS_KEY, aws_secret_access_key=SECRET_KEY, region_name=REGION)
    account = Account(session, REGION, aws.url)
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
