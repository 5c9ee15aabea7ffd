"""What the simulation has found, each as a story of its own: so it stays mended when seeds mean other runs."""

from datetime import timedelta

import pytest

from local.proof.scheduling import Died
from moment_xledger.domain.moment import Customer
from moment_xledger.flows import take_in_records
from tests.builders import a_customer, a_project
from tests.world import World


def test_a_customer_fetched_from_moment_by_a_worker_that_died_before_saying_so_still_comes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Seed 2: the customer was stored, but nobody was told that there was work, and no event would come again."""
    world = World()
    world.moment["10001"] = Customer.model_validate(a_customer("10001")["data"])
    world.receive(a_project("P-1"))
    world.carry_wakes()
    world.time.now += timedelta(minutes=16)
    world.sweep()
    with monkeypatch.context() as patch:
        patch.setattr(take_in_records, "_mark", _dies)
        with pytest.raises(Died):
            world.carry_wakes()
    world.run()
    assert [each["code"] for each in world.held("customers")] == ["10001"]
    assert [each["code"] for each in world.held("projects")] == ["P-1"]


def _dies(*_: object) -> bool:
    raise Died
