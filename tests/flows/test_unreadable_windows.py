"""Answers of Xledger that cannot be read: what is wrong stands alone in the end, and the rest goes on."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as some

from moment_xledger.domain.errors import AnswerFaulted, AnswerUnreadable, StrangeAnswer
from moment_xledger.domain.expense_runs import Window, without
from tests.flows.costs import AN_HOUR, YESTERDAY, Costs, a_bill, a_line
from tests.world import START

A_MINUTE = timedelta(minutes=1)
MANY = 40


@pytest.fixture
def costs() -> Costs:
    """Forty lines, one every second hour."""
    costs = Costs()
    costs.post(*[a_line(str(n), modified=YESTERDAY - n * 2 * AN_HOUR, match_id=f"m{n}") for n in range(MANY)])
    return costs


def unreadable(costs: Costs) -> list[str]:
    return [number for number, code in costs.problems() if code == "EXPENSES_MINUTE_UNREADABLE"]


def test_one_line_that_cannot_be_read_costs_no_other_one(costs: Costs) -> None:
    costs.books.unreadable = {"7"}
    report = costs.run()
    assert (report.stopped, report.created, report.read) == ("", MANY - 1, MANY - 1)
    assert unreadable(costs) == ["2026-11-20 19:59"]
    assert costs.cursor == START


def test_a_fault_that_one_line_causes_costs_no_other_one(costs: Costs) -> None:
    costs.books.faulty = {"11"}
    report = costs.run()
    assert (report.stopped, report.created) == ("", MANY - 1)
    (problem,) = costs.ledger.problems.of(costs.company.id)
    assert (problem.code, "0x0B" in problem.their_words) == ("EXPENSES_MINUTE_UNREADABLE", True)
    costs.post(a_line("new", modified=costs.time.now, match_id="new"))
    assert costs.later().created == 1
    costs.books.faulty = set()
    costs.later()
    assert (len(costs.moment.expenses), costs.problems()) == (MANY + 1, [])


def test_a_fault_whatever_is_asked_is_known_by_the_second_request(costs: Costs) -> None:
    costs.run()
    before = costs.books.requests
    costs.books.fails = AnswerFaulted("EXPENSES_NOT_READ", "no access to 99168")
    assert costs.later().stopped == "EXPENSES_NOT_READ"
    assert costs.books.requests - before <= 2
    (problem,) = costs.ledger.problems.of(costs.company.id)
    assert (problem.number, problem.their_words) == ("", "no access to 99168")


def test_later_runs_ask_for_it_alone_and_take_it_when_it_can_be_read(costs: Costs) -> None:
    costs.books.unreadable = {"7"}
    costs.run()
    before = costs.books.requests
    costs.later()
    assert costs.books.requests - before < 10
    assert len(unreadable(costs)) == 1
    costs.later(timedelta(days=30))
    costs.books.unreadable = set()
    assert costs.later().created == 1
    assert costs.problems() == []
    assert costs.ledger.expenses.progress(costs.company.id).passed_over == ()


def test_several_of_them_take_as_many_runs_as_they_need(costs: Costs) -> None:
    costs.books.unreadable = {str(n) for n in range(0, MANY, 4)}
    runs = 0
    while costs.run().stopped == "out of time":
        runs += 1
        assert costs.books.requests < 150 * runs
    assert runs > 0
    assert len(costs.moment.expenses) == MANY - 10
    assert len(unreadable(costs)) == 10
    assert costs.going_on == [costs.company.id] * runs


def test_where_nothing_can_be_read_the_run_stops_after_a_few_requests(costs: Costs) -> None:
    costs.books.fails = AnswerUnreadable("its XML is broken")
    assert costs.run().stopped == "EXPENSES_NOT_READ"
    (problem,) = costs.ledger.problems.of(costs.company.id)
    assert (problem.number, problem.their_words) == ("", "its XML is broken")
    assert costs.books.requests < 40
    assert costs.cursor is None
    costs.books.fails = None
    assert costs.later().created == MANY
    assert costs.problems() == []


def test_a_bill_that_cannot_be_read_costs_its_supplier_until_it_can(costs: Costs) -> None:
    costs.post(
        a_line("99", text="Grunnundersøkelse", modified=YESTERDAY, match_id="7001", voucher_no="20099")
    )
    costs.books.bills = [a_bill("7001", voucher_no="20099"), a_bill("m3", modified=YESTERDAY - AN_HOUR * 6)]
    costs.books.unreadable = {"97001"}
    costs.run()
    suppliers = {each["external_id"]: each["supplier"] for each in costs.moment.expenses.values()}
    assert suppliers["xledger:99168:99"] is None
    assert suppliers["xledger:99168:3"] == "Akustikkverkstedet AS"
    assert len(unreadable(costs)) == 1
    costs.later(timedelta(days=30))
    costs.books.unreadable = set()
    costs.later()
    suppliers = {each["external_id"]: each["supplier"] for each in costs.moment.expenses.values()}
    assert suppliers["xledger:99168:99"] == "Akustikkverkstedet AS"
    assert costs.problems() == []


def test_a_minute_that_is_too_large_is_passed_over_too(costs: Costs) -> None:
    costs.post(
        *[a_line(f"a{n}", modified=YESTERDAY, match_id=f"a{n}", amount=Decimal(n)) for n in range(1, 30)]
    )
    costs.books.most = 20
    costs.run()
    assert len(costs.moment.expenses) == MANY - 1
    assert len(unreadable(costs)) == 1


def test_a_web_page_in_its_place_is_told_as_that(costs: Costs) -> None:
    costs.books.fails = StrangeAnswer("Xledger")
    for _ in range(3):
        costs.later()
    assert costs.problems() == [("", "EXPENSES_PAGE_INSTEAD")]
    costs.books.fails = None
    costs.later()
    assert costs.problems() == []


def test_a_from_date_long_ago_is_narrowed_in_its_own_window() -> None:
    costs = Costs(expenses_from=date(2026, 1, 1))
    old = START - timedelta(days=200)
    costs.post(a_line("1", modified=old, created=old), a_line("2"))
    costs.books.unreadable = {"1"}
    costs.run()
    assert len(costs.moment.expenses) == 1
    assert len(unreadable(costs)) == 1


@given(some.lists(some.tuples(some.integers(0, 100), some.integers(1, 20)), max_size=6))
def test_what_is_left_of_a_window_and_its_gaps_are_the_whole(gaps: list[tuple[int, int]]) -> None:
    whole = Window(START, START + 100 * A_MINUTE)
    away = [Window(START + a * A_MINUTE, START + (a + b) * A_MINUTE) for a, b in gaps]
    left = list(without(whole, away))
    assert all(one.end <= other.start for one, other in pairwise(left))
    for minute in range(100):
        at = START + minute * A_MINUTE + A_MINUTE / 2
        is_away = any(gap.start < at <= gap.end for gap in away)
        assert any(piece.start < at <= piece.end for piece in left) is not is_away
