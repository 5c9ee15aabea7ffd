"""What the operator hears of a reason: once when it comes, and again when it comes back after a month."""

from datetime import UTC, datetime, timedelta

import pytest

from moment_xledger.adapters.ledger import Ledger
from moment_xledger.domain.companies import CompanyId
from moment_xledger.domain.problems import Code, Problem
from tests.adapters.ledgers import ledger as ledger

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def report(ledger: Ledger, at: datetime, code: Code = Code.KID_INVALID, company: str = "nordvik") -> None:
    ledger.problems.report([Problem(CompanyId(company), "invoice", str(at), code, {}, "", at, at)])


def test_a_reason_is_new_for_as_long_as_is_asked(ledger: Ledger) -> None:
    report(ledger, NOW)
    assert ledger.reasons.new(NOW - HOUR) == [Code.KID_INVALID]
    assert ledger.reasons.new(NOW + HOUR) == []


def test_it_is_news_once_for_all_companies(ledger: Ledger) -> None:
    report(ledger, NOW)
    report(ledger, NOW + 2 * HOUR, company="fjord")
    report(ledger, NOW + 2 * HOUR, Code.TOTAL_DIFFERS, company="fjord")
    assert ledger.reasons.new(NOW + HOUR) == [Code.TOTAL_DIFFERS]


@pytest.mark.parametrize(("days", "is_new"), [(29, False), (31, True)])
def test_one_that_stayed_away_for_a_month_is_new_again(ledger: Ledger, days: int, is_new: bool) -> None:
    report(ledger, NOW)
    report(ledger, NOW + 5 * DAY)
    report(ledger, back := NOW + (5 + days) * DAY)
    assert (ledger.reasons.new(back - HOUR) == [Code.KID_INVALID]) is is_new


def test_one_that_comes_every_day_never_becomes_new(ledger: Ledger) -> None:
    for day in range(40):
        report(ledger, NOW + day * DAY)
    assert ledger.reasons.new(NOW + DAY) == []
