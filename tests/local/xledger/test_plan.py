"""A plan is checked before anything starts, and what is wrong with it is said in one sentence."""

from pathlib import Path
from typing import Any

import pytest

from local.xledger.plan import Plan, PlanError, parse_plan, read_plan


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        pytest.param({"lost": 1}, "lost: there is no such setting.", id="an unknown setting"),
        pytest.param(
            {"lost_answers": 2}, "lost_answers: Input should be less than or equal to 1.", id="rate"
        ),
        pytest.param({"burst": "many"}, "burst: Input should be a valid integer", id="not a number"),
        pytest.param([], "the plan: Input should be a valid dictionary", id="no object"),
        pytest.param({"tokens": [{"token": "a", "ownerCode": 7}]}, "no entity with ownerCode 7", id="owner"),
        pytest.param({"tokens": [{"token": "a b"}]}, "tokens.0.token:", id="no token"),
        pytest.param(
            {"entities": [{"parent": 2}, {"ownerCode": 2, "parent": 99168}]},
            "is above itself",
            id="entities in a circle",
        ),
        pytest.param({"entities": [{}, {}]}, "the same ownerCode", id="an owner code twice"),
    ],
)
def test_a_bad_plan_is_refused(values: Any, sentence: str) -> None:
    with pytest.raises(PlanError) as refused:
        parse_plan(values)
    assert sentence in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_plan_is_read_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    path.write_text('{"credits_per_hour": 500, "seed": 3}')
    assert read_plan(path) == Plan(credits_per_hour=500, seed=3)


@pytest.mark.parametrize("text", [None, "{", '{"x": 1}'])
def test_a_file_that_is_no_plan_is_named(tmp_path: Path, text: str | None) -> None:
    path = tmp_path / "plan.json"
    if text is not None:
        path.write_text(text)
    with pytest.raises(PlanError, match=r"plan\.json: "):
        read_plan(path)


def test_a_token_takes_the_place_of_the_default_one() -> None:
    assert [token.token for token in Plan().with_token("bmV3").tokens] == ["bmV3"]
    with pytest.raises(PlanError, match="token"):
        Plan().with_token("not a token")
