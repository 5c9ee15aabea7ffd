"""The check of a release: every function answers it on its real wiring, and nothing is changed by that."""

import io
import json
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import redirect_stdout
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any, cast

import boto3
import pytest
from botocore.stub import Stubber

from functions.check_release import handler
from moment_xledger.adapters.releases import Releases
from moment_xledger.domain.release_check import CallFailed, NoRoom, Version, probe
from moment_xledger.environment import Environment
from moment_xledger.flows.check_release import PAUSES, check_release
from moment_xledger.observability import Signal
from moment_xledger.wiring import Wiring
from tests.alarms import published
from tests.builders import a_company, a_customer
from tests.handlers.cloud import QUEUES, Context, a_message
from tests.handlers.cloud import wiring as wiring
from tests.template import resources

CHECKED = {
    name: each["Properties"]["CodeUri"].split("/")[1]
    for name, each in resources().items()
    if each["Type"] == "AWS::Serverless::Function" and name != "CheckRelease"
}
MORE = {"XLEDGER_URL": "https://x.example/", "MOMENT_URL": "https://m.example/", "SECRETS_PREFIX": "stack/"}
SOAP = {"XLEDGER_SOAP_URL": "https://s.example", "XLEDGER_APPLICATION": "XLEDGER"}


@pytest.fixture
def whole(wiring: Wiring) -> Wiring:
    return Wiring(Environment({**wiring._environment._variables, **MORE, **SOAP}))


def call(function: str, use: Wiring, monkeypatch: pytest.MonkeyPatch, event: Mapping[str, Any]) -> Any:
    module = import_module(f"functions.{CHECKED[function]}.handler")
    monkeypatch.setattr(module, "wire", lambda: use)
    return module.lambda_handler(dict(event), Context())


def all_that_is_kept(use: Wiring) -> list[Any]:
    table = boto3.client("dynamodb").scan(TableName=use._environment["TABLE"])["Items"]
    sqs = boto3.client("sqs")
    waiting = [
        sqs.get_queue_attributes(
            QueueUrl=use._environment[queue], AttributeNames=["ApproximateNumberOfMessages"]
        )["Attributes"]
        for queue in QUEUES
    ]
    files = boto3.client("s3").list_objects_v2(Bucket="bucket").get("Contents", [])
    return [sorted(table, key=str), waiting, files]


@pytest.mark.parametrize("function", CHECKED)
def test_each_function_answers_what_the_check_wants_and_changes_nothing(
    function: str, whole: Wiring, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole.ledger.companies.save(a_company("fjord"))
    before = all_that_is_kept(whole)
    wanted = probe(function)
    assert wanted.is_right(call(function, whole, monkeypatch, wanted.event))
    assert all_that_is_kept(whole) == before


def passes(function: str, use: Wiring, monkeypatch: pytest.MonkeyPatch) -> bool:
    wanted = probe(function)
    try:
        return wanted.is_right(call(function, use, monkeypatch, wanted.event))
    except Exception:  # noqa: BLE001 -- whatever it fails with, Lambda would say so
        return False


@pytest.mark.parametrize("function", CHECKED)
def test_a_version_that_cannot_read_the_ledger_does_not_pass(
    function: str, whole: Wiring, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As with a wrong name, without the right to it, or without the key."""
    assert passes(function, whole, monkeypatch)
    wrong = Wiring(Environment({**whole._environment._variables, "TABLE": "no-such-table"}))
    assert not passes(function, wrong, monkeypatch)


@pytest.mark.parametrize("lost", ["lxml", "zeep"])
def test_a_function_that_speaks_soap_does_not_pass_without_its_layer(
    whole: Wiring, monkeypatch: pytest.MonkeyPatch, lost: str
) -> None:
    """The others never have it."""
    variables = {name: value for name, value in whole._environment._variables.items() if name not in SOAP}
    for name in [name for name in sys.modules if name.startswith("moment_xledger.adapters.xledger_")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, lost, None)  # as if it were not there
    assert not passes("UploadExports", whole, monkeypatch)
    assert passes("SyncProjects", Wiring(Environment(variables)), monkeypatch)


def test_any_function_that_lacks_a_part_of_the_common_layer_does_not_pass(
    whole: Wiring, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(sys.modules, "moment_xledger.adapters.review_file", raising=False)
    monkeypatch.setitem(sys.modules, "xlsxwriter", None)
    assert not passes("SyncProjects", whole, monkeypatch)


def test_a_dry_sweep_finds_work_and_wakes_nobody(whole: Wiring, monkeypatch: pytest.MonkeyPatch) -> None:
    whole.ledger.companies.save(a_company())
    event = a_message(a_customer("30417"))
    call("ReceiveEvents", whole, monkeypatch, {"Records": [event]})
    boto3.client("sqs").purge_queue(QueueUrl=whole._environment["CUSTOMERS_QUEUE"])
    before = all_that_is_kept(whole)
    written = io.StringIO()
    with redirect_stdout(written):
        assert call("Sweep", whole, monkeypatch, probe("Sweep").event)["woken"] == 1
    assert all_that_is_kept(whole) == before
    assert not [line for line in published(written.getvalue()) if Signal.SWEEPS in line]
    with redirect_stdout(written):
        assert call("Sweep", whole, monkeypatch, {})["woken"] == 1
    assert all_that_is_kept(whole) != before
    assert [line for line in published(written.getvalue()) if Signal.SWEEPS in line]


@dataclass
class FakeReleases:
    """Answers by function; `crowded` calls find no room first."""

    answers: Mapping[str, Callable[[], Any]]
    crowded: int = 0
    told: list[tuple[str, str, bool]] = field(default_factory=list)
    called: list[str] = field(default_factory=list)

    def versions(self, deployment: str) -> list[Version]:
        return [Version(f"some-stack-{name}", "17") for name in self.answers]

    def call(self, version: Version, event: Mapping[str, Any]) -> Any:
        self.called.append(version.in_template)
        if self.crowded:
            self.crowded -= 1
            raise NoRoom
        return self.answers[version.in_template]()

    def tell(self, deployment: str, hook: str, *, is_good: bool) -> None:
        self.told.append((deployment, hook, is_good))


def fails() -> Any:
    raise CallFailed("Runtime.ImportModuleError")


@pytest.mark.parametrize(
    ("answers", "is_good", "says"),
    [
        ({"SendNotices": lambda: {"checked": True}}, True, "fine"),
        ({"SendNotices": fails}, False, "wrong: Runtime.ImportModuleError"),
        ({"SendNotices": lambda: {"batchItemFailures": []}}, False, "wrong: another answer"),
        ({"SendNotices": lambda: None}, False, "wrong: another answer"),
        ({"Console": lambda: {"statusCode": 500, "body": "</html>"}}, False, "wrong: another answer"),
        ({"Console": lambda: None}, False, "wrong: no such answer"),
        ({"Sweep": lambda: {"checked": True}}, False, "wrong: another answer"),
        ({"MeasureWork": dict}, False, "wrong: no such answer"),
    ],
)
def test_codedeploy_is_told_what_came_of_it(
    answers: dict[str, Callable[[], Any]], is_good: bool, says: str
) -> None:
    releases = FakeReleases(answers)
    outcomes = check_release("d-1", "hook-2", releases, wait=lambda _: None)
    assert list(outcomes.values()) == [says]
    assert releases.told == [("d-1", "hook-2", is_good)]


def test_one_wrong_function_of_several_is_enough() -> None:
    releases = FakeReleases({"Reconcile": lambda: {"checked": True}, "StartRuns": fails})
    check_release("d-1", "hook-2", releases, wait=lambda _: None)
    assert releases.told == [("d-1", "hook-2", False)]


def test_a_deployment_of_nothing_that_is_known_is_no_good() -> None:
    releases = FakeReleases({})
    check_release("d-1", "hook-2", releases, wait=lambda _: None)
    assert releases.told == [("d-1", "hook-2", False)]


def test_what_cannot_be_found_out_is_told_as_a_failure_and_fails() -> None:
    def dies() -> Any:
        raise ConnectionError("no answer")

    releases = FakeReleases({"Reconcile": dies})
    with pytest.raises(ConnectionError):
        check_release("d-1", "hook-2", releases, wait=lambda _: None)
    assert releases.told == [("d-1", "hook-2", False)]


def test_where_there_is_no_room_it_waits_and_then_leaves_it_to_the_alarms() -> None:
    """In a small account all functions are checked at once, by as many as may run at all."""
    waited: list[float] = []
    answers = {"Reconcile": lambda: {"checked": True}}
    assert check_release("d", "h", FakeReleases(answers, crowded=2), waited.append) == {"Reconcile": "fine"}
    assert waited == list(PAUSES[:2])
    releases = FakeReleases(answers, crowded=99)
    assert check_release("d", "h", releases, waited.append) == {"Reconcile": "no room"}
    assert releases.told == [("d", "h", True)]
    assert sum(PAUSES) < resources()["CheckRelease"]["Properties"]["Timeout"] / 2


REVISION = {"revisionType": "String", "string": {"sha256": "5f" * 32}}


def appspec(**versions: str) -> str:
    """As CloudFormation writes it for a deployment of Lambda."""
    described = [
        {
            name: {
                "Type": "AWS::Lambda::Function",
                "Properties": {
                    "Name": name,
                    "Alias": "live",
                    "CurrentVersion": "1",
                    "TargetVersion": version,
                },
            }
        }
        for name, version in versions.items()
    ]
    return json.dumps({"version": "0.0", "Resources": described})


@pytest.fixture
def stubs() -> Iterator[tuple[Releases, Stubber, Stubber]]:
    make: Any = boto3.client
    given = {"region_name": "eu-north-1", "aws_access_key_id": "x", "aws_secret_access_key": "x"}
    codedeploy, functions = make("codedeploy", **given), make("lambda", **given)
    with Stubber(codedeploy) as first, Stubber(functions) as second:
        yield Releases(codedeploy, functions), first, second
        first.assert_no_pending_responses()
        second.assert_no_pending_responses()


@pytest.mark.parametrize("kind", ["string", "appSpecContent"])
def test_a_deployment_is_read_by_the_hash_of_its_revision(
    stubs: tuple[Releases, Stubber, Stubber], kind: str
) -> None:
    releases, codedeploy, _ = stubs
    about = {"applicationName": "stack-app", "deploymentGroupName": "group", "revision": REVISION}
    codedeploy.add_response("get_deployment", {"deploymentInfo": about}, {"deploymentId": "d-7"})
    codedeploy.add_response(
        "get_application_revision",
        {"revision": {kind: {"content": appspec(**{"stack-Sweep": "3"})}}},
        {"applicationName": "stack-app", "revision": REVISION},
    )
    assert releases.versions("d-7") == [Version("stack-Sweep", "3")]


def payload(value: Any) -> Any:
    return io.BytesIO(json.dumps(value).encode())


def test_a_version_is_called_by_its_number(stubs: tuple[Releases, Stubber, Stubber]) -> None:
    releases, _, functions = stubs
    wanted = {"FunctionName": "stack-Sweep", "Qualifier": "3", "Payload": b'{"dry": true}'}
    version = Version("stack-Sweep", "3")
    functions.add_response("invoke", {"StatusCode": 200, "Payload": payload({"woken": 4})}, wanted)
    assert releases.call(version, {"dry": True}) == {"woken": 4}
    failed = {"StatusCode": 200, "FunctionError": "Unhandled", "Payload": payload({"errorType": "Failed"})}
    functions.add_response("invoke", failed)
    with pytest.raises(CallFailed, match="Failed"):
        releases.call(version, {"dry": True})
    functions.add_client_error("invoke", "TooManyRequestsException")
    with pytest.raises(NoRoom):
        releases.call(version, {"dry": True})


def test_telling_twice_is_no_failure(stubs: tuple[Releases, Stubber, Stubber]) -> None:
    releases, codedeploy, _ = stubs
    said = {"deploymentId": "d", "lifecycleEventHookExecutionId": "h", "status": "Succeeded"}
    codedeploy.add_response("put_lifecycle_event_hook_execution_status", {}, said)
    releases.tell("d", "h", is_good=True)
    codedeploy.add_client_error(
        "put_lifecycle_event_hook_execution_status", "LifecycleEventAlreadyCompletedException"
    )
    releases.tell("d", "h", is_good=False)


def test_the_function_checks_what_codedeploy_names(monkeypatch: pytest.MonkeyPatch) -> None:
    releases = FakeReleases({"Sweep": lambda: {"woken": 0}})

    class Use:
        @staticmethod
        def releases() -> FakeReleases:
            return releases

    monkeypatch.setattr(handler, "wire", Use)
    event = {"DeploymentId": "d-3", "LifecycleEventHookExecutionId": "h-4"}
    assert handler.lambda_handler(event, cast("Any", Context())) == {"Sweep": "fine"}
    assert releases.told == [("d-3", "h-4", True)]
