"""A year of 100,000 posted lines: how long it takes to read beside a bare `iterparse`, and how much memory to import.

The answers are the simulated Xledger's, one file for each window, made beforehand.
"""

import multiprocessing
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, cast

from lxml import etree

from local.bench.frame import Cell, Say, Table, race, spent
from local.twins.table import FakeTable
from local.xledger.soap.envelope import SOAP_12
from local.xledger.soap.ledger.posted import of_general_ledger, of_suppliers
from local.xledger.soap.ledger.shapes import result_envelope
from local.xledger.soap.ledger.year import Year
from local.xledger.soap.plan import LedgerPlan, SoapPlan
from local.xledger.times import CENTRAL_EUROPE
from moment_xledger.adapters.ledger import Ledger
from moment_xledger.adapters.xledger_soap.exports import read_rows
from moment_xledger.adapters.xledger_soap.posting import Answer
from moment_xledger.domain.account_ranges import AccountRanges
from moment_xledger.domain.companies import Company, CompanyId, TokenId
from moment_xledger.domain.expense_runs import Window, windows
from moment_xledger.domain.expenses import Expense, InMoment, ProjectState, Terms, out_of_reach
from moment_xledger.domain.posted_lines import BadRow, Row
from moment_xledger.flows.expense_run import Importer
from moment_xledger.flows.import_expenses import import_expenses

LINES = 100_000
ENDS = date(2026, 11, 20)
NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
COMPANY = Company(
    id=CompanyId("nordvik"),
    name="Nordvik Arkitekter AS",
    token_id=TokenId("fingerprint"),
    owner_code=99168,
    import_expenses=True,
    expense_accounts="4000-4999",
    expenses_from=date(2025, 11, 1),
)
POSTED, SUPPLIERS = "GetGLTransactionsData", "GetSupplierTransactionsData"
NOTE = "Seconds of the processor, rounds that take turns, over the same bytes."


class Answers:
    """Xledger's side of the import, from files."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def lines(self, window: Window, accounts: AccountRanges) -> Iterator[Row | BadRow]:
        return _rows(self.file(POSTED, window), POSTED, accounts)

    def suppliers(self, window: Window) -> Iterator[Row | BadRow]:
        return _rows(next(self._folder.glob(f"{SUPPLIERS}-*-{window.end:%Y%m%d%H%M}")), SUPPLIERS)

    def file(self, operation: str, window: Window) -> Path:
        return self._folder / f"{operation}-{window.start:%Y%m%d%H%M}-{window.end:%Y%m%d%H%M}"

    def make(self) -> None:
        lines = list(Year(LedgerPlan(lines=LINES), ENDS).lines())
        for window in _windows():
            start, end = (
                each.astimezone(CENTRAL_EUROPE).replace(tzinfo=None) for each in vars(window).values()
            )
            chosen = [line for line in lines if start < cast("datetime", line["Modified"]) <= end]
            self._write(POSTED, window, of_general_ledger(chosen, SoapPlan()))
            self._write(SUPPLIERS, window, of_suppliers(chosen, SoapPlan()))

    def _write(self, operation: str, window: Window, lines: Iterable[Any]) -> None:
        with self.file(operation, window).open("wb") as file:
            file.writelines(result_envelope(SOAP_12, operation, iter(lines), SoapPlan()))


class Moment:
    """Takes everything, and knows every project."""

    def __init__(self) -> None:
        self._added = 0

    def find(self, external_id: str) -> InMoment | None:
        return None

    def get(self, moment_id: int) -> InMoment | None:
        return InMoment(moment_id, is_invoiced=False)

    def add(self, expense: Expense) -> int:
        self._added += 1
        return self._added

    def change(self, moment_id: int, changes: Mapping[str, object]) -> None: ...

    def project(self, number: str) -> ProjectState:
        return ProjectState.OPEN


def _windows() -> list[Window]:
    return list(windows(None, "", Terms.of(COMPANY), NOW))


def _rows(file: Path, operation: str, accounts: AccountRanges | None = None) -> Iterator[Row | BadRow]:
    return read_rows(Answer(200, "application/soap+xml", file.open("rb")), operation, accounts)


def expenses(say: Say) -> list[Table]:
    with TemporaryDirectory() as folder:
        say(f"the answers: {LINES:,} posted lines")
        answers = Answers(Path(folder))
        answers.make()
        say("reading them")
        found = race(lambda: spent(lambda: _read(answers)), lambda: spent(lambda: _parse(answers)))
        say("importing them")
        megabytes = peak_megabytes(folder)
    speed: list[Cell] = [
        f"read and judge {LINES:,} posted lines, seconds",
        found.ours,
        found.baseline,
        found.ratio,
    ]
    return [
        Table("Expenses", ("what", "ours", "bare iterparse", "ours ÷ bare (≤ 2)"), [speed], NOTE),
        Table(
            "Memory of an import",
            ("what", "MB at most", "promised"),
            [[f"{LINES:,} lines", megabytes, "≤ 256"]],
        ),
    ]


def _read(answers: Answers) -> None:
    terms = Terms.of(COMPANY)
    for window in _windows():
        for row in answers.lines(window, terms.accounts):
            if isinstance(row, Row):
                out_of_reach(row, terms)


def _parse(answers: Answers) -> None:
    for window in _windows():
        for _, element in etree.iterparse(str(answers.file(POSTED, window))):
            element.clear()


def peak_megabytes(folder: str) -> float:
    """Of a process that imports it all; the ledger and Moment are in its memory too."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(_import, (folder,))


def _import(folder: str) -> float:
    table: Any = FakeTable()
    ledger = Ledger(table)
    ledger.companies.save(COMPANY)
    moment = Moment()
    importer = Importer(
        ledger,
        lambda _: Answers(Path(folder)),
        lambda _: moment,
        lambda _: None,
        lambda: NOW,
        lambda: "worker",
    )
    report = import_expenses(COMPANY.id, importer)
    if report.read != LINES or report.stopped:
        raise RuntimeError(f"the run did not come to its end: {report.summary()}")
    (line,) = [
        line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM")
    ]
    return int(line.split()[1]) / 1024
