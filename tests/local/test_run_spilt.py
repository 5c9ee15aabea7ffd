"""A run looks for keys in whatever it left: one that lies in any of these places is found."""

import json
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import boto3
import pytest

from local.run.spilt import spilt
from moment_xledger.wiring import Wiring
from tests.handlers.cloud import BUCKET, TABLE
from tests.handlers.cloud import wiring as wiring

PASSWORD = "a-password-that-opens-everything"


class Left:
    """What a run left: as the embedded AWS would show it, a folder, and mails in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.log = "swept"
        self.mails: list[Path] = []
        client = boto3.client("secretsmanager")
        client.create_secret(Name="stack/fingerprint.key", SecretString="the-fingerprints-own-key")
        content = {"xledger_token": "a-token", "soap": {"user": "nordvik-ws", "password": PASSWORD}}
        client.create_secret(Name="stack/nordvik", SecretString=json.dumps(content))

    def found(self) -> list[str]:
        aws: Any = SimpleNamespace(client=boto3.client)
        stack: Any = SimpleNamespace(
            functions=["Sweep"], resources={"Table": TABLE, "Bucket": BUCKET}, log_of=lambda *_: self.log
        )
        return list(spilt(aws, stack, self.folder, self.mails))

    def say(self, text: str) -> None:
        self.log = f'{{"message": "{text}"}}'

    def keep(self, text: str) -> None:
        boto3.client("dynamodb").put_item(
            TableName=TABLE, Item={"pk": {"S": "T#nordvik"}, "sk": {"S": "CONF"}, "settings": {"S": text}}
        )

    def put(self, text: str) -> None:
        boto3.client("s3").put_object(Bucket=BUCKET, Key="exports/1.csv", Body=text.encode())

    def save(self, text: str) -> None:
        (self.folder / "1.csv").write_text(text)

    def mail(self, text: str) -> None:
        message = EmailMessage()
        message.set_content(f"æøå {text} " * 3, cte="base64")
        self.mails = [self.folder / "mail.eml"]
        self.mails[0].write_bytes(message.as_bytes())


@pytest.fixture
def left(wiring: Wiring, tmp_path: Path) -> Left:
    return Left(tmp_path)


PLACES: dict[str, Callable[[Left, str], None]] = {
    "The log of Sweep": Left.say,
    "The ledger's item CONF": Left.keep,
    "The file exports/1.csv in the bucket": Left.put,
    "The file 1.csv": Left.save,
    "The mail mail.eml": Left.mail,
}


@pytest.mark.parametrize("place", PLACES)
def test_a_key_is_found_and_not_repeated(place: str, left: Left) -> None:
    PLACES[place](left, PASSWORD)
    (sentence,) = left.found()
    assert sentence.startswith(f"{place} holds password of the secret stack/nordvik")
    assert PASSWORD not in sentence


@pytest.mark.parametrize("key", ["a-token", "the-fingerprints-own-key", "X-Amz-Signature=0"])
def test_any_key_and_a_signed_link_is_found(key: str, left: Left) -> None:
    left.say(key)
    assert len(left.found()) == 1


def test_where_nothing_is_nothing_is_found(left: Left) -> None:
    for leave in PLACES.values():
        leave(left, "nordvik-ws")  # a user's name is no key
    assert left.found() == []
