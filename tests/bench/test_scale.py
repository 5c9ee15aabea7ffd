"""What a function costs grows no faster than what it has to do; `make bench` shows the same for large numbers."""

import pytest

from local.bench.scale.cases import CASES, Case, Growth
from local.bench.scale.section import MOST, cost_of, growth
from local.bench.scale.site import Cost

PROMISED = [case for case in CASES if case.growth]
TIMES = 10


@pytest.mark.parametrize("case", PROMISED, ids=[case.what for case in PROMISED])
def test_ten_times_as_many_cost_no_more_than_is_promised(case: Case):
    few, many = cost_of(case, case.few), cost_of(case, case.few * TIMES)

    assert few.functions
    assert growth(few, many, TIMES if case.growth is Growth.LINEAR else 1) <= MOST


def test_growth_is_that_of_what_grew_most():
    before = Cost(calls=10, reads=100, writes=5)

    assert growth(before, Cost(calls=10, reads=100, writes=5), 1) == 1
    assert growth(before, Cost(calls=20, reads=100, writes=15), 1) == 3
    assert growth(before, Cost(calls=100, reads=1_000, writes=100), 10) == 2


def test_what_was_nothing_and_is_something_grew():
    assert growth(Cost(calls=1), Cost(calls=1, requests=4), 1) == 4
