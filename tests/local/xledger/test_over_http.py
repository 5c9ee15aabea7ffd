"""As a stranger meets it: over HTTP, with a plain client."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator

import pytest
import requests

from local.serving import Running
from local.xledger.plan import Plan
from local.xledger.server import start

TOKEN = "dGVzdC1rZXk"
ADD = """mutation($code: String) { addProjects(inputs: [{node: {code: $code, description: "Brygge"}}])
  { edges { node { dbId } } } }"""


@pytest.fixture
def running() -> Iterator[Running]:
    with start(Plan(burst=None), TOKEN) as running:
        yield running


def ask(running: Running, document: str, **variables: str) -> requests.Response:
    content = {"query": document, "variables": variables}
    headers = {"Authorization": f"token {TOKEN}"}
    return requests.post(f"{running.url}/graphql", json=content, headers=headers, timeout=5)


def replan(running: Running, **changes: object) -> requests.Response:
    return requests.post(f"{running.url}/_plan", json=changes, timeout=5)


def projects(running: Running) -> list[str]:
    return [each["code"] for each in requests.get(f"{running.url}/_state", timeout=5).json()["projects"]]


def test_a_stranger_writes_and_reads_a_project(running: Running) -> None:
    assert ask(running, ADD, code="P1").json()["data"]["addProjects"]["edges"][0]["node"]["dbId"] > 0
    answer = ask(running, '{ projects(first: 1, filter: {code: "P1"}) { edges { node { description } } } }')
    assert answer.headers["Content-Type"].startswith("application/json")
    assert answer.json() == {"data": {"projects": {"edges": [{"node": {"description": "Brygge"}}]}}}


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/graphql", 405), ("POST", "/graphqls", 404), ("GET", "/", 404), ("POST", "/_state", 405)],
)
def test_only_post_to_graphql_is_xledger(running: Running, method: str, path: str, status: int) -> None:
    assert requests.request(method, running.url + path, timeout=5).status_code == status


def test_long_answers_are_packed_on_request(running: Running) -> None:
    answer = ask(running, "{ countries { edges { node { code description } } } }")
    assert answer.headers["Content-Encoding"] == "gzip"
    assert len(answer.json()["data"]["countries"]["edges"]) > 200


def test_a_lost_answer_is_a_closed_connection_after_the_work_is_done(running: Running) -> None:
    assert replan(running, lost_answers=1).status_code == 204
    with pytest.raises(requests.ConnectionError):
        ask(running, ADD, code="P1")
    assert projects(running) == ["P1"]


def test_a_lost_request_has_done_nothing(running: Running) -> None:
    replan(running, lost_requests=1)
    with pytest.raises(requests.ConnectionError):
        ask(running, ADD, code="P1")
    assert projects(running) == []


def test_a_cut_body_ends_in_the_middle(running: Running) -> None:
    replan(running, cut_bodies=1)
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        ask(running, ADD, code="P1")
    assert projects(running) == ["P1"]


def test_a_sixth_request_at_once_is_refused(running: Running) -> None:
    replan(running, delays=1, delay_seconds=0.5)
    answers: list[requests.Response] = []
    threads = [
        threading.Thread(target=lambda: answers.append(ask(running, "{ __typename }"))) for _ in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    codes = [error["code"] for answer in answers for error in answer.json().get("errors", [])]
    assert codes == ["BAD_REQUEST.CONCURRENCY_LIMIT_REACHED"]


@pytest.mark.parametrize(
    "changes", [{"lost": 1}, {"entities": []}, {"entities": [{}, {"ownerCode": 2}]}, {"burst": -1}]
)
def test_a_bad_change_of_plan_is_refused_in_a_sentence(running: Running, changes: dict[str, object]) -> None:
    answer = replan(running, **changes)
    assert answer.status_code == 400
    assert answer.text.startswith(next(iter(changes)))
    assert answer.text.count("\n") == 1


def test_it_says_when_it_is_ready_and_stops_cleanly() -> None:
    program = "from local.xledger.server import serve; serve(0)"
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) as child:  # noqa: S603
        assert child.stdout is not None
        url = child.stdout.readline().removeprefix("listening on ").strip()
        assert requests.get(f"{url}/_state", timeout=5).status_code == 200
        os.kill(child.pid, signal.SIGTERM)
        assert child.wait(5) == 0
