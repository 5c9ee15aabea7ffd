"""What an Xledger token was used for: requests by the hour and in the month, and when its gate was closed.

For people's eyes; nothing is decided by it. It lies in the gate's own item and is written with it, so it costs no
write of its own, and a request is counted exactly once, before it is sent. What Xledger turned away is counted with
the next write of the gate: of a worker that dies before that, one is missed. Companies with one token share it all.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from moment_xledger.domain.days import OSLO
from moment_xledger.domain.errors import Why

HOURS_KEPT = 25  # the last 24 hours touch so many
DAY = timedelta(hours=24)
MOST_CLOSINGS = 40
# A gate that opens for a request or two and closes again for the same reason was closed all the time, to a person.
SLIT = timedelta(minutes=1)


@dataclass(frozen=True)
class Closing:
    why: Why
    since: datetime
    until: datetime


@dataclass(frozen=True)
class Usage:
    """Hours are numbered since the epoch; a month is a calendar month in Oslo."""

    requests: Mapping[int, int] = field(default_factory=dict)
    turned_away: Mapping[int, int] = field(
        default_factory=dict
    )  # of these: over a limit, or for the token's sake
    closings: tuple[Closing, ...] = ()  # of the last day, the oldest first
    month: str = ""
    in_month: int = 0

    def of_month(self, now: datetime) -> int:
        return self.in_month if self.month == _month(now) else 0


def hour_of(moment: datetime) -> int:
    return int(moment.timestamp()) // 3600


def with_request(usage: Usage, now: datetime) -> Usage:
    """Whatever was closed is open: a request goes."""
    return replace(
        usage,
        requests=_counted(usage.requests, now),
        turned_away=_recent(usage.turned_away, now),
        closings=_ended(usage.closings, now),
        month=_month(now),
        in_month=usage.of_month(now) + 1,
    )


def with_turned_away(usage: Usage, now: datetime) -> Usage:
    return replace(usage, turned_away=_counted(usage.turned_away, now))


def with_closing(usage: Usage, why: Why, now: datetime, until: datetime) -> Usage:
    """Only the newest `MOST_CLOSINGS`. One that goes on is one."""
    *before, last = usage.closings or (None,)
    if last and last.why is why and now <= last.until + SLIT:
        closings = (*filter(None, before), replace(last, until=max(last.until, until)))
    else:
        closings = (*_ended(usage.closings, now), Closing(why, now, until))
    return replace(usage, closings=closings[-MOST_CLOSINGS:])


def with_opening(usage: Usage, now: datetime) -> Usage:
    return replace(usage, closings=_ended(usage.closings, now))


def _counted(hours: Mapping[int, int], now: datetime) -> Mapping[int, int]:
    hour = hour_of(now)
    return {**_recent(hours, now), hour: hours.get(hour, 0) + 1}


def _recent(hours: Mapping[int, int], now: datetime) -> Mapping[int, int]:
    return {hour: count for hour, count in hours.items() if hour > hour_of(now) - HOURS_KEPT}


def _ended(closings: tuple[Closing, ...], now: datetime) -> tuple[Closing, ...]:
    """Those of the last day; none goes on."""
    recent = (closing for closing in closings if closing.until > now - DAY)
    return tuple(replace(closing, until=min(closing.until, now)) for closing in recent)


def _month(moment: datetime) -> str:
    return f"{moment.astimezone(OSLO):%Y-%m}"
