"""Whole runs of the real handlers with bad luck by seed. A failing seed tells its story: `make prove SEED=…`."""

import pytest

from local.proof.goals import crash, crashes
from local.proof.simulation import Setting, play

SEEDS = range(16)


@pytest.mark.parametrize("seed", SEEDS)
def test_nothing_is_lost_doubled_or_old_whatever_happens(seed: int) -> None:
    stage = play(Setting(seed))
    assert not stage.wrong, "\n".join([*stage.schedule, *stage.wrong])
    assert len(stage.schedule) > 20  # bad luck there was


def test_one_seed_is_one_run() -> None:
    one, again = (play(Setting(7)) for _ in range(2))
    assert one.schedule == again.schedule
    assert one.network.requests == again.network.requests
    assert one.bucket.files == again.bucket.files


@pytest.mark.parametrize("part", range(4))
def test_a_crash_before_or_after_any_call_site_changes_nothing_at_the_end(part: int) -> None:
    chosen = list(crashes(each=1))
    assert len(chosen) > 150
    for each in chosen[part::4]:
        stage = crash(each)
        assert not stage.wrong, (each, stage.wrong)
        assert stage.fates.met[each.site, each.meets], each
