"""Requests of a month against what is included: the forecast, the warnings and what is over."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from moment_xledger.domain.month_forecast import month_of
from tests.builders import a_company

MIDDLE = datetime(2026, 11, 15, 23, 0, tzinfo=UTC)  # the 16th begins in Oslo: half of November has passed


@pytest.mark.parametrize(
    ("used", "now", "forecast"),
    [
        pytest.param(1_000, MIDDLE, 2_000, id="half a month"),
        pytest.param(0, MIDDLE, 0, id="nothing used"),
        pytest.param(
            90, datetime(2026, 10, 31, 23, 30, tzinfo=UTC), None, id="the month has just begun in Oslo"
        ),
        pytest.param(31, datetime(2026, 12, 1, 23, 0, tzinfo=UTC), 961, id="after a day of 31"),
        pytest.param(7, datetime(2027, 2, 28, 22, 59, tzinfo=UTC), 8, id="the last minute, rounded up"),
    ],
)
def test_the_rest_of_a_month_is_like_what_has_passed(used: int, now: datetime, forecast: int | None) -> None:
    assert month_of(a_company(), used, now).forecast == forecast


@pytest.mark.parametrize(("used", "reached"), [(699, 0), (700, 70), (899, 70), (900, 90), (2_000, 90)])
def test_a_warning_stands_at_seventy_and_ninety_percent(used: int, reached: int) -> None:
    assert month_of(a_company(requests_per_month=1_000), used, MIDDLE).reached == reached
    assert month_of(a_company(), used, MIDDLE).reached == 0


@pytest.mark.parametrize(
    ("settings", "over"),
    [
        ({"requests_per_month": 1_500, "price_per_request": "0.12"}, Decimal("60.00")),
        ({"requests_per_month": 5_000, "price_per_request": "0.12"}, Decimal(0)),
        ({"requests_per_month": 1_500}, None),
        ({"price_per_request": "0.12"}, None),
    ],
)
def test_what_is_over_costs_what_was_typed_or_is_not_known(settings: dict[str, Any], over: Any) -> None:
    assert month_of(a_company(**settings), 1_000, MIDDLE).over == over
