"""Check digits of the KID, with values known from the banks' own description."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import luhn

from moment_xledger.domain.kid import bare, is_valid_kid, mod10_check_digit, mod11_check_digit
from moment_xledger.domain.moment import Invoice
from tests.builders import an_invoice

digits = st.text("0123456789", min_size=1, max_size=24)


@pytest.mark.parametrize(
    ("kid", "valid"),
    [
        pytest.param("602243", True, id="a KID by MOD10"),
        pytest.param("602244", False, id="one digit off"),
        pytest.param("6-", True, id="MOD11 whose check digit would be ten"),
        pytest.param("7-", False, id="a dash that does not belong there"),
        pytest.param("", False, id="nothing"),
        pytest.param("0", False, id="too short"),
        pytest.param("0" * 25, True, id="as long as it may be"),
        pytest.param("0" * 26, False, id="too long"),
        pytest.param("12a45", False, id="letters"),
        pytest.param("٢٢", False, id="digits of another script"),
        pytest.param("1 2", False, id="blanks"),
    ],
)
def test_which_kids_are_valid(kid: str, valid: bool) -> None:
    assert is_valid_kid(kid) is valid


@pytest.mark.parametrize("base", ["6", "23", "37", "40"])
def test_bases_whose_mod11_digit_would_be_ten_get_a_dash(base: str) -> None:
    assert mod11_check_digit(base) == "-"


@given(digits)
def test_mod10_is_the_luhn_algorithm(base: str) -> None:
    assert mod10_check_digit(base) == luhn.calc_check_digit(base)


@given(digits)
def test_a_base_with_either_check_digit_is_a_valid_kid(base: str) -> None:
    assert is_valid_kid(base + mod10_check_digit(base))
    assert is_valid_kid(base + mod11_check_digit(base))


@given(digits.filter(lambda base: len(base) > 1), st.data())
def test_mod11_finds_every_single_wrong_digit(base: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, min(len(base), 6) - 1))
    at = len(base) - 1 - place
    other = data.draw(st.sampled_from([d for d in "0123456789" if d != base[at]]))
    assert mod11_check_digit(base[:at] + other + base[at + 1 :]) != mod11_check_digit(base)


@pytest.mark.parametrize("hidden", ["\u200b", "\ufeff", "\u00ad", "\u2060", "\u200e", " \u200b\u00a0"])
@pytest.mark.parametrize("at", [0, 3, 6])
def test_what_nobody_sees_is_not_part_of_it(hidden: str, at: int) -> None:
    assert bare("602243"[:at] + hidden + "602243"[at:]) == "602243"


@pytest.mark.parametrize("emptied", ["\u200b", " \ufeff", "\u00ad\u200b "])
def test_one_of_nothing_but_that_is_none(emptied: str) -> None:
    content = an_invoice(7, kid=emptied)["data"]
    assert Invoice.model_validate(content).kid is None
