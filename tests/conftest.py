"""No test may let a secret out, whatever it is about: see `tests/canaries.py`."""

import os
from collections.abc import Iterator

import pytest

import moment_xledger.domain.companies  # noqa: F401 -- where keys are made
from tests import canaries

canaries.plant_what_is_made()


def pytest_xdist_auto_num_workers() -> int:
    """One more than there are cores, since tests that start processes wait for them."""
    return (os.cpu_count() or 1) + 1


@pytest.fixture(scope="session", autouse=True)
def _the_log_is_watched() -> None:
    canaries.watch_the_log()


@pytest.fixture(autouse=True)
def _no_secret_comes_out() -> Iterator[None]:
    canaries.look_at_what_is_loaded()
    canaries.WATCH.begin()
    yield
    assert not canaries.WATCH.leaks, canaries.WATCH.leaks
