"""The parts of `run` that can be tried without starting anything."""

import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from local.run.bodies import Body, bodies, event_files
from local.run.misuse import Misuse
from local.run.progress import Progress
from local.run.publishing import MOST_BYTES, as_queue_event, publish
from local.run.waiting import Look, until_quiet, why_stuck


def a_body(text: str = "{}") -> Body:
    return Body(text, "a.json")


def test_a_json_file_is_one_body_and_a_jsonl_file_one_a_line(tmp_path: Path) -> None:
    (tmp_path / "b.json").write_text('{\n "x": 1\n}\n')
    (tmp_path / "a.jsonl").write_text('{"x": 2}\n\n{"x": 3}\r\n')
    read = list(bodies(event_files([tmp_path])))
    assert [(body.origin, body.text) for body in read] == [
        ("a.jsonl:1", '{"x": 2}'),
        ("a.jsonl:3", '{"x": 3}'),
        ("b.json", '{\n "x": 1\n}\n'),
    ]


def test_what_is_not_json_is_a_body_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "bad.json").write_bytes(b'{"name": "\xe5"')
    (body,) = bodies([tmp_path / "bad.json"])
    assert body.text == '{"name": "\N{REPLACEMENT CHARACTER}"'


@pytest.mark.parametrize(
    ("text", "group"),
    [
        pytest.param('{"momentcompany": "nordvik"}', "nordvik", id="of a company"),
        pytest.param("not json", "no-company", id="not JSON"),
        pytest.param("[1]", "no-company", id="not an object"),
        pytest.param('{"momentcompany": 7}', "no-company", id="not a name"),
        pytest.param('{"momentcompany": "a b"}', "no-company", id="nothing that SQS takes"),
        pytest.param("[" * 100_000, "no-company", id="too deep"),
    ],
)
def test_each_company_has_its_turns(text: str, group: str) -> None:
    assert a_body(text).group == group


@pytest.mark.parametrize(
    ("path", "message"),
    [
        pytest.param("missing", "no such file", id="missing"),
        pytest.param("empty", "no .json or .jsonl", id="a folder without events"),
        pytest.param("list.csv", "name a .json file", id="another kind of file"),
    ],
)
def test_a_path_without_events_is_refused(tmp_path: Path, path: str, message: str) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "list.csv").touch()
    with pytest.raises(Misuse, match=message):
        event_files([tmp_path / path])


@pytest.fixture
def queue(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Any, str]]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    with mock_aws():
        sqs = boto3.client("sqs", region_name="eu-north-1")
        yield sqs, sqs.create_queue(QueueName="events")["QueueUrl"]


def received(sqs: Any, url: str) -> list[str]:
    found: list[str] = []
    while messages := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
        found += [message["Body"] for message in messages]
    return found


def test_everything_is_published_once(queue: tuple[Any, str]) -> None:
    told: list[int] = []
    refused = publish(*queue, [a_body(f'{{"n": {n}}}') for n in range(23)], told=told.append)
    assert sorted(received(*queue)) == sorted(f'{{"n": {n}}}' for n in range(23))
    assert (refused, told) == ([], [10, 20, 23])


def test_what_the_queue_cannot_take_is_given_back_and_the_rest_goes(queue: tuple[Any, str]) -> None:
    too_large, empty = a_body("x" * (MOST_BYTES + 1)), a_body("")
    refused = publish(*queue, [a_body("1"), too_large, empty, a_body("2")], told=lambda _: None)
    assert received(*queue) == ["1", "2"]
    assert refused == [too_large, empty]


class Choosy:
    """SQS refuses a whole batch for one message with a control character; moto does not."""

    def __init__(self) -> None:
        self.taken: list[str] = []

    def send_message_batch(self, *, Entries: list[dict[str, str]], **_: str) -> dict[str, Any]:  # noqa: N803
        texts = [entry["MessageBody"] for entry in Entries]
        if any("\x00" in text for text in texts):
            raise ClientError({"Error": {"Code": "InvalidMessageContents"}}, "SendMessageBatch")
        self.taken += texts
        return {"Successful": []}


def test_one_message_that_cannot_be_sent_does_not_keep_its_batch() -> None:
    sqs = Choosy()
    refused = publish(sqs, "", [a_body("1"), a_body("\x00"), a_body("2")], told=lambda _: None)
    assert (sqs.taken, refused) == (["1", "2"], [a_body("\x00")])


def test_a_batch_is_never_larger_than_sqs_takes(queue: tuple[Any, str]) -> None:
    large = [a_body(letter * (MOST_BYTES - 10)) for letter in "abc"]
    assert publish(*queue, large, told=lambda _: None) == []
    assert received(*queue) == [body.text for body in large]


def test_a_refused_body_can_be_handed_to_the_function_as_the_queue_would() -> None:
    (record,) = as_queue_event(a_body("not json"), "arn:aws:sqs:eu-north-1:0:events")["Records"]
    assert (record["body"], record["eventSourceARN"]) == ("not json", "arn:aws:sqs:eu-north-1:0:events")
    json.dumps(record)


class Clock:
    """Time that passes only when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def wait(looks: list[Look], patience: float = 10) -> tuple[str, float]:
    """What came of it and how long it took; the last look goes on for ever."""
    clock, quiet = Clock(), Progress(io.StringIO())
    shown = iter(looks)
    left = until_quiet(
        lambda: next(shown, looks[-1]), quiet, patience=patience, clock=clock, sleep=clock.sleep
    )
    return left, clock.now


def test_it_is_quiet_when_nothing_is_to_be_done_for_a_while() -> None:
    left, seconds = wait([Look({"events": 2}), Look({"events": 0}), Look({"customers": 1}), Look({})])
    assert left == ""
    assert seconds < 2


def test_what_does_not_move_is_named() -> None:
    left, seconds = wait([Look({"events": 0, "customers": 3})], patience=10)
    assert left == "Nothing moved for 10 seconds, and this still waits: customers 3."
    assert seconds == pytest.approx(10, abs=1)


def test_what_moves_in_circles_is_given_up_in_the_end() -> None:
    circles = [Look({"customers": 1 + n % 2}) for n in range(20_000)]
    left, seconds = wait(circles)
    assert left.startswith("It took longer than 30 minutes, and this still waits: customers")
    assert seconds == pytest.approx(1800, abs=1)


def test_slow_is_not_stuck() -> None:
    moving = [Look({"customers": n}) for n in range(300, 0, -1)]
    left, seconds = wait([*moving, Look({})], patience=10)
    assert left == ""
    assert seconds > 50


def test_wakes_that_come_and_go_are_no_progress() -> None:
    turning = [Look({"customers": 3}, hints={"wakes": n % 2}) for n in range(1000)]
    left, seconds = wait(turning, patience=10)
    assert "this still waits: customers 3" in left
    assert seconds == pytest.approx(10, abs=1)


def test_it_is_not_quiet_while_a_wake_is_on_its_way() -> None:
    left, _ = wait([*[Look({}, hints={"wakes": 1})] * 20, Look({"customers": 1})], patience=10)
    assert left == "Nothing moved for 10 seconds, and this still waits: customers 1."


def test_what_is_known_to_take_longer_is_not_waited_for() -> None:
    left, seconds = wait([Look({"customers": 3}, stuck="Xledger's allowance is used until 11:00.")])
    assert left == "Not waited for: customers 3. Xledger's allowance is used until 11:00."
    assert seconds == 0


@pytest.mark.parametrize(
    ("seconds", "doubt", "waited_for"),
    [(None, 40, True), (60, 40, True), (61, 40, False), (90, 90, True), (91, 90, False), (3600, 90, False)],
)
def test_a_doubt_is_waited_for_however_long_it_lasts(
    seconds: int | None, doubt: int, waited_for: bool
) -> None:
    now = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
    closed = None if seconds is None else (now + timedelta(seconds=seconds), "in doubt")
    assert (why_stuck(closed, now, timedelta(seconds=doubt)) == "") == waited_for


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_on_a_terminal_one_line_is_rewritten() -> None:
    out = Terminal()
    progress = Progress(out, lambda: 0.0)
    progress.live("1 of 2")
    progress.live("2 of 2")
    progress.step("done")
    assert out.getvalue().count("\n") == 1


def test_elsewhere_a_line_comes_every_two_seconds() -> None:
    out, clock = io.StringIO(), Clock()
    progress = Progress(out, clock)
    for count in range(50):
        progress.live(f"{count} of 50")
        clock.sleep(0.1)
    assert out.getvalue().count("\n") == 3
