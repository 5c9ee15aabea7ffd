"""What the simulations rely on of the bucket, held by the twin and by AWS as others play it; and links into it."""

import hashlib
import io
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from uuid import uuid4

import pytest
import requests
import time_machine
from botocore.exceptions import ClientError

from local.aws.ministack import REGION
from local.proof.embedded.seen import SeenBucket
from local.proof.fates import NONE, Fates
from local.proof.outside import BucketTwin, Outside
from local.proof.scheduling import Scheduler
from moment_xledger.adapters import files as adapter
from moment_xledger.adapters.files import LINK_LIFETIME, Files
from moment_xledger.domain.errors import FileDiffers
from tests.adapters.conftest import Client
from tests.adapters.lines import START

KEY = "exports/nordvik/a.csv"
OTHERS = pytest.mark.parametrize("played_by", ["moto", "embedded"], indirect=True)  # the twin has no links


@dataclass(frozen=True)
class Bucket:
    """`seen` is how the proof looks at it afterwards."""

    files: Files
    seen: BucketTwin | SeenBucket


@pytest.fixture
def bucket(played_by: str, client: Client) -> Bucket:
    if played_by == "twin":
        twin = BucketTwin(Outside(Scheduler(START), Fates(Random(1), NONE), lambda what: None))
        return Bucket(Files(twin, "bucket"), twin)  # type: ignore[arg-type]
    s3, name = client("s3"), f"bucket-{uuid4()}"
    s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION})
    s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})  # as in the template
    return Bucket(Files(s3, name), SeenBucket(s3, name))


@pytest.fixture
def files(bucket: Bucket) -> Files:
    return bucket.files


def put_once(files: Files, content: bytes) -> str:
    sha256 = hashlib.sha256(content).hexdigest()
    files.put_once(KEY, io.BytesIO(content), "text/csv", sha256)
    return sha256


@OTHERS
def test_a_large_file_goes_in_parts_and_is_put_once_too(
    files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(adapter, "LARGE", 1024)
    monkeypatch.setattr(adapter, "A_PART", 5 * 1024**2)  # the least that S3 takes but for the last
    content = b"0123456789abcdef" * 400_000
    sha256 = put_once(files, content)
    assert (put_once(files, content), files.sha256(KEY), files.size(KEY)) == (sha256, sha256, len(content))
    assert files.read(KEY) == content


@pytest.mark.parametrize("played_by", ["embedded"], indirect=True)  # moto does not look at the condition
def test_a_large_file_that_is_another_is_refused(files: Files, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(adapter, "LARGE", 1024)
    before = put_once(files, b"small")
    with pytest.raises(FileDiffers):
        put_once(files, b"x" * 2048)
    assert files.sha256(KEY) == before


def test_how_large_a_file_is_can_be_asked(files: Files) -> None:
    assert files.size(KEY) == 0
    put_once(files, b"five.")
    assert files.size(KEY) == 5


def test_a_file_is_put_once_and_may_be_put_again_if_it_is_the_same(files: Files) -> None:
    sha256 = put_once(files, b"first")
    put_once(files, b"first")
    assert files.sha256(KEY) == sha256
    assert files.read(KEY) == b"first"


def test_another_file_never_takes_its_place(bucket: Bucket) -> None:
    put_once(bucket.files, b"first")
    with pytest.raises(FileDiffers):
        put_once(bucket.files, b"second")
    assert bucket.files.read(KEY) == b"first"
    assert list(bucket.seen.changed) == []


def test_a_file_that_is_not_there_is_nothing(files: Files) -> None:
    assert files.sha256("exports/none.csv") is None
    assert files.read("exports/none.csv") is None


def test_what_is_put_without_condition_replaces(files: Files) -> None:
    files.put("rejected/a.json", b"one", "application/json")
    files.put("rejected/a.json", b"two", "application/json")
    assert files.read("rejected/a.json") == b"two"


def test_a_file_that_somebody_changed_all_the_same_is_noticed(bucket: Bucket) -> None:
    """However it ends: every version is kept."""
    put_once(bucket.files, b"first")
    for content in (b"first", b"second", b"first"):
        bucket.files.put(KEY, content, "text/csv")
    bucket.files.put("exports/nordvik/same.csv", b"same", "text/csv")
    bucket.files.put("exports/nordvik/same.csv", b"same", "text/csv")
    assert set(bucket.seen.changed) == {KEY}


@OTHERS
def test_a_link_brings_the_file_to_be_saved_under_its_name(files: Files) -> None:
    put_once(files, "æøå".encode())
    answer = fetched(files.link(KEY))
    assert (answer.status_code, answer.content) == (200, "æøå".encode())
    assert answer.headers["Content-Type"] == "text/csv"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="a.csv"'
    assert answer.headers["Cache-Control"] == "no-store"


@OTHERS
def test_a_link_ends_after_its_time(files: Files, played_by: str) -> None:
    put_once(files, b"first")
    with time_machine.travel(datetime.now(UTC) - LINK_LIFETIME - timedelta(seconds=30)):
        link = files.link(KEY)
    differs = {"moto": 200}  # it looks at no clock
    assert fetched(link).status_code == differs.get(played_by, 403)


@OTHERS
def test_a_link_opens_nothing_but_its_file(files: Files, played_by: str) -> None:
    put_once(files, b"first")
    files.put("exports/nordvik/b.csv", b"other", "text/csv")
    differs = {"moto": 200}  # it looks at no signature
    changed = files.link(KEY).replace("a.csv", "b.csv", 1)
    assert fetched(changed).status_code == differs.get(played_by, 403)


def fetched(link: str) -> Any:
    with requests.Session() as session:
        session.trust_env = False
        return session.get(link, timeout=10)


class Contended:
    """Says 409 to the first puts; somebody else's file is there after `there` of them."""

    def __init__(self, conflicts: int, there: int, theirs: str = "") -> None:
        self.conflicts, self.there, self.theirs = conflicts, there, theirs
        self.puts, self.content = 0, b""

    def put_object(self, Body: io.BytesIO, **_: Any) -> None:  # noqa: N803 -- as boto3 has it
        self.puts += 1
        content = Body.read()
        if self.puts <= self.conflicts:
            raise ClientError({"Error": {"Code": "ConditionalRequestConflict"}}, "PutObject")
        self.content = content

    def head_object(self, **_: Any) -> dict[str, Any]:
        if self.puts < self.there or not self.theirs:
            raise ClientError({"Error": {"Code": "404"}}, "HeadObject")
        return {"Metadata": {"sha256": self.theirs}}


FIRST = hashlib.sha256(b"first").hexdigest()


def test_two_that_put_the_same_file_at_the_same_moment_are_both_content() -> None:
    client, pauses = Contended(conflicts=9, there=2, theirs=FIRST), list[float]()
    put_once(Files(client, "b", pauses.append), b"first")  # type: ignore[arg-type]
    assert (client.puts, len(pauses)) == (2, 1)


def test_who_puts_another_file_at_the_same_moment_is_told_so() -> None:
    with pytest.raises(FileDiffers):
        put_once(Files(Contended(9, 1, "another"), "b", lambda _: None), b"first")  # type: ignore[arg-type]


def test_a_conflict_with_one_that_then_failed_is_followed_by_a_whole_put() -> None:
    client = Contended(conflicts=2, there=0)
    put_once(Files(client, "b", lambda _: None), b"first")  # type: ignore[arg-type]
    assert client.content == b"first"


def test_a_conflict_that_never_ends_is_no_success() -> None:
    with pytest.raises(ClientError):
        put_once(Files(Contended(99, 99), "b", lambda _: None), b"first")  # type: ignore[arg-type]
