"""How long what waits has waited, and what is new, for the operator's alarms. Reads only, and little."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from moment_xledger.domain.companies import CompanyId, TokenId
from moment_xledger.domain.errors import Why
from moment_xledger.domain.gate import why_closed
from moment_xledger.domain.kinds import Kind
from moment_xledger.domain.pauses import Pauses
from moment_xledger.observability import Signal

if TYPE_CHECKING:
    from moment_xledger.adapters.ledger import Ledger
    from moment_xledger.domain.gate import Gate

# What is due is taken up within a minute or two. An export becomes due when it has been open for ten.
LATE = timedelta(minutes=5)
NEWS = timedelta(hours=1)  # so long is a reason new

WAITS = {Kind.CUSTOMER: Signal.CUSTOMERS_WAIT, Kind.PROJECT: Signal.PROJECTS_WAIT}


def measure_work(ledger: "Ledger", now: datetime) -> dict[Signal, float]:
    """After a sweep; that it could be measured at all is the sweeper's sign of life."""
    pauses = ledger.pauses.now()
    found = (_line(ledger, token, kind, pauses, now) for token, kind in ledger.due.until(now).records)
    lines = [line for line in found if line]
    late = ledger.due.until(now - LATE)
    may_go = [line for line in lines if line.why in (None, Why.HELD)]
    waits = {signal: _longest(line for line in may_go if line.kind is kind) for kind, signal in WAITS.items()}
    return {
        Signal.SWEEPS: 1,
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
    }


@dataclass(frozen=True)
class _Line:
    """The records of one kind that one token is to carry."""

    token: TokenId
    kind: Kind
    waited: timedelta
    why: Why | None  # none of them may go now
    doubt: timedelta


def _line(ledger: "Ledger", token: TokenId, kind: Kind, pauses: Pauses, now: datetime) -> _Line | None:
    """None where all of it stands still because somebody wants it so."""
    due = [company for company, (_, at) in ledger.records.work(token, kind).items() if at <= now]
    awake = [company for company in due if pauses.of(company) is None]
    if due and not awake:
        return None
    gate = ledger.gates.get(token)
    closed = why_closed(gate, "", now)
    waited = max((_waited(ledger, company, kind, pauses, now) for company in awake), default=timedelta())
    why = Why.AUTH if gate.token_is_refused else closed.why if closed else None
    return _Line(token, kind, waited, why, _doubt(gate, now))


def _waited(ledger: "Ledger", company: CompanyId, kind: Kind, pauses: Pauses, now: datetime) -> timedelta:
    """What waited through a pause has waited since its end."""
    rested = pauses.rested_until(company, now)
    oldest = [record.since for record in ledger.records.dirty(company, kind, 1)]
    since = min(oldest, default=now)
    return max(now - max(since, rested or since), timedelta())


def _without_rest(late: Iterable[CompanyId], pauses: Pauses, now: datetime) -> int:
    """Those that were not paused while it became late."""
    rested = (pauses.rested_until(company, now) for company in late)
    return sum(1 for until in rested if until is None or until <= now - LATE)


def _doubt(gate: "Gate", now: datetime) -> timedelta:
    return max(now - gate.in_flight.started, timedelta()) if gate.in_flight else timedelta()


def _longest(lines: Iterable[_Line]) -> float:
    return max((line.waited.total_seconds() for line in lines), default=0)
