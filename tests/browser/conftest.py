"""Debian's Chromium, driven by Playwright; no browser is downloaded."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser.opened import Opened, opened_to_browsers
from tests.browser.visitor import Hands, Mouse, Visitor
from tests.console.site import opened

MISSING = "Chromium is missing, so no page was tried in a browser: install it with 'apt install chromium'."
# Quiet: it asks nobody on the network for anything.
OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--no-proxy-server",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(
    scope="module"
)  # not of the session: while it is open, no other test can run a loop of its own
def chromium() -> Iterator[Browser]:
    path = shutil.which("chromium")
    if path is None and os.environ.get("CI"):
        pytest.fail(MISSING)
    if path is None:
        pytest.skip(MISSING)
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=path, args=OPTIONS)
        yield browser
        browser.close()


@pytest.fixture
def console(monkeypatch: pytest.MonkeyPatch) -> Iterator[Opened]:
    with opened_to_browsers(opened(monkeypatch)) as console:
        yield console


Visit = Callable[..., Visitor]


@pytest.fixture
def visit(chromium: Browser, console: Opened) -> Iterator[Visit]:
    """Someone comes with a browser of their own. When all have left, no browser has had anything to complain of."""
    visitors: list[Visitor] = []
    with ExitStack() as stay:

        def visit(hands: Hands | None = None, **options: Any) -> Visitor:
            context = stay.enter_context(chromium.new_context(locale="nb-NO", **options))
            visitors.append(Visitor(console, context, hands or Mouse()))
            return visitors[-1]

        yield visit
    assert [visitor.complaints for visitor in visitors] == [[] for _ in visitors]
