"""How long what waits has waited, and what is new, for the operator's alarms. Reads only, and no more where more waits.

A function of its own: whatever measuring costs, nobody is woken later for it.
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING

from moment_xledger.domain.companies import CompanyId, TokenId
from moment_xledger.domain.errors import Why
from moment_xledger.domain.gate import why_closed
from moment_xledger.domain.kinds import Kind
from moment_xledger.domain.pauses import Pauses
from moment_xledger.domain.scheduled_runs import ScheduledRun, behind
from moment_xledger.observability import Signal

if TYPE_CHECKING:
    from moment_xledger.adapters.ledger import Ledger
    from moment_xledger.adapters.ledger.due import Work
    from moment_xledger.domain.gate import Gate

# What is due is taken up within a minute or two. An export becomes due when it has been open for ten.
LATE = timedelta(minutes=5)
NEWS = timedelta(hours=1)  # so long is a reason new
# Companies whose oldest record is looked for. Where more wait, or time is short, it is others each minute.
MOST_COMPANIES = 500
FEWEST_COMPANIES = 20
LINES_AT_ONCE = 1_000

MISSING = {
    ScheduledRun.NUMBERS: Signal.NUMBERS_NOT_GUARDED,
    ScheduledRun.RECONCILE: Signal.NOT_RECONCILED,
    ScheduledRun.EXPORTS: Signal.EXPORTS_NOT_MADE,
    ScheduledRun.NOTICES: Signal.NOT_LOOKED_AT,
}
WAITS = {Kind.CUSTOMER: Signal.CUSTOMERS_WAIT, Kind.PROJECT: Signal.PROJECTS_WAIT}


def measure_work(ledger: "Ledger", now: datetime, has_time: Callable[[], bool]) -> dict[Signal, float]:
    """That it could be measured at all is a figure, too. Where there is no more time, the oldest of fewer companies is
    looked for."""
    pauses, minute = ledger.pauses.now(), int(now.timestamp()) // 60
    due, late = ledger.due.until_and_before(now, now - LATE, begin=minute)
    lines = list(_lines(ledger, due, pauses, now))
    _look_for_the_oldest(ledger, lines, pauses, now, has_time)
    waits = {
        signal: _longest(line for line in lines if line.may_go and line.kind is kind)
        for kind, signal in WAITS.items()
    }
    return {
        Signal.MEASUREMENTS: 1,
        **waits,
        Signal.WAIT: max(waits.values()),
        Signal.WAIT_IN_ALL: _longest(line for line in lines if line.why is not Why.AUTH),
        Signal.IN_DOUBT: max((line.doubt.total_seconds() for line in lines), default=0),
        Signal.TOKENS_REFUSED: len({line.token for line in lines if line.why is Why.AUTH}),
        Signal.NEW_REASONS: len(ledger.reasons.new(now - NEWS)),
        Signal.EXPORTS_LATE: _without_rest(late.exports, pauses, now),
        Signal.MAILS_LATE: _without_rest(late.mails, pauses, now),
        Signal.UPLOADS_LATE: _without_rest(late.uploads, pauses, now),
        Signal.HELD_LATE: _without_rest(late.held, pauses, now),
        **_runs(ledger, now),
    }


def _runs(ledger: "Ledger", now: datetime) -> dict[Signal, float]:
    """What the clock should have started, and which jobs should have come to their end."""
    runs = ledger.scheduled_runs.every()
    since = max(behind(run, progress, now).total_seconds() for run, progress in runs.items())
    missing = {signal: runs[run].missing for run, signal in MISSING.items()}
    return {Signal.RUNS_BEHIND: since, **missing}


@dataclass
class _Line:
    """The records of one kind that one token is to carry, for companies that are not paused."""

    token: TokenId
    kind: Kind
    companies: Collection[CompanyId]
    why: Why | None  # none of them may go now
    doubt: timedelta
    waited: timedelta = timedelta()

    @property
    def may_go(self) -> bool:
        return self.why in (None, Why.HELD)


def _lines(ledger: "Ledger", due: "Work", pauses: Pauses, now: datetime) -> Iterator[_Line]:
    """All but those that stand still because somebody wants it so."""
    awake = {line: [each for each in its if not pauses.of(each)] for line, its in due.records.items()}
    lines = iter([(token, kind, companies) for (token, kind), companies in awake.items() if companies])
    while some := list(islice(lines, LINES_AT_ONCE)):
        gates = ledger.gates.without_counts({token for token, _, _ in some})
        by_plan = [token for token, gate in gates.items() if gate.plan and not gate.is_closed(now)]
        gates |= ledger.gates.get_many(by_plan)
        for token, kind, companies in some:
            gate = gates[token]
            closed = why_closed(gate, "", now)
            why = Why.AUTH if gate.token_is_refused else closed.why if closed else None
            yield _Line(token, kind, companies, why, _doubt(gate, now))


def _look_for_the_oldest(
    ledger: "Ledger", lines: Iterable[_Line], pauses: Pauses, now: datetime, has_time: Callable[[], bool]
) -> None:
    """First where something may go."""
    first_those_that_may_go = sorted(lines, key=lambda line: not line.may_go)
    companies = ((line, company) for line in first_those_that_may_go for company in line.companies)
    for count, (line, company) in enumerate(islice(companies, MOST_COMPANIES)):
        if count >= FEWEST_COMPANIES and not has_time():
            return
        line.waited = max(line.waited, _waited(ledger, company, line.kind, pauses, now))


def _waited(ledger: "Ledger", company: CompanyId, kind: Kind, pauses: Pauses, now: datetime) -> timedelta:
    """What waited through a pause has waited since its end."""
    rested = pauses.rested_until(company, now)
    since = min((record.since for record in ledger.records.dirty(company, kind, 1)), default=now)
    return max(now - max(since, rested or since), timedelta())


def _without_rest(late: Iterable[CompanyId], pauses: Pauses, now: datetime) -> int:
    """Those that were not paused while it became late."""
    rested = (pauses.rested_until(company, now) for company in late)
    return sum(1 for until in rested if until is None or until <= now - LATE)


def _doubt(gate: "Gate", now: datetime) -> timedelta:
    return max(now - gate.in_flight.started, timedelta()) if gate.in_flight else timedelta()


def _longest(lines: Iterable[_Line]) -> float:
    return max((line.waited.total_seconds() for line in lines), default=0)
