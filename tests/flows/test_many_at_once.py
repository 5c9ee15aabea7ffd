"""Many invoices of one company at once: receivers side by side are in each other's way, and none gives up."""

from datetime import timedelta

import pytest

from local.bench.many_at_once import BATCH, RECEIVERS, take_in


@pytest.mark.parametrize("within", [timedelta(seconds=1), timedelta(seconds=8)], ids=["a heap", "a stream"])
def test_all_are_stored_when_they_are_first_delivered(within: timedelta) -> None:
    found = take_in(RECEIVERS * BATCH, within)
    assert found.deliveries == {1: RECEIVERS * BATCH}
    assert found.failed == 0
    assert found.refused > 0  # they did meet
    assert found.longest < 12  # seconds; a function has thirty
