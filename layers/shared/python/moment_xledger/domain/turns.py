"""Whose turn it is at a gate, and whether it pays to wait for more."""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from moment_xledger.domain.companies import CompanyId

# The fuller the hour, the longer a list waits to be joined by more: share of the plan used -> how long.
LINGER = ((0.10, 0), (0.25, 10), (0.50, 30), (0.75, 60), (1.00, 180))
LOOKS_A_ROUND = 4  # at what is due; where only a few are, before each turn
SUPPOSED_PLAN = 500  # requests an hour, where the company's plan is not known


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
