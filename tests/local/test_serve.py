"""`publish` finds what `serve` keeps running, or says in one sentence that it does not."""

from pathlib import Path

import pytest

from local.__main__ import main
from local.children import free_port
from local.serve.publishing import Running


def events(folder: Path) -> str:
    file = folder / "events.jsonl"
    file.write_text('{"id": 1}\n', "utf-8")
    return str(file)


def test_nothing_is_served(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["publish", events(tmp_path), "--out", str(tmp_path)]) == 2
    said = capsys.readouterr().err
    assert said == f"--out {tmp_path}: nothing is served from there; start `python -m local serve`.\n"


def test_what_was_served_has_ended(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    url = f"http://127.0.0.1:{free_port()}"
    keys = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_REGION": "eu-north-1"}
    Running(f"{url}/queue", {"AWS_ENDPOINT_URL": url, **keys}).write(tmp_path)
    assert main(["publish", events(tmp_path), "--out", str(tmp_path)]) == 2
    assert "has ended; start it again." in capsys.readouterr().err


def test_the_note_is_read_as_it_was_written_and_then_forgotten(tmp_path: Path) -> None:
    running = Running("http://queue", {"AWS_REGION": "eu-north-1"})
    running.write(tmp_path)
    assert Running.read(tmp_path) == running
    Running.forget(tmp_path)
    assert not list(tmp_path.iterdir())
