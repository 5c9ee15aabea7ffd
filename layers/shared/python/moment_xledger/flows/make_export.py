"""Makes an export that is claimed: members, files, ready. Read each step as: if the process dies here, another one
takes the same step again, with the same result."""

from array import array
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from tempfile import SpooledTemporaryFile
from typing import IO, TYPE_CHECKING, Self

from moment_xledger.domain.errors import Unfinished
from moment_xledger.domain.exports import Export, Status
from moment_xledger.domain.files.review import Cells, as_text, from_text, review_rows
from moment_xledger.domain.files.series import Numbers, Run, check_series, pack, runs_after
from moment_xledger.domain.files.writing import Lines, Totals
from moment_xledger.domain.invoice_references import WAITING_CODES
from moment_xledger.domain.invoices import Snapshot
from moment_xledger.domain.moment import Invoice
from moment_xledger.domain.preflight import STOPS_AN_INVOICE
from moment_xledger.domain.uploads import EXPORT, REASONS, State, Upload
from moment_xledger.flows.disk_sort import IN_MEMORY, DiskSort
from moment_xledger.flows.explain_gaps import Gaps
from moment_xledger.flows.gather_export import (
    Begun,
    Gathering,
    claimed_part,
    grow_export,
    known_export,
    report_left_behind,
)
from moment_xledger.flows.put_beside import put_manifest, put_review

if TYPE_CHECKING:
    from moment_xledger.adapters.ledger import Ledger
    from moment_xledger.flows.export_invoices import Exporter

MARKED_AT_ONCE = 99  # with the check of the export, what one transaction takes
A_PART = 2_500  # invoices that are read, claimed and marked before the next ones are looked at

# Of a function's time: what a part takes at most, and what the files take.
FOR_A_PART = timedelta(seconds=90)
FOR_FILES, FOR_FILES_PER_INVOICE = timedelta(seconds=60), timedelta(milliseconds=0.5)
MOST_FOR_FILES = timedelta(minutes=8)  # of any export: to wait for more would be to wait for ever
LONGEST_CALL = timedelta(minutes=15)


def make_export(export: Export, exporter: "Exporter", begun: Begun | None = None) -> Export:
    """From wherever it was left; `begun` is what was read to claim it. Raises `Conflict` if it cannot be finished as it
    was claimed, and `Unfinished` where another call must go on with it."""
    gathering = begun.gathering if begun else Gathering(export.company, export.low, exporter.ledger)
    part = begun.part if begun else claimed_part(export, gathering, exporter)
    solved = _unfit_before(export, exporter.ledger)
    with InvoiceFiles(export) as files:
        while True:
            members = _mark_members(export, part.members, solved, exporter.ledger)
            report_left_behind(export, part, exporter)
            files.add([export.as_stated(each) for each in members])
            if gathering.end < export.high:
                _need(FOR_A_PART, export, exporter)
                part = claimed_part(export, gathering, exporter)
            elif export.status is Status.GATHERING:
                _need(FOR_A_PART, export, exporter)
                export, part = grow_export(export, gathering, exporter)
            else:
                break
        _need(min(FOR_FILES + FOR_FILES_PER_INVOICE * files.invoices, MOST_FOR_FILES), export, exporter)
        return _finish(export, files, gathering.settled, exporter)


def _need(time: timedelta, export: Export, exporter: "Exporter") -> None:
    """Leaves the rest to another call where that much is not left of this one. Only of a large export: any other is
    done at once, or by somebody who finds it left behind."""
    if not export.is_large:
        return
    now = exporter.clock()
    if exporter.time_left() < time:
        exporter.ledger.exports.hold(export, now)
        raise Unfinished(export.number)
    exporter.ledger.exports.hold(export, now + LONGEST_CALL)


def _finish(export: Export, files: "InvoiceFiles", settled: int, exporter: "Exporter") -> Export:
    ledger = exporter.ledger
    ready, numbers = _put_file(export, files, exporter)
    if export.series is None:
        series = check_series(numbers, _left_before(export, ledger), Gaps(export, ledger).reasons)
        ready = replace(ready, series=ledger.exports.note_series(export, series))
    put_review(ready, files.review_rows, exporter.files, exporter.write_review)
    put_manifest(ready, exporter.files)
    goes_again = export.repeats is not None or export.part_of is not None
    replaced = _replaced_by(ready, ledger)
    if replaced:  # what was said of the refused file is over; of this one it is said anew
        ledger.problems.close(export.company, [(EXPORT, replaced.number)], REASONS)
    runs = None if goes_again else runs_after(export.left_before, numbers, export.number)
    ledger.exports.finish(ready, None if goes_again else settled, exporter.clock(), replaced, runs)
    return ready


def _left_before(export: Export, ledger: "Ledger") -> tuple[Run, ...]:
    """The numbers that had left; of one that goes in place of others, before the first of these."""
    while export.part_of is not None:
        export = known_export(export.company, export.part_of, ledger)
    return export.left_before


def _replaced_by(export: Export, ledger: "Ledger") -> Upload | None:
    """The upload that this file goes in place of: one that Xledger has surely not taken. Only with all its invoices,
    or those that the format cannot hold would pass as uploaded."""
    upload = ledger.uploads.get(export.company, export.members_of) if export.repeats else None
    if upload is None or upload.state is not State.REFUSED:
        return None
    first = known_export(export.company, export.members_of, ledger)
    return upload if first.invoices == export.invoices else None


def _mark_members(
    export: Export, members: Sequence[Snapshot], solved: Collection[str], ledger: "Ledger"
) -> list[Invoice]:
    """What the format could not hold before leaves now, so that problem is over."""
    for at in range(0, len(members), MARKED_AT_ONCE):
        some = members[at : at + MARKED_AT_ONCE]
        if new := [each.seq for each in some if each.export is None]:
            ledger.exports.mark_members(export, new)
        over = [("invoice", each.invoice.number) for each in some if each.invoice.number in solved]
        ledger.problems.close(export.company, over)
    return [each.invoice for each in members]


def _unfit_before(export: Export, ledger: "Ledger") -> set[str]:
    problems = ledger.problems.of(export.company, "invoice")
    return {problem.number for problem in problems if problem.code in (*STOPS_AN_INVOICE, *WAITING_CODES)}


class InvoiceFiles:
    """What stands in an export's files of each of its invoices, added in any order: on disk, so that memory does not
    grow."""

    def __init__(self, export: Export) -> None:
        self._export, self._lines = export, Lines(export.terms)
        self._file, self._review = DiskSort(), DiskSort()
        self.invoices = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()
        self._review.close()

    def add(self, invoices: Sequence[Invoice]) -> None:
        terms, language = self._export.terms, self._export.language
        keyed = [(pack(each.invoice_number, each.kind), each) for each in invoices]
        self._file.add((key, self._lines.of(each)) for key, each in keyed)
        self._review.add((key, as_text(review_rows(each, terms, language))) for key, each in keyed)
        self.invoices += len(invoices)

    def write(self, out: IO[bytes]) -> tuple[Totals, Numbers]:
        """The file that Xledger imports, in the order of the invoice numbers. The same for ever."""
        packed = array("q")

        def texts() -> Iterator[str]:
            for key, text in self._file:
                packed.append(key)
                yield text

        totals = self._lines.write(texts(), out)
        return totals, Numbers.packed(packed)

    def review_rows(self) -> Iterator[Cells]:
        return (row for _, text in self._review for row in from_text(text))


def render(export: Export, ledger: "Ledger", out: IO[bytes]) -> Totals:
    """The file once more, of an export that is ready."""
    gathering = Gathering(export.company, export.low, ledger)
    with InvoiceFiles(export) as files:
        while gathering.end < export.high:
            some = gathering.read(export.high, A_PART)
            files.add([export.as_stated(each.invoice) for each in some if _is_in(export, each)])
        totals, _ = files.write(out)
    return totals


def _is_in(export: Export, snapshot: Snapshot) -> bool:
    is_marked = export.members_of == snapshot.export or export.members_of in snapshot.released_from
    return is_marked and export.takes(snapshot)


def _put_file(export: Export, files: InvoiceFiles, exporter: "Exporter") -> tuple[Export, Numbers]:
    with SpooledTemporaryFile(IN_MEMORY) as out:
        totals, numbers = files.write(out)
        ready = _ready(export, totals)
        out.seek(0)
        exporter.files.put_once(ready.folder + ready.file_name(), out, "text/csv", ready.sha256)
    return ready, numbers


def _ready(export: Export, totals: Totals) -> Export:
    return replace(
        export,
        status=Status.READY,
        rows=totals.rows,
        invoices=totals.invoices,
        first=totals.first,
        last=totals.last,
        sums=totals.sums,
        sha256=totals.sha256,
    )
