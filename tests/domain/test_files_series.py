import json
from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from moment_xledger.domain.files.manifest import Heading, manifest
from moment_xledger.domain.files.series import (
    MOST_LISTED,
    MOST_LOOKED_UP,
    NOT_LOOKED_UP,
    NOT_RECEIVED,
    NOT_TO_BE_TRANSFERRED,
    Gap,
    Late,
    Previous,
    Run,
    SeriesReport,
    check_series,
    held_back,
    left_with,
    runs_after,
    runs_of,
)
from moment_xledger.domain.files.settings import Terms
from moment_xledger.domain.files.writing import Totals
from moment_xledger.domain.moment import InvoiceKind

INVOICE, CREDIT = InvoiceKind.INVOICE, InvoiceKind.CREDIT_NOTE
EXPORT_16 = (Run(1, 1010, frozenset({INVOICE}), 16),)


def nothing_known(_: range) -> dict[int, str]:
    return {}


def invoices(numbers: Iterable[int]) -> list[tuple[int, InvoiceKind]]:
    return [(number, INVOICE) for number in numbers]


def credit_notes(*numbers: int) -> list[tuple[int, InvoiceKind]]:
    return [(number, CREDIT) for number in numbers]


def test_an_unbroken_series_has_no_gaps():
    report = check_series(invoices([1013, 1011, 1012]), EXPORT_16, nothing_known)
    assert (report.gaps, report.late) == ((), ())


def test_a_gap_right_after_the_previous_export_is_seen():
    assert check_series(invoices([1013]), EXPORT_16, nothing_known).gaps == (Gap(1011, 1012, NOT_RECEIVED),)


def test_before_the_first_export_nothing_can_be_missing():
    assert check_series(invoices([1013, 1015]), (), nothing_known).gaps == (Gap(1014, 1014, NOT_RECEIVED),)


def test_neighbours_with_one_reason_are_one_gap():
    reasons = {
        1011: NOT_TO_BE_TRANSFERRED,
        1012: NOT_TO_BE_TRANSFERRED,
        1013: held_back("KID_INVALID"),
        1015: left_with(12),
    }
    assert check_series(invoices([1016]), EXPORT_16, lambda _: reasons).gaps == (
        Gap(1011, 1012, "not to be transferred"),
        Gap(1013, 1013, "held back: KID_INVALID"),
        Gap(1014, 1014, "not received"),
        Gap(1015, 1015, "left with export 12"),
    )


def test_late_numbers_are_named_and_leave_no_gap():
    report = check_series(invoices([1007, 1003, 1002, 1011]), EXPORT_16, nothing_known)
    assert report.gaps == ()
    assert [str(late) for late in report.late] == [
        "1002-1003 belong before export 16",
        "1007 belongs before export 16",
    ]


def test_a_jump_of_a_million_is_one_line_and_costs_no_look_ups():
    asked: list[range] = []

    def reasons(numbers: range) -> dict[int, str]:
        asked.append(numbers)
        return {}

    report = check_series(invoices([1011, 1_000_000, 1_000_002]), EXPORT_16, reasons)

    assert report.gaps == (Gap(1012, 999_999, NOT_LOOKED_UP), Gap(1_000_001, 1_000_001, NOT_RECEIVED))
    assert asked == [range(1_000_001, 1_000_002)]


def test_a_torn_series_is_listed_up_to_a_limit_and_counted():
    report = check_series(invoices(range(0, 20_000, 2)), (), nothing_known)
    assert len(report.gaps) == MOST_LISTED
    assert report.more_gaps == 9_999 - MOST_LISTED


@given(st.sets(st.integers(1, 3_000), min_size=1), st.integers(1, 3_000))
def test_every_number_is_present_missing_or_late_and_never_two_of_them(numbers, last):
    report = check_series(invoices(numbers), (Run(1, last, frozenset({INVOICE}), 1),), nothing_known)
    if report.more_gaps or report.more_late:
        return
    missing = {number for gap in report.gaps for number in range(gap.first, gap.last + 1)}
    late = {number for run in report.late for number in range(run.first, run.last + 1)}

    assert missing == set(range(last + 1, max(numbers))) - numbers
    assert late == {number for number in numbers if number <= last}


@given(st.sets(st.integers(1, 10**6), min_size=1))
def test_never_more_look_ups_than_a_thousand(numbers):
    looked_up = 0

    def reasons(hole: range) -> dict[int, str]:
        nonlocal looked_up
        looked_up += len(hole)
        return {}

    check_series(invoices(numbers), (), reasons)
    assert looked_up <= MOST_LOOKED_UP


def exported(*exports: list[tuple[int, InvoiceKind]], before: tuple[Run, ...] = ()) -> list[SeriesReport]:
    """One export after the other, and what each says of the series."""
    reports = []
    for export, numbers in enumerate(exports, start=1):
        reports.append(check_series(numbers, before, nothing_known))
        before = runs_after(before, numbers, export)
    return reports


def gaps(report: SeriesReport) -> list[tuple[int, int]]:
    return [(gap.first, gap.last) for gap in report.gaps]


def test_credit_notes_with_numbers_of_their_own_hide_no_gap_and_make_nothing_late():
    first, second, third = exported(
        [*invoices([10001, 10002]), *credit_notes(90001)],
        invoices([10003, 10005]),
        [*invoices([10004, 10007]), *credit_notes(90002, 90004)],
    )
    assert first == SeriesReport()
    assert (gaps(second), second.late) == ([(10004, 10004)], ())
    assert gaps(third) == [(10006, 10006), (90003, 90003)]
    assert [str(late) for late in third.late] == ["10004 belongs before export 2"]


def test_credit_notes_among_the_invoices_are_one_series_with_them():
    first, second, third = exported(
        [*invoices([1, 2, 4, 5]), *credit_notes(3)],
        [*credit_notes(6), *invoices([8])],
        [*invoices([9]), *credit_notes(11)],
    )
    assert [gaps(report) for report in (first, second, third)] == [[], [(7, 7)], [(10, 10)]]
    assert first.late == second.late == third.late == ()


def test_a_gap_where_invoices_and_credit_notes_nearly_meet_is_one_of_the_series():
    first, second = exported([*invoices(range(1, 6)), *credit_notes(7)], invoices([9]))
    assert (gaps(first), gaps(second)) == ([(6, 6)], [(8, 8)])


@given(st.randoms(use_true_random=False))
def test_in_one_series_of_both_kinds_no_gap_goes_untold_in_whatever_order_they_come(random):
    numbers = [(number, random.choice([INVOICE, INVOICE, CREDIT])) for number in range(4001, 4041)]
    order = [each for each in numbers if random.random() > 0.2] or numbers[:1]
    random.shuffle(order)
    runs: tuple[Run, ...] = ()
    told: list[int] = []
    while order:
        some, order = order[:5], order[5:]
        gaps = check_series(some, runs, nothing_known).gaps
        told += [each for gap in gaps for each in range(gap.first, gap.last + 1)]
        runs = runs_after(runs, some, 1)
    missing = [number for below, above in pairwise(runs) for number in range(below.last + 1, above.first)]
    assert sorted(set(missing) - set(told)) == []


def test_credit_notes_that_begin_close_above_the_invoices_are_a_series_of_their_own():
    first, second = exported([*invoices([1, 2]), *credit_notes(501, 502)], invoices([3, 5]))
    assert first == SeriesReport()
    assert (gaps(second), second.late) == ([(4, 4)], ())


def test_a_series_of_credit_notes_below_the_invoices_is_one_of_its_own():
    first, second = exported(
        [*invoices([70001]), *credit_notes(101)], [*invoices([70003]), *credit_notes(103)]
    )
    assert (first, gaps(second)) == (SeriesReport(), [(102, 102), (70002, 70002)])


def test_one_number_far_ahead_hides_no_gap_below_it():
    first, second = exported(invoices([11, 12, 9999]), invoices([13, 15]))
    assert gaps(first) == [(13, 9998)]
    assert (gaps(second), second.late) == ([(14, 14)], ())


def test_a_gap_above_a_number_that_comes_below_the_first_export_is_seen():
    before = (Run(2040, 2051, frozenset({INVOICE}), 1),)
    report = check_series(invoices([2036]), before, nothing_known)
    assert report.gaps == (Gap(2037, 2039, NOT_RECEIVED),)
    after = runs_after(before, invoices([2036]), 2)
    assert check_series(invoices([2052]), after, nothing_known).gaps == ()


@given(st.sets(st.integers(3001, 3040), min_size=1).flatmap(lambda left: st.permutations(sorted(left))))
def test_in_whatever_order_they_come_each_gap_is_told_once(order):
    runs: tuple[Run, ...] = ()
    told: list[int] = []
    for export, number in enumerate(order, 1):
        gaps = check_series(invoices([number]), runs, nothing_known).gaps
        told += [each for gap in gaps for each in range(gap.first, gap.last + 1)]
        runs = runs_after(runs, invoices([number]), export)
    assert len(told) == len(set(told))
    assert set(range(min(order), max(order))) - set(order) <= set(told)


def test_a_company_may_give_its_credit_notes_a_series_of_their_own_later():
    *_, switched, after = exported(
        [*invoices([1, 3]), *credit_notes(2)],
        [*invoices([4]), *credit_notes(80001)],
        [*invoices([5, 7]), *credit_notes(80003)],
    )
    assert switched.gaps == (Gap(5, 80000, NOT_LOOKED_UP),)
    assert gaps(after) == [(6, 6), (80002, 80002)]


@given(st.permutations(range(1, 13)), st.integers(1, 6))
def test_in_whatever_order_they_come_a_whole_series_ends_whole(order, size):
    runs: tuple[Run, ...] = ()
    for at in range(0, 12, size):
        some = [(number, CREDIT if number % 4 == 0 else INVOICE) for number in order[at : at + size]]
        runs = runs_after(runs, some, at)
    assert [(run.first, run.last, len(run.kinds)) for run in runs] == [(1, 12, 2)]


def test_a_torn_series_is_remembered_up_to_a_limit():
    runs = runs_after((), invoices(range(1, 1_001, 2)), 1)
    assert (len(runs), runs[0].first, runs[-1].last) == (100, 1, 999)
    assert gaps(check_series(invoices([1_003]), runs, nothing_known)) == [(1_000, 1_002)]


def test_what_an_older_release_remembered_is_carried_on():
    before = runs_of(Previous(export=3, last=90_001))
    (report,) = exported([*invoices([10_003, 10_005]), *credit_notes(90_003)], before=before)
    assert gaps(report) == [(10_004, 10_004), (90_002, 90_002)]
    (report,) = exported(invoices([90_000, 90_002]), before=before)
    assert (gaps(report), [str(late) for late in report.late]) == ([], ["90000 belongs before export 3"])


def test_the_manifest_says_what_the_file_holds_in_one_order():
    heading = Heading(
        export=17,
        company="nordvik",
        created=datetime(2026, 11, 22, 5, 0, 7, 123456, tzinfo=UTC),
        by="schedule",
        file="moment-xledger-501-20261122-000017-standard.csv",
    )
    sums = {"NOK": {"5": Decimal("4500"), "3": Decimal("125000.00")}}
    totals = Totals(sha256="ab12", rows=2, invoices=1, first=1012, last=1012, sums=sums)
    series = check_series(invoices([1007, 1012]), EXPORT_16, lambda _: {1011: held_back("KID_INVALID")})

    made = manifest(heading, Terms(vat_codes={"3": "3", "5": "5"}), totals, series)

    assert json.loads(made) == {
        "export": 17,
        "company": "nordvik",
        "created": "2026-11-22T05:00:07Z",
        "by": "schedule",
        "file": "moment-xledger-501-20261122-000017-standard.csv",
        "repeats": None,
        "format": "standard",
        "renderer": 1,
        "rows": 2,
        "invoices": 1,
        "firstNumber": 1012,
        "lastNumber": 1012,
        "sha256": "ab12",
        "sumsByVatCode": {"NOK": {"3": "125000.00", "5": "4500.00"}},
        "totals": {"NOK": "129500.00"},
        "gaps": [{"first": 1011, "last": 1011, "reason": "held back: KID_INVALID"}],
        "gapsNotListed": 0,
        "late": ["1007 belongs before export 16"],
        "lateNotListed": 0,
    }
    assert list(json.loads(made)) == sorted(json.loads(made))
    assert Late(1007, 1007, 16) in series.late
