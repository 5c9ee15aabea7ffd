"""How long what waits has waited, for the operator's alarms. Reads only, and only of what is due."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from moment_xledger.domain.companies import TokenId
from moment_xledger.domain.errors import Why
from moment_xledger.domain.gate import why_closed
from moment_xledger.domain.moment import Kind
from moment_xledger.observability import Signal

if TYPE_CHECKING:
    from moment_xledger.adapters.ledger import Ledger
    from moment_xledger.domain.gate import Gate

# What is due is taken up within a minute or two. An export becomes due when it has been open for ten.
LATE = timedelta(minutes=5)

WAITS = {Kind.CUSTOMER: Signal.CUSTOMERS_WAIT, Kind.PROJECT: Signal.PROJECTS_WAIT}


def measure_work(ledger: "Ledger", now: datetime) -> dict[Signal, float]:
    """After a sweep; that it could be measured at all is the sweeper's sign of life."""
    lines = [_line(ledger, token, kind, now) for token, kind in ledger.due.until(now).records]
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
        Signal.EXPORTS_LATE: len(late.exports),
        Signal.MAILS_LATE: len(late.mails),
        Signal.UPLOADS_LATE: len(late.uploads),
    }


@dataclass(frozen=True)
class _Line:
    """The records of one kind that one token is to carry."""

    token: TokenId
    kind: Kind
    waited: timedelta
    why: Why | None  # none of them may go now
    doubt: timedelta


def _line(ledger: "Ledger", token: TokenId, kind: Kind, now: datetime) -> _Line:
    gate = ledger.gates.get(token)
    closed = why_closed(gate, "", now)
    return _Line(
        token, kind, _waited(ledger, token, kind, now), closed.why if closed else None, _doubt(gate, now)
    )


def _waited(ledger: "Ledger", token: TokenId, kind: Kind, now: datetime) -> timedelta:
    due = [company for company, (_, at) in ledger.records.work(token, kind).items() if at <= now]
    oldest = [record.since for company in due for record in ledger.records.dirty(company, kind, 1)]
    return max(now - min(oldest, default=now), timedelta())


def _doubt(gate: "Gate", now: datetime) -> timedelta:
    return max(now - gate.in_flight.started, timedelta()) if gate.in_flight else timedelta()


def _longest(lines: Iterable[_Line]) -> float:
    return max((line.waited.total_seconds() for line in lines), default=0)
