"""Xledger's clock: Central European wall time without an offset, so one hour a year comes twice."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

CENTRAL_EUROPE = ZoneInfo("Europe/Oslo")
WALL_TIME = "%Y-%m-%dT%H:%M:%S"


def wall_time(instant: datetime) -> str:
    return instant.astimezone(CENTRAL_EUROPE).strftime(WALL_TIME)


def now_in_utc() -> datetime:
    return datetime.now(UTC)
