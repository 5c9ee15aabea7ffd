"""What a deployed stack is made of."""

from collections.abc import Mapping

import boto3

from local.run.misuse import Misuse


def names_of(stack: str, kind: str) -> Mapping[str, str]:
    """By their names in the template, the real ones of everything of a kind, such as AWS::SQS::Queue."""
    pages = boto3.client("cloudformation").get_paginator("list_stack_resources").paginate(StackName=stack)
    return {
        each["LogicalResourceId"]: each["PhysicalResourceId"]
        for page in pages
        for each in page["StackResourceSummaries"]
        if each["ResourceType"] == kind and "PhysicalResourceId" in each
    }


def unfinished(stack: str) -> Misuse:
    """It lacks what the template would have made."""
    return Misuse(
        f"--stack {stack}: is not deployed from template.yaml, or not to the end; name another, or `make deploy`."
    )
