"""An export's file beside a bare loop of `csv.writer` over the same rows, and the memory that 100,000 invoices take."""

import csv
import io
import multiprocessing
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from statistics import median
from tempfile import TemporaryFile

from local.sample import generate
from moment_xledger.adapters.review_file import write_review
from moment_xledger.domain.companies import Language
from moment_xledger.domain.files.settings import FileFormat, FileSettings, Terms
from moment_xledger.domain.files.writing import write
from moment_xledger.domain.moment import Invoice

INVOICES = 20_000
ROUNDS = 5
MANY_INVOICES = 100_000
VAT_CODES = {code: code for code in ("3", "31", "33", "5")}


def speed(file_format: FileFormat) -> tuple[float, float]:
    """Rows a second, ours and the bare loop's: medians of rounds that take turns."""
    settings = FileSettings(format=file_format, ar10_longest_project=25)
    terms = Terms(settings=settings, vat_codes=VAT_CODES, owner_code=19168)
    invoices = list(_invoices(INVOICES))
    file = io.BytesIO()
    rows_in_all = write(invoices, file, terms).rows
    rows = list(csv.reader(io.StringIO(file.getvalue().decode(), newline=""), delimiter=";"))
    ours, bare = [], []
    for _ in range(ROUNDS):
        ours.append(_seconds(lambda: write(invoices, io.BytesIO(), terms)))
        bare.append(_seconds(lambda: _bare(rows)))
    return rows_in_all / median(ours), rows_in_all / median(bare)


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


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _peak_megabytes() -> float:
    """The kernel's own figure for this process alone; `getrusage` would begin with that of the process before."""
    (line,) = [
        line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM")
    ]
    return int(line.split()[1]) / 1024
