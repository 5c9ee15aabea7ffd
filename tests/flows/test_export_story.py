"""Any story of events, clicks, clocks, repeats and crashes: each invoice is in exactly one export, and none is lost."""

import csv
import io
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from moment_xledger.domain.exports import SCHEDULE, Status
from moment_xledger.flows import make_export
from tests.builders import an_invoice
from tests.flows.crashing import CrashingFiles, CrashingTable, Died, Fate
from tests.flows.office import COMPANY, Office

NUMBERS = st.integers(1, 40)
DATES = st.sampled_from(["2026-10-31", "2026-11-15"])
CRASHES = st.integers(1, 45)


class Story(RuleBasedStateMachine):
    """`good` are the invoices that came and may leave; `bytes_of` what each file was when it was ready."""

    def __init__(self) -> None:
        super().__init__()
        self.fate = Fate()
        self.office = Office(CrashingTable(self.fate), CrashingFiles(self.fate), notify=())
        self.good: dict[int, dict[str, Any]] = {}
        self.bytes_of: dict[str, bytes] = {}

    @rule(number=NUMBERS, invoice_date=DATES, stays=st.booleans())
    def an_invoice_comes(self, number: int, invoice_date: str, stays: bool) -> None:
        event = an_invoice(number, invoiceDate=invoice_date, dueDate="2026-12-01", doNotTransfer=stays)
        self.office.arrive(event)
        self.good.setdefault(number, event["data"])

    @rule(number=NUMBERS)
    def a_bad_one_comes(self, number: int) -> None:
        self.office.arrive(an_invoice(number, kid="1", version=1))

    @rule(limit=st.sampled_from(["none", "last_month"]))
    def the_limit_is_changed(self, limit: str) -> None:
        self.office.set(issue_limit=limit)

    @rule(by=st.sampled_from(["Kari", SCHEDULE]), request=st.integers(1, 6))
    def somebody_asks(self, by: str, request: int) -> None:
        self.office.export(f"request {request}", by)

    @rule(crash=CRASHES)
    def somebody_asks_and_it_dies(self, crash: int) -> None:
        self.fate.at = self.fate.calls + crash
        with suppress(Died):
            self.office.export()
        self.fate.at = 0

    @rule()
    def the_sweeper_comes(self) -> None:
        self.office.sweep()

    @precondition(lambda self: self.bytes_of)
    @rule(which=st.integers(1, 5))
    def somebody_wants_one_again(self, which: int) -> None:
        if self.office.ledger.exports.get(COMPANY, which):
            self.office.export(repeats=which)

    @invariant()
    def each_invoice_is_in_at_most_one_export(self) -> None:
        exports = list(self.office.ledger.exports.newest_first(COMPANY))
        numbers = [
            number
            for export in exports
            if export.status is Status.READY and export.repeats is None
            for number in self.office.numbers(export)
        ]
        assert len(numbers) == len(set(numbers))
        assert set(numbers) <= set(self.good)
        assert sum(export.status is Status.FROZEN for export in exports) <= 1

    @invariant()
    def what_was_ready_once_stays_as_it_is(self) -> None:
        for export in self.office.ledger.exports.newest_first(COMPANY):
            name = export.folder + export.file_name()
            if export.status is Status.READY:
                held = self.office.files.held[name]
                assert self.bytes_of.setdefault(name, held) == held
                rows = list(csv.DictReader(io.StringIO(held.decode()), delimiter=";"))
                assert len(rows) == export.rows

    def teardown(self) -> None:
        """When the month is over and all is quiet, everything that may leave has left."""
        self.office.set(issue_limit="none")
        for _ in range(3):
            self.office.export()
        left = {
            number
            for export in self.office.ledger.exports.newest_first(COMPANY)
            if export.repeats is None
            for number in self.office.numbers(export)
        }
        assert left == {number for number, said in self.good.items() if not said["doNotTransfer"]}
        watermark = self.office.ledger.exports.watermark(COMPANY)
        assert watermark.open is None
        for snapshot in self.office.ledger.invoices.since(COMPANY):
            if snapshot.seq <= watermark.settled:
                assert snapshot.export or snapshot.invoice.do_not_transfer


@pytest.fixture(autouse=True)
def no_spreadsheets(monkeypatch: pytest.MonkeyPatch) -> None:
    """They take most of the time and tell nothing here."""
    monkeypatch.setattr(make_export, "put_review", lambda *_: None)


Story.TestCase.settings = settings(max_examples=100, stateful_step_count=30, deadline=None)
TestStory = Story.TestCase
