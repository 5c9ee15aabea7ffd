"""Calendar days. Every date in a file, a mail and a page is one in Norway; instants are UTC until then."""

from calendar import monthrange
from datetime import date, datetime
from zoneinfo import ZoneInfo

OSLO = ZoneInfo("Europe/Oslo")


def day_in_oslo(instant: datetime) -> date:
    return instant.astimezone(OSLO).date()


def months_before(day: date, months: int) -> date:
    """The same day of an earlier month, or that month's last day. The beginning of the calendar where there is none."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    if year < date.min.year:
        return date.min
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
