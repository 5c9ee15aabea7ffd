"""Windows of Xledger's ledgers, and answers that cannot be read, or that are a fault which one row may have caused.

Such a window is asked for in halves, until the minute that is wrong stands alone. That one is passed over and told of,
and later runs ask for it again. Where nothing at all can be read, nothing is passed over: the run stops.
"""

from collections.abc import Callable
from datetime import timedelta

from moment_xledger.domain.errors import AnswerFaulted, AnswerUnreadable, RunStopped
from moment_xledger.domain.expense_runs import KIND, SHORTEST_WINDOW, Ledger, PassedOver, Window, without
from moment_xledger.domain.problems import Code, Problem
from moment_xledger.flows.expense_run import OutOfTime, Run

UNREADABLE = (AnswerUnreadable, AnswerFaulted)
MOST_HALVED = 60  # windows in one run, with two requests for each
MOST_PASSED_OVER = 60  # minutes in all
TRIED_AGAIN = 10  # of those, in each run


def read_piece_by_piece(run: Run, ledger: Ledger, window: Window, read: Callable[[Window], None]) -> None:
    """`read` can be asked for any part of the window, in order."""
    gaps = [each.window for each in run.passed_over if each.ledger is ledger]
    for piece in without(window, gaps):
        _read(run, ledger, piece, read)


def _read(run: Run, ledger: Ledger, window: Window, read: Callable[[Window], None]) -> None:
    try:
        read(window)
    except UNREADABLE as unreadable:
        words = _words(unreadable)
        if isinstance(unreadable, AnswerFaulted) and not run.halved:
            # Most faults are about all that is asked: no need to find that out minute by minute.
            _check_that_others_can_be_read(run, ledger, words)
        halves = window.halves()
        if halves is None:
            _pass_over(run, PassedOver(ledger, window), words)
            return
        run.halved += 1
        if run.halved > MOST_HALVED:
            raise OutOfTime from None
        for half in halves:
            _read(run, ledger, half, read)


def _words(unreadable: AnswerUnreadable | AnswerFaulted) -> str:
    return unreadable.their_words if isinstance(unreadable, AnswerFaulted) else str(unreadable)


def _pass_over(run: Run, minute: PassedOver, words: str) -> None:
    _check_that_others_can_be_read(run, minute.ledger, words)
    if len(run.passed_over) >= MOST_PASSED_OVER:
        raise RunStopped(Code.EXPENSES_NOT_READ, words)
    run.passed_over.append(minute)
    _store(run)
    _tell(run, minute, words)


def _check_that_others_can_be_read(run: Run, ledger: Ledger, words: str) -> None:
    """Ask for a minute in which nothing was changed, since it is still to come."""
    ask = run.books.suppliers if ledger is Ledger.SUPPLIERS else run.read_lines
    now = run.importer.clock()
    try:
        list(ask(Window(now + timedelta(hours=1), now + timedelta(hours=1) + SHORTEST_WINDOW)))
    except UNREADABLE:
        raise RunStopped(Code.EXPENSES_NOT_READ, words) from None


def try_again(run: Run, read: Callable[[Window], None]) -> None:
    """What was passed over, some in each run. With a bill that can be read now, its costs are read once more."""
    for minute in list(run.passed_over)[:TRIED_AGAIN]:
        run.passed_over.remove(minute)
        try:
            if minute.ledger is Ledger.SUPPLIERS:
                list(run.books.suppliers(minute.window))
            read(minute.window)
        except UNREADABLE as unreadable:
            run.passed_over.append(minute)
            _tell(run, minute, _words(unreadable))
        else:
            _close(run, minute)
        _store(run)


def _close(run: Run, minute: PassedOver) -> None:
    """One problem stands for both ledgers."""
    if minute.number not in {each.number for each in run.passed_over}:
        solved = [(KIND, minute.number)]
        run.ledger.problems.close(run.company.id, solved, [Code.EXPENSES_MINUTE_UNREADABLE])


def _store(run: Run) -> None:
    run.ledger.expenses.pass_over(run.company.id, run.turn.worker, run.passed_over)


def _tell(run: Run, minute: PassedOver, words: str) -> None:
    now = run.importer.clock()
    code = Code.EXPENSES_MINUTE_UNREADABLE
    problem = Problem(
        run.company.id, KIND, minute.number, code, their_words=words, first_seen=now, last_seen=now
    )
    run.ledger.problems.report([problem])
