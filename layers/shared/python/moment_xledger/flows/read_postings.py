"""One window of Xledger's ledger: most lines are only counted, the others go on to Moment, some at a time."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Set
from contextlib import closing
from datetime import timedelta
from typing import TYPE_CHECKING, cast

from moment_xledger.domain.expense_entries import Entry, State, Wish, is_moved
from moment_xledger.domain.expense_facts import LACKS_VAT, VAT, Ids
from moment_xledger.domain.expense_runs import Ledger, Report, Window
from moment_xledger.domain.expenses import (
    BARRED,
    Expense,
    Left,
    Terms,
    bill_of,
    is_of_another_entity,
    out_of_reach,
    read_expense,
    was_changed,
)
from moment_xledger.domain.line_identity import OTHER_LINE, identity, of_entry, place_of, told_apart
from moment_xledger.domain.posted_lines import BadRow, Row, posted_on
from moment_xledger.domain.purchase_vat import vat_paid, without_their_vat
from moment_xledger.domain.supplier_bills import Bill, Bills, Voucher, voucher_of
from moment_xledger.flows.expense_run import Run
from moment_xledger.flows.learn_facts import learn
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
Named = list[tuple[str, Row]]


def read_window(run: Run, window: Window) -> None:
    """Raises `AnswerUnreadable`; nothing of the window has been looked at then."""
    bills = _bills(run, window)
    run.hold(AN_ANSWER)
    found = _Found()
    with closing(cast("Generator[Row | BadRow]", run.read_lines(window))) as lines:
        found.sort(lines, run.terms)
    learn(run, found.rows + found.aside, found.bad)
    found.count(run.report)
    told = told_apart(found.rows, found.aside, run.terms.facts.ids)
    for bad in found.bad + told.bad:
        _unusable(run, bad)
    # Costs first: what reverses one of them should find it.
    costs = sorted(told.lines, key=lambda line: line.amount < 0)
    paid = vat_paid((line for line in costs if line.account in run.terms.accounts), bills, run.terms.vat)
    lacking = _lacking_vat(run, costs, bills)
    for some in _together(costs):
        run.hold(timedelta())
        _write(run, some, bills, paid, lacking)


def _lacking_vat(run: Run, costs: list[Row], bills: Bills) -> frozenset[Voucher]:
    """Vouchers whose bill is more than their costs, as long as this Xledger has never said a word about VAT."""
    seen = run.terms.facts.seen | run.looked.seen
    if VAT in seen:
        return frozenset()
    found = without_their_vat((line for line in costs if line.account in run.terms.accounts), bills)
    if any(found.values()):
        run.looked.seen.add(LACKS_VAT)
    return frozenset(found) if LACKS_VAT in seen | run.looked.seen else frozenset()


def _together(lines: list[Row]) -> Iterator[list[Row]]:
    return (lines[start : start + AT_ONCE] for start in range(0, len(lines), AT_ONCE))


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
        self.aside: list[Row] = []  # nothing is done about these
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
                self.aside.append(line)

    def count(self, report: Report) -> None:
        report.read += self._read
        report.taken += self._taken
        report.skipped += self._skipped


def _unusable(run: Run, line: BadRow) -> None:
    """Its place in the answer is another one next time."""
    run.report.skipped[Left.UNUSABLE] += 1
    named = line.where.partition(", ")[2][:LONGEST_PLACE]
    report_left(run, Wish(named or "?"), Left.UNUSABLE, fault=line.reason)


def _write(
    run: Run, lines: list[Row], bills: Bills, paid: Mapping[Voucher, bool], lacking: Set[Voucher]
) -> None:
    named = _known(run, lines)
    run.learn_projects(
        {line.project for line in lines if line.project and line.account in run.terms.accounts}
    )
    for id_, line in named:
        close_unusable(run, line)
        if id_ in run.entries:
            note_match(run, run.entries[id_], line)
    for id_, line in named:
        known = run.entries.get(id_)
        bill = bill_of(line, bills.of(line), known.expense if known else None)
        voucher = voucher_of(line)
        is_paid = paid.get(voucher) if voucher else None
        is_paid_net = not is_paid if is_paid is not None else bool(known and known.is_paid_net)
        told_before = known and known.moment_id is not None and not run.terms.facts.is_unclear
        is_billed = is_paid is not None or bool(told_before) or is_paid_net
        wish, wanted = _wanted(
            run,
            id_,
            line,
            bill,
            known,
            is_paid_net=is_paid_net,
            is_billed=is_billed,
            lacks_vat=voucher in lacking,
        )
        write_expense(run, wish, wanted, known, line)


def _known(run: Run, lines: list[Row]) -> list[tuple[str, Row]]:
    """The lines by their ids; those that may not be used are told of and left out."""
    run.entries = {}
    named = [(identity(line, run.terms.facts.ids) or "", line) for line in lines]
    _get(run, (id_ for id_, _ in named))
    named = _of_this_entity(run, named)
    if run.terms.facts.ids is Ids.VOUCHER:
        return _with_their_vouchers(run, named)
    return [(id_, line) for id_, line in named if not _is_another_line(run, id_, line)]


def _get(run: Run, ids: Iterable[str]) -> None:
    run.entries |= run.ledger.expenses.get_many(run.company.id, ids)


def _of_this_entity(run: Run, named: Named) -> Named:
    """Where a line's id is already that of another entity's line, it goes by its owner's code as well."""
    taken = {
        id_: f"{run.terms.owner_code}.{id_}"
        for id_, line in named
        if id_ in run.entries and is_of_another_entity(line, run.entries[id_].expense, run.terms)
    }
    _get(run, taken.values())
    return [(taken.get(id_, id_), line) for id_, line in named]


def _is_another_line(run: Run, id_: str, line: Row) -> bool:
    """As long as it is not known that an id names a line, a line with another number may be another line."""
    known = run.entries.get(id_)
    numbers = {known.line_no if known else None, line.line_no} - {None}
    is_another = run.terms.facts.ids is Ids.UNKNOWN and len(numbers) > 1
    if is_another:
        _unusable(run, BadRow(OTHER_LINE, place_of(line)))
    return is_another


def _with_their_vouchers(run: Run, named: Named) -> Named:
    """A line that was imported before ids were known to name vouchers keeps the id that it had."""
    of_voucher: dict[str, list[Row]] = {}
    for id_, line in named:
        if line.transaction_id and id_ not in run.entries:
            of_voucher.setdefault(line.transaction_id, []).append(line)
    _get(run, of_voucher)
    ids = {id(line): id_ for id_, line in named}
    for voucher, lines in of_voucher.items():
        entry = run.entries.get(voucher)
        try:
            its_own = of_entry(entry, lines, run.terms.vat) if entry else None
        except ValueError as several:
            for line in lines:
                ids.pop(id(line))
            _unusable(run, BadRow(str(several), place_of(lines[0])))
        else:
            ids |= {id(its_own): voucher} if its_own else {}
    return [(ids[id(line)], line) for _, line in named if id(line) in ids]


def _wanted(
    run: Run,
    id_: str,
    line: Row,
    bill: Bill,
    known: Entry | None,
    *,
    is_paid_net: bool,
    is_billed: bool,
    lacks_vat: bool,
) -> tuple[Wish, Expense | Left]:
    """A project is asked about before a cost goes there, not again when it changes where it stands."""
    found: Expense | Left | None = out_of_reach(line, run.terms)
    found = found or read_expense(id_, line, bill, run.terms, is_paid_net=is_paid_net, is_billed=is_billed)
    if lacks_vat and isinstance(found, Expense):
        found = Left.UNSURE
    if found is Left.UNSURE and known and known.expense and known.moment_id is not None:
        # What Moment was told stands, wherever the line has moved.
        found = known.expense.model_copy(update={"account": line.account, "project": line.project})
    expense = None if isinstance(found, Left) else found
    wish = Wish(
        id_,
        expense,
        line.match_id,
        line.voucher_no,
        posted_on(line),
        line.currency or "",
        line.line_no,
        line.tax_rule or "",
        is_paid_net,
    )
    if isinstance(found, Left) or (known and _stands_still(known, line)):
        return wish, found
    return wish, BARRED.get(run.projects[found.project], found)


def _stands_still(known: Entry, line: Row) -> bool:
    """Where Moment was told that it stands."""
    return known.state is State.BOOKED and not is_moved(known, line.account, line.project)
