"""Whose turn it is at a gate, and whether it pays to wait for more."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from moment_xledger.domain.companies import CompanyId
from moment_xledger.domain.kinds import Kind

# The fuller the hour, the longer a list waits to be joined by more: share of the plan used -> how long.
LINGER = ((0.08, 0), (0.40, 13), (0.50, 30), (0.75, 60), (1.00, 180))
LOOKS_A_ROUND = 4  # at what is due; where only a few are, before each turn
SUPPOSED_PLAN = 500  # requests an hour, where the company's plan is not known
SOON = timedelta(seconds=LINGER[-1][1])  # what is due later than that is found by the sweep
CLOCKS_DIFFER = timedelta(seconds=0.1)  # between two machines that run functions


@dataclass(frozen=True)
class Pending:
    """Records of one kind that a company has to send from `due` on. `woken_for`: the last time at which they were due
    for which a wake was sent beforehand."""

    kind: Kind
    company: CompanyId
    due: datetime
    woken_for: datetime | None = None


def to_wake_for(pending: Iterable[Pending], now: datetime) -> Pending | None:
    """The work that is due next, if that is soon and no wake is on its way for it."""
    soon = (each for each in pending if now < each.due <= now + SOON)
    first = min(soon, key=lambda each: each.due, default=None)
    return None if first is None or first.woken_for == first.due else first


def delay_until(due: datetime, now: datetime) -> timedelta:
    """In whole seconds, as queues count. A wake that comes too early finds nothing due, and no other follows it."""
    return timedelta(seconds=math.ceil((due + CLOCKS_DIFFER - now).total_seconds()))


def in_turn(companies: Iterable[CompanyId], last_served: CompanyId | None) -> list[CompanyId]:
    """A round: one list each, so that with one token for several companies none can keep the others waiting."""
    return sorted(companies, key=lambda company: (company <= (last_served or ""), company))


def first_of_round(companies: Sequence[CompanyId]) -> Sequence[CompanyId]:
    """Those that are served before it is looked again who is due: a look may be for many, so a turn pays for a few of
    them only, and who becomes due meanwhile waits for a quarter of a round and not for all of it."""
    return companies[: max(1, len(companies) // LOOKS_A_ROUND)]


def linger(used: int, plan: int | None) -> timedelta:
    share = used / (plan or SUPPOSED_PLAN)
    return timedelta(seconds=next((seconds for upto, seconds in LINGER if share < upto), LINGER[-1][1]))


HOUR = timedelta(hours=1)
# Requests an hour that refused work goes by where the plan is not known: what it would use of a larger one could be all
# that a small one has, and then everybody on the token waits.
SMALL_PLAN = 100


@dataclass(frozen=True)
class Share:
    """A part of a token's hour that one sort of work may use, in requests; `least`, however small the plan."""

    of_plan: float
    least: int

    def an_hour(self, plan: int | None) -> float:
        return max(self.of_plan * (plan or SMALL_PLAN), self.least)


# Of the work that Xledger has refused, so that what it has not refused always finds room beside it.
SIFTING = Share(0.30, 24)  # finding those at fault in refused lists
# Trying again, one by one, records that are refused alike: a tenth in any hour, for a share that was saved up may be
# used in the same hour as the next one.
ONE_BY_ONE = Share(0.05, 4)
A_TURN = 24  # requests on refused lists, before it is another company's turn
WORTH_A_TURN = 6  # so few find nobody at fault


@dataclass(frozen=True)
class Spent:
    """Requests that were used of a share. They are forgotten evenly, so that a whole share is free after an hour."""

    share: Share
    plan: int | None
    requests: float = 0.0
    at: datetime | None = None

    def counted(self, now: datetime) -> float:
        if self.at is None:
            return 0.0
        return max(0.0, self.requests - self.share.an_hour(self.plan) * ((now - self.at) / HOUR))

    def left(self, now: datetime) -> int:
        return max(0, int(self.share.an_hour(self.plan) - self.counted(now)))

    def with_more(self, requests: int, now: datetime) -> "Spent":
        return Spent(self.share, self.plan, self.counted(now) + requests, now)

    def when_left(self, requests: int, now: datetime) -> datetime:
        """When so many can be used again."""
        an_hour = self.share.an_hour(self.plan)
        over = self.counted(now) + min(requests, an_hour) - an_hour
        return now + max(timedelta(), HOUR * (over / an_hour))


def cost_of_trying(records: int) -> int:
    """The most requests that it costs to try a group again."""
    return (3 + A_TURN) * -(-records // 500)
