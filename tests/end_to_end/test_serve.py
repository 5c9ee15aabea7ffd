"""`make serve`'s own path, as a process: one signs in by a printed link, and sees what is published meanwhile."""

import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import requests

from local import ROOT

A_MINUTE = 60.0
SAMPLE = ROOT / "events" / "nordvik" / "customers.jsonl"
MORE = ROOT / "events" / "more-invoices.jsonl"


class Signed:
    """A browser that was let in. Names under `localhost` lead here, as they do in any browser."""

    def __init__(self, link: str) -> None:
        at = urlsplit(link)
        self._near, self._host = f"http://127.0.0.1:{at.port}", {"Host": at.netloc}
        entered = requests.post(
            self._near + at.path, headers=self._host, timeout=A_MINUTE, allow_redirects=False
        )
        assert entered.status_code == 303, entered.text
        self._host["Cookie"] = entered.headers["Set-Cookie"].partition(";")[0]

    def received(self) -> int:
        answer = requests.get(
            self._near + "/overview", headers=self._host | {"Accept": "application/json"}, timeout=A_MINUTE
        )
        found: int = answer.json()["invoices"]["received"]
        return found


def soon(true: Callable[[], bool]) -> bool:
    give_up = time.monotonic() + A_MINUTE
    while time.monotonic() < give_up:
        if true():
            return True
        time.sleep(0.3)
    return False


def local(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "local", *arguments]


def links(process: "subprocess.Popen[str]") -> dict[str, str]:
    """By role, as they are printed; the accountant's, the administrator's and the operator's."""
    found: dict[str, str] = {}
    assert process.stdout
    for line in process.stdout:
        if link := re.search(r"^ +(\w+) +(http://\S+/in/\S+)$", line):
            found[link[1]] = link[2]
        if len(found) == 3:
            break
    return found


def test_each_role_gets_in_and_sees_what_is_published(tmp_path: Path) -> None:
    serve = local("serve", "--events", str(SAMPLE), "--out", str(tmp_path))
    with subprocess.Popen(  # noqa: S603
        serve, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            found = links(process)
            people = {role: Signed(link) for role, link in found.items()}
            assert set(people) == {"accountant", "administrator", "operator"}
            assert [person.received() for person in people.values()] == [0, 0, 0]
            publish = local("publish", str(MORE), "--out", str(tmp_path))
            told = subprocess.run(  # noqa: S603
                publish, cwd=ROOT, capture_output=True, text=True, timeout=A_MINUTE, check=True
            )
            assert told.stdout == "Published 3 of 3 events.\n"
            assert soon(lambda: people["accountant"].received() > 0)
        finally:
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=A_MINUTE)
    assert process.returncode == 130
    assert not (tmp_path / "serving.json").exists()
