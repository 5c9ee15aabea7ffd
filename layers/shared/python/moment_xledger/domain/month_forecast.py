"""How many requests a month is likely to take of those that the agreement with Xledger includes, and what is over it.

Only requests are counted: what Xledger charges for data is not known here. A month is a calendar month in Oslo.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from moment_xledger.domain.companies import Company
from moment_xledger.domain.days import OSLO

WARNS_AT = (90, 70)  # percent of what is included
SETTLES = timedelta(days=1)  # what was used earlier in a month than this tells nothing of the rest


@dataclass(frozen=True)
class Month:
    """`forecast` and `over` are None where they cannot be told. `over`: what the forecast costs besides. `reached`: the
    highest of `WARNS_AT` that is used up, or 0."""

    used: int
    included: int | None
    forecast: int | None
    reached: int
    over: Decimal | None


def month_of(company: Company, used: int, now: datetime) -> Month:
    """`used`: by all that share the token."""
    included, price, forecast = company.requests_per_month, company.price_per_request, _forecast(used, now)
    reached = next((each for each in WARNS_AT if included and used * 100 >= included * each), 0)
    over = None
    if included and price is not None and forecast is not None:
        over = price * max(0, forecast - included)
    return Month(used, included, forecast, reached, over)


def _forecast(used: int, now: datetime) -> int | None:
    """As many each day as so far."""
    local = now.astimezone(OSLO)
    begun = local.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    passed = local - begun
    if passed < SETTLES:
        return None
    whole = timedelta(days=monthrange(local.year, local.month)[1])
    return -(-used * int(whole.total_seconds()) // int(passed.total_seconds()))
