"""A rate is what exactly one source gives for a code and a day; anything else is unknown."""

from datetime import date
from decimal import Decimal

import pytest

from moment_xledger.domain.vat_rates import (
    PUBLISHED_PURCHASES,
    PUBLISHED_SALES,
    RateRow,
    RateSources,
    VatRates,
    as_rates,
    read_typed,
    tidied,
)

TODAY = date(2026, 11, 20)


def a_table(*rows: tuple[str, str]) -> VatRates:
    return as_rates(RateRow(code, Decimal(percent), None, None) for code, percent in rows)


@pytest.mark.parametrize(
    ("code", "day", "percent"),
    [
        pytest.param("3", TODAY, "25", id="the standard's regular rate"),
        pytest.param("2", TODAY, "25", id="Xledger's own regular rate"),
        pytest.param("33", date(2021, 9, 30), "6", id="the last day of the relief"),
        pytest.param("33", date(2021, 10, 1), "12", id="the first day after it"),
        pytest.param("31", date(2011, 12, 31), "14", id="food before 2012"),
        pytest.param("32", TODAY, "11.11", id="raw fish"),
        pytest.param("51", TODAY, "0", id="reverse charge"),
        pytest.param("27", TODAY, "0", id="Xledger's sales abroad"),
    ],
)
def test_published_rates_count_on_their_days(code: str, day: date, percent: str) -> None:
    assert RateSources().rate(code, day) == Decimal(percent)


@pytest.mark.parametrize("code", ["20", "21", "22", "12", "1", "99"])
def test_a_code_that_means_different_things_in_the_published_lists_has_no_certain_rate(code: str) -> None:
    assert RateSources().rate(code, TODAY) is None


def test_of_purchases_only_what_both_lists_agree_on_is_certain() -> None:
    sources = RateSources(published=PUBLISHED_PURCHASES)
    assert [sources.rate(code, TODAY) for code in ("1", "11", "12", "3")] == [25, 15, None, None]


def test_xledger_goes_before_the_company_and_the_company_before_what_is_published() -> None:
    company = read_typed(["3 = 23", "21 = 15"])
    assert RateSources(a_table(("3", "24")), company).rate("3", TODAY) == 24
    assert RateSources(None, company).rate("3", TODAY) == 23
    assert RateSources(a_table(("31", "15")), company).rate("3", TODAY) == 23
    assert RateSources(a_table(("31", "15")), company).rate("21", TODAY) == 15
    assert RateSources(a_table(("31", "15"))).rate("3", TODAY) == 25


def test_where_xledger_gives_two_rates_only_the_company_can_say_which_it_is() -> None:
    both = a_table(("3", "25"), ("3", "-25"))
    assert RateSources(both).rate("3", TODAY) is None
    assert RateSources(both, read_typed(["3=25"])).rate("3", TODAY) == 25
    assert RateSources(a_table(("3", "25"), ("3", "25.0"))).rate("3", TODAY) == 25


def test_a_day_that_xledger_says_nothing_of_is_not_made_up_from_what_is_published() -> None:
    later = as_rates([RateRow("3", Decimal(27), date(2027, 1, 1), None)])
    assert RateSources(later).rate("3", TODAY) is None
    assert RateSources(later).rate("3", date(2027, 1, 1)) == 27


def test_a_percentage_that_may_be_a_fraction_says_nothing() -> None:
    assert not as_rates([RateRow("3", Decimal("0.25"), None, None)]).knows("3")
    assert as_rates([RateRow("3", Decimal(0), None, None)]).on("3", TODAY) == {Decimal(0)}


def test_the_companys_table_is_typed_a_line_for_each_rate() -> None:
    rates = read_typed(["22 = 12", " 22: 13 %  fra 01.01.2027", "K = 11,11"])
    assert rates.on("22", date(2026, 12, 31)) == {Decimal(12)}
    assert rates.on("22", date(2027, 1, 1)) == {Decimal(13)}
    assert rates.on("K", TODAY) == {Decimal("11.11")}
    assert tidied(["22: 13% from 2027-01-01"]) == ("22 = 13 2027-01-01",)


@pytest.mark.parametrize(
    "lines",
    [["22"], ["22 = abc"], ["22 = 101"], ["22 = 12", "22=13"], ["22 = 12 2027-02-30"], ["ABCDEF = 1"]],
)
def test_what_cannot_be_read_as_a_rate_is_refused(lines: list[str]) -> None:
    with pytest.raises(ValueError, match=r"not a|two rates|out of range"):
        read_typed(lines)


def test_published_codes_are_sales_codes_only() -> None:
    assert not {"1", "11", "12", "13", "81", "86"} & PUBLISHED_SALES.by_code.keys()
