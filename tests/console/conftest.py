import pytest

from tests.console.site import Site, opened


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Site:
    """Nordvik's console, and no other company's."""
    return opened(monkeypatch)
