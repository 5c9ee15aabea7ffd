"""A small share of the mornings that `make prove` plays."""

from datetime import timedelta

import pytest

from local.proof.fates import NONE
from local.proof.morning import play_morning
from moment_xledger.flows import start_runs


@pytest.mark.parametrize("seed", range(3))
def test_what_the_clock_starts_reaches_everybody_once_whatever_dies(seed: int) -> None:
    morning = play_morning(seed, companies=20)
    assert morning.wrong == []
    assert morning.died.total() > 20


def test_where_nothing_goes_wrong_all_jobs_are_queued_in_their_minute() -> None:
    morning = play_morning(1, companies=20, rates=NONE)
    assert (morning.wrong, morning.longest) == ([], timedelta())


def test_without_the_check_who_is_missing_somebody_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(start_runs, "_missing", lambda *_: [])
    assert any(play_morning(seed, companies=20).wrong for seed in range(3))
