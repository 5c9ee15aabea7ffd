"""Trouble of AWS in the simulation is what its SDK makes of it, and who asks again without end is found."""

from collections import Counter
from collections.abc import Callable
from random import Random
from types import SimpleNamespace
from typing import Any

import pytest
from boto3.dynamodb.conditions import Attr

from local.proof.fates import NONE, Chosen, Fates, Meets
from local.proof.outside import Outside, TableTwin
from local.proof.scheduling import Scheduler
from local.proof.slowness import MOST_REFUSALS, Service, SlowDown, Slowness, wrong_in_slowness
from local.twins.world import START
from moment_xledger.adapters.table import Put
from moment_xledger.domain.errors import Conflict

A, B = ("pk", "a"), ("pk", "b")


class Worker:
    """A table, whose next write by a flow meets this."""

    def __init__(self, meets: Meets) -> None:
        self.scheduler = Scheduler(START)
        fates = Fates(Random(1), NONE, (Chosen("flow > adapter > write", 1, meets),))
        self.table = TableTwin(Outside(self.scheduler, fates, lambda what: None, Slowness(Random(1))))

    def does(self, work: Callable[[], None]) -> None:
        task = self.scheduler.start("worker", work)
        self.scheduler.run(lambda: task.is_over)


@pytest.fixture(autouse=True)
def in_a_flow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("local.proof.outside.call_site", lambda operation: f"flow > adapter > {operation}")


def test_a_burst_refuses_a_call_and_most_that_follow_until_it_is_over() -> None:
    worker, refused = Worker("slows down"), list[bool]()

    def work() -> None:
        for _ in range(100):
            try:
                worker.table.write(Put(A, {}))
            except SlowDown:
                refused.append(True)
            else:
                refused.append(False)

    worker.does(work)
    assert refused[0]
    assert refused.index(False) > 1
    assert not any(refused[-50:])
    assert worker.table.get(A)


def test_a_failure_when_all_was_done_has_done_it() -> None:
    worker = Worker("answers 5xx")

    def work() -> None:
        with pytest.raises(SlowDown):
            worker.table.write(Put(A, {}))

    worker.does(work)
    assert worker.table.get(A)


def test_a_conditional_write_that_the_sdk_makes_twice_meets_itself() -> None:
    worker = Worker("is asked twice")

    def work() -> None:
        with pytest.raises(Conflict):
            worker.table.write(Put(A, {}, when=Attr("pk").not_exists()))

    worker.does(work)
    assert worker.table.get(A)


def test_but_a_transaction_is_known_again_by_its_token() -> None:
    worker = Worker("is asked twice")
    fresh = Attr("pk").not_exists()
    worker.does(lambda: worker.table.write(Put(A, {}, when=fresh), Put(B, {}, when=fresh)))
    assert worker.table.get(B)


def a_day(*met: Meets, put_aside: int = 0, refused: int = 0) -> Any:
    slowness = Slowness(Random(1))
    sweep = Scheduler(START).start("sweep", lambda: None)
    for _ in range(refused):
        slowness.refusal(Service.QUEUES, sweep)
    fates = SimpleNamespace(met={("site", each): 1 for each in met})
    return SimpleNamespace(fates=fates, slowness=slowness, put_aside=Counter(Events=put_aside))


def test_a_message_that_wore_out_its_receives_and_asking_without_end_are_wrong() -> None:
    assert list(wrong_in_slowness(a_day("slows down", refused=MOST_REFUSALS))) == []
    assert list(wrong_in_slowness(a_day("slows down", put_aside=2, refused=MOST_REFUSALS + 1))) == [
        "2 messages of Events were put aside",
        f"one call of sweep was refused {MOST_REFUSALS + 1} times, and asked again",
    ]


def test_where_processes_died_as_well_it_is_not_asked_why() -> None:
    assert list(wrong_in_slowness(a_day("dies before", put_aside=2))) == []
