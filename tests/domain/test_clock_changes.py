"""What has a day or an hour in it, on both sides of the nights in which Oslo changes its clocks.

`clock_changes.csv` says of each moment what an export claimed then is called, what it takes, which schedules it is due
by and whose digest goes; `clock_changes_invoices.csv` is the file of the invoices dated around them. Whichever Python
runs this, of whatever place: it has to come to these very bytes.
"""

import csv
import io
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from moment_xledger.domain.companies import IssueLimit, Route, Schedule
from moment_xledger.domain.days import OSLO
from moment_xledger.domain.exports import Export, Watermark, next_export
from moment_xledger.domain.files.manifest import Heading, manifest
from moment_xledger.domain.files.series import SeriesReport
from moment_xledger.domain.files.writing import write
from moment_xledger.domain.invoices import Snapshot
from moment_xledger.domain.notices import slot
from moment_xledger.domain.schedules import is_export_day
from tests.builders import a_company
from tests.expected.invoices import an_invoice

EXPECTED = Path(__file__).parent.parent / "expected"
SAID = (EXPECTED / "clock_changes.csv").read_text()
FILE = (EXPECTED / "clock_changes_invoices.csv").read_bytes()
MOMENTS = [line.partition(";")[0] for line in SAID.splitlines()[1:]]
DATES = [f"2026-{day}" for day in ("03-28", "03-29", "03-30", "03-31", "04-01", "10-24", "10-25", "10-26")]
INVOICES = [
    an_invoice(10301 + n, invoiceDate=day, dueDate=str(date.fromisoformat(day) + timedelta(days=14)))
    for n, day in enumerate(DATES)
]
HEADINGS = ("UTC", "in Oslo", "file", "through today", "through last month", "schedules", "digest")


def in_utc(moment: str) -> datetime:
    return datetime.fromisoformat(moment).replace(tzinfo=UTC)


def export_at(now: datetime, limit: IssueLimit = IssueLimit.NONE) -> Export:
    company = a_company(issue_limit=limit, owner_code=99168, vat_codes={"3": "3"})
    return next_export(company, Watermark(last_export=16), len(INVOICES), "schedule", now)


def row(now: datetime) -> list[str]:
    due = [schedule for schedule in Schedule if is_export_day(schedule, now.astimezone(OSLO).date())]
    return [
        f"{now.astimezone(UTC):%Y-%m-%d %H:%M}",
        f"{now.astimezone(OSLO):%Y-%m-%d %H:%M %z}",
        export_at(now).file_name(),
        str(export_at(now, IssueLimit.TODAY).through),
        str(export_at(now, IssueLimit.LAST_MONTH).through),
        " ".join(due),
        slot(now) or "",
    ]


def told() -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=";", lineterminator="\n").writerows(
        [HEADINGS, *(row(in_utc(moment)) for moment in MOMENTS)]
    )
    return out.getvalue()


def file_of(export: Export) -> bytes:
    snapshots = [Snapshot(n, invoice, Route.FILE, export.claimed) for n, invoice in enumerate(INVOICES, 1)]
    out = io.BytesIO()
    write((each.invoice for each in snapshots if export.takes(each)), out, export.terms)
    return out.getvalue()


def test_around_both_nights_all_is_as_the_clocks_in_oslo_have_it() -> None:
    assert len(MOMENTS) == 30
    assert told() == SAID


@pytest.mark.parametrize(
    "place",
    [
        {"TZ": "America/New_York", "LC_ALL": "C", "PYTHONHASHSEED": "1"},
        {"TZ": "Asia/Kathmandu", "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "2"},
    ],
    ids=lambda place: place["TZ"],
)
def test_wherever_the_process_believes_to_be(place: dict[str, str]) -> None:
    script = (
        "import sys; from tests.domain.test_clock_changes import *; sys.stdout.write(told())\n"
        "sys.stdout.write(file_of(export_at(in_utc(MOMENTS[0]))).decode())"
    )
    path = os.pathsep.join(each for each in sys.path if each)
    ran = subprocess.run(  # noqa: S603 this very Python
        [sys.executable, "-c", script],
        env=os.environ | place | {"PYTHONPATH": path, "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        check=True,
    )
    assert ran.stdout == SAID.encode() + FILE


@pytest.mark.parametrize("moment", MOMENTS)
def test_whenever_it_is_made_a_file_has_the_same_bytes(moment: str) -> None:
    assert file_of(export_at(in_utc(moment))) == FILE
    assert file_of(export_at(in_utc(moment).astimezone(OSLO))) == FILE


def test_a_moment_says_the_same_in_whichever_zone_it_is_given() -> None:
    """Also in the hour that comes twice, which Oslo's own clocks do not tell apart."""
    for moment in map(in_utc, MOMENTS):
        assert row(moment.astimezone(OSLO)) == row(moment)
        assert manifest_of(moment.astimezone(OSLO)) == manifest_of(moment)
    first, second = in_utc("2026-10-25 00:30"), in_utc("2026-10-25 01:30")
    assert manifest_of(first) != manifest_of(second)


def manifest_of(moment: datetime) -> str:
    export = export_at(moment)
    totals = write(INVOICES, io.BytesIO(), export.terms)
    heading = Heading(export.number, export.company, export.claimed, export.by, export.file_name())
    return manifest(heading, export.terms, totals, SeriesReport())


@pytest.mark.parametrize("night", [date(2026, 3, 29), date(2026, 10, 25)])
def test_a_month_of_mornings_makes_a_file_a_day_each_with_a_name_of_its_own(night: date) -> None:
    """At 06:00 in Oslo: once a day, however long the day is."""
    mornings = list(sixes(night - timedelta(days=14), days=29))
    names = [export_at(morning).file_name() for morning in mornings]
    assert len(set(names)) == 29
    assert {later - earlier for earlier, later in pairwise(mornings)} == {
        timedelta(hours=24),
        timedelta(hours=23 if night.month == 3 else 25),
    }


def sixes(first: date, days: int) -> Iterator[datetime]:
    for n in range(days):
        yield datetime.combine(first + timedelta(days=n), time(6), OSLO).astimezone(UTC)


@pytest.mark.parametrize(
    ("invoice_date", "too_early", "in_time"),
    [
        ("2026-03-29", "2026-03-28T22:59", "2026-03-28T23:00"),
        ("2026-03-30", "2026-03-29T21:59", "2026-03-29T22:00"),
        ("2026-10-25", "2026-10-24T21:59", "2026-10-24T22:00"),
        ("2026-10-26", "2026-10-25T22:59", "2026-10-25T23:00"),
    ],
)
def test_an_invoice_of_a_day_leaves_from_midnight_in_oslo_on(
    invoice_date: str, too_early: str, in_time: str
) -> None:
    snapshot = Snapshot(1, INVOICES[DATES.index(invoice_date)], Route.FILE, in_utc(too_early))
    assert not export_at(in_utc(too_early), IssueLimit.TODAY).takes(snapshot)
    assert export_at(in_utc(in_time), IssueLimit.TODAY).takes(snapshot)
