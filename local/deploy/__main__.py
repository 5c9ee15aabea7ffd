"""`make deploy [NAME=value …]`: shows what will change, asks once, builds, and deploys that to the shell's account."""

import argparse
import sys
import tomllib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from boto3 import Session

from local import ROOT
from local.__main__ import ends_in_a_sentence
from local.aws import template as templates
from local.build import __main__ as builder
from local.build import tools
from local.deploy.account import Account, DeployedStack, NoAccount
from local.deploy.parameters import Line, asked_for, plan, table, values
from local.deploy.preflight import Seen, findings, stops
from local.run.misuse import Misuse, Parser

CONFIGURATION = ROOT / "samconfig.toml"


@ends_in_a_sentence
def main(arguments: Sequence[str]) -> int:
    options = _options(arguments)
    template = templates.read(builder.TEMPLATE)
    asked = asked_for(options.parameters, template["Parameters"])
    said = configured(CONFIGURATION)
    name, account = options.stack or said["stack_name"], Account(Session(), said["region"])
    try:
        stack = account.stack(name)
        lines = plan(template["Parameters"], stack.parameters if stack else None, asked)
        seen = account.look(name, stack, values(lines)["Sender"], alarms_of(template))
    except NoAccount as fault:
        print(fault, file=sys.stderr)
        return 1
    if not _agreed(name, lines, seen, _answer(options.yes)):
        return 1
    return _deploy(name, values(lines), said, account)


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = Parser(prog="python -m local.deploy", description=__doc__, allow_abbrev=False)
    add = parser.add_argument
    add(
        "parameters",
        nargs="*",
        metavar="NAME=value",
        help="a parameter of the template; others stay as they are",
    )
    add("--yes", action="store_true", help="ask nothing; what would stop a deployment stops it all the same")
    add("--stack", metavar="NAME", help="another stack than that of samconfig.toml")
    return parser.parse_args(arguments)


def configured(path: Path) -> Mapping[str, Any]:
    said: dict[str, Any] = tomllib.loads(path.read_text("utf-8"))["default"]["deploy"]["parameters"]
    return said


def alarms_of(template: Mapping[str, Any]) -> int:
    return sum(each["Type"] == "AWS::CloudWatch::Alarm" for each in template["Resources"].values())


def _answer(yes: bool) -> Callable[[], bool]:
    def ask() -> bool:
        if not sys.stdin.isatty():
            raise Misuse("Nobody is here to be asked: `make deploy YES=1` asks nothing.")
        return input("Deploy this? [y/N] ").strip().lower() in {"y", "yes"}

    return (lambda: True) if yes else ask


def _agreed(name: str, lines: list[Line], seen: Seen, ask: Callable[[], bool]) -> bool:
    print(f"{name}, account {seen.account}, region {seen.region}", *table(lines), "", sep="\n")
    found = findings(seen, values(lines))
    print(*found, "", sep="\n")
    if stops(found):
        print("Nothing was made: see the lines with an X.")
        return False
    if not ask():
        print("Nothing was made.")
        return False
    return True


def _deploy(name: str, parameters: Mapping[str, str], said: Mapping[str, Any], account: Account) -> int:
    """Dies it on any line, the next `make deploy` does what is left."""
    if builder.main(["--arch", parameters["Arch"]]):
        return 1
    try:
        tools.deploy_to_account(builder.BUILT / "template.yaml", name, said["region"], parameters)
    except tools.ToolError as fault:
        print(f"{fault}\ndocs/runbook.md, Stack fails, says what to do.", file=sys.stderr)
        return 1
    account.protect(name)
    stack = account.stack(name)
    assert stack is not None  # noqa: S101 -- it was deployed just now
    print(*_left_to_do(stack, account.unconfirmed(name)), sep="\n")
    return 0


def _left_to_do(stack: DeployedStack, deaf: list[str]) -> list[str]:
    told = [f"Deployed, and protected from being deleted. The console: {stack.outputs['ConsoleUrl']}"]
    if deaf:
        told.append(
            f"! Nobody hears of alarms ({', '.join(deaf)}): confirm the mails that SNS has sent to OperatorEmail; "
            "docs/runbook.md, Alarms unheard."
        )
    return told


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
