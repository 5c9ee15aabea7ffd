"""Calendar days. Every date in a file, a mail and a page is one in Norway; instants are UTC until then."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

OSLO = ZoneInfo("Europe/Oslo")


def day_in_oslo(instant: datetime) -> date:
    return instant.astimezone(OSLO).date()
