"""Looks for keys where none may be: in what the functions wrote, kept, put into files and mailed.

Every run does, so that a function that lets one out is found on its real wiring, whatever the tests of its parts say.
Whatever lies in Secrets Manager is a key.
"""

import email
import json
from collections.abc import Iterable, Iterator
from email import policy
from pathlib import Path
from typing import Any

from local.aws import EmbeddedAws, Stack

SIGNED = "X-Amz-Signature"  # of a link to a file: a page may lead there, nothing may keep it
NO_KEYS = {"user", "instead_of"}  # among the fields of a secret
SHORTEST = 6  # what is shorter stands in other words by accident


def spilt(aws: EmbeddedAws, stack: Stack, folder: Path, mails: Iterable[Path]) -> Iterator[str]:
    """One sentence for each place that holds a key, by the name of what holds it rightly; never the key itself."""
    keys = [*_keys(aws), ("the signature of a link", SIGNED)]
    for place, text in _written(aws, stack, folder, mails):
        for what, key in keys:
            if key in text:
                yield f"{place} holds {what}, which belongs nowhere but in its own store."


def _keys(aws: EmbeddedAws) -> Iterator[tuple[str, str]]:
    client = aws.client("secretsmanager")
    for page in client.get_paginator("list_secrets").paginate():
        for name in (each["Name"] for each in page["SecretList"]):
            text = client.get_secret_value(SecretId=name)["SecretString"]
            for field, key in _fields(text):
                if field not in NO_KEYS and len(key) >= SHORTEST:
                    yield f"{field} of the secret {name}", key


def _fields(text: str) -> Iterator[tuple[str, str]]:
    """Of a secret that is JSON, each text in it; else the whole."""
    try:
        content = json.loads(text)
    except ValueError:
        content = text
    yield from _leaves("the whole", content)


def _leaves(name: str, content: Any) -> Iterator[tuple[str, str]]:
    if isinstance(content, dict):
        for field, value in content.items():
            yield from _leaves(field, value)
    elif isinstance(content, str):
        yield name, content


def _written(
    aws: EmbeddedAws, stack: Stack, folder: Path, mails: Iterable[Path]
) -> Iterator[tuple[str, str]]:
    for function in stack.functions:
        yield f"The log of {function}", stack.log_of(aws, function)
    for page in aws.client("dynamodb").get_paginator("scan").paginate(TableName=stack.resources["Table"]):
        for item in page["Items"]:
            yield f"The ledger's item {item['sk']['S']}", str(item)
    yield from _in_bucket(aws, stack.resources["Bucket"])
    for mail in mails:
        yield f"The mail {mail.name}", _text_of(mail)
    for path in sorted(path for path in folder.glob("*") if path.is_file()):
        yield f"The file {path.name}", path.read_bytes().decode(errors="replace")


def _in_bucket(aws: EmbeddedAws, bucket: str) -> Iterator[tuple[str, str]]:
    s3 = aws.client("s3")
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket):
        for key in (each["Key"] for each in page.get("Contents", [])):
            content = s3.get_object(Bucket=bucket, Key=key)["Body"].read()
            yield f"The file {key} in the bucket", content.decode(errors="replace")


def _text_of(mail: Path) -> str:
    message = email.message_from_bytes(mail.read_bytes(), policy=policy.default)
    texts = [part.get_content() for part in message.walk() if part.get_content_maintype() == "text"]
    return "\n".join([*map(str, message.values()), *texts])
