"""What Xledger's answers show of themselves: kept as facts of a company, and told of where a guess must be wrong."""

from dataclasses import replace
from datetime import datetime

from moment_xledger.domain import expense_doubts
from moment_xledger.domain.errors import RunStopped
from moment_xledger.domain.expense_doubts import CODES, Doubt
from moment_xledger.domain.expense_facts import Facts
from moment_xledger.domain.expense_runs import KIND
from moment_xledger.domain.posted_lines import BadRow, Row
from moment_xledger.domain.problems import Code, Problem
from moment_xledger.flows.expense_run import Run


def learn(run: Run, lines: list[Row], bad: list[BadRow]) -> None:
    """Before anything is done about the lines of an answer."""
    facts = run.terms.facts
    if expense_doubts.is_one_fault(bad, lines, facts):
        doubt = expense_doubts.missing(bad[0].reason, len(bad))
        _tell(run, doubt)
        raise RunStopped(doubt.code, is_told=True)
    run.looked.at(lines, run.terms)
    taught = facts.taught_by(lines, run.terms.vat, run.importer.clock())
    if facts.amounts and taught.amounts not in ("", facts.amounts):
        _tell(run, Doubt(Code.EXPENSES_AMOUNTS_OTHERWISE, taught.counts()))
    _keep(run, taught)


def note_beginning(run: Run, beginning: datetime) -> None:
    """What has to be read again is read from there."""
    if run.terms.facts.read_from is None:
        _keep(run, replace(run.terms.facts, read_from=beginning))


def doubt(run: Run) -> None:
    """At the end of a run that has read everything."""
    facts = run.terms.facts
    doubts = list(run.looked.doubts(facts, run.projects, run.terms))
    for each in doubts:
        _tell(run, each)
    over = [code for code in CODES if code not in {each.code for each in doubts}]
    numbers = [(KIND, str(code)) for code in over]
    run.ledger.problems.close(run.company.id, numbers, over)
    run.report.stopped = str(doubts[0].code) if doubts else ""
    seen = run.looked.seen | expense_doubts.known(run.looked.projects, run.projects)
    _keep(run, facts.having_seen(seen, run.importer.clock()))


def _keep(run: Run, facts: Facts) -> None:
    if facts != run.terms.facts:
        run.ledger.expenses.learn(run.company.id, run.turn.worker, facts)
        run.terms = run.terms.under(facts)


def _tell(run: Run, doubt: Doubt) -> None:
    """Each kind stands by itself: several may be true at once."""
    now = run.importer.clock()
    problem = Problem(
        run.company.id, KIND, str(doubt.code), doubt.code, doubt.details, first_seen=now, last_seen=now
    )
    run.ledger.problems.report([problem])
