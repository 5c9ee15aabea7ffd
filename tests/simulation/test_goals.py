"""The other goals, smaller than `make prove` has them."""

import pytest

from local.proof.adding import add_many
from local.proof.goals import first_caught
from local.proof.guards import GUARDS, Guard
from local.proof.limiter import saturate


@pytest.mark.parametrize("guard", GUARDS, ids=lambda guard: guard.name)
def test_without_this_guard_some_run_goes_wrong(guard: Guard) -> None:
    assert first_caught(guard, seeds=60) is not None


def test_no_new_customer_is_doubled_or_missing_when_answers_are_lost() -> None:
    added = add_many(600, seed=3)
    assert (added.doubled, added.missing) == (0, 0)
    assert added.lost_answers > 0


@pytest.mark.parametrize("plan", [100, 500, 1_000])
def test_we_alone_never_go_over_a_limit(plan: int) -> None:
    hours = saturate(30, plan)
    assert hours.refused == 0
    assert hours.sent > 0.85 * plan * hours.hours


def test_with_others_on_the_same_token_a_refusal_is_rare() -> None:
    hours = saturate(60, 1_000, others=100)
    assert hours.refused_an_hour <= 0.2
