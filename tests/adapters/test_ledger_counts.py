"""How many records are in which state, and how many problems there are: always what a count of all would say."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from local.bench.metering import MeteredTable
from moment_xledger.adapters.ledger import Ledger
from moment_xledger.adapters.ledger.keys import COUNTERS
from moment_xledger.adapters.table import Delete
from moment_xledger.domain.kinds import Kind
from moment_xledger.domain.problems import Code, Problem
from moment_xledger.domain.records import Record, State, as_dirty, as_problem, as_waiting, settle
from tests.adapters.ledgers import ledger as ledger
from tests.builders import COMPANY, a_project
from tests.fakes import FakeTable
from tests.world import START, World

CODES = (Code.REFUSED_BY_XLEDGER, Code.NUMBER_TAKEN, Code.REFERENCE_NOT_FOUND)


def a_record(number: int) -> Record:
    """As it is taken in."""
    world = World()
    world.receive(a_project(f"P-{number}"))
    (record,) = world.ledger.records.dirty(COMPANY.id, Kind.PROJECT, 1)
    return replace(record, rev=0)


def a_problem(number: str, code: Code = Code.REFUSED_BY_XLEDGER) -> Problem:
    return Problem(COMPANY.id, "customer", number, code, first_seen=START, last_seen=START)


def test_each_change_of_state_is_counted_once(ledger: Ledger) -> None:
    record = a_record(1)
    story = [
        (None, record, State.DIRTY),
        (record, as_waiting(record, START), State.WAITING),
        (record, as_problem(record, Code.CUSTOMER_UNKNOWN, START, {}), State.PROBLEM),
        (record, settle(record, record, 7, START), State.SYNCED),
    ]
    before: Record | None = None
    for rev, (_, after, state) in enumerate(story):
        assert ledger.records.save([(before, replace(after, rev=rev))]) == []
        before = replace(after, rev=rev + 1)
        counts = ledger.records.count(COMPANY.id, Kind.PROJECT)
        assert {each: n for each, n in counts.items() if n} == {state: 1}


def test_an_edit_of_a_record_that_waits_for_its_turn_writes_the_record_alone() -> None:
    """It keeps its place among those that wait, its number, and its count."""
    table = MeteredTable()
    ledger = Ledger(table)  # type: ignore[arg-type]
    record = a_record(1)
    ledger.records.save([(None, record)])
    before = table.writes
    ledger.records.save([(replace(record, rev=1), replace(record, rev=1))])
    assert (table.writes - before, len(ledger.records.dirty(COMPANY.id, Kind.PROJECT, 9))) == (1, 1)


def test_a_write_that_is_lost_is_not_counted(ledger: Ledger) -> None:
    record = a_record(1)
    assert ledger.records.save([(None, record)]) == []
    assert ledger.records.save([(None, record)]) == [record]
    assert ledger.records.count(COMPANY.id, Kind.PROJECT)[State.DIRTY] == 1
    assert ledger.records.count(COMPANY.id, Kind.CUSTOMER)[State.DIRTY] == 0


def test_more_than_a_transaction_holds_are_all_counted(ledger: Ledger) -> None:
    ledger.records.save([(None, a_record(number)) for number in range(1, 80)])
    assert ledger.records.count(COMPANY.id, Kind.PROJECT)[State.DIRTY] == 79


def test_the_one_that_waits_longest_is_found(ledger: Ledger) -> None:
    assert ledger.records.oldest_waiting(COMPANY.id, Kind.PROJECT) is None
    one, two, three = a_record(1), a_record(2), a_record(3)
    hours = [START + timedelta(hours=hour) for hour in range(3)]
    ledger.records.save([(None, as_dirty(one, hours[2]))])
    assert ledger.records.oldest_waiting(COMPANY.id, Kind.PROJECT) == hours[2]
    ledger.records.save([(None, as_waiting(two, hours[1])), (None, as_waiting(three, hours[0]))])
    assert ledger.records.oldest_waiting(COMPANY.id, Kind.PROJECT) == hours[0]
    waited = replace(as_waiting(three, hours[0]), rev=1)
    ledger.records.save([(waited, settle(waited, waited, 9, hours[2]))])
    assert ledger.records.oldest_waiting(COMPANY.id, Kind.PROJECT) == hours[1]


def test_a_problem_that_is_met_again_is_one_problem(ledger: Ledger) -> None:
    ledger.problems.report([a_problem("1"), a_problem("1"), a_problem("2")])
    assert ledger.problems.counts(COMPANY.id) == {("customer", Code.REFUSED_BY_XLEDGER): 2}
    ledger.problems.report([a_problem("1", Code.REFERENCE_NOT_FOUND)])
    ledger.problems.close(COMPANY.id, [("customer", "2"), ("customer", "3")])
    assert ledger.problems.counts(COMPANY.id) == {("customer", Code.REFERENCE_NOT_FOUND): 1}
    (left,) = ledger.problems.of(COMPANY.id)
    assert (left.number, left.count) == ("1", 1)


@pytest.mark.parametrize("size", [1, 2, 5, 6])
def test_pages_of_problems_hold_each_once(ledger: Ledger, size: int) -> None:
    ledger.problems.report([a_problem(str(number)) for number in range(5)])
    ledger.problems.report([a_problem("9", Code.NUMBER_TAKEN)])
    seen, after = [], ""
    for _ in range(10):
        page, after = ledger.problems.page(COMPANY.id, size, after, "customer", Code.REFUSED_BY_XLEDGER)
        seen += [problem.number for problem in page]
        if not after:
            break
    assert seen == ["0", "1", "2", "3", "4"]


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("123"), st.sampled_from((*CODES, None)))))
def test_whatever_happens_to_problems_the_counts_are_right(story: list[tuple[str, Code | None]]) -> None:
    problems = Ledger(FakeTable()).problems  # type: ignore[arg-type]
    for number, code in story:
        if code is None:
            problems.close(COMPANY.id, [("customer", number)])
        else:
            problems.report([a_problem(number, code)])
    counted = Counter((each.kind, each.code) for each in problems.of(COMPANY.id))
    assert problems.counts(COMPANY.id) == dict(counted)


def invoices(*numbers: int) -> list[tuple[str, str]]:
    return [("invoice", str(number)) for number in numbers]


@pytest.mark.parametrize(
    ("solved", "codes", "units"),
    [
        pytest.param(invoices(101), tuple(Code), 1, id="one of any code"),
        pytest.param(invoices(101), (Code.KID_INVALID,), 1, id="one of one code"),
        pytest.param(invoices(*range(500)), tuple(Code), COUNTERS, id="five hundred of any code"),
        pytest.param(invoices(*range(5)), (Code.KID_INVALID,), 5, id="some of one code"),
    ],
)
def test_closing_what_is_not_there_asks_no_more_than_the_counters(
    solved: list[tuple[str, str]], codes: tuple[Code, ...], units: int
) -> None:
    table = MeteredTable()
    Ledger(table).problems.close(COMPANY.id, solved, codes)  # type: ignore[arg-type]
    assert (table.reads, table.writes) == (units, 0)


def test_reporting_and_closing_one_problem_read_its_counter_its_reason_and_itself() -> None:
    table = MeteredTable()
    problems = Ledger(table).problems  # type: ignore[arg-type]
    problems.report([a_problem(str(number)) for number in range(100)])
    before = table.reads
    problems.report([a_problem("7", Code.REFERENCE_NOT_FOUND)])
    assert table.reads - before == 3
    problems.close(COMPANY.id, [("customer", "7")])  # the other code is counted there, too
    assert table.reads - before == 3 + 3
    assert len(list(problems.of(COMPANY.id))) == 99


def uncounted(ledger: Ledger, *records: Record) -> None:
    """As they were stored before there were counters."""
    ledger.records.save([(None, record) for record in records])
    for item in list(ledger.records._table.query(f"T#{COMPANY.id}", "COUNT#")):
        ledger.records._table.write(Delete((item["pk"], item["sk"])))


def test_counters_that_are_wrong_are_put_right_once(ledger: Ledger) -> None:
    uncounted(ledger, *(a_record(number) for number in range(1, 20)))
    late = a_record(40)
    ledger.records.save([(None, late)])
    assert ledger.records.count(COMPANY.id, Kind.PROJECT)[State.DIRTY] == 1
    assert [ledger.records.mend_counts(COMPANY.id, Kind.PROJECT) for _ in range(2)] == [True, False]
    assert ledger.records.count(COMPANY.id, Kind.PROJECT)[State.DIRTY] == 20
    assert ledger.records.mend_counts(COMPANY.id, Kind.CUSTOMER) is False


def test_half_a_count_changes_nothing(ledger: Ledger) -> None:
    """Whoever counts must still have the time to tell what the night has shown."""
    uncounted(ledger, *(a_record(number) for number in range(1, 20)))
    times = iter([True] * 10)
    assert ledger.records.mend_counts(COMPANY.id, Kind.PROJECT, lambda: next(times, False)) is False
    assert ledger.records.count(COMPANY.id, Kind.PROJECT)[State.DIRTY] == 0
    assert ledger.records.mend_counts(COMPANY.id, Kind.PROJECT) is True


def test_who_writes_while_all_are_counted_is_not_miscounted(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    uncounted(ledger, a_record(1))
    ledger.records.save([(None, a_record(2))])
    query = ledger.records._table.query

    def query_while_somebody_writes(pk: str, prefix: str = "", **but: Any) -> Any:
        yield from query(pk, prefix, **but)
        if prefix.startswith("ENT#"):
            ledger.records.save([(None, a_record(3))])

    with monkeypatch.context() as patch:
        patch.setattr(ledger.records._table, "query", query_while_somebody_writes)
        assert ledger.records.mend_counts(COMPANY.id, Kind.PROJECT) is False
    assert ledger.records.mend_counts(COMPANY.id, Kind.PROJECT) is True
    assert ledger.records.count(COMPANY.id, Kind.PROJECT)[State.DIRTY] == 3
