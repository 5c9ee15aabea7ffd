"""When a request may be sent to Xledger, and what its answer means for the next one.

One gate per Xledger token: Xledger counts by token, whatever the company or the kind of work. The limits are those
that Xledger publishes (20 requests in 5 seconds, some number at once, an allowance per hour by plan). With one
request at a time and 0.27 s between starts the first two cannot be reached; of the third we use nine tenths when
the plan is known, and obey Xledger's own `resetAt` always.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Self

from moment_xledger.domain.companies import CompanyId
from moment_xledger.domain.errors import Why
from moment_xledger.domain.learnt_limits import Learnt
from moment_xledger.domain.usage import Usage, with_closing, with_opening, with_request, with_turned_away

HOUR = timedelta(hours=1)
SHARE = 0.9  # of the plan; the rest is left to others who use the token
SPACING = timedelta(seconds=0.27)
RESET_MARGIN = timedelta(seconds=5)
LONGEST_RESET = timedelta(hours=24)
CLOCKS_DIFFER = timedelta(minutes=1)
FAILURES_TO_OPEN_BREAKER = 5
LONGEST_BREAK = timedelta(minutes=30)
# A refused token is tried again: it may have been a mistake on the other side.
FIRST_PROBE, LONGEST_PROBE = timedelta(minutes=5), HOUR
TOLD_AFTER = HOUR  # so long must nothing come, or nothing but 401 or 403, before people are told


@dataclass(frozen=True)
class Timing:
    """How long one request may take, and what follows from that."""

    timeout: timedelta = timedelta(seconds=60)

    @property
    def lease(self) -> timedelta:
        """Long enough for a request, its time-out, and a slow write of the gate."""
        return self.timeout + timedelta(seconds=30)

    @property
    def doubt(self) -> timedelta:
        """How long after its start an unanswered request may still be carried out."""
        return self.timeout + timedelta(seconds=30)

    def is_safe_to_send(self, asked_at: datetime, now: datetime) -> bool:
        """The holder's own clock, read before the renewing write and again just before the socket."""
        return now + self.timeout + timedelta(seconds=5) <= asked_at + self.lease


@dataclass(frozen=True)
class InFlight:
    """A write that was (perhaps) sent and whose outcome nobody has stored yet."""

    operation: str
    started: datetime
    client_ids: tuple[str, ...] = ()


@dataclass(frozen=True)
class Silence:
    """Nothing was answered from `since` to `last`."""

    since: datetime
    last: datetime

    @property
    def is_to_be_told(self) -> bool:
        return self.last - self.since >= TOLD_AFTER

    def is_over(self, now: datetime) -> bool:
        """Nobody has met it for longer than the breaker ever waits."""
        return now - self.last > TOLD_AFTER

    def met_again(self, now: datetime) -> Self:
        return replace(self, last=now)


@dataclass(frozen=True, kw_only=True)
class Barred(Silence):
    """The operation is answered with this status, 401 or 403, and nothing that says who refuses what."""

    operation: str
    status: int


@dataclass(frozen=True)
class Gate:
    ver: int = 0
    plan: int | None = None  # requests an hour
    minutes: Mapping[int, int] = field(default_factory=dict)  # minute since the epoch -> requests started
    closed_until: datetime | None = None
    closed_why: Why | None = None
    owner: str | None = None
    lease_until: datetime | None = None
    in_flight: InFlight | None = None
    last_start: datetime | None = None
    failures: int = 0  # unanswered requests in a row
    refusals: int = 0  # how often the token was refused since Xledger last took it
    silence: Silence | None = None
    barred: Barred | None = None
    learnt: Learnt = field(default_factory=Learnt)
    last_served: CompanyId | None = None
    usage: Usage = field(default_factory=Usage)

    def used(self, now: datetime) -> int:
        """Requests of the last hour; a minute counts until it lies behind us whole."""
        first = _minute(now) - 60
        return sum(count for minute, count in self.minutes.items() if minute >= first)

    @property
    def is_probed(self) -> bool:
        """Xledger has refused this token, or has not answered, again and again. The next request is a try."""
        return self.refusals > 0 or self.failures >= FAILURES_TO_OPEN_BREAKER

    def is_closed(self, now: datetime) -> bool:
        return self.closed_until is not None and self.closed_until > now

    @property
    def token_is_refused(self) -> bool:
        """Also while it is being tried again."""
        return self.refusals > 0 or self.closed_why is Why.AUTH


@dataclass(frozen=True)
class Closed:
    why: Why
    until: datetime


def enter(
    gate: Gate, *, owner: str, in_flight: InFlight | None, now: datetime, timing: Timing
) -> Gate | Closed:
    """The gate with this request counted, the write noted and the lease renewed; or why not."""
    closed = why_closed(gate, owner, now)
    if closed:
        return closed
    counted = {minute: count for minute, count in gate.minutes.items() if minute >= _minute(now) - 60}
    counted[_minute(now)] = counted.get(_minute(now), 0) + 1
    return replace(
        gate,
        minutes=counted,
        owner=owner,
        lease_until=now + timing.lease,
        in_flight=in_flight,
        last_start=now,
        closed_until=None,
        closed_why=None,
        usage=with_request(gate.usage, now),
    )


def why_closed(gate: Gate, owner: str, now: datetime) -> Closed | None:
    """Why `owner` may not send now; None where it may."""
    if gate.closed_until and gate.is_closed(now) and (why := said_why(gate)):
        return Closed(why, gate.closed_until)
    if gate.owner not in (None, owner) and gate.lease_until and gate.lease_until > now:
        return Closed(Why.HELD, gate.lease_until)
    if gate.plan and gate.used(now) >= max(1, int(gate.plan * SHARE)):
        return Closed(Why.ALLOWANCE, _when_a_minute_is_forgotten(gate, now))
    return None


def said_why(gate: Gate) -> Why | None:
    """Why it is closed, as people are told."""
    return Why.BARRED if gate.closed_why is Why.DOWN and gate.barred else gate.closed_why


def wait_before(gate: Gate, now: datetime) -> timedelta:
    """Until the next request may start."""
    return max(timedelta(), (gate.last_start or now - SPACING) + SPACING - now)


def answered(gate: Gate, operation: str) -> Gate:
    """Xledger answered to this token, whatever it said; the outcome is stored before the next request is admitted."""
    barred = None if gate.barred and gate.barred.operation == operation else gate.barred
    learnt = gate.learnt.answered(operation)
    return replace(gate, in_flight=None, failures=0, refusals=0, silence=None, barred=barred, learnt=learnt)


def turned_away(gate: Gate, now: datetime) -> Gate:
    """Xledger did not look at the request."""
    return replace(gate, in_flight=None, failures=0, silence=None, usage=with_turned_away(gate.usage, now))


def held_back(gate: Gate, closed: Closed, now: datetime) -> Gate:
    """Noted for people's eyes. That another worker is at it is no closing."""
    if closed.why is Why.HELD:
        return gate
    why = Why.DOWN if closed.why is Why.BARRED else closed.why
    return replace(gate, usage=with_closing(gate.usage, why, now, closed.until))


def barred(gate: Gate, operation: str, status: int, now: datetime) -> Gate:
    """The first operation that is barred is followed, for another may still be answered."""
    known = gate.barred
    if known is None or known.is_over(now):
        return replace(gate, barred=Barred(operation=operation, status=status, since=now, last=now))
    return replace(gate, barred=replace(known.met_again(now), status=status))


def unanswered(gate: Gate, *, writes: bool, now: datetime, timing: Timing) -> Gate:
    """No readable answer. A write stays in doubt until it can no longer be carried out; then it is looked up.

    Where the request was to show whether a refused token is taken again, the next try is as far away as after a
    refusal.
    """
    failures, silence = gate.failures + 1, gate.silence
    silence = silence.met_again(now) if silence and not silence.is_over(now) else Silence(now, now)
    gate = replace(gate, silence=silence)
    if gate.refusals:
        pause = max(_until_the_next_probe(gate), timing.doubt)
        return _shut(replace(gate, failures=failures), Why.AUTH, now + pause, now)
    over = failures - FAILURES_TO_OPEN_BREAKER
    if over >= 0:
        pause = min(timedelta(minutes=1) * 2 ** min(over, 10), LONGEST_BREAK)
        return _shut(replace(gate, failures=failures), Why.DOWN, now + max(pause, timing.doubt), now)
    if writes and gate.in_flight:
        doubt_over = gate.in_flight.started + timing.doubt
        return _shut(replace(gate, failures=failures), Why.IN_DOUBT, doubt_over, now)
    return replace(gate, failures=failures)


def too_much(gate: Gate, now: datetime) -> Gate:
    """Xledger gave the request up, as it took too long."""
    return replace(gate, learnt=gate.learnt.with_shorter_lists(now))


def credits_used_up(gate: Gate, operation: str, now: datetime) -> Gate:
    """What is learnt from it. This request is among those of the last hour, and was not let through."""
    learnt = gate.learnt.credits_used_up(operation, gate.used(now) - 1, now)
    return replace(gate, learnt=learnt)


def out_of_credits(gate: Gate, reset_at: datetime | None, now: datetime) -> Gate:
    """Until the moment that Xledger names, if it is one that can be true; else for an hour."""
    until = now + HOUR
    if reset_at and now < reset_at <= now + LONGEST_RESET:
        until = reset_at + RESET_MARGIN
    elif reset_at and now - CLOCKS_DIFFER <= reset_at <= now:
        until = now + CLOCKS_DIFFER
    return _shut(turned_away(gate, now), Why.CREDITS, until, now)


def token_refused(gate: Gate, now: datetime) -> Gate:
    """Until a person saves one, or until the next request shows that it is taken again."""
    return token_missing(turned_away(replace(gate, barred=None), now), now)


def token_missing(gate: Gate, now: datetime) -> Gate:
    """Until a person saves one. It is looked for now and then, as a refused one is tried."""
    refused = replace(gate, refusals=gate.refusals + 1)
    return _shut(refused, Why.AUTH, now + _until_the_next_probe(refused), now)


def _until_the_next_probe(gate: Gate) -> timedelta:
    doublings: int = min(gate.refusals - 1, 10)
    return min(FIRST_PROBE * (1 << doublings), LONGEST_PROBE)


def reopen(gate: Gate, now: datetime) -> Gate:
    """A token was saved. That ends no closing but one for the token's sake, or one that may be for its sake."""
    if not gate.token_is_refused and said_why(gate) is not Why.BARRED:
        return gate
    opened = with_opening(gate.usage, now)
    return replace(gate, closed_until=None, closed_why=None, refusals=0, barred=None, usage=opened)


def take_over(gate: Gate, owner: str, now: datetime, timing: Timing) -> Gate | Closed:
    """What a worker does first: take the lease, unless the last holder's write may still be carried out.

    A holder that died leaves its write in flight: what came of it was never stored. Until it can no longer arrive,
    nobody sends anything. Then the new holder marks its records as in doubt, before its own first request.
    """
    closed = why_closed(gate, owner, now)
    if closed:
        return closed
    if gate.in_flight and gate.in_flight.started + timing.doubt > now:
        return Closed(Why.IN_DOUBT, gate.in_flight.started + timing.doubt)
    return replace(gate, owner=owner, lease_until=now + timing.lease, closed_until=None, closed_why=None)


def leave(gate: Gate, owner: str) -> Gate:
    """Gives the lease back, so that the next worker need not wait it out."""
    return replace(gate, owner=None, lease_until=None) if gate.owner == owner else gate


def _shut(gate: Gate, why: Why, until: datetime, now: datetime) -> Gate:
    return replace(gate, closed_why=why, closed_until=until, usage=with_closing(gate.usage, why, now, until))


def _minute(moment: datetime) -> int:
    return int(moment.timestamp()) // 60


def _when_a_minute_is_forgotten(gate: Gate, now: datetime) -> datetime:
    counted = [minute for minute, count in gate.minutes.items() if count and minute >= _minute(now) - 60]
    return datetime.fromtimestamp((min(counted, default=_minute(now)) + 61) * 60, UTC)
