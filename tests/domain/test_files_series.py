import json
from datetime import UTC, datetime
from decimal import Decimal

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
    check_series,
    held_back,
    left_with,
)
from moment_xledger.domain.files.settings import Terms
from moment_xledger.domain.files.writing import Totals

EXPORT_16 = Previous(export=16, last=1010)


def nothing_known(_: range) -> dict[int, str]:
    return {}


def test_an_unbroken_series_has_no_gaps():
    report = check_series([1013, 1011, 1012], EXPORT_16, nothing_known)
    assert (report.gaps, report.late) == ((), ())


def test_a_gap_right_after_the_previous_export_is_seen():
    assert check_series([1013], EXPORT_16, nothing_known).gaps == (Gap(1011, 1012, NOT_RECEIVED),)


def test_before_the_first_export_nothing_can_be_missing():
    assert check_series([1013, 1015], None, nothing_known).gaps == (Gap(1014, 1014, NOT_RECEIVED),)


def test_neighbours_with_one_reason_are_one_gap():
    reasons = {
        1011: NOT_TO_BE_TRANSFERRED,
        1012: NOT_TO_BE_TRANSFERRED,
        1013: held_back("KID_INVALID"),
        1015: left_with(12),
    }
    assert check_series([1016], EXPORT_16, lambda _: reasons).gaps == (
        Gap(1011, 1012, "not to be transferred"),
        Gap(1013, 1013, "held back: KID_INVALID"),
        Gap(1014, 1014, "not received"),
        Gap(1015, 1015, "left with export 12"),
    )


def test_late_numbers_are_named_and_leave_no_gap():
    report = check_series([1007, 1003, 1002, 1011], EXPORT_16, nothing_known)
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

    report = check_series([1011, 1_000_000, 1_000_002], EXPORT_16, reasons)

    assert report.gaps == (Gap(1012, 999_999, NOT_LOOKED_UP), Gap(1_000_001, 1_000_001, NOT_RECEIVED))
    assert asked == [range(1_000_001, 1_000_002)]


def test_a_torn_series_is_listed_up_to_a_limit_and_counted():
    report = check_series(range(0, 20_000, 2), None, nothing_known)
    assert len(report.gaps) == MOST_LISTED
    assert report.more_gaps == 9_999 - MOST_LISTED


@given(st.sets(st.integers(1, 3_000), min_size=1), st.integers(1, 3_000))
def test_every_number_is_present_missing_or_late_and_never_two_of_them(numbers, last):
    report = check_series(numbers, Previous(1, last), nothing_known)
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

    check_series(numbers, None, reasons)
    assert looked_up <= MOST_LOOKED_UP


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
    series = check_series([1007, 1012], EXPORT_16, lambda _: {1011: held_back("KID_INVALID")})

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
