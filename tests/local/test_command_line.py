"""The command line as a newcomer meets it: its commands as processes, its refusals as one sentence."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests

from local import ROOT, __main__
from local.aws import AwsError
from local.children import ChildError
from local.generate import different, generate
from local.requirements import requirements
from local.run.misuse import Misuse


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """What is said on standard error, after the status was 2."""
    try:
        status = __main__.main(arguments)
    except SystemExit as end:
        status = int(end.code or 0)
    assert status == 2
    return capsys.readouterr().err


@pytest.fixture(autouse=True)
def _a_shell_to_leave(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """`run` leaves the shell's variables behind; the other tests want them back."""
    before = dict(os.environ)
    yield
    os.environ.clear()
    os.environ.update(before)


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        pytest.param(["run", "--nonsense"], "--nonsense", id="an unknown option"),
        pytest.param(["fly"], "fly", id="an unknown command"),
        pytest.param([], "COMMAND", id="no command"),
        pytest.param(["run", "--events", "missing.jsonl"], "missing.jsonl", id="a missing file"),
        pytest.param(["run", "--events", "notes.txt"], "notes.txt", id="not a file of events"),
        pytest.param(["run", "--events", "empty"], "empty", id="a folder without events"),
        pytest.param(["run", "--plan", "missing.json"], "missing.json", id="a missing plan"),
        pytest.param(["run", "--plan", "broken.json"], "broken.json", id="a plan that is not JSON"),
        pytest.param(["run", "--plan", "unknown.json"], "speed", id="a plan with an unknown setting"),
        pytest.param(["run", "--settings", "missing.json"], "missing.json", id="missing settings"),
        pytest.param(["run", "--settings", "broken.json"], "JSON object", id="settings that are not JSON"),
        pytest.param(["run", "--settings", "unknown.json"], "speed", id="a setting that does not exist"),
        pytest.param(["run", "--settings", "other.json"], "leave out id", id="another company's settings"),
        pytest.param(["run", "--settings", "format.json"], "File format", id="a format that is none"),
        pytest.param(["run", "--settings", "rates.json"], "31 (15 %) = 27 (0 %)", id="rates that differ"),
        pytest.param(["serve", "--settings", "lacking.json"], "reception", id="settings that lack one"),
        pytest.param(
            ["run", "--settings", "mails.json", "--route", "upload"], "--route", id="two routes at once"
        ),
        pytest.param(["run", "--json", "missing/out.json"], "--json", id="a summary into nowhere"),
        pytest.param(["run", "--out", "notes.txt"], "--out", id="a file where a folder should be"),
        pytest.param(["run", "--json", "/proc/out.json"], "--json", id="a summary where nobody writes"),
        pytest.param(["run", "--out", "/proc"], "--out", id="a folder where nobody writes"),
        pytest.param(
            ["run", "--json", "/proc/self/fd/1", "--moment-url", "here"],
            "here",
            id="and not a summary on the screen",
        ),
        pytest.param(["run", "--xledger-url", "http://127.0.0.1:1"], "--xledger-token", id="no token"),
        pytest.param(["run", "--xledger-token", "t"], "--xledger-url", id="a token for nothing"),
        pytest.param(
            ["run", "--xledger-url", "localhost", "--xledger-token", "t"], "localhost", id="no address"
        ),
        pytest.param(["run", "--moment-url", "ftp://host"], "ftp://host", id="an address of another kind"),
        pytest.param(["run", "--moment-url", "http://[x"], "http://[x", id="a bracket that is none"),
        pytest.param(
            ["run", "--moment-url", "http://host:99999"], "host:99999", id="an address without a port"
        ),
        pytest.param(
            ["publish", "--out", "notes.txt", "broken.json"], "--out", id="nothing is served by a file"
        ),
        pytest.param(["xledger"], "--port", id="a simulator without a port"),
        pytest.param(["xledger", "--port", "x"], "--port", id="a port that is not a number"),
        pytest.param(["moment", "--port", "70000"], "70000", id="a port that is none"),
        pytest.param(
            ["moment", "--port", "0", "--events", "missing"], "missing", id="Moment without its events"
        ),
        pytest.param(["xledger", "--port", "0", "--plan", "broken.json"], "broken.json", id="a broken plan"),
        pytest.param(["xledger", "--port", "0", "--token", "a b"], "--token", id="a token that is none"),
    ],
)
def test_misuse_gets_one_sentence_that_names_it(
    arguments: list[str],
    named: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "notes.txt").write_text("x")
    (tmp_path / "empty").mkdir()
    (tmp_path / "broken.json").write_text("{")
    (tmp_path / "unknown.json").write_text('{"speed": 1}')
    (tmp_path / "other.json").write_text('{"id": "fjellvik"}')
    (tmp_path / "format.json").write_text('{"file": {"format": "xlsx"}}')
    (tmp_path / "mails.json").write_text('{"route": "email"}')
    (tmp_path / "lacking.json").write_text('{"route": "email", "reception_address": null}')
    (tmp_path / "rates.json").write_text('{"vat_codes": {"31": "27"}}')
    monkeypatch.chdir(tmp_path)

    said = refused(capsys, *arguments)

    assert named in said
    assert said.count("\n") == 1
    assert "Traceback" not in said


@pytest.mark.parametrize(
    ("fault", "status", "said"),
    [
        (Misuse("--out: no."), 2, "--out: no.\n"),
        (AwsError("The stack was not created."), 1, "The stack was not created.\n"),
        (ChildError("local moment did not start."), 1, "local moment did not start.\n"),
        (KeyboardInterrupt(), 130, "\nStopped, and everything that was started with it.\n"),
    ],
    ids=["misused", "AWS does not as it is told", "a process does not start", "stopped"],
)
def test_what_ends_a_command_before_its_time_is_told_in_a_sentence(
    fault: BaseException, status: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    @__main__.ends_in_a_sentence
    def command() -> int:
        raise fault

    assert command() == status
    assert capsys.readouterr().err == said


@contextmanager
def started(*arguments: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The process and its address, once it says that it listens."""
    with subprocess.Popen(  # noqa: S603
        [sys.executable, "-m", "local", *arguments],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        try:
            assert process.stdout
            words = process.stdout.readline().split()
            assert words[:2] == ["listening", "on"]
            yield process, words[2]
        finally:
            process.kill()


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("simulator", ["xledger", "moment"])
def test_a_simulator_shows_what_it_holds_and_stops_when_told(simulator: str, stop: signal.Signals) -> None:
    with started(simulator, "--port", "0") as (process, url):
        state = requests.get(f"{url}/_state", timeout=5).json()
        process.send_signal(stop)
        assert process.wait(5) == 0
    assert {"customers", "projects", "requests"} <= set(state)


def test_a_port_that_is_taken_gets_one_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    with started("moment", "--port", "0") as (_, url):
        port = url.rpartition(":")[2]
        assert refused(capsys, "xledger", "--port", port).count("\n") == 1


def test_the_simulated_xledger_opens_to_the_given_token_only() -> None:
    question = {"query": "{ companies(first: 1) { edges { node { dbId } } } }"}
    with started("xledger", "--port", "0", "--token", "my-token") as (_, url):

        def answer(token: str) -> dict[str, object]:
            headers = {"Authorization": f"token {token}"}
            content: dict[str, object] = requests.post(
                f"{url}/graphql", json=question, headers=headers, timeout=5
            ).json()
            return content

        assert "errors" not in answer("my-token")
        assert "errors" in answer("another")


def test_what_is_generated_is_what_is_committed() -> None:
    assert generate(check=True) == 0


def test_a_generated_file_that_differs_is_named_and_made_anew(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert generate(check=True, root=tmp_path) == 1
    assert "events/customer-saved.json is not what would be made now" in capsys.readouterr().out
    assert generate(check=False, root=tmp_path) == 0
    assert generate(check=True, root=tmp_path) == 0
    assert json.loads((tmp_path / "events" / "customer-saved.json").read_text())["specversion"] == "1.0"


def test_a_missing_file_differs(tmp_path: Path) -> None:
    (tmp_path / "same").write_bytes(b"1")
    assert different({"same": b"1", "missing": b""}, tmp_path) == ["missing"]


LOCK = """
[[package]]
name = "ours"
version = "1"
source = { virtual = "." }
dependencies = [{ name = "a" }]
[package.dev-dependencies]
dev = [{ name = "not-this" }]

[[package]]
name = "a"
version = "2"
source = { registry = "x" }
dependencies = [{ name = "b" }]
sdist = { hash = "sha256:22" }
wheels = [{ hash = "sha256:11" }]

[[package]]
name = "b"
version = "3"
source = { registry = "x" }
dependencies = [{ name = "a" }]
wheels = [{ hash = "sha256:33" }]

[[package]]
name = "not-this"
version = "4"
source = { registry = "x" }
wheels = []
"""


def test_a_layer_has_what_the_project_needs_in_locked_and_hashed_versions(tmp_path: Path) -> None:
    (tmp_path / "uv.lock").write_text(LOCK)
    assert requirements(tmp_path / "uv.lock").splitlines() == [
        "a==2 \\",
        "    --hash=sha256:11 \\",
        "    --hash=sha256:22",
        "b==3 \\",
        "    --hash=sha256:33",
    ]


def test_a_layer_on_top_has_only_what_a_group_needs_besides(tmp_path: Path) -> None:
    extra = 'extra = [{ name = "b" }, { name = "not-this" }]'
    (tmp_path / "uv.lock").write_text(LOCK.replace("dev = ", f"{extra}\ndev = "))
    assert requirements(tmp_path / "uv.lock", "extra").splitlines() == ["not-this==4"]


def test_a_package_for_some_machines_only_is_not_passed_over(tmp_path: Path) -> None:
    (tmp_path / "uv.lock").write_text(
        LOCK.replace('{ name = "b" }', '{ name = "b", marker = "os_name == 1" }')
    )
    with pytest.raises(ValueError, match="b only where os_name == 1"):
        requirements(tmp_path / "uv.lock")
