"""One window of Xledger's ledger: most lines are only counted, the others go on to Moment, some at a time."""

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import timedelta
from typing import TYPE_CHECKING, cast

from moment_xledger.domain.expense_entries import Entry, State, Wish, is_moved
from moment_xledger.domain.expense_runs import Ledger, Report, Window
from moment_xledger.domain.expenses import (
    BARRED,
    Expense,
    Left,
    Terms,
    bill_of,
    identity,
    is_of_another_entity,
    out_of_reach,
    posted_on,
    read_expense,
    was_changed,
)
from moment_xledger.domain.posted_lines import BadRow, Row
from moment_xledger.domain.purchase_vat import vat_paid
from moment_xledger.domain.supplier_bills import Bill, Bills, Voucher, voucher_of
from moment_xledger.flows.expense_run import Run
from moment_xledger.flows.leave_expense import close_unusable, report_left
from moment_xledger.flows.narrow_windows import read_piece_by_piece
from moment_xledger.flows.write_expense import note_match, write_expense

if TYPE_CHECKING:
    from collections.abc import Generator

AT_ONCE = 100  # as many items as the table gives in one request
LATE = timedelta(days=7)  # a cost may be changed after the bill that it came with
LONGEST_PLACE = 200  # of what a problem is about: a key of the ledger must hold it
AN_ANSWER = timedelta(seconds=70)  # the longest that one from Xledger takes

Lines = Iterator[Row | BadRow]
Named = list[tuple[str | None, Row]]


def read_window(run: Run, window: Window) -> None:
    """Raises `AnswerUnreadable`; nothing of the window has been looked at then."""
    bills = _bills(run, window)
    run.hold(AN_ANSWER)
    found = _Found()
    with closing(cast("Generator[Row | BadRow]", run.read_lines(window))) as lines:
        found.sort(lines, run.terms)
    found.count(run.report)
    for bad in found.bad:
        _unusable(run, bad)
    # Costs first: what reverses one of them should find it.
    found.rows.sort(key=lambda line: line.amount < 0)
    costs = (row for row in found.rows if row.account in run.terms.accounts)
    paid = vat_paid(costs, bills, run.terms.vat)
    for start in range(0, len(found.rows), AT_ONCE):
        run.hold(timedelta())
        _write(run, found.rows[start : start + AT_ONCE], bills, paid)


def _bills(run: Run, window: Window) -> Bills:
    """They reach further back than the window that they are for. Those of a window are those of its halves, too."""
    needed = Window(window.start - LATE, window.end)
    if run.bills and run.bills[0].start <= needed.start and needed.end <= run.bills[0].end:
        return run.bills[1]
    found = Bills()

    def read(part: Window) -> None:
        run.hold(AN_ANSWER)
        for line in run.books.suppliers(part):
            if isinstance(line, Row):
                found.add(line)

    read_piece_by_piece(run, Ledger.SUPPLIERS, needed, read)
    run.bills = needed, found
    return found


class _Found:
    """What an answer holds that has to be looked at. All of it is here before anything is done about it."""

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self.bad: list[BadRow] = []
        self._read = self._taken = 0
        self._skipped: Counter[Left] = Counter()

    def sort(self, lines: Lines, terms: Terms) -> None:
        for line in lines:
            self._read += 1
            if isinstance(line, BadRow):
                self.bad.append(line)
            elif (left := out_of_reach(line, terms)) is None:
                self._taken += 1
                self.rows.append(line)
            elif was_changed(line):
                self.rows.append(line)
            else:
                self._skipped[left] += 1

    def count(self, report: Report) -> None:
        report.read += self._read
        report.taken += self._taken
        report.skipped += self._skipped


def _unusable(run: Run, line: BadRow) -> None:
    """Its place in the answer is another one next time."""
    run.report.skipped[Left.UNUSABLE] += 1
    named = line.where.partition(", ")[2][:LONGEST_PLACE]
    report_left(run, Wish(named or "?"), Left.UNUSABLE, fault=line.reason)


def _write(run: Run, lines: list[Row], bills: Bills, paid: Mapping[Voucher, bool]) -> None:
    named = _known(run, [(identity(line), line) for line in lines])
    run.learn_projects(
        {line.project for line in lines if line.project and line.account in run.terms.accounts}
    )
    for id_, line in named:
        close_unusable(run, line)
        if id_ in run.entries:
            note_match(run, run.entries[id_], line)
    for id_, line in named:
        if id_ is None:
            _unusable(run, BadRow("its id is no plain one", f"row, voucher_no {line.voucher_no or '?'}"))
            continue
        known = run.entries.get(id_)
        bill = bill_of(line, bills.of(line), known.expense if known else None)
        voucher = voucher_of(line)
        is_paid = paid.get(voucher) if voucher else None
        is_paid_net = not is_paid if is_paid is not None else bool(known and known.is_paid_net)
        wish, wanted = _wanted(run, id_, line, bill, known, is_paid_net=is_paid_net)
        write_expense(run, wish, wanted, known, line)


def _known(run: Run, named: Named) -> Named:
    """Where a line's id is already that of another entity's line, it goes by its owner's code as well."""
    of = run.ledger.expenses.get_many
    entries = of(run.company.id, (id_ for id_, _ in named if id_))
    taken = {
        id_: f"{run.terms.owner_code}.{id_}"
        for id_, line in named
        if id_ in entries and is_of_another_entity(line, entries[id_].expense, run.terms)
    }
    if taken:
        entries |= of(run.company.id, taken.values())
    run.entries = entries
    return [(taken.get(id_, id_) if id_ else None, line) for id_, line in named]


def _wanted(
    run: Run, id_: str, line: Row, bill: Bill, known: Entry | None, *, is_paid_net: bool
) -> tuple[Wish, Expense | Left]:
    """A project is asked about before a cost goes there, not again when it changes where it stands."""
    found = out_of_reach(line, run.terms) or read_expense(line, bill, run.terms, is_paid_net=is_paid_net)
    expense = None if isinstance(found, Left) else found
    wish = Wish(
        id_,
        expense,
        line.match_id,
        line.voucher_no,
        posted_on(line),
        line.currency or "",
        line.tax_rule or "",
        is_paid_net,
    )
    if isinstance(found, Left) or (known and _stands_still(known, line)):
        return wish, found
    return wish, BARRED.get(run.projects[found.project], found)


def _stands_still(known: Entry, line: Row) -> bool:
    """Where Moment was told that it stands."""
    return known.state is State.BOOKED and not is_moved(known, line.account, line.project)
