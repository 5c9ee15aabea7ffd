"""The parts of the proof with real processes; the whole of it is `make prove`'s."""

import json
from collections import Counter
from collections.abc import Iterator
from random import Random
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from moto import mock_aws

from local.aws import AwsError
from local.aws.workers import Worker
from local.proof.embedded.run import Verdict
from local.proof.embedded.seen import SeenBucket
from local.proof.embedded.stage import Stage, told
from local.proof.embedded.troubles import CARRIERS, OFTEN_ENOUGH, TROUBLED_SECONDS, Troubles
from local.proof.goals_of_processes import rights
from local.proof.parallel import Workers
from local.proof.rows import FULL
from local.proof.story import Size
from moment_xledger.domain.companies import Route

SMALL = Size(customers=4, projects=3, invoices=3)


def troubles(seed: int, aws: Any = None) -> Troubles:
    random = Random(seed)
    stack: Any = SimpleNamespace(resources={"Sweep": "s-Sweep-1", "SyncCustomers": "s-SyncCustomers-1"})
    nothing: Any = None
    stage = Stage(aws, stack, nothing, "", "", told(random, SMALL), nothing)
    return Troubles(stage, random)


def test_one_company_mails_its_invoices_and_the_others_export_files() -> None:
    stage = troubles(1).stage
    assert (stage.companies(Route.FILE), stage.companies(Route.EMAIL)) == (["nordvik", "sorvik"], ["vestvik"])


def test_a_seed_gives_the_same_troubles_at_the_same_times() -> None:
    times = [[each.after for each in troubles(seed).planned()] for seed in (1, 1, 2)]
    assert times[0] == times[1] != times[2]
    assert times[0] == sorted(times[0])


def test_workers_are_killed_all_the_time_and_queues_are_emptied_once() -> None:
    planned = troubles(1).planned()
    names = Counter(getattr(each.what, "func", each.what).__name__ for each in planned)
    assert names["_empty_queues"] == 1
    assert names["_kill"] >= 30
    assert all(each.after < TROUBLED_SECONDS for each in planned)


def test_everything_is_published_and_some_of_it_twice() -> None:
    those = troubles(1)
    bodies = [
        body.text
        for each in those.planned()
        if getattr(each.what, "func", None) == those._publish
        for body in each.what.args[0]  # type: ignore[attr-defined]
    ]
    wanted = {json.dumps(each.event) for each in those.stage.story.published}
    assert set(bodies) == wanted
    assert len(wanted) < len(bodies) < 1.5 * len(wanted)


@pytest.fixture
def killed(monkeypatch: pytest.MonkeyPatch) -> list[Worker]:
    blows: list[Worker] = []
    monkeypatch.setattr(Worker, "kill", lambda worker: blows.append(worker))
    return blows


def test_a_kill_meets_a_function_that_was_hit_least_so_far(killed: list[Worker]) -> None:
    living = [Worker(n, "s-SyncCustomers-1") for n in (1, 2, 3)] + [Worker(4, "s-Sweep-1")]
    those = troubles(1, SimpleNamespace(workers=lambda: living))
    those._kill(0.9)
    those._kill(0.9)
    assert [worker.pid for worker in killed] == [4, 3]
    assert those.killed == {"Sweep": 1, "SyncCustomers": 1}


def test_kills_go_on_until_each_function_that_carries_something_was_hit_often_enough(
    killed: list[Worker],
) -> None:
    living = [Worker(n, function) for n, function in enumerate(CARRIERS)]
    those = troubles(1, SimpleNamespace(workers=lambda: living))
    assert len(list(those.kill_on())) == len(killed) == OFTEN_ENOUGH * len(CARRIERS)


def test_where_nobody_works_nobody_is_killed() -> None:
    those = troubles(1, SimpleNamespace(workers=list))
    those._kill(0.5)
    assert not those.killed


@pytest.fixture
def s3() -> Iterator[Any]:
    with mock_aws():
        client = boto3.client("s3", "eu-north-1")
        client.create_bucket(Bucket="files", CreateBucketConfiguration={"LocationConstraint": "eu-north-1"})
        client.put_bucket_versioning(Bucket="files", VersioningConfiguration={"Status": "Enabled"})
        yield client


def test_a_file_that_got_other_bytes_is_seen_though_it_got_the_first_ones_back(s3: Any) -> None:
    for key, body in [("a", b"1"), ("a", b"2"), ("a", b"1"), ("b", b"1"), ("b", b"1")]:
        s3.put_object(Bucket="files", Key=f"exports/nordvik/{key}.csv", Body=body)
    assert SeenBucket(s3, "files").changed == ["exports/nordvik/a.csv"]


def test_files_are_those_of_their_company(s3: Any) -> None:
    for key in ("nordvik/1.csv", "nordvik/1.xlsx", "sorvik/1.csv"):
        s3.put_object(Bucket="files", Key=f"exports/{key}", Body=key.encode())
    assert list(SeenBucket(s3, "files").files("nordvik")) == [("exports/nordvik/1.csv", b"nordvik/1.csv")]


@pytest.mark.parametrize(
    ("wrong", "last"),
    [
        pytest.param([], "Nothing was lost, doubled, old or changed.", id="all is well"),
        pytest.param(["customer 1 is lost"], "customer 1 is lost", id="something is wrong"),
    ],
)
def test_a_verdict_tells_its_seed_its_figures_and_what_is_wrong(wrong: list[str], last: str) -> None:
    asked = {"total": 70, "refused": 6}
    verdict = Verdict(17, 2396, Counter(Sweep=2), asked, 5, 301.4, wrong)
    lines = list(verdict.lines())
    assert lines[0] == "seed 17: 2396 events published, 301 s in all"
    assert lines[1] == "2 workers killed: Sweep 2"
    assert lines[-1] == last
    assert verdict.figures == f"2396 events, 2 workers killed: {len(wrong)} lost, doubled, old or changed"


def test_what_does_not_come_to_its_end_is_a_goal_that_is_missed(monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(_: Any) -> None:
        raise AwsError("It did not start.")

    said: list[str] = []
    monkeypatch.setattr("local.rights.trying.try_rights", breaks)
    row = rights(FULL, Workers(1), said.append)
    assert (said, row.is_reached) == (["It did not start."], False)
