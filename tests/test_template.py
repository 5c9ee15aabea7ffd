"""What no emulator enforces about the template, held here on what SAM makes of it."""

import re
from collections.abc import Callable, Iterator
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

import pytest

from local import ROOT
from local.aws import template as templates

TEMPLATE = ROOT / "template.yaml"
FUNCTIONS = sorted(path.parent.name for path in ROOT.glob("functions/*/handler.py"))
FOURTEEN_DAYS = 14 * 24 * 3600


@cache
def translated() -> dict[str, Any]:
    return translated_with({})


def translated_with(
    parameters: dict[str, str], key: Callable[[Path], str] = lambda folder: folder.name
) -> dict[str, Any]:
    """Translated without any code: what folder a function comes from is in its key."""
    return templates.translate(
        templates.read(TEMPLATE), parameters, lambda folder: ("bucket", key(folder)), ROOT, "eu-north-1"
    )


def of_type(kind: str) -> dict[str, dict[str, Any]]:
    return {
        name: each.get("Properties", {})
        for name, each in translated()["Resources"].items()
        if each["Type"] == kind
    }


def the(kind: str) -> dict[str, Any]:
    (found,) = of_type(kind).values()
    return found


def target(reference: dict[str, Any]) -> str:
    """What a `Ref` or `GetAtt` points to."""
    return str(reference["Ref"]) if "Ref" in reference else str(reference["Fn::GetAtt"][0])


def function_of(reference: dict[str, Any]) -> str:
    """The function behind an alias. Whatever starts one must lead to its alias, or a roll-out would not be gradual."""
    return target(of_type("AWS::Lambda::Alias")[target(reference)]["FunctionName"])


def mappings() -> dict[str, dict[str, Any]]:
    return of_type("AWS::Lambda::EventSourceMapping")


def dead_letter_queues() -> set[str]:
    redriven = [
        target(queue["RedrivePolicy"]["deadLetterTargetArn"])
        for queue in of_type("AWS::SQS::Queue").values()
        if "RedrivePolicy" in queue
    ]
    return {*redriven, "SchedulesDeadLetters"}


def allowed() -> Iterator[tuple[str, dict[str, Any]]]:
    """Every right that is given to somebody, but the account's over its own key."""
    for kind in (
        "AWS::IAM::Role",
        "AWS::IAM::ManagedPolicy",
        "AWS::SQS::QueuePolicy",
        "AWS::S3::BucketPolicy",
    ):
        for name, each in of_type(kind).items():
            policies = [each["PolicyDocument"]] if "PolicyDocument" in each else []
            policies += [policy["PolicyDocument"] for policy in each.get("Policies", [])]
            for policy in policies:
                yield from ((name, given) for given in policy["Statement"] if given["Effect"] == "Allow")


def test_every_function_folder_is_deployed_and_every_function_has_a_folder() -> None:
    deployed = sorted(each["Code"]["S3Key"] for each in of_type("AWS::Lambda::Function").values())
    assert deployed == FUNCTIONS


def test_every_function_runs_what_the_design_says() -> None:
    for each in of_type("AWS::Lambda::Function").values():
        assert each["Runtime"] == "python3.13"
        assert each["Handler"] == "handler.lambda_handler"
        assert each["Architectures"] == [{"Ref": "Arch"}]


def test_only_what_speaks_soap_has_its_layer() -> None:
    """It would cost every other function a slower start."""
    layers = {
        name: {target(layer)[: -len("0123456789")] for layer in each["Layers"]}
        for name, each in of_type("AWS::Lambda::Function").items()
    }
    assert all({"Dependencies", "Shared"} <= its for its in layers.values())
    speak = {
        "ImportExpenses",
        "UploadExports",
        "Console",
    }  # the console in a test that needs it, and on no page
    assert {name for name, its in layers.items() if "Soap" in its} == speak


def test_a_function_that_queues_its_own_next_call_is_not_stopped_by_lambda() -> None:
    """It would stop the chain at about the sixteenth call, and put the message among the dead letters."""
    functions, allowed_to_loop = of_type("AWS::Lambda::Function"), set()
    for mapping in mappings().values():
        name = function_of(mapping["FunctionName"])
        wakes = [each["Resource"] for each in statements_of(name) if each.get("Sid") == "Wakes"]
        queues = {target(arn) for arns in wakes for arn in (arns if isinstance(arns, list) else [arns])}
        if target(mapping["EventSourceArn"]) in queues:
            allowed_to_loop.add(name)
    assert {
        name for name, each in functions.items() if each.get("RecursiveLoop") == "Allow"
    } == allowed_to_loop
    assert len(allowed_to_loop) == 4
    assert not any("RecursiveLoop" in functions[name] for name in functions.keys() - allowed_to_loop)


def test_every_function_has_a_role_and_a_log_of_its_own() -> None:
    functions = of_type("AWS::Lambda::Function").values()
    assert len({target(each["Role"]) for each in functions}) == len(functions)
    assert len({target(each["LoggingConfig"]["LogGroup"]) for each in functions}) == len(functions)


def test_a_new_version_is_tried_with_a_tenth_of_the_work_before_it_gets_the_rest() -> None:
    groups = of_type("AWS::CodeDeploy::DeploymentGroup")
    # The one that checks all others is checked by nobody.
    assert len(groups) == len(of_type("AWS::Lambda::Alias")) - 1 == len(FUNCTIONS) - 1
    for group in groups.values():
        assert group["DeploymentConfigName"]["Fn::Sub"][1] == {"ConfigName": "Canary10Percent10Minutes"}
        alarms = [target(each["Name"]) for each in group["AlarmConfiguration"]["Alarms"]]
        assert alarms == ["ReleaseAlarm", "ReleaseOthersAlarm", "StaleAlarm"]
        assert "DEPLOYMENT_STOP_ON_ALARM" in group["AutoRollbackConfiguration"]["Events"]
    for name in of_type("AWS::Lambda::Alias").keys() - {"CheckReleaseAliaslive"}:
        (how,) = translated()["Resources"][name]["UpdatePolicy"].values()
        assert target(how["DeploymentGroupName"]) in groups
        assert target(how["BeforeAllowTrafficHook"]) == "CheckRelease"


def test_the_check_of_a_release_may_be_called_and_may_call_every_other_function() -> None:
    """CodeDeploy's own policy lets it call what is named so; the check finds the function by the end of its name."""
    names = {name: each["FunctionName"]["Fn::Sub"] for name, each in of_type("AWS::Lambda::Function").items()}
    assert names.pop("CheckRelease").startswith("CodeDeployHook_${AWS::StackName}-")
    assert names == {name: "${AWS::StackName}-" + name for name in names}
    (calls,) = [each for each in statements_of("CheckRelease") if each["Action"] == "lambda:InvokeFunction"]
    assert calls["Resource"]["Fn::Sub"].endswith(
        ":function:${AWS::StackName}-*:*"
    )  # a version, and never the newest


def test_nothing_waits_for_itself() -> None:
    """An alias waits for its alarms, they for functions, and some of these for the console's alias."""
    resources = translated()["Resources"]
    waits = {name: set(references(resource)) & resources.keys() for name, resource in resources.items()}
    TopologicalSorter(waits).prepare()


def references(value: Any) -> Iterator[str]:
    """What a resource waits for: all that it names, in whatever way."""
    if isinstance(value, list):
        for each in value:
            yield from references(each)
    elif isinstance(value, dict):
        for key, each in value.items():
            match key:
                case "Ref":
                    yield each
                case "Fn::GetAtt":
                    yield each[0]
                case "Fn::Sub":
                    yield from re.findall(r"\$\{(\w+)", each if isinstance(each, str) else each[0])
                    yield from references(each)
                case "DependsOn":
                    yield from [each] if isinstance(each, str) else each
                case _:
                    yield from references(each)


def test_without_codedeploy_the_alias_moves_at_once() -> None:
    """For a repair while the alarm rings, which would withdraw it again; and where there is no CodeDeploy."""
    resources = translated_with({"GradualRollout": "false"})["Resources"].values()
    assert not [each for each in resources if each["Type"].startswith("AWS::CodeDeploy")]
    aliases = [each for each in resources if each["Type"] == "AWS::Lambda::Alias"]
    assert len(aliases) == len(FUNCTIONS)
    assert not any("UpdatePolicy" in each for each in aliases)


def test_a_change_in_a_layer_makes_a_new_version_of_every_function_that_has_it() -> None:
    """Almost all of our code is in one: without this a release of it would reach no alias."""

    def versions(changed: str = "") -> set[str]:
        resources = translated_with({}, lambda folder: folder.name + "-changed" * (folder.name == changed))
        return {
            name for name, each in resources["Resources"].items() if each["Type"] == "AWS::Lambda::Version"
        }

    assert versions() == versions()
    assert not versions() & versions("shared")
    assert not versions() & versions("dependencies")
    assert {name[: -len("Version0123456789")] for name in versions() - versions("soap")} == {
        "Console",
        "ImportExpenses",
        "UploadExports",
    }


def seen_by(parameters: dict[str, str], value: Any) -> str:
    """As CloudFormation fills in parameters, whatever else is in it."""
    if isinstance(value, dict) and value.get("Ref") in parameters:
        return parameters[value["Ref"]]
    if isinstance(value, dict) and isinstance(text := value.get("Fn::Sub"), str):
        return re.sub(r"\$\{(\w+)\}", lambda found: parameters.get(found[1], found[0]), text)
    if isinstance(value, dict):
        return str({key: seen_by(parameters, each) for key, each in value.items()})
    return str([seen_by(parameters, each) for each in value]) if isinstance(value, list) else str(value)


def deployed(kind: str, leave: frozenset[str] = frozenset(), **changed: str) -> dict[str, str]:
    """Resources of that kind by the function that they belong to, with the parameters' values."""
    parameters = {name: str(each.get("Default", "")) for name, each in translated()["Parameters"].items()}
    parameters |= changed
    found = {}
    for name, each in translated_with(changed)["Resources"].items():
        if each["Type"] == kind:
            properties = {key: value for key, value in each["Properties"].items() if key not in leave}
            owner = name if kind.endswith("Function") else target(each["Properties"]["FunctionName"])
            found[owner] = name + seen_by(parameters, properties)
    return found


# What a function has for all its versions at once is no part of any.
OF_ALL_VERSIONS = frozenset({"ReservedConcurrentExecutions", "Role", "Tags"})


@pytest.mark.parametrize("parameter", sorted(templates.read(TEMPLATE)["Parameters"]))
def test_a_changed_parameter_makes_a_new_version_of_every_function_that_uses_it(parameter: str) -> None:
    """CloudFormation replaces a version whose description changes; what SAM calls it does not depend on parameters."""

    def differ(kind: str, leave: frozenset[str] = frozenset()) -> set[str]:
        before, after = deployed(kind, leave), deployed(kind, leave, **{parameter: "7"})
        return {name for name in before if before[name] != after[name]}

    uses = differ("AWS::Lambda::Function", OF_ALL_VERSIONS)
    assert differ("AWS::Lambda::Version") == uses
    assert bool(uses) == (parameter in USED_BY_CODE)


USED_BY_CODE = {
    "Arch",
    "BookkeepingYears",
    "LogLevel",
    "MomentUrl",
    "Sender",
    "XledgerApplication",
    "XledgerSoapUrl",
    "XledgerTimeout",
    "XledgerUrl",
}


def test_a_versions_description_has_room_for_the_longest_parameters() -> None:
    longest = {
        name: "x" * int(each.get("MaxLength", max(map(len, map(str, each.get("AllowedValues", ["150"]))))))
        for name, each in translated()["Parameters"].items()
        if name in USED_BY_CODE
    }
    for version in of_type("AWS::Lambda::Version").values():
        assert len(seen_by(longest, version["Description"])) <= 256


@pytest.mark.parametrize(
    "queue",
    [
        "EventsQueue",
        "CustomersQueue",
        "ProjectsQueue",
        "ExportsQueue",
        "UploadsQueue",
        "ExpensesQueue",
        "InvoiceMailsQueue",
        "HeldInvoicesQueue",
        "MailEventsQueue",
    ],
)
def test_a_queue_that_a_function_takes_from_has_a_dead_letter_queue(queue: str) -> None:
    assert queue in {target(mapping["EventSourceArn"]) for mapping in mappings().values()}
    assert target(of_type("AWS::SQS::Queue")[queue]["RedrivePolicy"]["deadLetterTargetArn"]) in of_type(
        "AWS::SQS::Queue"
    )


def test_a_schedule_that_cannot_start_its_function_leaves_a_trace() -> None:
    targets = [target for rule in of_type("AWS::Events::Rule").values() for target in rule["Targets"]]
    assert len(targets) == 5
    assert {target(each["DeadLetterConfig"]["Arn"]) for each in targets} == {"SchedulesDeadLetters"}


def starts() -> Iterator[tuple[str, str]]:
    """What the clock starts, and how often."""
    rules = {
        name: each for name, each in of_type("AWS::Events::Rule").items() if "ScheduleExpression" in each
    }
    for rule in rules.values():
        yield from ((function_of(each["Arn"]), rule["ScheduleExpression"]) for each in rule["Targets"])


def invoked() -> dict[str, dict[str, Any]]:
    return {target(each["FunctionName"]): each for each in of_type("AWS::Lambda::EventInvokeConfig").values()}


def test_starts_that_lambda_has_no_room_for_do_not_pile_up() -> None:
    """A throttled call is tried again until it is too old. The next minute makes up for it: what is due then is in
    domain/scheduled_runs.py."""
    assert set(starts()) == {(name, "rate(1 minute)") for name in ("Sweep", "MeasureWork", "StartRuns")}
    ages = {name: each["MaximumEventAgeInSeconds"] for name, each in invoked().items()}
    assert ages == {name: 60 for name, _ in starts()}


def test_what_fails_every_minute_leaves_no_heap_of_dead_letters() -> None:
    traced = {
        name
        for name, each in invoked().items()
        if (failed := each["DestinationConfig"].get("OnFailure"))
        and target(failed["Destination"]) == "SchedulesDeadLetters"
    }
    assert traced == set()


ONE_DAY = 24 * 3600


@pytest.mark.parametrize("mapping", sorted(mappings()))
def test_throttling_alone_brings_no_message_into_a_dead_letter_queue(mapping: str) -> None:
    """Each time that Lambda has no room counts as a receive. A day is time to raise the account's quota in; and a wake
    is not kept for longer."""
    queue = of_type("AWS::SQS::Queue")[target(mappings()[mapping]["EventSourceArn"])]
    assert queue["VisibilityTimeout"] * queue["RedrivePolicy"]["maxReceiveCount"] >= ONE_DAY
    assert queue["MessageRetentionPeriod"] in (ONE_DAY, FOURTEEN_DAYS)


@pytest.mark.parametrize("mapping", sorted(mappings()))
def test_in_a_small_account_no_queue_takes_all_room_there_is(mapping: str) -> None:
    """Two is the least that AWS takes."""
    assert at_most(mappings()[mapping], is_small=True) == 2


def at_most(mapping: dict[str, Any], *, is_small: bool = False) -> int:
    most = mapping["ScalingConfig"]["MaximumConcurrency"]
    if isinstance(most, int):
        return most
    name, small, usual = most["Fn::If"]
    assert name == "IsSmallAccount"
    return int(small if is_small else usual)


def test_only_the_console_is_open_to_everybody() -> None:
    urls = {
        function_of(each["TargetFunctionArn"]): each["AuthType"]
        for each in of_type("AWS::Lambda::Url").values()
    }
    assert urls == {"Console": "NONE", "OpenSession": "AWS_IAM"}
    permissions = of_type("AWS::Lambda::Permission").values()
    assert {function_of(each["FunctionName"]) for each in permissions if each["Principal"] == "*"} == {
        "Console"
    }


@pytest.mark.parametrize("mapping", sorted(mappings()))
def test_a_message_in_work_is_not_handed_out_again(mapping: str) -> None:
    queue = of_type("AWS::SQS::Queue")[target(mappings()[mapping]["EventSourceArn"])]
    function = of_type("AWS::Lambda::Function")[function_of(mappings()[mapping]["FunctionName"])]
    assert queue["VisibilityTimeout"] >= 6 * function["Timeout"]


@pytest.mark.parametrize("mapping", sorted(mappings()))
def test_one_bad_message_does_not_fail_its_batch(mapping: str) -> None:
    assert mappings()[mapping]["FunctionResponseTypes"] == ["ReportBatchItemFailures"]


def test_what_is_not_a_hint_is_kept_as_long_as_sqs_can() -> None:
    queues = of_type("AWS::SQS::Queue")
    for name in {"EventsQueue", "ExportsQueue", "MailEventsQueue"} | dead_letter_queues():
        assert queues[name]["MessageRetentionPeriod"] == FOURTEEN_DAYS, name


def test_every_log_ends_after_some_time() -> None:
    assert {each["RetentionInDays"] for each in of_type("AWS::Logs::LogGroup").values()} == {90}


def test_the_ledger_cannot_be_lost_or_read_without_its_key() -> None:
    table = the("AWS::DynamoDB::Table")
    assert table["DeletionProtectionEnabled"]
    assert table["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"]
    assert target(table["SSESpecification"]["KMSMasterKeyId"]) == "Key"
    assert table["TimeToLiveSpecification"] == {"AttributeName": "ttl", "Enabled": True}


@pytest.mark.parametrize(
    "name", ["Table", "Bucket", "Key", "Fingerprint", "EventsQueue", "EventsDeadLetters"]
)
def test_what_holds_data_outlives_its_stack(name: str) -> None:
    resource = translated()["Resources"][name]
    assert (resource["DeletionPolicy"], resource["UpdateReplacePolicy"]) == ("RetainExceptOnCreate", "Retain")


@pytest.mark.parametrize(
    ("choice", "made"), [("domain", {"SenderDomain"}), ("address", {"SenderAddress"}), ("existing", set())]
)
def test_the_senders_identity_is_made_only_where_the_account_has_none(choice: str, made: set[str]) -> None:
    template = translated()
    conditions = {
        name: {"Ref": "SenderIdentity"} in each.get("Fn::Equals", []) and choice in each["Fn::Equals"]
        for name, each in template["Conditions"].items()
    }
    identities = {
        name: each
        for name, each in template["Resources"].items()
        if each["Type"] == "AWS::SES::EmailIdentity"
    }
    assert {name for name, each in identities.items() if conditions[each["Condition"]]} == made


def test_a_stack_made_again_after_a_deletion_does_not_meet_the_names_that_were_kept() -> None:
    (name,) = [each["Name"] for each in of_type("AWS::SecretsManager::Secret").values()]
    assert "AWS::StackId" in str(name)
    for kind in ("AWS::DynamoDB::Table", "AWS::S3::Bucket"):
        assert not {"TableName", "BucketName"} & the(kind).keys()
    assert not any("QueueName" in each for each in of_type("AWS::SQS::Queue").values())


def test_the_bucket_is_private_and_encrypted_with_our_key() -> None:
    bucket = the("AWS::S3::Bucket")
    (encryption,) = bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert target(encryption["ServerSideEncryptionByDefault"]["KMSMasterKeyID"]) == "Key"
    assert encryption["BucketKeyEnabled"]
    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
    assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}


def test_rejected_events_are_kept_for_fourteen_days() -> None:
    rules = the("AWS::S3::Bucket")["LifecycleConfiguration"]["Rules"]
    (rule,) = [rule for rule in rules if rule.get("Prefix") == "rejected/"]
    assert (rule["Status"], rule["ExpirationInDays"]) == ("Enabled", 14)


def test_every_queue_is_encrypted_and_closed_to_plain_http() -> None:
    queues = of_type("AWS::SQS::Queue")
    assert all(queue["SqsManagedSseEnabled"] for queue in queues.values())
    policies = of_type("AWS::SQS::QueuePolicy").values()
    over_tls = [
        target(queue)
        for policy in policies
        if any(_denies_plain_http(each) for each in policy["PolicyDocument"]["Statement"])
        for queue in policy["Queues"]
    ]
    assert sorted(over_tls) == sorted(queues)


def test_the_bucket_is_closed_to_plain_http_and_to_old_links() -> None:
    statements = the("AWS::S3::BucketPolicy")["PolicyDocument"]["Statement"]
    assert any(_denies_plain_http(each) for each in statements)
    assert any(
        each["Effect"] == "Deny"
        and each["Condition"] == {"NumericGreaterThan": {"s3:signatureAge": "600000"}}
        for each in statements
    )


def test_nobody_gets_a_whole_service_or_every_resource() -> None:
    for name, statement in allowed():
        actions = statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
        assert not any("*" in action for action in actions), name
        assert statement.get("Resource") != "*" or name == "Trace", name


def test_every_call_is_traced_and_nothing_else_may_be_done_anywhere() -> None:
    """X-Ray has no resources that a right could name."""
    for name, function in of_type("AWS::Lambda::Function").items():
        assert function["TracingConfig"] == {"Mode": "Active"}
        role = of_type("AWS::IAM::Role")[target(function["Role"])]
        assert {"Ref": "Trace"} in role["ManagedPolicyArns"], name
    (right,) = of_type("AWS::IAM::ManagedPolicy")["Trace"]["PolicyDocument"]["Statement"]
    assert right["Action"] == ["xray:PutTraceSegments", "xray:PutTelemetryRecords"]


def test_a_function_sends_only_to_the_queues_it_is_told_of() -> None:
    told = {
        "CUSTOMERS_QUEUE": "CustomersQueue",
        "PROJECTS_QUEUE": "ProjectsQueue",
        "EXPORTS_QUEUE": "ExportsQueue",
        "INVOICE_MAILS_QUEUE": "InvoiceMailsQueue",
        "UPLOADS_QUEUE": "UploadsQueue",
        "EXPENSES_QUEUE": "ExpensesQueue",
        "HELD_INVOICES_QUEUE": "HeldInvoicesQueue",
        "NUMBERS_QUEUE": "NumbersQueue",
        "RECONCILE_QUEUE": "ReconcileQueue",
        "NOTICES_QUEUE": "NoticesQueue",
    }
    for name, function in of_type("AWS::Lambda::Function").items():
        names = set(function["Environment"]["Variables"])
        names -= {"NUMBERS_QUEUE"} if name == "GuardNumbers" else set()  # which only puts back what it took
        role = of_type("AWS::IAM::Role")[target(function["Role"])]
        statements = [each for policy in role["Policies"] for each in policy["PolicyDocument"]["Statement"]]
        wakes = [each["Resource"] for each in statements if each["Sid"] == "Wakes"]
        queues = {target(arn) for arns in wakes for arn in (arns if isinstance(arns, list) else [arns])}
        assert queues == {queue for name, queue in told.items() if name in names}


def test_only_the_console_saves_what_a_person_typed_and_nobody_the_key_of_fingerprints() -> None:
    writes = {
        (name, str(statement["Resource"]["Fn::Sub"]).rpartition("/")[2])
        for name, statement in allowed()
        if "secretsmanager:PutSecretValue" in statement["Action"]
    }
    assert writes == {
        ("ConsoleRole", "*"),
        ("ImportExpensesRole", "*.logon-key*"),
        ("UploadExportsRole", "*.logon-key*"),
    }
    (denied,) = [each for each in statements_of("Console") if each["Effect"] == "Deny"]
    assert actions_of(denied) == {"secretsmanager:PutSecretValue", *MARKS_KEYS}
    assert denied["Resource"]["Fn::Sub"].endswith("/fingerprint.key-*")


READS = {"dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:Query"}
LEDGER = READS | {"dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem"}
LOG = {"logs:CreateLogStream", "logs:PutLogEvents"}
TAKES = {"sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"}
PUTS_BACK = {"sqs:ChangeMessageVisibility"}
FILES = {"s3:GetObject", "s3:PutObject", "s3:ListBucket"}
READS_KEYS = {"secretsmanager:GetSecretValue"}
KEEPS_KEYS = {
    "secretsmanager:CreateSecret",
    "secretsmanager:PutSecretValue",
    "secretsmanager:RestoreSecret",
}
MARKS_KEYS = {"secretsmanager:UpdateSecretVersionStage"}
SENDS, MAILS = {"sqs:SendMessage"}, {"ses:SendRawEmail"}
CHECKS = {"dynamodb:ConditionCheckItem"}  # that an invoice, or an export, is still as it was read
# To what each may do it is in the tests beside this one, and tried out by `python -m local.rights`.
RIGHTS = {
    "ReceiveEvents": LOG | LEDGER | CHECKS | TAKES | SENDS | {"s3:PutObject"},
    "SyncCustomers": LOG | LEDGER | CHECKS | TAKES | PUTS_BACK | SENDS | READS_KEYS,
    "SyncProjects": LOG | LEDGER | CHECKS | TAKES | PUTS_BACK | SENDS | READS_KEYS,
    "ExportInvoices": LOG | LEDGER | CHECKS | TAKES | SENDS | FILES | MAILS,
    "UploadExports": LOG | LEDGER | TAKES | SENDS | FILES | READS_KEYS | KEEPS_KEYS,
    "ImportExpenses": LOG | LEDGER | TAKES | SENDS | READS_KEYS | KEEPS_KEYS,
    "MailInvoices": LOG | LEDGER | TAKES | {"s3:GetObject", "s3:PutObject"} | READS_KEYS | MAILS,
    "RecheckInvoices": LOG | LEDGER | CHECKS | TAKES | SENDS | READS_KEYS,
    "NoteBounces": LOG | LEDGER - {"dynamodb:Query"} | TAKES,
    "Sweep": LOG | READS | SENDS | {"sqs:GetQueueAttributes"},
    "MeasureWork": LOG | {"dynamodb:BatchGetItem", "dynamodb:Query"},
    "StartRuns": LOG | READS | {"dynamodb:UpdateItem"} | SENDS,
    "SendNotices": LOG | LEDGER | TAKES | MAILS,
    "GuardNumbers": LOG | LEDGER | TAKES | PUTS_BACK | READS_KEYS,
    "Reconcile": LOG | LEDGER | CHECKS | TAKES | READS_KEYS,
    "Console": LOG | LEDGER | CHECKS | SENDS | FILES | READS_KEYS | KEEPS_KEYS | MARKS_KEYS,
    "OpenSession": LOG | {"dynamodb:GetItem", "dynamodb:PutItem"},
    "CheckRelease": LOG
    | {"lambda:InvokeFunction", "codedeploy:GetDeployment", "codedeploy:GetApplicationRevision"}
    | {"codedeploy:PutLifecycleEventHookExecutionStatus"},
}


def statements_of(function: str) -> list[dict[str, Any]]:
    """Those of its own, and the right to mail, which several have."""
    role = of_type("AWS::IAM::Role")[f"{function}Role"]
    documents = [policy["PolicyDocument"] for policy in role["Policies"]]
    if {"Ref": "SendMails"} in role.get("ManagedPolicyArns", []):
        documents.append(of_type("AWS::IAM::ManagedPolicy")["SendMails"]["PolicyDocument"])
    return [statement for document in documents for statement in document["Statement"]]


def actions_of(statement: dict[str, Any]) -> set[str]:
    action = statement["Action"]
    return {action} if isinstance(action, str) else set(action)


def test_every_function_is_in_the_table_of_rights() -> None:
    assert RIGHTS.keys() == of_type("AWS::Lambda::Function").keys()


@pytest.mark.parametrize("function", RIGHTS)
def test_a_function_has_the_rights_that_it_uses_and_no_others(function: str) -> None:
    given = [actions_of(each) for each in statements_of(function) if each["Effect"] == "Allow"]
    assert set().union(*given) == RIGHTS[function]


def test_only_who_makes_fingerprints_reads_their_key() -> None:
    (left_alone,) = of_type("AWS::IAM::ManagedPolicy")["LeaveTheFingerprintsKey"]["PolicyDocument"][
        "Statement"
    ]
    assert (left_alone["Effect"], left_alone["Action"]) == ("Deny", "secretsmanager:GetSecretValue")
    assert left_alone["Resource"]["Fn::Sub"].endswith("/fingerprint.key-*")
    readers = {function for function, actions in RIGHTS.items() if actions >= READS_KEYS}
    roles = of_type("AWS::IAM::Role")
    denied = {
        function
        for function in RIGHTS
        if {"Ref": "LeaveTheFingerprintsKey"} in roles[f"{function}Role"]["ManagedPolicyArns"]
    }
    assert readers - denied == {"Console"}


def test_no_queue_gives_its_function_more_than_the_design_says() -> None:
    most = {function_of(each["FunctionName"]): at_most(each) for each in mappings().values()}
    assert most == {
        "ReceiveEvents": 10,
        "SyncCustomers": 50,
        "SyncProjects": 50,
        "ExportInvoices": 5,
        "UploadExports": 5,
        "ImportExpenses": 5,
        "MailInvoices": 2,
        "RecheckInvoices": 10,
        "NoteBounces": 2,
        "GuardNumbers": 10,
        "Reconcile": 5,
        "SendNotices": 5,
    }


def test_only_what_is_open_to_the_internet_can_be_held_to_a_share_of_the_account() -> None:
    functions = of_type("AWS::Lambda::Function")
    limited = {name for name, each in functions.items() if "ReservedConcurrentExecutions" in each}
    assert limited == {"Console"}
    wanted = {"Fn::If": ["LimitsConsole", {"Ref": "ConsoleConcurrency"}, {"Ref": "AWS::NoValue"}]}
    assert functions["Console"]["ReservedConcurrentExecutions"] == wanted


def test_companies_keys_are_encrypted_with_our_key_by_the_name_of_the_stack() -> None:
    named = the("AWS::KMS::Alias")
    assert (named["AliasName"], target(named["TargetKeyId"])) == (
        {"Fn::Sub": "alias/${AWS::StackName}"},
        "Key",
    )


def test_no_function_can_use_the_key_but_through_what_it_encrypts() -> None:
    (use,) = of_type("AWS::IAM::ManagedPolicy")["UseKey"]["PolicyDocument"]["Statement"]
    services = [
        each["Fn::Sub"].partition(".")[0] for each in use["Condition"]["StringEquals"]["kms:ViaService"]
    ]
    assert services == ["dynamodb", "s3", "secretsmanager"]


def test_invoices_are_mailed_from_one_address_and_told_of_when_they_come_back() -> None:
    """At most ten a second: two workers, five each."""
    (mails,) = of_type("AWS::IAM::ManagedPolicy")["SendMails"]["PolicyDocument"]["Statement"]
    assert mails["Action"] == "ses:SendRawEmail"
    resources = [each["Fn::Sub"] for each in mails["Resource"]]
    assert [str(each).partition("${AWS::AccountId}:")[2] for each in resources][::2] == [
        "identity/${Sender}",
        "configuration-set/${Mails}",
    ]
    text, filled_in = resources[1]
    assert text.endswith(":identity/${Domain}")
    assert filled_in == {"Domain": {"Fn::Select": [1, {"Fn::Split": ["@", {"Ref": "Sender"}]}]}}
    roles = of_type("AWS::IAM::Role")
    assert {name for name, role in roles.items() if "SendMails" in str(role.get("ManagedPolicyArns"))} == {
        "ExportInvoicesRole",
        "MailInvoicesRole",
        "SendNoticesRole",
    }
    (mapping,) = [each for each in mappings().values() if function_of(each["FunctionName"]) == "MailInvoices"]
    assert (mapping["BatchSize"], mapping["ScalingConfig"]["MaximumConcurrency"]) == (1, 2)
    destination = the("AWS::SES::ConfigurationSetEventDestination")["EventDestination"]
    assert set(destination["MatchingEventTypes"]) == {"bounce", "complaint", "reject", "delivery"}
    (queue,) = of_type("AWS::Events::Rule")["MailEvents"]["Targets"]
    assert target(queue["Arn"]) == "MailEventsQueue"


def _denies_plain_http(statement: dict[str, Any]) -> bool:
    return bool(
        statement["Effect"] == "Deny"
        and statement["Principal"] == "*"
        and statement.get("Condition") == {"Bool": {"aws:SecureTransport": "false"}}
    )
