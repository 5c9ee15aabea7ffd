from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.browser.chromium import chromium as chromium
from tests.browser.opened import Opened, opened_to_browsers
from tests.browser.visitor import Hands, Mouse, Visitor
from tests.console.site import opened


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
