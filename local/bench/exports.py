"""An export's file beside a bare loop of `csv.writer` over the same rows, and the memory that 100,000 invoices take."""

import csv
import io
import multiprocessing
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from tempfile import TemporaryFile

from local.bench.frame import ROUNDS, Cell, Race, Say, Spread, Table, race, spent
from local.sample import generate
from moment_xledger.adapters.review_file import write_review
from moment_xledger.domain.companies import Language
from moment_xledger.domain.files.settings import FileFormat, FileSettings, Terms
from moment_xledger.domain.files.writing import write
from moment_xledger.domain.moment import Invoice

PAGE, PAGES = 500, 40
MANY_INVOICES = 100_000
NOTE = (
    f"{PAGE * PAGES:,} invoices; the bare loop writes rows that are ready. Both get one page of {PAGE} over and over, "
    "for an export writes what it has just read; thousands lying in memory would measure the memory. By the "
    "processor's time; rounds take turns."
)
VAT_CODES = {code: code for code in ("3", "31", "33", "5")}


def exports(say: Say) -> list[Table]:
    rows: list[list[Cell]] = []
    for file_format in FileFormat:
        say(f"rows in {file_format}")
        count, found = speed(file_format)
        ours, bare = (
            Spread.of(count / each for each in vars(side).values()) for side in (found.ours, found.baseline)
        )
        rows.append(
            [file_format.value, ours, bare, Spread.of(1 / each for each in vars(found.ratio).values())]
        )
    say(f"files of {MANY_INVOICES:,} invoices")
    megabytes: list[list[Cell]] = [
        [f"{MANY_INVOICES:,} invoices, file and review file", megabytes_above_idle(), "≤ 64"]
    ]
    return [
        Table("Export", ("format", "ours, rows/s", "bare csv.writer", "ours ÷ bare (≥ 0.5)"), rows, NOTE),
        Table("Memory of an export", ("what", "MB above idle", "promised"), megabytes),
    ]


def speed(file_format: FileFormat) -> tuple[int, Race]:
    """Rows in the file, and seconds for it: ours, and the bare loop's."""
    settings = FileSettings(format=file_format, ar10_longest_project=25)
    terms = Terms(settings=settings, vat_codes=VAT_CODES, owner_code=99168)
    page = list(_invoices(PAGE))
    file = io.BytesIO()
    rows_in_all = write(page, file, terms).rows * PAGES
    rows = list(csv.reader(io.StringIO(file.getvalue().decode(), newline=""), delimiter=";")) * PAGES
    invoices = page * PAGES
    found = race(
        lambda: spent(lambda: write(invoices, io.BytesIO(), terms)),
        lambda: spent(lambda: _bare(rows)),
        rounds=3 * ROUNDS,
    )
    return rows_in_all, found


def megabytes_above_idle() -> float:
    """Of a process that makes the file and the review file of many invoices, which it is handed one by one."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(_make_files)


def _make_files() -> float:
    terms = Terms(vat_codes=VAT_CODES)
    made = datetime(2026, 11, 22, tzinfo=UTC)
    idle = _peak_megabytes()
    for count in (10, MANY_INVOICES):
        with TemporaryFile() as file, TemporaryFile() as review:
            write(_invoices(count), file, terms)
            write_review(_invoices(count), review, terms, Language.NORWEGIAN, made)
        idle = _peak_megabytes() if count == 10 else idle
    return _peak_megabytes() - idle


def _invoices(count: int) -> Iterator[Invoice]:
    events = generate("nordvik", 40, 60, count, 0, seed=1)
    data = (event["data"] for event in events if event["type"] == "team.moment.invoice.finalized")
    return (Invoice.model_validate(invoice) for invoice in islice(data, count))


def _bare(rows: list[list[str]]) -> None:
    out = io.TextIOWrapper(io.BytesIO(), "utf-8", newline="")
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    for row in rows:
        writer.writerow(row)
    out.flush()


def _peak_megabytes() -> float:
    """The kernel's own figure for this process alone; `getrusage` would begin with that of the process before."""
    (line,) = [
        line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM")
    ]
    return int(line.split()[1]) / 1024
