"""Whose turn it is at a gate, and whether it pays to wait for more."""

from collections.abc import Collection
from datetime import timedelta

from moment_xledger.domain.companies import CompanyId

# The fuller the hour, the longer a list waits to be joined by more: share of the plan used -> how long.
LINGER = ((0.10, 0), (0.25, 10), (0.50, 30), (0.75, 60), (1.00, 180))
SUPPOSED_PLAN = 500  # requests an hour, where the company's plan is not known


def next_in_turn(companies: Collection[CompanyId], last_served: CompanyId | None) -> CompanyId:
    """Round robin, one list each: with one token for several companies none can keep the others waiting."""
    in_order = sorted(companies)
    return next((company for company in in_order if company > (last_served or "")), in_order[0])


def linger(used: int, plan: int | None) -> timedelta:
    share = used / (plan or SUPPOSED_PLAN)
    return timedelta(seconds=next((seconds for upto, seconds in LINGER if share < upto), LINGER[-1][1]))
