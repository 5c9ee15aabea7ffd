"""What `make prove` is told, before it takes its time."""

import pytest

from local.proof.__main__ import main, scaled
from local.proof.rows import FULL


@pytest.mark.parametrize("seed", ["x", "-1", "1.5"])
def test_a_seed_that_is_none_is_refused_in_one_sentence(
    seed: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([seed]) == 2
    assert capsys.readouterr().err == f"{seed}: a seed is a whole number, such as 17\n"


def test_companies_that_are_none_are_refused_too(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["17", "houses"]) == 2
    assert capsys.readouterr().err == "houses: the companies are books, routes or all\n"


@pytest.mark.parametrize("seeds", ["many", "0", ""])
def test_so_is_a_number_of_seeds(
    seeds: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SEEDS", seeds)
    assert main([]) == 2
    assert capsys.readouterr().err == f"SEEDS={seeds}: write how many seeds to play, such as SEEDS=200\n"


def test_all_else_goes_with_the_seeds() -> None:
    assert scaled(FULL.seeds) == FULL
    half = scaled(FULL.seeds // 2)
    assert (half.exports, half.mutants) == (FULL.exports // 2, FULL.mutants // 2)
    assert half.schedules == FULL.schedules
    assert scaled(1).crashes_at_each_site == 1


def test_one_seed_is_told_in_words(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["3", "routes"]) == 0
    told = capsys.readouterr().out
    assert "from now on nothing bad happens" in told
    assert told.endswith("all promises were kept\n")
