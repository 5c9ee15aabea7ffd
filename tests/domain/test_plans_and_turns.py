"""The least that Xledger must be told, and whose turn it is to tell it."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest

from moment_xledger.domain.companies import CompanyId
from moment_xledger.domain.kinds import Kind
from moment_xledger.domain.plans import Owner, Plan, Stopped, plan
from moment_xledger.domain.problems import Code
from moment_xledger.domain.records import Record, as_gone, settle
from moment_xledger.domain.turns import Pending, delay_until, first_of_round, in_turn, linger, to_wake_for
from tests.domain.test_records import LATER, NOW, customer, record, synced, taken

OUR_ENTITY = Owner(is_ours=True)


@dataclass(frozen=True)
class Known:
    """`as_wanted`: Xledger has it as Moment has."""

    db_id: int
    number: str = "10001"
    owner: Owner = OUR_ENTITY
    as_wanted: bool = False

    def is_as_wanted(self, _: Record) -> bool:
        return self.as_wanted

    def likeness(self, _: Record) -> int:
        return 0


NEW = record()
CHANGED = taken(synced(), customer(2, name="Nytt"))  # dbId 50
UNDONE = taken(CHANGED, customer(3))
ELSEWHERE = Owner(is_ours=False, code=20_002, name="Datter AS")
OURS, GOOD = Known(7), Known(7, as_wanted=True)
THEIRS = Known(8, owner=ELSEWHERE)
KNOWN = Known(50)


def stopped(one: Record, code: Code, **details: str) -> Plan[Known]:
    return Plan(stopped=[Stopped(one, code, details)])


@pytest.mark.parametrize(
    ("one", "found", "made"),
    [
        pytest.param(NEW, [], Plan(add=[NEW]), id="not there: add"),
        pytest.param(NEW, [GOOD], Plan(as_wanted=[(NEW, GOOD)]), id="there as wanted: take over"),
        pytest.param(NEW, [OURS], Plan(update=[(NEW, OURS)]), id="there otherwise: take over and update"),
        pytest.param(
            NEW,
            [OURS, Known(9)],
            stopped(NEW, Code.NUMBER_TWICE_IN_XLEDGER),
            id="there twice: never a third",
        ),
        pytest.param(
            NEW,
            [THEIRS],
            Plan(add=[NEW], elsewhere={NEW.client_id: {"entities": "20002 Datter AS"}}),
            id="only in another entity: add it in ours",
        ),
        pytest.param(
            NEW,
            [Known(8, "10001", Owner(is_ours=False))],
            stopped(NEW, Code.OWNER_NOT_SHOWN),
            id="there, but nobody is told whose: it may be ours",
        ),
        pytest.param(NEW, [THEIRS, OURS], Plan(update=[(NEW, OURS)]), id="in both: only ours counts"),
        pytest.param(
            NEW,
            [Known(7, " 10001 ", as_wanted=True)],
            Plan(as_wanted=[(NEW, Known(7, " 10001 ", as_wanted=True))], spelled=[(NEW, " 10001")]),
            id="there, but spelled otherwise: told",
        ),
        pytest.param(
            NEW,
            [Known(7, "10001".ljust(25), as_wanted=True)],
            Plan(as_wanted=[(NEW, Known(7, "10001".ljust(25), as_wanted=True))]),
            id="there, filled up with blanks",
        ),
        pytest.param(CHANGED, [KNOWN], Plan(update=[(CHANGED, KNOWN)]), id="known and as it was: update"),
        pytest.param(
            CHANGED,
            [Known(50, "10001-OLD")],
            stopped(CHANGED, Code.NUMBER_MOVED_IN_XLEDGER, theirs="10001-OLD"),
            id="known, but with another number: nothing is written",
        ),
        pytest.param(
            CHANGED,
            [Known(50, "10001-OLD"), OURS],
            stopped(CHANGED, Code.NUMBER_MOVED_IN_XLEDGER, theirs="10001-OLD"),
            id="also where another has the number now",
        ),
        pytest.param(
            CHANGED,
            [KNOWN, OURS],
            stopped(CHANGED, Code.NUMBER_TWICE_IN_XLEDGER),
            id="known, and a second one has the number",
        ),
        pytest.param(CHANGED, [], stopped(CHANGED, Code.GONE_FROM_XLEDGER), id="known, and gone"),
        pytest.param(
            CHANGED,
            [OURS],
            Plan(again=[as_gone(CHANGED)]),
            id="gone, and made again: looked up as if it were new",
        ),
        pytest.param(
            CHANGED,
            [Known(50, owner=ELSEWHERE)],
            stopped(CHANGED, Code.IN_ANOTHER_ENTITY, entities="20002 Datter AS"),
            id="known, but it stands in another entity: never written",
        ),
        pytest.param(UNDONE, [], Plan(in_step=[(UNDONE, 50)]), id="known and told already: nothing"),
    ],
)
def test_what_is_to_be_done(one: Record, found: list[Known], made: Plan[Known]) -> None:
    assert plan([one], found) == made


def test_what_is_settled_needs_nothing() -> None:
    done = settle(CHANGED, CHANGED, 50, LATER)
    assert plan([done], list[Known]()) == Plan(in_step=[(done, 50)])


def test_two_records_never_take_one_record_of_xledger() -> None:
    first, second = record(customer(number="k-7")), record(customer(number="K-7"))
    made = plan([first, second], [Known(7, "K-7")])
    assert made.update == [(first, Known(7, "K-7"))]
    assert made.stopped == [Stopped(second, Code.NUMBER_TAKEN, {"other": str(first.id)})]


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
    [(0, 0), (39, 0), (40, 13), (199, 13), (200, 30), (250, 60), (375, 180), (500, 180), (900, 180)],
)
def test_the_fuller_the_hour_the_longer_a_list_waits_for_more(used: int, seconds: int) -> None:
    assert linger(used, 500) == linger(used, None) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("seconds", "woken_for", "wakes_for"),
    [
        pytest.param([13], None, 0, id="what is due soon"),
        pytest.param([13, 12, 14], None, 1, id="of several the next one"),
        pytest.param([0], None, None, id="not what is due now: that is carried"),
        pytest.param([181], None, None, id="not what is due much later: the sweep finds it"),
        pytest.param([13], 13, None, id="not twice for the same time"),
        pytest.param([13], 10, 0, id="again where it was put off"),
        pytest.param([13], 20, 0, id="again where it goes earlier"),
    ],
)
def test_a_wake_is_sent_for_what_is_due_next(
    seconds: list[int], woken_for: int | None, wakes_for: int | None
) -> None:
    def after(number: int) -> datetime:
        return NOW + timedelta(seconds=number)

    pending = [
        Pending(Kind.CUSTOMER, NORTH, after(each), None if woken_for is None else after(woken_for))
        for each in seconds
    ]
    assert to_wake_for(pending, NOW) == (None if wakes_for is None else pending[wakes_for])


@pytest.mark.parametrize(("waits", "delay"), [(12.0, 13), (12.5, 13), (12.95, 14), (0.01, 1)])
def test_it_comes_a_moment_after_that_and_never_before(waits: float, delay: int) -> None:
    assert delay_until(NOW + timedelta(seconds=waits), NOW) == timedelta(seconds=delay)


def test_what_is_anothers_in_xledger_is_never_adopted() -> None:
    other = replace(synced(), content=customer(1, "30003").model_copy(update={"id": 77}), sent_number="30003")
    there = Known(50, number="10001")
    made = plan([NEW], [there], {50: other})
    assert (made.add, made.update, made.as_wanted, made.in_step) == ([], [], [], [])
    assert {(each.record.id, each.code) for each in made.stopped} == {
        (NEW.id, Code.RECORD_TAKEN_IN_XLEDGER),
        (77, Code.NUMBER_MOVED_IN_XLEDGER),
    }
    assert plan([NEW, other], [there]).stopped == made.stopped
