"""Exports: what is in them, when, and that whoever asks, however often, gets each invoice in exactly one."""

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from openpyxl import load_workbook

from moment_xledger.domain.absences import in_words
from moment_xledger.domain.companies import IssueLimit, Language, Schedule
from moment_xledger.domain.errors import Conflict, FileDiffers
from moment_xledger.domain.exports import Export, Status
from moment_xledger.domain.files.series import Gap, Late, SeriesReport, held_back
from moment_xledger.domain.preflight import STOPS_AN_INVOICE
from moment_xledger.domain.problems import Code
from moment_xledger.domain.resolutions import Way, way_of
from moment_xledger.domain.schedules import is_export_day, latest_invoice_date
from tests.builders import an_invoice
from tests.fakes import FakeTable
from tests.flows.office import COMPANY, MORNING, Office

NINE_DIGITS = 123_456_789


def series_of(export: Export) -> SeriesReport:
    assert export.series is not None
    return export.series


def manifest_of(office: Office, export: Export) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(office.files.held[export.folder + export.file_name(".json")])
    return content


def test_everything_since_the_last_export_goes_into_one_file_by_number() -> None:
    office = Office()
    office.arrive(an_invoice(3), an_invoice(1))
    first = office.made()
    office.arrive(an_invoice(2), an_invoice(4))
    second = office.made()
    assert (office.numbers(first), office.numbers(second)) == ([1, 3], [2, 4])
    assert (second.status, second.invoices, second.first, second.last) == (Status.READY, 2, 2, 4)
    assert second.totals == {"NOK": Decimal("250000.00")}


def test_nothing_new_makes_no_export() -> None:
    office = Office()
    assert office.export() is None
    office.arrive(an_invoice(1))
    office.made()
    assert office.export() is None
    assert [export.number for export in office.ledger.exports.newest_first(COMPANY)] == [1]


def test_the_same_request_gets_the_same_export_for_ever() -> None:
    office = Office()
    office.arrive(an_invoice(1))
    first = office.made("click")
    office.arrive(an_invoice(2))
    assert office.made("click") == first
    assert office.numbers(office.made("another click")) == [2]


def test_who_asks_while_an_export_is_open_joins_it() -> None:
    office = Office(Stopping())
    office.arrive(an_invoice(1))
    with pytest.raises(Stopped):
        office.export("Kari's", "Kari")
    office.arrive(an_invoice(2))
    joined = office.made("Ola's", "Ola")
    assert (joined.number, joined.by, office.numbers(joined)) == (1, "Kari", [1])
    assert office.made("Kari's") == joined
    assert office.numbers(office.made()) == [2]


def test_new_invoices_do_not_wait_behind_an_open_repeat_of_old_ones() -> None:
    office = Office(Stopping(dies=False))
    office.arrive(an_invoice(1))
    office.made()
    office.table.dies = True
    with pytest.raises(Stopped):
        office.export("again", repeats=1)
    office.arrive(an_invoice(2))
    assert office.numbers(office.made("daily")) == [2]


def test_a_repeat_is_one_also_where_an_export_is_open() -> None:
    office = Office(Stopping(dies=False))
    office.arrive(an_invoice(1))
    office.made()
    office.arrive(an_invoice(2))
    office.table.dies = True
    with pytest.raises(Stopped):
        office.export("daily")
    again = office.made("again", repeats=1)
    assert (again.repeats, office.numbers(again)) == (1, [1])


def test_a_job_that_comes_twice_at_once_makes_one_export() -> None:
    """Also where the second one looks after the first is ready."""
    office = Office(table := Meeting(dies=False))
    office.arrive(an_invoice(1))
    office.made()
    table.meanwhile = lambda: office.made("again", repeats=1)
    assert office.made("again", repeats=1).number == 2
    assert next(office.ledger.exports.newest_first(COMPANY)).number == 2


def test_who_loses_the_race_for_a_claim_joins_the_winner() -> None:
    table = Meeting()
    office = Office(table)
    office.arrive(an_invoice(1))

    def win_the_claim_and_stop() -> None:
        with pytest.raises(Stopped):
            office.export("winner", "Ola")

    table.meanwhile = win_the_claim_and_stop
    joined = office.made("loser", "Kari")
    assert (joined.number, joined.by, joined.invoices) == (1, "Ola", 1)


def test_who_loses_it_to_one_that_is_ready_by_then_hears_that_nothing_is_new() -> None:
    table = Meeting(dies=False)
    office = Office(table)
    office.arrive(an_invoice(1))
    table.meanwhile = lambda: office.made("winner")
    assert office.export("loser") is None


def test_the_sweeper_takes_up_what_was_left_and_begins_nothing_itself() -> None:
    office = Office(Stopping())
    office.arrive(an_invoice(1))
    with pytest.raises(Stopped):
        office.export()
    office.arrive(an_invoice(2))
    office.sweep()
    office.sweep()
    exports = list(office.ledger.exports.newest_first(COMPANY))
    assert [(export.number, office.numbers(export)) for export in exports] == [(1, [1])]


def test_what_is_not_to_be_transferred_stays() -> None:
    office = Office()
    office.arrive(an_invoice(1), an_invoice(2, doNotTransfer=True), an_invoice(3))
    export = office.made()
    assert office.numbers(export) == [1, 3]
    assert series_of(export).gaps == (Gap(2, 2, "not to be transferred"),)
    assert office.export() is None
    assert office.ledger.exports.watermark(COMPANY).settled == 3


# --- the issue-date limit -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("limit", "now", "through"),
    [
        pytest.param("none", "2026-11-22T10:00", None, id="no limit"),
        pytest.param("today", "2026-11-22T10:00", "2026-11-22", id="through today"),
        pytest.param("today", "2026-11-22T23:30", "2026-11-23", id="which in Oslo may be tomorrow"),
        pytest.param("last_month", "2026-11-22T10:00", "2026-10-31", id="through last month"),
        pytest.param("last_month", "2026-11-30T22:59", "2026-10-31", id="a minute before the month turns"),
        pytest.param("last_month", "2026-11-30T23:00", "2026-11-30", id="as it turns in Oslo, in winter"),
        pytest.param("last_month", "2026-06-30T22:00", "2026-06-30", id="as it turns in Oslo, in summer"),
        pytest.param("last_month", "2027-01-01T00:00", "2026-12-31", id="over the new year"),
        pytest.param("last_month", "2028-03-05T10:00", "2028-02-29", id="in a leap year"),
    ],
)
def test_up_to_which_invoice_date_an_export_takes(limit: str, now: str, through: str | None) -> None:
    office = Office(issue_limit=limit, invoice_months_back=240)
    office.now = datetime.fromisoformat(now).replace(tzinfo=UTC)
    office.arrive(an_invoice(1, invoiceDate="2020-01-01", dueDate="2020-01-15"))
    assert office.made().through == (date.fromisoformat(through) if through else None)


def test_what_is_dated_later_waits_for_its_month_and_leaves_a_gap_that_says_so() -> None:
    office = Office(issue_limit="last_month")
    november: Any = {"invoiceDate": "2026-11-05", "dueDate": "2026-11-20"}
    office.arrive(an_invoice(1), an_invoice(2, **november), an_invoice(3))
    export = office.made()
    assert office.numbers(export) == [1, 3]
    assert series_of(export).gaps == (Gap(2, 2, "dated after the limit of this export"),)
    assert office.export() is None

    office.now = datetime(2026, 12, 1, 5, tzinfo=UTC)
    assert office.numbers(office.made()) == [2]


def test_the_limit_is_as_moment_has_it() -> None:
    assert latest_invoice_date(IssueLimit.LAST_MONTH, date(2026, 3, 31)) == date(2026, 2, 28)


# --- what a format cannot hold --------------------------------------------------------------------------


def test_an_invoice_that_does_not_fit_is_reported_and_the_rest_is_whole() -> None:
    office = Office(file={"format": "ar10", "ar10_longest_project": 10})
    office.arrive(an_invoice(1), an_invoice(NINE_DIGITS), an_invoice(2))
    export = office.made()
    assert (export.invoices, office.problems()) == (2, [(str(NINE_DIGITS), "FORMAT_CANNOT_HOLD")])
    assert office.export() is None


def test_and_leaves_with_a_later_export_once_the_format_can_hold_it() -> None:
    office = Office(file={"format": "ar10", "ar10_longest_project": 10})
    office.arrive(an_invoice(1), an_invoice(NINE_DIGITS), an_invoice(2))
    office.made()
    office.set(file={"format": "standard"})
    assert office.numbers(office.made()) == [NINE_DIGITS]
    assert office.problems() == []
    assert office.ledger.exports.watermark(COMPANY).settled == 3


# --- what is missing ------------------------------------------------------------------------------------


def test_each_number_that_is_missing_has_its_reason() -> None:
    office = Office(file={"format": "ar10", "ar10_longest_project": 10})
    office.arrive(an_invoice(1))
    office.made()
    office.set(route="off")
    office.arrive(an_invoice(3))
    office.set(route="file")
    office.arrive(an_invoice(4, kid="1"), an_invoice(5, doNotTransfer=True))
    office.arrive(an_invoice(6, projectNumber="P-12345678901"), an_invoice(9))
    assert series_of(office.made()).gaps == (
        Gap(2, 2, "not received"),
        Gap(3, 3, "leaves another way: off"),
        Gap(4, 4, "held back: KID_INVALID"),
        Gap(5, 5, "not to be transferred"),
        Gap(6, 6, "held back: FORMAT_CANNOT_HOLD"),
        Gap(7, 8, "not received"),
    )


def test_a_number_that_comes_late_is_said_to_be_late_and_leaves_no_gap() -> None:
    office = Office()
    office.arrive(an_invoice(1), an_invoice(3))
    office.made()
    office.arrive(an_invoice(2))
    export = office.made()
    assert series_of(export) == SeriesReport(late=(Late(2, 2, belongs_before=1),))
    office.arrive(an_invoice(4))
    assert series_of(office.made()) == SeriesReport()


def test_credit_notes_with_a_series_of_their_own_hide_no_gap_between_invoices() -> None:
    office = Office()
    line = {"vatCode": "3", "net": "-10.00", "vat": "-2.50", "gross": "-12.50"}
    note: dict[str, Any] = {
        "kind": "CREDIT_NOTE",
        "creditedInvoiceNumber": 2001,
        "total": "-12.50",
        "vatLines": [line],
    }
    office.arrive(an_invoice(2001), an_invoice(2002), an_invoice(70001, **note))
    assert series_of(office.made()) == SeriesReport()
    office.arrive(an_invoice(2003), an_invoice(2006, kid="7"), an_invoice(2007), an_invoice(70004, **note))
    assert series_of(office.made()).gaps == (
        Gap(2004, 2005, "not received"),
        Gap(2006, 2006, "held back: KID_INVALID"),
        Gap(70002, 70003, "not received"),
    )


def test_a_late_one_does_not_move_back_what_was_highest() -> None:
    office = Office()
    for numbers in ([9], [2], [10]):
        office.arrive(*map(an_invoice, numbers))
        last = office.made()
    assert series_of(last).gaps == ()


@pytest.mark.parametrize("code", [code for code in Code if way_of(code) is Way.OFFER] + [*STOPS_AN_INVOICE])
def test_why_an_invoice_is_held_back_is_said_in_words_wherever_it_is_said(code: Code) -> None:
    said = {in_words(held_back(code), language) for language in Language}
    assert len(said) == len(Language)
    assert not any(code in each for each in said)


# --- the files ------------------------------------------------------------------------------------------


def test_an_export_is_three_files_beside_each_other() -> None:
    office = Office()
    office.arrive(an_invoice(1), an_invoice(3))
    export = office.made(by="Kari")
    names = sorted(name.rpartition(".")[2] for name in office.files.held if name.startswith(export.folder))
    assert names == ["csv", "json", "xlsx"]
    manifest = manifest_of(office, export)
    assert (manifest["export"], manifest["by"], manifest["invoices"]) == (1, "Kari", 2)
    assert manifest["sha256"] == export.sha256 == office.files.sha256(export.folder + export.file_name())
    assert manifest["gaps"] == [{"first": 2, "last": 2, "reason": "not received"}]
    sheet = load_workbook(BytesIO(office.files.held[export.folder + export.file_name(".xlsx")])).active
    assert sheet is not None
    assert [sheet.cell(row, 1).value for row in (2, 3)] == ["1", "3"]


def test_a_file_that_is_not_what_it_should_be_is_never_called_ready() -> None:
    office = Office()
    office.arrive(an_invoice(1))
    name = "exports/nordvik/000001/moment-xledger-nordvik-20261122-000001-standard.csv"
    office.files.held[name] = b"something else"
    with pytest.raises(FileDiffers):
        office.export()
    assert next(office.ledger.exports.newest_first(COMPANY)).status is Status.FROZEN


def test_a_spreadsheet_that_an_older_version_of_us_wrote_does_not_stand_in_the_way() -> None:
    office = Office(Stopping())
    office.arrive(an_invoice(1))
    with pytest.raises(Stopped):
        office.export()
    name = next(name for name in office.files.held if name.endswith(".xlsx"))
    office.files.held[name] = b"as it was written then"
    office.sweep()
    assert next(office.ledger.exports.newest_first(COMPANY)).status is Status.READY


# --- export again ---------------------------------------------------------------------------------------


def test_export_again_is_a_new_export_that_names_the_old_one_and_takes_nothing_from_it() -> None:
    office = Office()
    office.arrive(an_invoice(1), an_invoice(2))
    first = office.made()
    office.arrive(an_invoice(3))
    again = office.made(repeats=1)
    assert (again.number, again.repeats, office.numbers(again)) == (2, 1, [1, 2])
    assert again.sha256 == first.sha256
    assert manifest_of(office, again)["repeats"] == 1
    assert office.numbers(office.made()) == [3]


def test_a_repeat_of_a_repeat_is_one_of_the_first() -> None:
    office = Office()
    office.arrive(an_invoice(1))
    office.made()
    office.made(repeats=1)
    assert (office.made(repeats=2).repeats, office.numbers(office.made(repeats=2))) == (1, [1])


def test_a_repeat_may_be_in_another_format_and_leaves_out_what_that_cannot_hold() -> None:
    office = Office()
    office.arrive(an_invoice(1), an_invoice(NINE_DIGITS))
    office.made()
    office.set(file={"format": "ar10", "ar10_longest_project": 10})
    again = office.made(repeats=1)
    assert (again.invoices, office.problems()) == (1, [(str(NINE_DIGITS), "FORMAT_CANNOT_HOLD")])
    assert (again.rows, again.file_name()[-8:]) == (2, "ar10.csv")


def test_a_repeat_of_which_the_format_holds_nothing_is_none() -> None:
    office = Office()
    office.arrive(an_invoice(NINE_DIGITS))
    office.made()
    office.set(file={"format": "ar10", "ar10_longest_project": 10})
    assert office.export(repeats=1) is None


def test_a_repeat_says_of_the_numbers_what_the_first_said() -> None:
    office = Office()
    office.arrive(an_invoice(1), an_invoice(3))
    first = office.made()
    office.arrive(an_invoice(2), an_invoice(4))
    office.made()
    assert office.made(repeats=1).series == first.series
    office.arrive(an_invoice(5))
    assert series_of(office.made()) == SeriesReport()


# --- when -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("schedule", "day", "is_one"),
    [
        pytest.param("daily", "2026-11-22", True, id="daily, also on Sundays"),
        pytest.param("weekly", "2026-11-23", True, id="weekly on Mondays"),
        pytest.param("weekly", "2026-11-22", False, id="not on other days"),
        pytest.param("monthly", "2026-11-01", True, id="monthly on the first, a Sunday or not"),
        pytest.param("monthly", "2026-11-30", False, id="not on the last"),
        pytest.param("by_hand", "2026-11-01", False, id="by hand never"),
    ],
)
def test_on_which_days_an_export_is_made(schedule: str, day: str, is_one: bool) -> None:
    assert is_export_day(Schedule(schedule), date.fromisoformat(day)) is is_one


# --- those who stop or meet others ----------------------------------------------------------------------


class Stopped(Exception):
    pass


class Stopping(FakeTable):
    """Dies once, just before an export becomes ready."""

    def __init__(self, *, dies: bool = True) -> None:
        super().__init__()
        self.dies = dies

    def write(self, *actions: Any) -> None:
        is_last = any(getattr(action, "attributes", {}).get("status") == "ready" for action in actions)
        if is_last and self.dies:
            self.dies = False
            raise Stopped
        super().write(*actions)


class Meeting(Stopping):
    """Just before a claim, somebody else does something."""

    def __init__(self, *, dies: bool = True) -> None:
        super().__init__(dies=dies)
        self.meanwhile: Any = None

    def write(self, *actions: Any) -> None:
        is_claim = any(getattr(action, "attributes", {}).get("status") == "frozen" for action in actions)
        if is_claim and self.meanwhile:
            meanwhile, self.meanwhile = self.meanwhile, None
            meanwhile()
        super().write(*actions)


def test_two_who_finish_at_once_are_one_export() -> None:
    """The slower one finds it ready, with the same file."""
    office = Office(Stopping())
    office.arrive(an_invoice(1))
    with pytest.raises(Stopped):
        office.export("slow")
    frozen = next(office.ledger.exports.newest_first(COMPANY))
    done = office.made("quick")
    office.ledger.exports.finish(done, 1, MORNING + timedelta(seconds=1))
    assert office.ledger.exports.watermark(COMPANY).last_at == MORNING
    with pytest.raises(Conflict):
        office.ledger.exports.mark_members(frozen, [1])
