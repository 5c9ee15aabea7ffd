"""One company's comparison with what Moment lists, page by page.

Before a page's missing invoices are taken in, it is written down which they are: whoever comes after a crash counts
those that made it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from moment_xledger.domain.companies import Company, CompanyId
from moment_xledger.domain.days import day_in_oslo
from moment_xledger.domain.moment import Invoice
from moment_xledger.domain.problems import Code, Problem
from moment_xledger.domain.reconciliation import (
    KIND,
    MOST_EXAMPLES,
    TOLD_FOR,
    InLedger,
    Progress,
    Unusable,
    is_older_than_us,
    read_listed,
)
from moment_xledger.flows.take_in_invoices import take_in_invoices

if TYPE_CHECKING:
    from moment_xledger.adapters.ledger import Ledger


@dataclass
class Report:
    """`older`: from before the company was set up, so left alone. `later`: companies put off, and why; `again`: to be
    tried again in this night. `mended`: counts of records that were wrong."""

    companies: int = 0
    compared: int = 0
    late: int = 0
    changed: int = 0
    unreadable: int = 0
    older: int = 0
    mended: int = 0
    again: bool = False
    later: dict[str, str] = field(default_factory=dict)

    def summary(self) -> dict[str, Any]:
        return dict(vars(self))

    @property
    def differences(self) -> int:
        return self.late + self.changed + self.unreadable


class Comparison:
    """`progress` is always what the ledger holds."""

    def __init__(
        self,
        company: Company,
        ledger: "Ledger",
        clock: Callable[[], datetime],
        report: Report,
        set_up: datetime | None,
    ) -> None:
        self._company, self._ledger, self._clock, self._report = company, ledger, clock, report
        self._set_up = set_up
        self.progress = self._ledger.reconciliations.progress(company.id)

    def compare(self, page: Sequence[Mapping[str, Any]]) -> None:
        listed = [each for content in page if (each := read_listed(content))]
        invoices = [each for each in listed if isinstance(each, Invoice)]
        unusable = [each for each in listed if isinstance(each, Unusable)]
        held = self._in_ledger([*(i.invoice_number for i in invoices), *(u.invoice_number for u in unusable)])
        self._report.compared += len(listed)
        self._take_in_missing([invoice for invoice in invoices if invoice.invoice_number not in held])
        self._take_in([invoice for invoice in invoices if held.is_corrected(invoice)])
        self._tell_changed([invoice for invoice in invoices if held.is_changed(invoice)])
        self._tell_unusable([each for each in unusable if each.invoice_number not in held])
        readable = [("invoice", invoice.number) for invoice in invoices]
        self._ledger.problems.close(self._company.id, readable, [Code.INVOICE_UNREADABLE])

    def resume(self) -> None:
        """What an earlier run left half done: one may be held back, and nobody told why."""
        left = set(self.progress.expected)
        if left:
            held = self._ledger.invoices.held_now(self._company.id, left)
            self._take_in([each.invoice for each in held.values()])
            self._settle()

    def _settle(self) -> None:
        """Counts what was expected and is there."""
        held = self._in_ledger(self.progress.expected)
        there = [number for number in self.progress.expected if number in held]
        examples = (*self.progress.examples, *there)[:MOST_EXAMPLES]
        self._save(
            replace(self.progress, late=self.progress.late + len(there), examples=examples, expected=())
        )
        self._report.late += len(there)

    def finish(self, began: datetime) -> None:
        if self.progress.late:
            self._save(self.progress)  # nobody else is telling it
            self._tell_late(began)
        self._forget_told(began)
        self._save(Progress(cursor=began))

    def _take_in_missing(self, invoices: Sequence[Invoice]) -> None:
        missing = [each for each in invoices if not is_older_than_us(each.invoice_date, self._set_up)]
        self._report.older += len(invoices) - len(missing)
        if missing:
            expected = tuple(dict.fromkeys(invoice.invoice_number for invoice in missing))
            self._save(replace(self.progress, expected=expected))
            self._take_in(missing)
            self._settle()

    def _take_in(self, invoices: Sequence[Invoice]) -> None:
        take_in_invoices(self._company, invoices, self._ledger, self._clock)

    def _tell_changed(self, invoices: Sequence[Invoice]) -> None:
        """Each change once: one that a person has dealt with stays closed."""
        contents = {invoice.invoice_number: invoice.books_hash() for invoice in invoices}
        told = self._ledger.reconciliations.told_changes(self._company.id, contents)
        news = [i for i in invoices if told.get(i.invoice_number) not in (i.books_hash(), i.content_hash())]
        self._take_in(news)
        self._ledger.reconciliations.tell_changes(
            self._company.id, {i.invoice_number: contents[i.invoice_number] for i in news}
        )
        self._report.changed += len(news)

    def _tell_unusable(self, missing: Sequence[Unusable]) -> None:
        unusable = [each for each in missing if not is_older_than_us(each.invoice_date, self._set_up)]
        self._report.older += len(missing) - len(unusable)
        now = self._clock()
        self._ledger.problems.report(
            Problem(
                self._company.id,
                "invoice",
                str(each.invoice_number),
                Code.INVOICE_UNREADABLE,
                {"field": each.field, "fault": each.fault},
                "",
                now,
                now,
            )
            for each in unusable
        )
        self._report.unreadable += len(unusable)

    def _tell_late(self, began: datetime) -> None:
        """One for each night, so that the next one does not hide it."""
        night = str(day_in_oslo(began))
        details = {"count": str(self.progress.late), "invoices": ", ".join(map(str, self.progress.examples))}
        problem = Problem(self._company.id, KIND, night, Code.LATE_FROM_MOMENT, details, "", began, began)
        self._ledger.problems.report([problem])

    def _forget_told(self, now: datetime) -> None:
        told = [
            (problem.kind, problem.number)
            for problem in self._ledger.problems.of(self._company.id, KIND)
            if problem.last_seen and problem.last_seen < now - TOLD_FOR
        ]
        self._ledger.problems.close(self._company.id, told, [Code.LATE_FROM_MOMENT])

    def _in_ledger(self, numbers: Sequence[int]) -> InLedger:
        return in_ledger(self._company.id, numbers, self._ledger)

    def _save(self, progress: Progress) -> None:
        following = replace(progress, ver=self.progress.ver + 1)
        self._ledger.reconciliations.save(self._company.id, following)
        self.progress = following


def in_ledger(company: CompanyId, numbers: Sequence[int], ledger: "Ledger") -> InLedger:
    return InLedger(
        ledger.invoices.arrived(company, numbers),
        ledger.invoices.held_among(company, numbers),
        frozenset(ledger.invoices.skipped_among(company, numbers)),
    )
