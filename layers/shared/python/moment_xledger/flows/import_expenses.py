"""Brings what one company has posted in Xledger to Moment as expenses, window by window.

How far the ledger was read moves last, and only over what was read to its end. Whatever stops a run, the next one reads
the same window again, and knows each line that was dealt with.
"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial

from moment_xledger.domain.assumptions import Work
from moment_xledger.domain.companies import Company, CompanyId
from moment_xledger.domain.dimensions import settled
from moment_xledger.domain.errors import Conflict, RunStopped, StrangeAnswer, Unreachable
from moment_xledger.domain.expense_runs import ABOUT_ALL, KIND, Report, Window, begin, windows
from moment_xledger.domain.expense_runs import Ledger as ReadLedger
from moment_xledger.domain.expenses import Terms
from moment_xledger.domain.problems import Code, Problem
from moment_xledger.domain.vat_rates import PUBLISHED_PURCHASES, RateSources
from moment_xledger.flows.expense_run import Importer, OutOfTime, Paused, Run
from moment_xledger.flows.learn_facts import doubt, note_beginning
from moment_xledger.flows.mailing_turn import Turn
from moment_xledger.flows.narrow_windows import read_piece_by_piece, try_again
from moment_xledger.flows.read_postings import read_window
from moment_xledger.flows.write_expense import release_freed, release_open

SLICE = timedelta(
    minutes=12
)  # of a function that may run for 15: what it has begun must still come to its end
READ_AGAIN = 3  # times at most in one run; the next one begins anew where this one has not come to an end
PATIENCE = 3  # runs in a row that find nobody at home


def import_expenses(company_id: CompanyId, importer: Importer) -> Report:
    """Empty where another worker has the turn, the work is paused, or the company does not want it."""
    company = importer.ledger.companies.get_known(company_id)
    if importer.ledger.pauses.now().of(company_id):
        return Report()
    if not company.import_expenses:
        importer.ledger.expenses.is_not_wanted(company_id)
        return Report()
    if importer.ledger.probes.hold(company_id).holds(Work.EXPENSES):
        return Report()
    turn = Turn(company_id, importer.new_id(), importer.ledger.expenses, importer.clock)
    if not turn.take():
        return Report()
    report = Report()
    try:
        _import(_opened(company, importer, turn, report))
        _end(company, importer, turn, report, failures=0)
    except OutOfTime:
        report.stopped = "out of time"
        _end(company, importer, turn, report, failures=0, again=importer.clock())
        importer.go_on(company_id)
    except Paused:
        report.stopped = "paused"
        _end(company, importer, turn, report, failures=_failures(company, importer))
    except Conflict:
        report.stopped = "another worker has the turn"
    except Unreachable as unreachable:
        report.stopped = f"{unreachable} does not answer"
        _unreachable(company, importer, turn, report, unreachable)
    except RunStopped as stopped:
        report.stopped = stopped.code
        if not stopped.is_told:
            _report(company, importer, Code(stopped.code), stopped.their_words, **stopped.details)
        _end(company, importer, turn, report, failures=_failures(company, importer))
    return report


def _opened(company: Company, importer: Importer, turn: Turn, report: Report) -> Run:
    return Run(
        company,
        _terms(company, importer),
        importer,
        turn,
        importer.open_books(company),
        importer.open_moment(company),
        importer.clock() + SLICE,
        report,
    )


def _terms(company: Company, importer: Importer) -> Terms:
    """Rates have dates, so those of a table that was read long ago still count."""
    long_ago = datetime.min.replace(tzinfo=UTC)
    xledger = importer.ledger.references.vat_rates(company.token_id, long_ago)
    company = settled(company, importer.ledger.references.dimensions(company.token_id))
    rates = RateSources(xledger, company.own_rates, PUBLISHED_PURCHASES)
    return Terms.of(company, rates, importer.ledger.expenses.progress(company.id).facts)


def _import(run: Run) -> None:
    now = run.importer.clock().replace(microsecond=0)
    progress = run.ledger.expenses.progress(run.company.id)
    run.passed_over = list(progress.passed_over)
    run.reached = progress.cursor if progress.reach == run.terms.reach else None
    release_open(run)
    try_again(run, partial(_read, run))
    note_beginning(run, begin(None, run.terms, now))
    for _ in range(READ_AGAIN):
        run.read_as = run.terms.reach
        for window in windows(progress.cursor, progress.reach, run.terms, now):
            read_piece_by_piece(run, ReadLedger.LINES, window, partial(_read_on, run))
            _read_until(run, window)
        if run.terms.reach == run.read_as:
            break
        # What was learnt at the end counts for what was read before: from the beginning, then.
        progress, run.reached = replace(progress, reach=run.read_as), None
    doubt(run)
    run.ledger.problems.close(run.company.id, [(KIND, "")], ABOUT_ALL)


def _read_on(run: Run, window: Window) -> None:
    _read(run, window)
    _read_until(run, window)


def _read(run: Run, window: Window) -> None:
    read_window(run, window)
    release_freed(run)


def _read_until(run: Run, window: Window) -> None:
    """Forward only: the first pieces of a run lie before the place that was reached by the last one."""
    if (run.reached and window.end < run.reached) or run.terms.reach != run.read_as:
        return
    run.reached = window.end
    run.ledger.expenses.read_until(run.company.id, run.turn.worker, window.end, run.terms.reach)


def _end(
    company: Company,
    importer: Importer,
    turn: Turn,
    report: Report,
    failures: int,
    again: datetime | None = None,
) -> None:
    now = importer.clock()
    importer.ledger.expenses.end_run(company.id, turn.worker, now, report.summary(), failures, again)


def _unreachable(
    company: Company, importer: Importer, turn: Turn, report: Report, unreachable: Unreachable
) -> None:
    """What was sent last may still arrive in Moment: the turn is kept until it surely has, or never will."""
    failures = _failures(company, importer) + 1
    if failures >= PATIENCE:
        instead = isinstance(unreachable, StrangeAnswer)
        code = Code.EXPENSES_PAGE_INSTEAD if instead else Code.EXPENSES_DELAYED
        _report(company, importer, code, system=str(unreachable))
    now = importer.clock()
    importer.ledger.expenses.leave_turn(company.id, turn.worker, now, report.summary(), failures)


def _failures(company: Company, importer: Importer) -> int:
    return importer.ledger.expenses.progress(company.id).failures


def _report(company: Company, importer: Importer, code: Code, their_words: str = "", **details: str) -> None:
    now = importer.clock()
    importer.ledger.problems.report(
        [Problem(company.id, KIND, "", code, details, their_words, first_seen=now, last_seen=now)]
    )
