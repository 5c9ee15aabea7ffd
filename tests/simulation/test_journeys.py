"""A simulated request keeps to what a real one can do: else the proof would find what cannot be."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

from local.proof.fates import NONE, Fates
from local.proof.journeys import travel
from local.proof.outside import Outside
from local.proof.scheduling import Scheduler

TIMEOUT = timedelta(seconds=60)
BEGUN = datetime(2026, 3, 2, 8, tzinfo=UTC)


def test_a_sender_that_dies_does_so_before_it_would_have_given_up() -> None:
    """One once lived for 98 s on a request that is given up after 60, and another one was sent meanwhile."""
    assert TIMEOUT / 2 < max(lives_on(seed) for seed in range(100)) <= TIMEOUT


def lives_on(seed: int) -> timedelta:
    """How long, with a request that is under way for longer than anybody waits."""
    scheduler, doomed = Scheduler(BEGUN), replace(NONE, deaths=1, late_requests=1)
    outside = Outside(scheduler, Fates(Random(seed), doomed), lambda text: None)

    def sends() -> None:
        travel(outside, "AddCustomers", object)

    sender = scheduler.start("sender", sends)
    scheduler.run(until=lambda: sender.is_over)
    return scheduler.now - BEGUN
