"""How amounts, counts and times are written on a page: the Norwegian way, in both languages."""

from datetime import datetime
from decimal import Decimal

from moment_xledger.domain.days import OSLO, day_in_oslo

NO_BREAK_SPACE = "\u00a0"
MINUS = "\u2212"


def amount(value: Decimal) -> str:
    """1 234 567,50"""
    return _grouped(f"{abs(value):,.2f}", value < 0)


def count(value: int) -> str:
    return _grouped(f"{abs(value):,}", value < 0)


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


def _grouped(digits: str, is_negative: bool) -> str:
    whole, point, decimals = digits.partition(".")
    shown = whole.replace(",", NO_BREAK_SPACE) + ("," if point else "") + decimals
    return MINUS + shown if is_negative else shown
