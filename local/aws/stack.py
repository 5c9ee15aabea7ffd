"""Deploying a template into the embedded AWS."""

import json
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local.aws import template as templates
from local.aws.completion import complete
from local.aws.ministack import REGION, AwsError, EmbeddedAws
from local.aws.template import Template

ALIAS = "live"  # as in template.yaml: what queues, schedules and addresses lead to

_CODE_BUCKET = "deployment"
_TEMPLATE_KEY = "template.json"
_CREATE_SECONDS = 120
_POLL_SECONDS = 0.05


@dataclass(frozen=True)
class Stack:
    """What was created: the template's outputs, and the real name of everything in it."""

    name: str
    outputs: Mapping[str, str]
    resources: Mapping[str, str]
    functions: tuple[str, ...]  # by their names in the template
    left_out: tuple[str, ...]  # what the emulator cannot do, one sentence each

    def log_of(self, aws: EmbeddedAws, function: str) -> str:
        """What a function has written, oldest first."""
        named = aws.client("lambda").get_function_configuration(FunctionName=self.resources[function])
        group = named.get("LoggingConfig", {}).get("LogGroup") or f"/aws/lambda/{self.resources[function]}"
        pages = aws.client("logs").get_paginator("filter_log_events").paginate(logGroupName=group)
        return "\n".join(event["message"].rstrip() for page in pages for event in page["events"])

    def environment_of(self, aws: EmbeddedAws, function: str) -> dict[str, str]:
        """The variables that a function is given, with their real values."""
        named = aws.client("lambda").get_function_configuration(FunctionName=self.resources[function])
        return dict(named["Environment"]["Variables"])


def deploy(aws: EmbeddedAws, path: Path, parameters: Mapping[str, str], name: str) -> Stack:
    """Translate while the emulator still starts, then upload, create, and complete what it leaves out."""
    code: dict[str, bytes] = {}

    def put(folder: Path) -> tuple[str, str]:
        if not folder.is_dir():
            raise AwsError(f"{path.name} names {folder.relative_to(path.parent)}/, which does not exist.")
        content = templates.packed(folder)
        key = templates.key_of(content)
        code[key] = content
        return _CODE_BUCKET, key

    source = templates.read(path)
    parameters = {**what_can_be_played(source), **parameters}
    template = templates.translate(source, parameters, put, path.parent, REGION)
    _fit_to_this_machine(template)
    leave_out_what_looks_at_several_figures(template)
    _upload(aws, code)
    return _create(aws, template, parameters, name)


def what_can_be_played(source: Template) -> dict[str, str]:
    """The emulator has versions and aliases, but no CodeDeploy that would move an alias little by little; and it makes
    no records of DKIM for a domain."""
    possible = {"GradualRollout": "false", "SenderIdentity": "address"}
    return {name: value for name, value in possible.items() if name in source.get("Parameters", {})}


def _fit_to_this_machine(template: Template) -> None:
    """Ten new processes on two processors only stand in each other's way. Two is the least AWS allows."""
    for resource in template["Resources"].values():
        if scaling := resource.get("Properties", {}).get("ScalingConfig"):
            here, wanted = max(2, os.cpu_count() or 2), scaling["MaximumConcurrency"]
            scaling["MaximumConcurrency"] = min(wanted, here) if isinstance(wanted, int) else here


def leave_out_what_looks_at_several_figures(template: Template) -> None:
    """The emulator refuses a stack with an alarm over several metrics; and here nobody would hear it."""
    resources = template["Resources"]
    over_several = [name for name, each in resources.items() if "Metrics" in each.get("Properties", {})]
    for name in over_several:
        del resources[name]


def _upload(aws: EmbeddedAws, code: Mapping[str, bytes]) -> None:
    s3 = aws.client("s3")
    s3.create_bucket(Bucket=_CODE_BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
    for key, content in code.items():
        s3.put_object(Bucket=_CODE_BUCKET, Key=key, Body=content)


def _create(aws: EmbeddedAws, template: Template, parameters: Mapping[str, str], name: str) -> Stack:
    cloudformation = aws.client("cloudformation")
    cloudformation.create_stack(
        StackName=name,
        TemplateURL=_put_template(aws, template),
        Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()],
        Capabilities=["CAPABILITY_IAM"],
    )
    return created(aws, template, name)


def created(aws: EmbeddedAws, template: Template, name: str) -> Stack:
    """Of a stack that is there, or that will be in a moment, with what the emulator left out completed."""
    cloudformation = aws.client("cloudformation")
    outputs = _wait(cloudformation, name)
    pages = cloudformation.get_paginator("list_stack_resources").paginate(StackName=name)
    resources = {
        each["LogicalResourceId"]: each["PhysicalResourceId"]
        for page in pages
        for each in page["StackResourceSummaries"]
    }
    functions = tuple(
        logical for logical, each in template["Resources"].items() if each["Type"] == "AWS::Lambda::Function"
    )
    return Stack(name, outputs, resources, functions, tuple(complete(aws, template, resources)))


def _put_template(aws: EmbeddedAws, template: Template) -> str:
    """A request takes 51,200 characters of template; one that lies in a bucket may be twenty times as long."""
    aws.client("s3").put_object(
        Bucket=_CODE_BUCKET, Key=_TEMPLATE_KEY, Body=json.dumps(template, default=str).encode()
    )
    return f"{aws.url}/{_CODE_BUCKET}/{_TEMPLATE_KEY}"


def _wait(cloudformation: Any, name: str) -> dict[str, str]:
    give_up = time.monotonic() + _CREATE_SECONDS
    while time.monotonic() < give_up:
        stack = cloudformation.describe_stacks(StackName=name)["Stacks"][0]
        if stack["StackStatus"] in ("CREATE_COMPLETE", "UPDATE_COMPLETE"):
            return {each["OutputKey"]: each["OutputValue"] for each in stack.get("Outputs", [])}
        if not stack["StackStatus"].endswith("_IN_PROGRESS"):
            raise AwsError(f"The stack was not created. {_reasons(cloudformation, name)}")
        time.sleep(_POLL_SECONDS)
    raise AwsError(f"The stack was not created within {_CREATE_SECONDS} seconds.")


def _reasons(cloudformation: Any, name: str) -> str:
    events = cloudformation.describe_stack_events(StackName=name)["StackEvents"]
    failed = [each for each in events if each["ResourceStatus"].endswith("FAILED")]
    return " ".join(f"{each['LogicalResourceId']}: {each.get('ResourceStatusReason', '')}" for each in failed)
