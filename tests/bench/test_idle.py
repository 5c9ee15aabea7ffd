"""What is counted of companies in which nothing happens."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from local.bench import idle
from local.bench.idle import _clocked, clocks, cost, times_of
from local.bench.prices import PRICES, fixed


@pytest.mark.parametrize(
    ("expression", "minutes", "hours"),
    [
        pytest.param("rate(1 minute)", set(range(60)), set(range(24)), id="every minute"),
        pytest.param("rate(5 minutes)", set(range(0, 60, 5)), set(range(24)), id="every five minutes"),
        pytest.param("rate(1 hour)", {0}, set(range(24)), id="every hour"),
        pytest.param("cron(30 4 * * ? *)", {30}, {4}, id="once a day"),
        pytest.param("cron(0/20 4-6,22 * * ? *)", {0, 20, 40}, {4, 5, 6, 22}, id="in some hours"),
    ],
)
def test_a_schedule_says_when(expression: str, minutes: set[int], hours: set[int]) -> None:
    assert times_of(expression) == (frozenset(minutes), frozenset(hours))


def test_one_that_is_not_of_every_day_is_refused() -> None:
    with pytest.raises(ValueError, match="every day only"):
        times_of("cron(0 6 ? * MON *)")


def test_every_schedule_of_the_template_is_in_it() -> None:
    assert {each.name for each in clocks()} == {"sweep", "measure_work", "start_runs"}


def test_a_schedule_goes_by_its_own_clock() -> None:
    oslo = ZoneInfo("Europe/Oslo")
    at_six = {"ScheduleExpression": "cron(0 6 * * ? *)", "ScheduleExpressionTimezone": "Europe/Oslo"}
    clocked = _clocked("start_runs", at_six)
    assert clocked.is_due(datetime(2026, 7, 1, 6, 0, tzinfo=oslo))
    assert not clocked.is_due(datetime(2026, 7, 1, 6, 0, tzinfo=ZoneInfo("UTC")))


def test_what_they_cost_is_counted_from_what_their_functions_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(idle, "A_DAY", timedelta(hours=1))
    monkeypatch.setattr(idle, "MEASURED", (1, 3))
    idle.uses.cache_clear()
    none, one_more = idle.uses(imports=False)["sweep"]
    idle.uses.cache_clear()
    assert none["Lambda calls"] == 60 * idle.DAYS
    assert one_more["Lambda calls"] == 0


def test_a_month_of_keeping_them_costs_what_the_price_list_says() -> None:
    assert cost(fixed(1_000)) - cost(fixed(0)) == pytest.approx(1_000 * 0.40)
    assert fixed(0).keys() == PRICES.keys()
