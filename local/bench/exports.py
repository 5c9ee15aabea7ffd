"""An export's file beside a bare loop of `csv.writer` over the same rows, and what an export takes as it grows."""

import csv
import io
import os
from collections.abc import Mapping

from local.bench.frame import ROUNDS, Cell, Race, Say, Spread, Table, race, spent
from local.bench.large_exports import VAT_CODES, cost_of_export, invoices
from moment_xledger.domain.files.settings import FileFormat, FileSettings, Terms
from moment_xledger.domain.files.writing import write

PAGE, PAGES = 500, 40
MORE = "EXPORT_OF"
NOTE = (
    f"{PAGE * PAGES:,} invoices; the bare loop writes rows that are ready. Both get one page of {PAGE} over and over, "
    "for an export writes what it has just read; thousands lying in memory would measure the memory. By the "
    "processor's time; rounds take turns."
)
LARGE = (
    "invoices",
    "rows",
    "times read",
    "processor, s",
    "by the clock, min",
    "calls of the function",
    "calls of DynamoDB",
    "read units",
    "write units",
    "MB above idle (≤ 64)",
    "MB of disk",
    "MB of file",
)
LARGE_NOTE = (
    "File, review file and manifest, by the worker that runs on AWS; each invoice is made when it is read, and boto3's "
    "own client carries it. By the clock is reckoned: the processor's seconds, 5 ms for each call of DynamoDB, and a "
    "thousand write units a second, which is what one partition takes for long; a call of the function ends after a "
    "quarter of an hour, and the sweep starts the next within a minute. `EXPORT_OF=1000000` measures a larger one too."
)


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
    large: list[list[Cell]] = []
    for count in sizes(os.environ):
        say(f"an export of {count:,}")
        large.append(list(vars(cost_of_export(count)).values()))
    return [
        Table("Export", ("format", "ours, rows/s", "bare csv.writer", "ours ÷ bare (≥ 0.5)"), rows, NOTE),
        Table("Large exports", LARGE, large, LARGE_NOTE),
    ]


def sizes(environment: Mapping[str, str]) -> list[int]:
    """Up to a hundred thousand, which take a minute; `EXPORT_OF` may name one more."""
    return [1_000, 10_000, 100_000] + ([int(environment[MORE])] if MORE in environment else [])


def speed(file_format: FileFormat) -> tuple[int, Race]:
    """Rows in the file, and seconds for it: ours, and the bare loop's."""
    settings = FileSettings(format=file_format, ar10_longest_project=25)
    terms = Terms(settings=settings, vat_codes=VAT_CODES, owner_code=99168)
    page = list(invoices(PAGE))
    file = io.BytesIO()
    rows_in_all = write(page, file, terms).rows * PAGES
    rows = list(csv.reader(io.StringIO(file.getvalue().decode(), newline=""), delimiter=";")) * PAGES
    many = page * PAGES
    found = race(
        lambda: spent(lambda: write(many, io.BytesIO(), terms)),
        lambda: spent(lambda: _bare(rows)),
        rounds=3 * ROUNDS,
    )
    return rows_in_all, found


def _bare(rows: list[list[str]]) -> None:
    out = io.TextIOWrapper(io.BytesIO(), "utf-8", newline="")
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    for row in rows:
        writer.writerow(row)
    out.flush()
