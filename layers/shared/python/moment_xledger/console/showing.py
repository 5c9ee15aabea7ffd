"""How amounts, counts and times are written on a page: the Norwegian way, in both languages."""

from datetime import datetime

from moment_xledger.domain.days import OSLO, day_in_oslo
from moment_xledger.domain.details import amount

NO_BREAK_SPACE = "\u00a0"
MINUS = "\u2212"

__all__ = ["amount", "clock", "count", "moment", "until"]


def count(value: int) -> str:
    return MINUS * (value < 0) + f"{abs(value):,}".replace(",", NO_BREAK_SPACE)


def moment(value: datetime) -> str:
    """22.11.2026 10:42, as the clocks in Oslo show it."""
    return value.astimezone(OSLO).strftime("%d.%m.%Y %H:%M")


def clock(value: datetime) -> str:
    """09:00"""
    return value.astimezone(OSLO).strftime("%H:%M")


def until(value: datetime, now: datetime) -> str:
    """11:00, or with its day where that is another."""
    is_today = day_in_oslo(value) == day_in_oslo(now)
    return clock(value) if is_today else moment(value)
