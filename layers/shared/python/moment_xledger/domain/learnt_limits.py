"""Limits that a token was seen to have where nobody has stated them: requests an hour, and records in one list.

What credits a request costs, and for how long Xledger works on a list, is not published. So a list that is too much for
it is sent in smaller ones, and the requests that it let through in an hour count as the plan where the settings name
none. Both are forgotten again, since neither has to stay as it was.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

FULL_LIST = 500  # what Xledger takes at once
SHORTEST_LIST = 10  # one that is still too much is no question of its length
GROWS_AFTER = timedelta(hours=1)  # doubles
PLAN_KEPT = timedelta(hours=24)
LEAST_PLAN = 50  # so few that others must have used the rest


@dataclass(frozen=True)
class Learnt:
    """`too_costly`: the operation that the credits did not suffice for when they were last used up, unless it has been
    answered since."""

    list_size: int | None = None
    list_since: datetime | None = None
    plan: int | None = None
    plan_since: datetime | None = None
    too_costly: str = ""

    def longest_list(self, now: datetime) -> int:
        if self.list_size is None or self.list_since is None:
            return FULL_LIST
        doublings = min(int(max(timedelta(), now - self.list_since) / GROWS_AFTER), 10)
        return min(FULL_LIST, self.list_size << doublings)

    def known_plan(self, now: datetime) -> int | None:
        return self.plan if self.plan_since and now - self.plan_since < PLAN_KEPT else None

    def with_shorter_lists(self, now: datetime) -> "Learnt":
        return replace(self, list_size=max(SHORTEST_LIST, self.longest_list(now) // 2), list_since=now)

    def credits_used_up(self, operation: str, let_through: int, now: datetime) -> "Learnt":
        """`let_through`: requests of the last hour. Where the same operation was refused the last time as well, and has
        not been answered in between, its list alone costs more than there is."""
        learnt = self.with_shorter_lists(now) if operation == self.too_costly else self
        learnt = replace(learnt, too_costly=operation)
        return replace(learnt, plan=let_through, plan_since=now) if let_through >= LEAST_PLAN else learnt

    def answered(self, operation: str) -> "Learnt":
        return replace(self, too_costly="") if operation == self.too_costly else self
