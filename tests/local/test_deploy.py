"""What `make deploy` decides and asks, without an account: the plan of parameters, the findings, the one question."""

import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest
from boto3 import Session
from botocore.stub import Stubber

from local import ROOT
from local.build import __main__ as builder
from local.build import tools
from local.deploy import __main__ as command
from local.deploy.account import Account, DeployedStack, NoAccount
from local.deploy.parameters import Line, asked_for, plan, table, values
from local.deploy.preflight import AT_ONCE, LONGEST_NAME, Mail, Seen, Weight, findings, stops
from local.run.misuse import MISUSE, Misuse
from tests.template import template

DECLARED: dict[str, dict[str, Any]] = {
    "Colour": {"Type": "String", "Default": "red", "AllowedValues": ["red", "blue"]},
    "Seconds": {"Type": "Number", "Default": 60, "MinValue": 1, "MaxValue": 110},
    "Account": {"Type": "String", "Default": "", "AllowedPattern": "^([0-9]{12})?$"},
    "Word": {"Type": "String", "Default": "a", "MaxLength": 3},
}


def test_a_deployment_keeps_what_the_stack_has_and_changes_what_is_asked_for() -> None:
    stack = {"Colour": "blue", "Seconds": "17", "Account": "210987654321", "Gone": "x"}
    lines = plan(DECLARED, stack, {"Seconds": "90"})
    assert lines == [
        Line("Colour", "blue", "blue"),
        Line("Seconds", "17", "90"),
        Line("Account", "210987654321", "210987654321"),
        Line("Word", None, "a"),  # new in the template
        Line("Gone", "x", None),
    ]
    assert values(lines) == {"Colour": "blue", "Seconds": "90", "Account": "210987654321", "Word": "a"}


def test_the_first_deployment_begins_with_the_templates_defaults() -> None:
    assert values(plan(DECLARED, None, {"Account": "210987654321"})) == {
        "Colour": "red",
        "Seconds": "60",
        "Account": "210987654321",
        "Word": "a",
    }


def test_a_value_can_be_taken_away_again() -> None:
    assert values(plan(DECLARED, {"Account": "210987654321"}, {"Account": ""}))["Account"] == ""


def test_the_table_shows_what_is_and_what_will_be() -> None:
    shown = list(table(plan(DECLARED, {"Colour": "blue", "Account": "", "Seconds": "2"}, {"Seconds": "3"})))
    assert [line.split() for line in shown] == [
        ["parameter", "is", "will", "be"],
        ["Colour", "blue", "blue"],
        ["Seconds", "2", "3", "<-", "changes"],
        ["Account", '""', '""'],
        ["Word", "-", "a"],
    ]
    assert len({line.index(word) for line, word in zip(shown[1:3], ("blue", "2"), strict=True)}) == 1


@pytest.mark.parametrize(
    ("word", "why"),
    [
        ("Color=red", "no such parameter. Is Colour meant?"),
        ("colour=red", "Is Colour meant?"),
        ("Zzz=1", "no such parameter."),
        ("Colour", "is not NAME=value"),
        ("Colour=green", "must be one of red, blue"),
        ("Seconds=many", "must be a number"),
        ("Seconds=111", "must be from 1 to 110"),
        ("Account=12", "must look like"),
        ("Word=four", "must not be longer than 3"),
    ],
)
def test_what_the_template_would_refuse_is_said_before_anything_is_asked(word: str, why: str) -> None:
    with pytest.raises(Misuse, match=why.replace("(", r"\(")):
        asked_for([word], DECLARED)


def test_a_value_of_the_stack_that_a_newer_template_refuses_must_be_named_anew() -> None:
    with pytest.raises(Misuse, match="make deploy Colour="):
        plan(DECLARED, {"Colour": "green"}, {})
    assert values(plan(DECLARED, {"Colour": "green"}, {"Colour": "red"}))["Colour"] == "red"


def test_every_default_of_the_template_is_a_value_that_it_takes() -> None:
    lines = plan(template()["Parameters"], None, {})
    assert {line.name for line in lines} == set(template()["Parameters"])


CALM = Seen(
    name="moment-xledger",
    account="210987654321",
    region="eu-north-1",
    shells_region="eu-north-1",
    has_ses=True,
    status="UPDATE_COMPLETE",
    at_once=1000,
    unreserved=950,
    reserved_by_stack=50,
    alarms=90,
    alarms_of_stack=40,
    alarms_of_template=44,
    mail=Mail(True, True, 50_000, 14, {"xledger@moment.team": True}),
)
PARAMETERS = {
    "MomentAccountId": "123456789012",
    "Sender": "xledger@moment.team",
    "SenderIdentity": "domain",
    "SmallAccount": "false",
    "ConsoleConcurrency": "50",
}
SANDBOX = Mail(False, True, 200, 1, {})


def test_an_account_that_has_all_it_takes_is_told_so_line_by_line() -> None:
    found = findings(CALM, PARAMETERS)
    assert {each.weight for each in found} == {Weight.FINE}
    assert len(found) == 7


@pytest.mark.parametrize(
    ("seen", "parameters", "weight", "says"),
    [
        ({"shells_region": "eu-west-1"}, {}, Weight.STOP, "The shell is for eu-west-1"),
        ({"has_ses": False}, {}, Weight.STOP, "SES is not in eu-north-1"),
        ({"name": "x" * (LONGEST_NAME + 1)}, {}, Weight.STOP, "37 letters"),
        ({"status": "ROLLBACK_COMPLETE"}, {}, Weight.STOP, "ROLLBACK_COMPLETE"),
        ({"status": "UPDATE_ROLLBACK_FAILED"}, {}, Weight.STOP, "UPDATE_ROLLBACK_FAILED"),
        ({"status": "UPDATE_IN_PROGRESS"}, {}, Weight.STOP, "UPDATE_IN_PROGRESS"),
        ({"status": None}, {}, Weight.KNOW, "no such stack yet"),
        ({}, {"MomentAccountId": "210987654321"}, Weight.STOP, "which is this account"),
        ({}, {"MomentAccountId": ""}, Weight.KNOW, "Only this account may publish"),
        ({"at_once": 10, "unreserved": 10}, {}, Weight.STOP, "10 functions at once"),
        ({"at_once": AT_ONCE - 1}, {}, Weight.KNOW, f"{AT_ONCE - 1} functions at once"),
        ({}, {"SmallAccount": "true"}, Weight.KNOW, "SmallAccount holds ours to few"),
        ({"unreserved": 120, "reserved_by_stack": 0}, {}, Weight.STOP, "lets 20 be set apart"),
        ({}, {"ConsoleConcurrency": ""}, Weight.KNOW, "may use all functions"),
        ({"alarms": 4997}, {}, Weight.KNOW, "5001 alarms"),
        ({"mail": replace(SANDBOX, is_sending=False)}, {}, Weight.KNOW, "sends nothing for this account"),
        ({"mail": SANDBOX}, {}, Weight.KNOW, "sandbox"),
        ({"mail": SANDBOX}, {}, Weight.KNOW, "1 mails a second and 200 a day"),
        ({"mail": SANDBOX}, {}, Weight.KNOW, "SES has not verified moment.team yet"),
        ({"mail": SANDBOX}, {"SenderIdentity": "address"}, Weight.KNOW, "verified xledger@moment.team yet"),
        ({"mail": SANDBOX}, {"SenderIdentity": "existing"}, Weight.STOP, "SenderIdentity is existing"),
        (
            {"unanswered": {"SES": "AccessDenied"}, "mail": None},
            {},
            Weight.KNOW,
            "tell of SES (AccessDenied)",
        ),
    ],
)
def test_each_thing_that_can_be_wrong_is_a_line_with_what_to_do(
    seen: dict[str, Any], parameters: dict[str, str], weight: Weight, says: str
) -> None:
    found = findings(replace(CALM, **seen), PARAMETERS | parameters)
    (finding,) = [each for each in found if says in each.says]
    assert finding.weight is weight
    assert finding.do
    assert stops(found) is (weight is Weight.STOP)


def test_a_small_account_is_not_asked_to_set_functions_apart() -> None:
    new = replace(CALM, at_once=10, unreserved=10, reserved_by_stack=0)
    assert not stops(findings(new, PARAMETERS | {"SmallAccount": "true"}))


def test_so_many_functions_at_once_as_the_templates_queues_take() -> None:
    taken = 0
    for each in template()["Resources"].values():
        for event in each.get("Properties", {}).get("Events", {}).values():
            most = event["Properties"].get("ScalingConfig", {}).get("MaximumConcurrency", 0)
            taken += most["Fn::If"][2] if isinstance(most, dict) else most
    assert taken + 8 < AT_ONCE <= taken + 15  # the rest is for people and what the clock starts


Said = tuple[str, dict[str, Any]]


def test_the_longest_name_of_a_stack_leaves_room_for_each_functions_name() -> None:
    named = [
        each["Properties"]["FunctionName"]["Fn::Sub"].replace("${AWS::StackName}", "x" * LONGEST_NAME)
        for each in template()["Resources"].values()
        if each["Type"] == "AWS::Serverless::Function"
    ]
    assert max(map(len, named)) == 64  # as many as Lambda takes


class Stubbed:
    """A session whose clients answer what is written down, in that order, and nothing else."""

    def __init__(self, **answers: list[Said]) -> None:
        session = Session(aws_access_key_id="none", aws_secret_access_key="none", region_name="eu-north-1")
        self.get_available_regions = session.get_available_regions
        make: Any = session.client
        self._clients = {service: make(service) for service in answers}
        self.stubs = []
        for service, said in answers.items():
            stub = Stubber(self._clients[service])
            for operation, answer in said:
                if "Error" in answer:
                    stub.add_client_error(operation, *answer["Error"])
                else:
                    stub.add_response(operation, answer)
            stub.activate()
            self.stubs.append(stub)

    def client(self, service: str, **_: Any) -> Any:
        return self._clients[service]

    @property
    def account(self) -> Account:
        return Account(cast("Session", self), "eu-north-1")


def described(status: str, **parameters: str) -> Said:
    given = [{"ParameterKey": name, "ParameterValue": value} for name, value in parameters.items()]
    stack = {
        "StackName": "moment-xledger",
        "CreationTime": "2026-11-01T00:00:00Z",
        "StackStatus": status,
        "Parameters": given,
        "Outputs": [{"OutputKey": "ConsoleUrl", "OutputValue": "https://console.example/"}],
    }
    return "describe_stacks", {"Stacks": [stack]}


def resource(name: str) -> Said:
    detail = {
        "LogicalResourceId": name,
        "PhysicalResourceId": f"arn:aws:sns:eu-north-1:210987654321:{name}",
        "ResourceType": "AWS::X",
        "LastUpdatedTimestamp": "2026-11-01T00:00:00Z",
        "ResourceStatus": "CREATE_COMPLETE",
    }
    return "describe_stack_resource", {"StackResourceDetail": detail}


NO_STACK: Said = (
    "describe_stacks",
    {"Error": ("ValidationError", "Stack with id moment-xledger does not exist")},
)
WHO: Said = ("get_caller_identity", {"Account": "210987654321"})
QUOTAS: Said = (
    "get_account_settings",
    {"AccountLimit": {"ConcurrentExecutions": 1000, "UnreservedConcurrentExecutions": 950}},
)
SES: list[Said] = [
    (
        "get_account",
        {
            "ProductionAccessEnabled": True,
            "SendingEnabled": True,
            "SendQuota": {"Max24HourSend": 50_000.0, "MaxSendRate": 14.0},
        },
    ),
    ("get_email_identity", {"Error": ("NotFoundException", "no")}),
    ("get_email_identity", {"VerifiedForSendingStatus": True}),
]


def test_the_account_is_asked_for_what_the_findings_stand_on() -> None:
    session = Stubbed(
        cloudformation=[described("UPDATE_COMPLETE", LogLevel="INFO"), resource("Console")],
        sts=[WHO],
        cloudwatch=[
            (
                "describe_alarms",
                {"MetricAlarms": [{"AlarmName": "moment-xledger-A-1"}, {"AlarmName": "others-A"}]},
            )
        ],
        sesv2=SES,
        **{"lambda": [QUOTAS, ("get_function_concurrency", {"ReservedConcurrentExecutions": 50})]},
    )
    account = session.account
    stack = account.stack("moment-xledger")
    assert stack == DeployedStack(
        {"LogLevel": "INFO"}, "UPDATE_COMPLETE", False, {"ConsoleUrl": "https://console.example/"}
    )
    seen = account.look("moment-xledger", stack, "a@firma.example", alarms=44)
    assert (seen.account, seen.status, seen.has_ses) == ("210987654321", "UPDATE_COMPLETE", True)
    assert (seen.at_once, seen.unreserved, seen.reserved_by_stack) == (1000, 950, 50)
    assert (seen.alarms, seen.alarms_of_stack, seen.alarms_of_template) == (2, 1, 44)
    assert seen.mail == Mail(True, True, 50_000, 14, {"firma.example": True})
    for stub in session.stubs:
        stub.assert_no_pending_responses()


def test_a_stack_that_is_not_there_yet_is_no_trouble_and_an_account_that_is_not_there_is() -> None:
    assert Stubbed(cloudformation=[NO_STACK]).account.stack("moment-xledger") is None
    expired: Said = ("describe_stacks", {"Error": ("ExpiredToken", "The security token is expired")})
    with pytest.raises(NoAccount, match="security token is expired"):
        Stubbed(cloudformation=[expired]).account.stack("moment-xledger")


def test_what_the_shell_may_not_ask_is_a_line_and_no_end() -> None:
    denied: dict[str, Any] = {"Error": ("AccessDeniedException", "no")}
    session = Stubbed(
        cloudformation=[],
        sts=[WHO],
        cloudwatch=[("describe_alarms", denied)],
        sesv2=[("get_account", denied)],
        **{"lambda": [("get_account_settings", denied)]},
    )
    seen = session.account.look("x", None, "a@b.example", alarms=44)
    assert set(seen.unanswered.values()) == {"AccessDeniedException"}
    assert len(seen.unanswered) == 3
    assert not stops(findings(seen, PARAMETERS))


def test_a_topic_whose_subscription_nobody_confirmed_is_heard_by_nobody() -> None:
    def told(arn: str) -> Said:
        return "list_subscriptions_by_topic", {"Subscriptions": [{"SubscriptionArn": arn}]}

    session = Stubbed(
        cloudformation=[resource("Pages"), resource("Tickets")],
        sns=[told("PendingConfirmation"), told("arn:aws:sns:eu-north-1:210987654321:Tickets:1")],
    )
    assert session.account.unconfirmed("moment-xledger") == ["Pages"]


class FakeAccount:
    """Keeps what is done to it."""

    def __init__(self, stack: DeployedStack | None, seen: Seen = CALM) -> None:
        self._stack, self._seen = stack, seen
        self.protected: list[str] = []

    def stack(self, name: str) -> DeployedStack | None:
        return self._stack or (STACK if self.protected else None)

    def look(self, *_: Any) -> Seen:
        return self._seen

    def protect(self, name: str) -> None:
        self.protected.append(name)

    def unconfirmed(self, name: str) -> list[str]:
        return ["Tickets"]


STACK = DeployedStack(
    {"LogLevel": "DEBUG", "MomentAccountId": "123456789012", "Arch": "x86_64"},
    "UPDATE_COMPLETE",
    True,
    {"ConsoleUrl": "https://console.example/"},
)


class Deployment:
    def __init__(self) -> None:
        self.built: list[list[str]] = []
        self.deployed: list[tuple[str, str, Mapping[str, str]]] = []


@pytest.fixture
def deployment(monkeypatch: pytest.MonkeyPatch) -> Deployment:
    """`sam` itself is left out, and whatever else would leave this machine."""
    made = Deployment()

    def deploy(_: Path, name: str, region: str, parameters: Mapping[str, str]) -> None:
        made.deployed.append((name, region, parameters))

    def build(arguments: list[str]) -> int:
        made.built.append(arguments)
        return 0

    monkeypatch.setattr(builder, "main", build)
    monkeypatch.setattr(tools, "deploy_to_account", deploy)
    return made


def run(monkeypatch: pytest.MonkeyPatch, account: FakeAccount, *arguments: str, typed: str = "") -> int:
    monkeypatch.setattr(command, "Account", lambda *_: account)
    monkeypatch.setattr("sys.stdin.isatty", lambda: bool(typed), raising=False)
    monkeypatch.setattr("builtins.input", lambda _: typed)
    return command.main(list(arguments))


def test_a_deployment_from_any_checkout_keeps_the_stacks_parameters(
    monkeypatch: pytest.MonkeyPatch, deployment: Deployment, capsys: pytest.CaptureFixture[str]
) -> None:
    account = FakeAccount(STACK)
    assert run(monkeypatch, account, "Sender=x@firma.example", typed="y") == 0
    ((name, region, parameters),) = deployment.deployed
    assert (name, region) == ("moment-xledger", "eu-north-1")
    assert set(parameters) == set(template()["Parameters"])
    assert (parameters["LogLevel"], parameters["MomentAccountId"]) == ("DEBUG", "123456789012")
    assert parameters["Sender"] == "x@firma.example"
    assert deployment.built == [["--arch", "x86_64"]]  # the processor that the functions run on already
    assert account.protected == ["moment-xledger"]
    said = capsys.readouterr().out
    assert "Nobody hears of alarms (Tickets)" in said


def test_the_first_deployment_is_protected_as_well(
    monkeypatch: pytest.MonkeyPatch, deployment: Deployment
) -> None:
    account = FakeAccount(None, replace(CALM, status=None))
    assert run(monkeypatch, account, "--yes", "--stack", "another") == 0
    assert [name for name, *_ in deployment.deployed] == account.protected == ["another"]


@pytest.mark.parametrize(("typed", "status"), [("n", 1), ("", MISUSE)])
def test_without_a_yes_nothing_is_made(
    monkeypatch: pytest.MonkeyPatch, deployment: Deployment, typed: str, status: int
) -> None:
    account = FakeAccount(STACK)
    assert run(monkeypatch, account, typed=typed) == status
    assert not deployment.deployed + account.protected + deployment.built


def test_a_yes_in_advance_is_none_to_what_would_fail(
    monkeypatch: pytest.MonkeyPatch, deployment: Deployment, capsys: pytest.CaptureFixture[str]
) -> None:
    account = FakeAccount(STACK, replace(CALM, status="ROLLBACK_FAILED"))
    assert run(monkeypatch, account, "--yes") == 1
    assert "X The stack is ROLLBACK_FAILED." in capsys.readouterr().out
    assert not deployment.deployed


def test_make_hands_over_each_parameter_as_it_was_typed() -> None:
    make = shutil.which("make")
    assert make
    typed = [
        "LogLevel=DEBUG",
        "XledgerUrl=https://a.example/q?b=1&c=2",
        "MomentAccountId=",
        "YES=1",
        "STACK=two",
    ]
    done = subprocess.run(  # noqa: S603
        [make, "--dry-run", "--always-make", "deploy", *typed],
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=True,
    )
    line = done.stdout.replace("\\\n", " ").strip().splitlines()[-1].split()
    assert line[1:6] == ["-m", "local.deploy", "--yes", "--stack", "'two'"]
    assert sorted(line[6:]) == sorted(f"'{word}'" for word in typed[:3])


def test_sam_is_given_every_value_also_an_empty_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """It reads `NAME=` as no parameter at all."""
    ran: list[list[str]] = []
    monkeypatch.setattr(tools, "SAM", ROOT / "Makefile")  # something that is there
    monkeypatch.setattr(tools, "_output", lambda command, *_, **__: ran.append(list(command)))
    tools.deploy_to_account(Path("t.yaml"), "two", "eu-west-1", {"A": "", "B": "x y"})
    assert ran[0][-2:] == ['A=""', 'B="x y"']
    assert ran[0][ran[0].index("--region") :][:2] == ["--region", "eu-west-1"]
    assert "--no-confirm-changeset" in ran[0]
