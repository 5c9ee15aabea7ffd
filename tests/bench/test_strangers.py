"""What a stranger can cost, and that the README says so."""

import re

import pytest

from local import ROOT
from local.bench.strangers import a_day, of_the_template


def test_a_stranger_costs_what_the_readme_says() -> None:
    (said,) = re.findall(r"at most (\d+) US dollars a day", (ROOT / "README.md").read_text())
    assert int(said) == pytest.approx(of_the_template(), abs=1)


def test_half_the_limit_is_half_the_cost() -> None:
    whole, half = a_day(80, 0.5), a_day(40, 0.5)
    assert sum(whole.values()) == pytest.approx(2 * sum(half.values()))
    assert min(half.values()) > 0


def test_memory_is_paid_for_by_the_second() -> None:
    assert a_day(1, 1.0)["Lambda GB-seconds"] == pytest.approx(24 * 3600 * 13.33e-6)
