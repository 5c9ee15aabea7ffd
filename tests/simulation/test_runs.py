"""Whole runs of the real handlers with bad luck by seed. A failing seed tells its story: `make prove SEED=…`."""

import pytest

from local.proof.crashes import calls_of, crashes, not_met, story, together
from local.proof.simulation import play
from local.proof.stage import Setting
from local.proof.story import Cast

AT_ONCE = 12  # crashes in one run


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("cast", [Cast.BOOKS, Cast.ROUTES])
def test_nothing_is_lost_doubled_or_old_whatever_happens(cast: Cast, seed: int) -> None:
    stage = play(Setting(seed, cast=cast))
    assert not stage.wrong, "\n".join([*stage.schedule, *stage.wrong])
    assert len(stage.schedule) > 10  # bad luck there was


@pytest.mark.parametrize("seed", range(2))
def test_nor_where_all_companies_are_at_it_at_once(seed: int) -> None:
    stage = play(Setting(seed))
    assert not stage.wrong, "\n".join([*stage.schedule, *stage.wrong])


def test_one_seed_is_one_run() -> None:
    one, again = (play(Setting(7)) for _ in range(2))
    assert one.schedule == again.schedule
    assert one.network.requests == again.network.requests
    assert one.bucket.files == again.bucket.files
    assert [mail.to for mail in one.post.mails] == [mail.to for mail in again.post.mails]


@pytest.mark.parametrize(("cast", "sites"), [(Cast.BOOKS, 120), (Cast.ROUTES, 140)])
def test_a_crash_before_or_after_any_call_site_changes_nothing_at_the_end(cast: Cast, sites: int) -> None:
    calls = calls_of(cast)
    assert len(calls) >= sites
    alone = []
    for chosen in together(list(crashes(calls, each=1)), AT_ONCE):
        stage = story(cast, chosen)
        assert not stage.wrong, (chosen, stage.wrong)
        alone += not_met(stage, chosen)
    for each in alone:
        stage = story(cast, (each,))
        assert not stage.wrong, (each, stage.wrong)
        assert not not_met(stage, [each]), each
