"""
Reversals: a cost that a later line takes back, and what follows when either of the two is corrected afterwards.

While they come to nothing, Moment has the cost with no amount. When one of them is changed, moved or unmatched, both
are lines like any other again. The one at hand goes on at once. The other one waits until the window has been read; if
the run dies before, the next one releases it.
"""

from collections.abc import Mapping
from dataclasses import replace

from moment_xledger.domain.errors import RefusedByMoment
from moment_xledger.domain.expense_entries import Entry, State, Wish, merged
from moment_xledger.domain.expense_reversals import Pair, cancellation, takes_back
from moment_xledger.domain.expenses import OF_NO_CONCERN, OF_PROJECTS, Expense, InMoment, Left
from moment_xledger.flows.expense_run import Run
from moment_xledger.flows.leave_expense import A_LOOK, leave, report_left, save, save_all, solved


def reversed_by(run: Run, wish: Wish, wanted: Expense) -> Entry | None:
    """The line that this one takes back, if it is a reversal of one that Moment has."""
    if wanted.amount >= 0 or not wish.match_id:
        return None
    others = run.ledger.expenses.matching(run.company.id, wish.match_id)
    return next((other for other in others if takes_back(wanted, other)), None)


def counter(run: Run, wish: Wish, wanted: Expense, known: Entry | None, other: Entry) -> Entry:
    """One expense is cancelled, the other is never made."""
    wish = replace(wish, expense=wanted)
    there = look(run, other.moment_id or 0)
    if there and other.expense:
        other, refused = cancel(run, there, other)
        if refused:
            amount = f"{other.expense.amount:.2f}" if other.expense else ""
            return leave(run, wish, refused, known, asked=wanted.digest(), amount=amount)
    reversal = replace(wish.entry(State.COUNTERED, known), counters=other.id)
    cost = replace(other, state=State.CANCELLED, countered_by=wish.id, why=None, asked=None)
    solved(run, known)
    solved(run, other)
    saved, _ = save_all(run, (known, reversal), (other, cost))
    run.report.cancelled += 1
    return saved


def cancel(run: Run, there: InMoment, known: Entry) -> tuple[Entry, Left | None]:
    """Take the amount from an expense; or say why not."""
    if there.is_invoiced or known.expense is None:
        return known, Left.INVOICED
    known, refused = change(run, known, there, cancellation(known.expense, run.company.language))
    if refused:
        return known, Left.INVOICED if refused.is_locked else Left.REFUSED
    return known, None


def change(
    run: Run, known: Entry, there: InMoment, changes: Mapping[str, object], wanted: Expense | None = None
) -> tuple[Entry, RefusedByMoment | None]:
    """Change an expense in Moment.

    Until the outcome is stored, the line is held, so that the next run tells Moment once more if this one dies: the
    line may say again by then what the ledger believes Moment to have.
    """
    unsure = known
    if known.state is not State.HELD:
        unsure = save(run, known, replace(known, state=State.HELD, expense=wanted or known.expense))
    try:
        run.moment.change(there.id, changes)
    except RefusedByMoment as refused:
        return (known if unsure is known else save(run, unsure, replace(known, rev=unsure.rev))), refused
    return unsure, None


def look(run: Run, moment_id: int) -> InMoment | None:
    run.hold(A_LOOK)  # what is seen must still hold when it is changed
    return run.moment.get(moment_id)


def follow_pair(run: Run, wish: Wish, wanted: Expense | Left, entry: Entry, *, moved: bool) -> Entry:
    """One half of a reversal, as its line is now: the other half's still, or freed from it."""
    half = entry.counters or entry.countered_by or ""
    other = run.ledger.expenses.get_many(run.company.id, [half]).get(half)
    now = replace(entry, expense=merged(entry.expense, wish.expense) if wish.expense else entry.expense)
    is_gone = moved and wish.expense is None
    pair = Pair.of(now, other)
    if pair and pair.holds and not is_gone:
        return _keep(run, wish, wanted, entry, now)
    return _free(run, entry, other if pair else None)


def _keep(run: Run, wish: Wish, wanted: Expense | Left, entry: Entry, now: Entry) -> Entry:
    """A line that can no longer be read is told of; what it said before stands."""
    run.report.unchanged += 1
    if isinstance(wanted, Left) and wanted not in OF_NO_CONCERN | OF_PROJECTS:
        if entry.why is not wanted:
            report_left(run, wish, wanted)
        now = replace(now, why=wanted)
    elif entry.why is not None:
        solved(run, entry)
        now = replace(now, why=None)
    return entry if now == entry else save(run, entry, now)


def _free(run: Run, entry: Entry, other: Entry | None) -> Entry:
    state = State.STOPPED if entry.moment_id is None else State.CANCELLED
    changes: list[tuple[Entry | None, Entry]] = [(entry, _unpaired(entry, state))]
    if other:
        changes.append((other, replace(_unpaired(other, State.HELD), why=None, asked=None)))
        run.freed.add(other.id)
    solved(run, entry)
    freed, *_ = save_all(run, *changes)
    return freed


def _unpaired(entry: Entry, state: State) -> Entry:
    return replace(entry, state=state, counters=None, countered_by=None)
