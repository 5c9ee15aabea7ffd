"""What is said of a line that does not become an expense, once, and taken back when it does."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

from moment_xledger.domain.expense_entries import Entry, State, Wish
from moment_xledger.domain.expenses import OF_PROJECTS, WAITING, Left
from moment_xledger.domain.posted_lines import Row, is_named
from moment_xledger.domain.problems import Code, Problem
from moment_xledger.flows.expense_run import Run

KIND = "expense"
NO_DATE = "no date: neither InvoiceDate nor VoucherDate"  # all that a line which could be read may lack
A_REQUEST = timedelta(seconds=25)  # to Moment, with what has to be written down afterwards
A_LOOK = A_REQUEST * 2  # and a change after it
CODES = {
    Left.UNKNOWN_PROJECT: Code.EXPENSE_PROJECT_UNKNOWN,
    Left.CLOSED_PROJECT: Code.EXPENSE_PROJECT_CLOSED,
    Left.MISSING_VAT: Code.EXPENSE_VAT_MISSING,
    Left.UNSURE: Code.EXPENSE_AMOUNT_UNSURE,
    Left.NO_RATE: Code.EXPENSE_RATE_MISSING,
    Left.UNUSABLE: Code.EXPENSE_LINE_UNUSABLE,
    Left.REFUSED: Code.EXPENSE_REFUSED,
    Left.INVOICED: Code.EXPENSE_INVOICED,
    Left.DELETED: Code.EXPENSE_DELETED,
}
CODES_OF_PROJECTS = tuple(CODES[left] for left in sorted(OF_PROJECTS))
CODES_OF_LINES = tuple(code for code in CODES.values() if code not in CODES_OF_PROJECTS)


def leave(
    run: Run,
    wish: Wish,
    left: Left,
    known: Entry | None,
    *,
    asked: str | None = None,
    their_words: str = "",
    amount: str = "",
    found: Entry | None = None,
) -> Entry:
    """And say so, once. What Moment has stays as it is. `found`: there just now, and not known before."""
    waits = left in WAITING and wish.expense is not None
    if found:
        entry = found
    elif known is None or known.moment_id is None:
        entry = wish.entry(State.HELD if waits else State.STOPPED, known)
    elif known.state is State.BOOKED:
        entry = known
    else:
        state = State.HELD if waits else State.CANCELLED
        entry = replace(known, state=state, expense=wish.expense or known.expense, day=wish.day or known.day)
    run.report.skipped[left] += 1
    if known and known.expense and not amount:
        amount = f"{known.expense.amount:.2f}"
    if left in OF_PROJECTS:
        solved(run, known)
    report_left(run, wish, left, their_words, amount=amount)
    return save(run, known, replace(entry, why=left, asked=asked))


def wait(run: Run, wish: Wish, left: Left, known: Entry) -> Entry:
    """Moment has it with no amount by now; it goes there again when its project does."""
    run.report.skipped[left] += 1
    report_left(run, wish, left)
    return save(
        run, known, replace(known, state=State.HELD, expense=wish.expense, why=left, asked=None, day=wish.day)
    )


def report_left(run: Run, wish: Wish, left: Left, their_words: str = "", **details: str) -> None:
    """A project is one problem, however many lines stand on it."""
    now = run.importer.clock()
    of_project = left in OF_PROJECTS and wish.expense
    number = wish.expense.project if of_project and wish.expense else wish.id
    named = {"voucher": wish.voucher or "?", "currency": wish.currency.upper() or "?", "fault": NO_DATE}
    details = {**named, "vat_code": wish.vat_code or "?", **details}
    code = CODES[left]
    run.ledger.problems.report(
        [Problem(run.company.id, KIND, number, code, details, their_words, first_seen=now, last_seen=now)]
    )


def solved(run: Run, known: Entry | None) -> None:
    if known is not None and known.why is not None and known.why not in OF_PROJECTS:
        close(run, known.id)


def look_at_problems(run: Run, waited_for: set[str]) -> None:
    """The last line that waited for a project may have been moved, and never come to stand on it again."""
    told = list(run.ledger.problems.of(run.company.id, KIND))
    of_projects = {each.number for each in told if each.code in CODES_OF_PROJECTS}
    over = [(KIND, number) for number in sorted(of_projects - waited_for)]
    run.ledger.problems.close(run.company.id, over, CODES_OF_PROJECTS)
    run.unusable |= {each.number for each in told if each.code is Code.EXPENSE_LINE_UNUSABLE}


def close_unusable(run: Run, line: Row) -> None:
    """A row that could not be read goes by what could be; it is over when that very row can be."""
    for number in [number for number in run.unusable if is_named(line, number)]:
        run.unusable.remove(number)
        run.ledger.problems.close(run.company.id, [(KIND, number)], [Code.EXPENSE_LINE_UNUSABLE])


def close(run: Run, number: str, codes: Iterable[Code] = CODES_OF_LINES) -> None:
    """A project may have the number of a line."""
    run.ledger.problems.close(run.company.id, [(KIND, number)], codes)


def save(run: Run, old: Entry | None, new: Entry) -> Entry:
    (saved,) = save_all(run, (old, new))
    return saved


def save_all(run: Run, *changes: tuple[Entry | None, Entry]) -> list[Entry]:
    """All or none, and known to the run from then on."""
    saved = run.ledger.expenses.save(run.company.id, *changes)
    run.entries |= {entry.id: entry for entry in saved}
    return saved
