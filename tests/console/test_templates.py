"""Compiled when the layer is built, or read as they lie here: a page is the same."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from local.build.templates import compile_templates
from moment_xledger.console import answers, rendering
from moment_xledger.domain.sessions import Role
from tests.console.site import Site

PAGES = (
    *(
        "/overview",
        "/problems",
        "/exports",
        "/exports/1",
        "/exports/1/again",
        "/record?kind=invoice&number=10231",
    ),
    *("/report", "/settings", "/log", "/out", "/nowhere"),
)


@pytest.fixture
def loaders() -> Iterator[None]:
    """Chosen anew for this test, and for those after it."""
    rendering._pages.cache_clear()
    yield
    rendering._pages.cache_clear()


@pytest.mark.usefixtures("loaders")
def test_a_page_is_the_same_from_compiled_templates(
    site: Site, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    site.export(10231)
    browser, pages = site.browser(Role.ADMINISTRATOR), [*PAGES, site.offer()]
    monkeypatch.setattr(answers, "new_token", lambda: "A" * 22)
    as_they_lie = [browser.get(page).text for page in pages]

    compile_templates(tmp_path)
    monkeypatch.setattr(rendering, "COMPILED", tmp_path)
    monkeypatch.setattr(rendering, "TEMPLATES", tmp_path / "nowhere")
    rendering._pages.cache_clear()

    assert [browser.get(page).text for page in pages] == as_they_lie
