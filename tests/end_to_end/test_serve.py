"""`make serve`'s own path, as a process: one signs in by a printed link, and sees what is published meanwhile."""

import hashlib
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from playwright.sync_api import Browser, Page, expect

from local import ROOT, __main__
from local.serve.publishing import Running
from moment_xledger.domain.sessions import Role
from tests.browser.chromium import chromium as chromium
from tests.patience import soon

A_MINUTE = 60.0
SAMPLE = [ROOT / "events" / "nordvik" / f"{kind}.jsonl" for kind in ("customers", "projects")]
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

    def overview(self) -> dict[str, Any]:
        answer = requests.get(
            self._near + "/overview", headers=self._host | {"Accept": "application/json"}, timeout=A_MINUTE
        )
        found: dict[str, Any] = answer.json()
        return found

    def received(self) -> int:
        found: int = self.overview()["invoices"]["received"]
        return found


def local(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "local", *arguments]


@dataclass(frozen=True)
class Serving:
    process: "subprocess.Popen[str]"
    out: Path

    def links(self) -> dict[str, str]:
        """By role, as they are printed next."""
        found: dict[str, str] = {}
        assert self.process.stdout
        for line in self.process.stdout:
            if link := re.search(r"^ +(\w+) +(http://\S+/in/\S+)$", line):
                found[link[1]] = link[2]
            if len(found) == len(Role):
                break
        return found

    def press_enter(self) -> None:
        assert self.process.stdin
        self.process.stdin.write("\n")
        self.process.stdin.flush()

    def publish(self, events: Path) -> str:
        publish = local("publish", str(events), "--out", str(self.out))
        return subprocess.run(  # noqa: S603
            publish, cwd=ROOT, capture_output=True, text=True, timeout=A_MINUTE, check=True
        ).stdout


@pytest.fixture(scope="module")
def serving(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    """Until Ctrl-C, which leaves nothing behind."""
    out = tmp_path_factory.mktemp("out")
    serve = local("serve", "--events", *map(str, SAMPLE), "--out", str(out))
    piped = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
    with subprocess.Popen(serve, cwd=ROOT, text=True, **piped) as process:  # type: ignore[call-overload] # noqa: S603
        try:
            yield Serving(process, out)
        finally:
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=A_MINUTE)
    assert process.returncode == 130
    assert not (out / "serving.json").exists()


def test_each_role_gets_in_and_sees_what_is_published(serving: Serving) -> None:
    people = {role: Signed(link) for role, link in serving.links().items()}
    assert set(people) == {str(role) for role in Role}
    assert {person.received() for person in people.values()} == {0}
    assert serving.publish(MORE) == "Published 3 of 3 events.\n"
    assert soon(lambda: people["accountant"].received() > 0, A_MINUTE)


def test_an_accountant_exports_in_a_browser_and_has_the_very_file(
    serving: Serving, chromium: Browser, tmp_path: Path
) -> None:
    """The page allows its button to lead to the bucket, which is another site, and the browser saves what it finds."""
    serving.press_enter()
    serving.publish(MORE)
    with chromium.new_context(locale="nb-NO") as context:
        page = context.new_page()
        page.goto(serving.links()["accountant"])
        page.get_by_role("button", name="Logg inn").click()
        page.get_by_role("link", name="Eksporter").click()
        page.wait_for_url("**/exports")
        assert soon(lambda: _shows(page, "venter på neste eksport"), A_MINUTE)
        page.get_by_role("button", name="Eksporter nå").click()
        page.wait_for_url("**/exports?asked=*")
        assert soon(lambda: _shows(page, "er klar:"), A_MINUTE)
        page.get_by_role("link", name="Eksport 1").click()
        with page.expect_download() as started:
            page.get_by_role("button", name=re.compile(r"^Last ned .*\.csv$")).click()
        started.value.save_as(tmp_path / "file.csv")
        expect(page.locator(".checksum")).to_have_text(
            hashlib.sha256((tmp_path / "file.csv").read_bytes()).hexdigest()
        )


def test_an_administrator_saves_the_settings_and_the_simulated_systems_are_tried(
    serving: Serving, chromium: Browser
) -> None:
    serving.press_enter()
    with chromium.new_context(locale="nb-NO") as context:
        page = context.new_page()
        page.goto(serving.links()["administrator"])
        page.get_by_role("button", name="Logg inn").click()
        page.get_by_role("link", name="Innstillinger").click()
        page.get_by_label("Forespørsler i timen").fill("450")
        page.get_by_role("button", name="Lagre og test forbindelsen").click()
        page.wait_for_url("**/settings?did=saved")
        expect(page.get_by_role("status")).to_have_text("Lagret. Alt som kan prøves, er i orden.")
        expect(page.get_by_role("table")).to_contain_text("Forespørsler i timen")


def test_an_operator_pauses_and_resumes_the_running_system(
    serving: Serving, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    serving.press_enter()
    person = Signed(serving.links()["operator"])
    for name, value in Running.read(serving.out).environment.items():
        monkeypatch.setenv(name, value)

    def say(*arguments: str) -> int:
        return __main__.main([*arguments, "--stack", "moment-xledger"])

    assert say("company", "pause", "--all", "--reason", "tried out") == 0
    assert person.overview()["pause"]["why"] == "tried out"
    assert say("company", "resume", "--all") == 0
    assert person.overview()["pause"] is None
    assert say("dead-letters") == 0
    assert "EventsDeadLetters: 0" in capfd.readouterr().out


def _shows(page: Page, text: str) -> bool:
    page.reload()
    return page.get_by_text(text).is_visible()
