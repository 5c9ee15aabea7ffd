"""The rehearsal of the runbook knows every entry and every command; what it does with them takes minutes, not tests."""

import subprocess
import sys

import pytest

from local import ROOT
from local.rehearsal import runbook
from local.rehearsal.entries import PLAYS
from local.rehearsal.missing import MISSING
from local.rehearsal.runbook import Entry
from local.rehearsal.scene import Scene
from local.rehearsal.shell import Said
from local.rehearsal.stage import NotAsWritten

BOOK = runbook.read()
SMALL = """Before all:

```
op() { echo "$@"; }
```

Then `aws sqs list-queues`.

## First trouble

Look: `errors Sweep`, not at `code`.

```
op company test nordvik
op company create nordvik --keys -    # and type
```

Again `errors Sweep`.
"""


def test_every_entry_is_rehearsed_and_nothing_else() -> None:
    assert set(PLAYS) == {BOOK.top.title, *(entry.title for entry in BOOK.entries)}


@pytest.mark.parametrize("begins", MISSING)
def test_what_cannot_be_here_is_in_the_runbook(begins: str) -> None:
    assert any(command.startswith(begins) for entry in BOOK.entries for command in entry.commands)


def test_what_is_typed_is_what_is_written() -> None:
    book = runbook.read(SMALL)
    assert book.beginning == 'op() { echo "$@"; }\n'
    assert book.top.commands == ("aws sqs list-queues",)
    (entry,) = book.entries
    assert (entry.title, entry.commands) == (
        "First trouble",
        ("errors Sweep", "op company test nordvik", "op company create nordvik --keys -    # and type"),
    )


class Typed:
    """A shell in which everything ends as it is told."""

    def __init__(self, status: int) -> None:
        self.status, self.lines = status, list[str]()

    def run(self, command: str, typed: str = "") -> Said:
        self.lines.append(command)
        return Said(self.status, "", "as told")


class Stage:
    def __init__(self, status: int = 0) -> None:
        self.shell = Typed(status)


def scene(text: str, status: int = 0) -> Scene:
    return Scene(Entry("Trouble", text), Stage(status))  # type: ignore[arg-type]


def test_blanks_are_filled_out_and_the_rest_stays_as_it_is() -> None:
    played = scene("`aws s3api delete-object --key exports/NAME.csv`")
    played.type("aws s3api", {"NAME.csv": "7.csv"})
    assert played.stage.shell.lines == ["aws s3api delete-object --key exports/7.csv"]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("text", "begins", "status", "said"),
    [
        pytest.param("`op a` and `op b`", "op", 0, "2 commands", id="which of two"),
        pytest.param("`op a`", "op c", 0, "0 commands", id="one that is not written"),
        pytest.param("`op a`", "op a", 1, "ended with 1: op a: as told", id="one that fails"),
        pytest.param(
            "`aws deploy list-deployments`", "aws", 0, "works here by now", id="one that works by now"
        ),
    ],
)
def test_what_does_not_come_out_as_written_is_told(text: str, begins: str, status: int, said: str) -> None:
    with pytest.raises(NotAsWritten, match=said):
        scene(text, status).type(begins)


def test_what_cannot_be_here_is_told_and_is_no_failure() -> None:
    played = scene("`aws deploy list-deployments`", status=255)
    played.type("aws deploy")
    played.check_that_nothing_is_left()
    assert played.not_here == [
        "`aws deploy list-deployments`: there is no CodeDeploy here; a release goes at once"
    ]


def test_a_command_that_nobody_typed_is_told() -> None:
    played = scene("`op a` and `op b`")
    played.type("op a")
    with pytest.raises(NotAsWritten, match="nobody typed: op b"):
        played.check_that_nothing_is_left()


def test_an_entry_that_is_not_there_is_one_sentence() -> None:
    arguments = [sys.executable, "-m", "local.rehearsal", "The moon is down"]
    done = subprocess.run(arguments, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603
    said = "The moon is down: docs/runbook.md has no such entry.\n"
    assert (done.returncode, done.stdout, done.stderr) == (2, "", said)
