"""The least that Xledger must be told, and whose turn it is to tell it."""

from dataclasses import dataclass
from datetime import timedelta

import pytest

from moment_xledger.domain.companies import CompanyId
from moment_xledger.domain.plans import Plan, plan
from moment_xledger.domain.records import Record, settle
from moment_xledger.domain.turns import first_of_round, in_turn, linger
from tests.domain.test_records import LATER, customer, record, synced, taken


@dataclass(frozen=True)
class Known:
    db_id: int
    as_wanted: bool

    def is_as_wanted(self, _: Record) -> bool:
        return self.as_wanted


NEW = record()
CHANGED = taken(synced(), customer(2, name="Nytt"))
UNDONE = taken(CHANGED, customer(3))
GOOD, BAD = Known(7, as_wanted=True), Known(7, as_wanted=False)


@pytest.mark.parametrize(
    ("one", "hits", "made"),
    [
        pytest.param(NEW, [], Plan(add=[NEW]), id="not there: add"),
        pytest.param(NEW, [GOOD], Plan(in_step=[(NEW, 7)]), id="there as wanted: take over"),
        pytest.param(NEW, [BAD], Plan(update=[(NEW, 7)]), id="there otherwise: take over and update"),
        pytest.param(NEW, [GOOD, GOOD], Plan(doubled=[NEW]), id="there twice: never a third"),
        pytest.param(CHANGED, [], Plan(update=[(CHANGED, 50)]), id="known: update, without a look-up"),
        pytest.param(UNDONE, [], Plan(in_step=[(UNDONE, 50)]), id="known and told already: nothing"),
    ],
)
def test_what_is_to_be_done(one: Record, hits: list[Known], made: Plan) -> None:
    assert plan([one], {"10001": hits}) == made


def test_what_is_settled_needs_nothing() -> None:
    done = settle(CHANGED, CHANGED, 50, LATER)
    assert plan([done], {}) == Plan(in_step=[(done, 50)])


NORTH, SOUTH, WEST = map(CompanyId, ("north", "south", "west"))


@pytest.mark.parametrize(
    ("last", "order"),
    [
        (None, [NORTH, SOUTH, WEST]),
        (NORTH, [SOUTH, WEST, NORTH]),
        (SOUTH, [WEST, NORTH, SOUTH]),
        (WEST, [NORTH, SOUTH, WEST]),
        (CompanyId("onward"), [SOUTH, WEST, NORTH]),
    ],
)
def test_companies_take_turns(last: CompanyId | None, order: list[CompanyId]) -> None:
    assert in_turn({WEST, NORTH, SOUTH}, last) == order


def test_a_company_alone_is_always_next() -> None:
    assert in_turn([NORTH], NORTH) == [NORTH]


@pytest.mark.parametrize(("due", "served"), [(1, 1), (7, 1), (8, 2), (200, 50)])
def test_of_many_that_are_due_some_are_served_before_it_is_looked_again(due: int, served: int) -> None:
    everybody = [CompanyId(f"company-{n}") for n in range(due)]
    assert first_of_round(everybody) == everybody[:served]


@pytest.mark.parametrize(
    ("used", "seconds"),
    [(0, 0), (49, 0), (50, 10), (124, 10), (125, 30), (250, 60), (375, 180), (500, 180), (900, 180)],
)
def test_the_fuller_the_hour_the_longer_a_list_waits_for_more(used: int, seconds: int) -> None:
    assert linger(used, 500) == linger(used, None) == timedelta(seconds=seconds)
