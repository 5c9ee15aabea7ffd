"""One posted line, from what is known of it to what Moment should have.

Every step can be taken again: that an expense is about to be made is written down first, and an intent that nobody came
back from is looked up in Moment before anything else.
"""

from dataclasses import replace

from moment_xledger.domain.errors import RefusedByMoment
from moment_xledger.domain.expense_entries import (
    Entry,
    State,
    Step,
    Wish,
    differences,
    is_moved,
    is_moved_before_start,
    merged,
    next_step,
)
from moment_xledger.domain.expenses import BARRED, WAITING, Expense, InMoment, Left
from moment_xledger.domain.posted_lines import Row
from moment_xledger.flows.expense_run import Run
from moment_xledger.flows.leave_expense import (
    A_REQUEST,
    CODES_OF_PROJECTS,
    close,
    leave,
    look_at_problems,
    save,
    solved,
    wait,
)
from moment_xledger.flows.reverse_expense import cancel, change, counter, follow_pair, look, reversed_by


def write_expense(
    run: Run, wish: Wish, wanted: Expense | Left, known: Entry | None, line: Row | None = None
) -> Entry | None:
    """What is known of the line now. `line` as it is posted, if it is at hand."""
    entry = _settled(run, known)
    moved = entry is not None and line is not None and is_moved(entry, line.account, line.project)
    moved = moved or (entry is not None and is_moved_before_start(entry, wish, wanted))
    if entry is not None and entry.is_paired:
        entry = follow_pair(run, wish, wanted, entry, moved=moved)
        if entry.is_paired:
            return entry
    match next_step(entry, wanted, moved=moved):
        case Step.CREATE if isinstance(wanted, Expense):
            return _create(run, wish, wanted, entry)
        case Step.UPDATE if isinstance(wanted, Expense) and entry:
            return _update(run, wish, wanted, entry)
        case Step.CANCEL if isinstance(wanted, Left) and entry:
            return _cancel(run, wish, wanted, entry)
        case Step.LEAVE if isinstance(wanted, Left):
            return leave(run, wish, wanted, entry)
        case Step.COUNT:
            return _count(run, wish, wanted, entry)
        case Step.FORGET if isinstance(wanted, Left) and entry:
            run.report.skipped[wanted] += 1
            solved(run, entry)
            run.ledger.expenses.forget(run.company.id, entry)
            run.entries.pop(entry.id, None)
            return None
    run.report.unchanged += 1
    return _no_longer_wrong(run, wish, wanted, entry)


def note_match(run: Run, known: Entry, line: Row) -> Entry:
    """A line may be matched long after it was posted, with the one that takes it back, say; and unmatched again."""
    if line.match_id == known.match_id:
        return known
    # A reversal that came too late stopped at its invoiced cost: it may be another one's now, or nobody's.
    asked = None if known.moment_id is None else known.asked
    return save(run, known, replace(known, match_id=line.match_id, asked=asked))


def release_open(run: Run) -> None:
    """What waited for its project, or for Moment to take it; and what a run that died was about to do."""
    barred: set[str] = set()
    for entries in run.ledger.expenses.open(run.company.id):
        projects = {entry.expense.project for entry in entries if entry.expense}
        run.learn_projects(projects)
        barred |= {project for project in projects if run.projects[project] in BARRED}
        for entry in entries:
            _release(run, entry)
    look_at_problems(run, barred)


def release_freed(run: Run) -> None:
    """The other halves of reversals that were undone, unless their own lines have come by since."""
    freed = run.ledger.expenses.get_many(run.company.id, sorted(run.freed)).values()
    run.learn_projects({entry.expense.project for entry in freed if entry.expense})
    for entry in freed:
        _release(run, entry)
    run.freed.clear()


def _release(run: Run, entry: Entry) -> None:
    waiting = _settled(run, entry)
    if waiting is None or waiting.state is not State.HELD or waiting.expense is None:
        return
    wish = Wish(
        entry.id,
        waiting.expense,
        entry.match_id,
        entry.voucher,
        entry.day,
        line_no=entry.line_no,
        is_paid_net=entry.is_paid_net,
    )
    barred = BARRED.get(run.projects[waiting.expense.project])
    if barred:
        if waiting.why not in (barred, Left.REFUSED):
            leave(run, wish, barred, waiting)
    elif waiting.expense.account in run.terms.accounts:
        close(run, waiting.expense.project, CODES_OF_PROJECTS)
        release = _update if waiting.moment_id is not None else _create
        release(run, wish, waiting.expense, waiting)


def _settled(run: Run, known: Entry | None) -> Entry | None:
    """An intent is what somebody did not live to see the end of. What never came to Moment waits, as if held."""
    if known is None or known.state is not State.INTENT or known.expense is None:
        return known
    run.hold(A_REQUEST)
    there = run.moment.find(known.expense.external_id)
    solved(run, known)
    if there is None:
        return save(run, known, replace(known, state=State.HELD, why=None))
    run.report.found += 1
    return save(run, known, known.told(there.id, known.expense))


def _create(run: Run, wish: Wish, wanted: Expense, known: Entry | None) -> Entry:
    reversed_ = reversed_by(run, wish, wanted)
    if reversed_:
        return counter(run, wish, wanted, known, reversed_)
    run.hold(A_REQUEST)
    there = run.moment.find(wanted.external_id)
    about_to = replace(wish, expense=wanted).entry(State.INTENT, known)
    about_to = replace(about_to, why=known.why if known else None)
    if there:
        return _take_over(run, wish, wanted, there, (known, about_to))
    intent = save(run, known, about_to)
    run.hold(A_REQUEST)
    try:
        moment_id = run.moment.add(wanted)
    except RefusedByMoment as refused:
        return leave(run, wish, Left.REFUSED, intent, their_words=refused.their_words)
    solved(run, intent)
    run.report.created += 1
    return save(run, intent, intent.told(moment_id, wanted, wish))


def _take_over(
    run: Run, wish: Wish, wanted: Expense, there: InMoment, change: tuple[Entry | None, Entry]
) -> Entry:
    """What it says in Moment is not known: it waits, until it says what is wanted."""
    known, entry = change
    run.report.found += 1
    if there.is_invoiced:
        booked = replace(entry, state=State.BOOKED, moment_id=there.id)
        return leave(run, wish, Left.INVOICED, known, asked=wanted.digest(), found=booked)
    ours = save(run, known, replace(entry, state=State.HELD, moment_id=there.id))
    return _tell(run, wish, ours, there, differences(None, wanted), wanted)


def _update(run: Run, wish: Wish, wanted: Expense, known: Entry) -> Entry:
    before = known.expense if known.state is State.BOOKED else None
    changes = differences(before, wanted) | ({} if before else {"billable": wanted.billable})
    updated = _change(run, wish, known, changes, wanted)
    run.report.updated += updated.why is None
    return updated


def _cancel(run: Run, wish: Wish, left: Left, known: Entry) -> Entry:
    """The line was moved to where it is none of our concern, or not yet: then it waits."""
    if known.expense is None or known.moment_id is None:
        return known
    there = look(run, known.moment_id)
    was_booked = known.state is State.BOOKED
    known, refused = cancel(run, there, known) if there else (known, Left.DELETED)
    if refused:
        return leave(run, wish, refused, known, asked=str(left))
    run.report.cancelled += was_booked
    solved(run, known)
    if left in WAITING:
        return wait(run, wish, left, known)
    return save(run, known, replace(known, state=State.CANCELLED, why=None, asked=None))


def _change(run: Run, wish: Wish, known: Entry, changes: dict[str, object], wanted: Expense) -> Entry:
    there = look(run, known.moment_id or 0)
    return _tell(run, wish, known, there, changes, wanted)


def _tell(
    run: Run,
    wish: Wish,
    known: Entry,
    there: InMoment | None,
    changes: dict[str, object],
    wanted: Expense,
) -> Entry:
    if there is None or there.is_invoiced:
        return leave(run, wish, Left.INVOICED if there else Left.DELETED, known, asked=wanted.digest())
    known, refused = change(run, known, there, changes, merged(known.expense, wanted))
    if refused:
        left = Left.INVOICED if refused.is_locked else Left.REFUSED
        return leave(run, wish, left, known, asked=wanted.digest(), their_words=refused.their_words)
    solved(run, known)
    return save(run, known, known.told(there.id, merged(known.expense, wanted), wish))


def _count(run: Run, wish: Wish, wanted: Expense | Left, entry: Entry | None) -> Entry | None:
    left = (entry and entry.why) or (wanted if isinstance(wanted, Left) else Left.INVOICED)
    if entry and entry.state is State.HELD and wish.expense and wish.expense != entry.expense:
        return leave(run, wish, left, entry)  # it waits on, for what it says now
    run.report.skipped[left] += 1
    return entry


def _no_longer_wrong(run: Run, wish: Wish, wanted: Expense | Left, entry: Entry | None) -> Entry | None:
    """The line says again what Moment has."""
    if entry is None or isinstance(wanted, Left) or entry.why is Left.DELETED:
        return entry
    now = replace(entry, why=None, asked=None).seen(wish)
    if entry.why is not None:
        solved(run, entry)
    return entry if now == entry else save(run, entry, now)
