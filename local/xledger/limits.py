"""What one token may ask for: requests in a few seconds, requests at once, credits in a window."""

from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from math import ceil
from typing import Any

from local.xledger.errors import BURST, CONCURRENCY, CREDITS, OverLimit
from local.xledger.plan import Plan, ResetAt
from local.xledger.times import CENTRAL_EUROPE, wall_time

NOT_A_TIME = "soon"


def _seconds(reset: datetime, now: datetime) -> int:
    return ceil((reset - now).total_seconds())


# How the moment of the reset may be written; which of them Xledger uses is not known.
FORMATS: dict[ResetAt, Callable[[datetime, datetime], dict[str, Any]]] = {
    "utc": lambda reset, now: {"resetAt": reset.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")},
    "offset": lambda reset, now: {"resetAt": reset.astimezone(CENTRAL_EUROPE).isoformat(timespec="seconds")},
    "cet": lambda reset, now: {"resetAt": wall_time(reset)},
    "epoch": lambda reset, now: {"resetAt": ceil(reset.timestamp())},
    "seconds": lambda reset, now: {"resetAt": _seconds(reset, now)},
    "absent": lambda reset, now: {},
    "garbage": lambda reset, now: {"resetAt": NOT_A_TIME},
}


class Allowance:
    """One token's. The window of its credits begins with its first request; then one follows another."""

    def __init__(self) -> None:
        self.in_flight = 0
        self._recent: deque[datetime] = deque()
        self._used = 0
        self._window: datetime | None = None  # when it began

    def admit(self, cost: int, plan: Plan, now: datetime) -> None:
        """Counts a request in, or refuses it."""
        self._move_on(plan, now)
        try:
            self._refuse_burst(plan, now)
            self._refuse_crowd(plan)
            self.charge(cost, plan, now)
        except OverLimit:
            self._used += plan.cost_of_refusal
            raise
        self._recent.append(now)

    def charge(self, cost: int, plan: Plan, now: datetime) -> None:
        """Takes credits, or refuses if they do not suffice."""
        if plan.credits_per_hour is not None and self._used + cost > plan.credits_per_hour:
            reset = self._reset(plan, now)
            raise OverLimit("Insufficient credits.", CREDITS, **FORMATS[plan.reset_at](reset, now))
        self._used += cost

    def _refuse_crowd(self, plan: Plan) -> None:
        if plan.concurrency is not None and self.in_flight > plan.concurrency:
            raise OverLimit("Too many requests at once.", CONCURRENCY)

    def _refuse_burst(self, plan: Plan, now: datetime) -> None:
        window = timedelta(seconds=plan.burst_seconds)
        while self._recent and self._recent[0] <= now - window:
            self._recent.popleft()
        if plan.burst is not None and len(self._recent) >= plan.burst:
            raise OverLimit(f"Too many requests in the last {plan.burst_seconds:g} seconds.", BURST)

    def _move_on(self, plan: Plan, now: datetime) -> None:
        length = timedelta(seconds=plan.reset_after_seconds)
        if self._window is None:
            self._window = now
        elif now >= self._window + length:
            self._window += length * ((now - self._window) // length)
            self._used = 0

    def _reset(self, plan: Plan, now: datetime) -> datetime:
        return (self._window or now) + timedelta(seconds=plan.reset_after_seconds)
