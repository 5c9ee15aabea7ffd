"""What is known of each posted line, and how far was read: under conditions that two workers cannot both meet."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from moment_xledger.adapters.ledger import Ledger
from moment_xledger.adapters.ledger.expenses import PATIENCE, Expenses
from moment_xledger.domain.companies import CompanyId
from moment_xledger.domain.errors import Conflict
from moment_xledger.domain.expense_entries import Entry, State
from moment_xledger.domain.expense_runs import Ledger as ReadLedger
from moment_xledger.domain.expense_runs import PassedOver, Window
from moment_xledger.domain.expenses import Expense, Left
from tests.adapters.ledgers import ledger as ledger

COMPANY = CompanyId("nordvik")
NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
AN_HOUR = timedelta(hours=1)
EXPENSE = Expense(
    external_id="xledger:99168:1",
    description="Lydberegning",
    amount=Decimal("1250.10"),
    invoice_date=date(2026, 11, 15),
    account="4510",
    project="P-1",
)
INTENT = Entry("1", State.INTENT, EXPENSE, match_id="7001", voucher="20001")


@pytest.fixture
def expenses(ledger: Ledger) -> Expenses:
    return ledger.expenses


def save(expenses: Expenses, old: Entry | None, new: Entry) -> Entry:
    (saved,) = expenses.save(COMPANY, (old, new))
    return saved


def test_what_is_kept_comes_back_as_it_was(expenses: Expenses) -> None:
    entry = Entry(
        "1", State.BOOKED, EXPENSE, 7, "7001", "20001", None, "2", Left.INVOICED, "digest", day=NOW.date()
    )
    saved = save(expenses, None, entry)
    assert expenses.get_many(COMPANY, ["1", "2"]) == {"1": saved}
    assert saved == entry.__class__(**{**vars(entry), "rev": 1})


def test_of_two_who_write_a_line_one_is_told_no(expenses: Expenses) -> None:
    first = save(expenses, None, INTENT)
    with pytest.raises(Conflict):
        save(expenses, None, INTENT)
    save(expenses, first, first.told(7, EXPENSE))
    with pytest.raises(Conflict):
        save(expenses, first, first.told(8, EXPENSE))
    with pytest.raises(Conflict):
        expenses.forget(COMPANY, first)


def test_a_line_is_open_until_moment_has_it_and_can_then_be_found_by_its_match(expenses: Expenses) -> None:
    intent = save(expenses, None, INTENT)
    assert [list(some) for some in expenses.open(COMPANY)] == [[intent]]
    assert expenses.matching(COMPANY, "7001") == []
    booked = save(expenses, intent, intent.told(7, EXPENSE))
    assert list(expenses.open(COMPANY)) == []
    assert expenses.matching(COMPANY, "7001") == [booked]
    assert expenses.matching(COMPANY, "700") == []


def test_lines_are_counted_as_they_are_stored(expenses: Expenses) -> None:
    first, second = save(expenses, None, INTENT), save(expenses, None, replace(INTENT, id="2"))
    save(expenses, first, first.told(7, EXPENSE))
    assert (expenses.count(COMPANY)[State.INTENT], expenses.count(COMPANY)[State.BOOKED]) == (1, 1)
    with pytest.raises(Conflict):
        save(expenses, first, first.told(8, EXPENSE))
    expenses.forget(COMPANY, second)
    counted = expenses.count(COMPANY)
    assert {state: count for state, count in counted.items() if count} == {State.BOOKED: 1}


def test_what_is_forgotten_leaves_nothing_behind(expenses: Expenses) -> None:
    expenses.forget(COMPANY, save(expenses, None, INTENT))
    assert list(expenses.open(COMPANY)) == []
    assert list(expenses.every(COMPANY)) == []


def test_the_cursor_goes_forward_but_for_another_reach(expenses: Expenses) -> None:
    expenses.take_turn(COMPANY, "a", NOW, NOW + AN_HOUR)
    expenses.read_until(COMPANY, "a", NOW, "these accounts")
    with pytest.raises(Conflict):
        expenses.read_until(COMPANY, "a", NOW - AN_HOUR, "these accounts")
    expenses.read_until(COMPANY, "a", NOW - AN_HOUR, "other accounts")
    assert expenses.progress(COMPANY).cursor == NOW - AN_HOUR


def test_only_who_has_the_turn_moves_the_cursor_and_reports(expenses: Expenses) -> None:
    expenses.take_turn(COMPANY, "a", NOW, NOW + AN_HOUR)
    assert not expenses.take_turn(COMPANY, "b", NOW, NOW + AN_HOUR)
    with pytest.raises(Conflict):
        expenses.read_until(COMPANY, "b", NOW, "")
    expenses.end_run(COMPANY, "b", NOW, {"read": 1}, failures=1)
    assert expenses.progress(COMPANY).report is None
    assert expenses.take_turn(COMPANY, "b", NOW + AN_HOUR, NOW + 2 * AN_HOUR)


def test_a_turn_that_is_left_runs_out_and_one_that_is_ended_is_free(expenses: Expenses) -> None:
    expenses.take_turn(COMPANY, "a", NOW, NOW + AN_HOUR)
    expenses.leave_turn(COMPANY, "a", NOW, {}, failures=1)
    assert not expenses.take_turn(COMPANY, "b", NOW, NOW + AN_HOUR)
    expenses.take_turn(COMPANY, "b", NOW + AN_HOUR, NOW + 2 * AN_HOUR)
    expenses.end_run(COMPANY, "b", NOW + AN_HOUR, {"read": 2, "skipped": {"no project": 1}}, failures=0)
    assert expenses.take_turn(COMPANY, "c", NOW + AN_HOUR, NOW + 2 * AN_HOUR)
    progress = expenses.progress(COMPANY)
    assert (progress.failures, progress.report) == (0, {"read": 2, "skipped": {"no project": 1}})


def test_a_run_that_never_ends_becomes_due_and_one_that_ends_does_not(ledger: Ledger) -> None:
    def due(after: timedelta) -> tuple[CompanyId, ...]:
        return ledger.due.until(NOW + after).expenses

    ledger.expenses.take_turn(COMPANY, "a", NOW, NOW + AN_HOUR)
    assert (due(AN_HOUR), due(AN_HOUR + PATIENCE)) == ((), (COMPANY,))
    ledger.expenses.end_run(COMPANY, "a", NOW, {}, failures=0, again=NOW)
    assert due(timedelta()) == (COMPANY,)
    ledger.expenses.take_turn(COMPANY, "b", NOW, NOW + AN_HOUR)
    ledger.expenses.end_run(COMPANY, "a", NOW, {}, failures=0)  # it has lost its turn
    assert due(AN_HOUR + PATIENCE) == (COMPANY,)
    ledger.expenses.end_run(COMPANY, "b", NOW, {}, failures=0)
    assert due(2 * AN_HOUR) == ()


def test_one_that_waits_for_moment_is_left_to_the_next_hour(ledger: Ledger) -> None:
    ledger.expenses.take_turn(COMPANY, "a", NOW, NOW + AN_HOUR)
    ledger.expenses.leave_turn(COMPANY, "a", NOW, {}, failures=1)
    assert ledger.due.until(NOW + 2 * AN_HOUR).expenses == ()


def test_what_is_not_wanted_any_more_is_not_due(ledger: Ledger) -> None:
    ledger.expenses.is_not_wanted(COMPANY)
    ledger.expenses.take_turn(COMPANY, "a", NOW, NOW + AN_HOUR)
    ledger.expenses.is_not_wanted(COMPANY)
    assert ledger.due.until(NOW + 2 * AN_HOUR).expenses == ()
    assert not ledger.expenses.take_turn(COMPANY, "b", NOW, NOW + AN_HOUR)


def test_what_was_passed_over_is_kept_by_who_has_the_turn(expenses: Expenses) -> None:
    window = Window(NOW, NOW + timedelta(minutes=1))
    minutes = (PassedOver(ReadLedger.LINES, window), PassedOver(ReadLedger.SUPPLIERS, window))
    assert expenses.progress(COMPANY).passed_over == ()
    assert expenses.take_turn(COMPANY, "worker", NOW, NOW + timedelta(minutes=2))
    expenses.pass_over(COMPANY, "worker", minutes)
    with pytest.raises(Conflict):
        expenses.pass_over(COMPANY, "another", ())
    assert expenses.progress(COMPANY).passed_over == minutes
