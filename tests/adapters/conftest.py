"""Who plays AWS where a contract is held: a twin of ours, moto, and the embedded AWS.

A twin is trusted by the simulations, so it must do what the others do. Where one of the others is known to differ
from AWS, the test says so and asserts what it does instead: it fails when they have mended it.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import boto3
import pytest
from moto import mock_aws

from local.aws import EmbeddedAws
from local.aws.ministack import REGION
from local.mailbox import Mailbox

Client = Callable[[str], Any]


@dataclass(frozen=True)
class Embedded:
    """One for all tests of a process: what they make there has names of their own."""

    aws: EmbeddedAws
    mailbox: Mailbox
    _ahead: Path

    def pass_time(self, seconds: float) -> None:
        """For its queues."""
        later = self._ahead.with_suffix(".later")
        later.write_text(str(float(self._ahead.read_text()) + seconds))
        later.replace(self._ahead)  # it may be read at this very moment


@pytest.fixture(scope="session")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Embedded]:
    folder = tmp_path_factory.mktemp("embedded")
    ahead = folder / "ahead"
    ahead.write_text("0")
    with Mailbox(folder / "mails") as mailbox, EmbeddedAws(smtp=mailbox.address, ahead=ahead) as aws:
        yield Embedded(aws, mailbox, ahead)


@pytest.fixture(params=["twin", "moto", "embedded"])
def played_by(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    if request.param != "moto":
        yield request.param
        return
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "moto")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "moto")
    with mock_aws():
        yield request.param


@pytest.fixture
def client(played_by: str, request: pytest.FixtureRequest) -> Client:
    """As boto3 has them, of whoever plays; of a twin, there are none."""
    if played_by == "embedded":
        embedded: Embedded = request.getfixturevalue("embedded")
        return embedded.aws.client
    made: Client = cast(Any, boto3).client
    return made
