"""The facts of the last 24 hours: what was carried, what that cost in requests, and when nothing could be sent.

A fixed number of small items is read, however many records there are.
"""

from datetime import datetime, timedelta

from moment_xledger.adapters.ledger.hours import Count
from moment_xledger.console.desk import Desk
from moment_xledger.console.facts.day import ClosingFacts, DayFacts, HourFacts, MonthFacts
from moment_xledger.domain.companies import Company
from moment_xledger.domain.errors import Why
from moment_xledger.domain.gate import Gate
from moment_xledger.domain.kinds import Kind
from moment_xledger.domain.month_forecast import month_of
from moment_xledger.domain.usage import Closing, Usage, hour_of

HOUR = timedelta(hours=1)
HOURS = 24

Counts = dict[tuple[datetime, Kind], Count]


def day_facts(company: Company, gate: Gate, desk: Desk, now: datetime) -> DayFacts:
    first = first_hour(now)
    counts = desk.ledger.hours.since(company.id, first, HOURS)
    return {
        "hours": [_hour(first + n * HOUR, counts, gate.usage) for n in range(HOURS)],
        "closings": [_closing(each, gate) for each in gate.usage.closings if each.until > first],
        "is_shared": bool(gate.usage.requests) and desk.ledger.companies.is_shared(company.token_id),
        "requests_this_month": gate.usage.of_month(now),
        "month": _month(company, gate.usage.of_month(now), now),
    }


def _month(company: Company, used: int, now: datetime) -> MonthFacts:
    month, price = month_of(company, used, now), company.price_per_request
    return {
        "included": month.included,
        "forecast": month.forecast,
        "reached": month.reached,
        "price": None if price is None else f"{price:f}",
        "over": None if month.over is None else f"{month.over:.2f}",
    }


def first_hour(now: datetime) -> datetime:
    """The last of them has begun, and is not over."""
    return now.replace(minute=0, second=0, microsecond=0) - (HOURS - 1) * HOUR


def _hour(begins: datetime, counts: Counts, usage: Usage) -> HourFacts:
    found = {kind: counts.get((begins, kind), Count()) for kind in Kind}
    return {
        "begins": begins,
        "carried": {kind: count.carried for kind, count in found.items()},
        "refused": sum(count.refused for count in found.values()),
        "requests": usage.requests.get(hour_of(begins), 0),
        "turned_away": usage.turned_away.get(hour_of(begins), 0),
    }


def _closing(closing: Closing, gate: Gate) -> ClosingFacts:
    goes_on = closing is gate.usage.closings[-1] and closing.why is Why.AUTH and gate.token_is_refused
    return {"why": closing.why, "since": closing.since, "until": None if goes_on else closing.until}
