"""What `make prove` is told, before it takes its time."""

import pytest

from local.proof.__main__ import BY_NAME, main, prove, scaled
from local.proof.parallel import Workers
from local.proof.rows import FULL, Row, Say, Scale


@pytest.mark.parametrize("word", ["x", "-1", "1.5"])
def test_what_is_neither_a_seed_nor_a_goal_is_refused_in_one_sentence(
    word: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["limits", word]) == 2
    told = capsys.readouterr().err
    assert told.startswith(f"{word}: write a seed, such as 17, or goals of these: every_call_site, ")
    assert told.count("\n") == 1


def test_companies_that_are_none_are_refused_too(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["17", "houses"]) == 2
    assert (
        capsys.readouterr().err == "houses: the companies are books, routes, desk, all, belonging or many\n"
    )


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
    assert half.schedules < FULL.schedules == scaled(2 * FULL.seeds).schedules
    assert scaled(1).crashes_at_each_site == 1


def reached(scale: Scale, workers: Workers, say: Say) -> Row:
    return Row("G1", "nothing lost", is_reached=True)


def missed(scale: Scale, workers: Workers, say: Say) -> list[Row]:
    return [Row("G2", "one lost", is_reached=False), reached(scale, workers, say)]


def it_breaks(scale: Scale, workers: Workers, say: Say) -> Row:
    raise KeyError("G3")


def test_one_goal_that_is_missed_or_breaks_leaves_the_others_to_be_shown(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert prove([it_breaks, missed, reached], FULL) == 1
    shown = capsys.readouterr()
    table = [line.split(maxsplit=2)[:2] for line in shown.out.splitlines()[-4:]]
    assert table == [["MISSED", "it"], ["MISSED", "G2"], ["reached", "G1"], ["reached", "G1"]]
    assert "broke with KeyError" in shown.out
    assert "it_breaks" in shown.err


def test_all_that_are_asked_for_reached_is_status_0(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("local.proof.__main__.leave_the_shell_behind", lambda: None)
    monkeypatch.setitem(BY_NAME, "limits", reached)
    monkeypatch.setitem(BY_NAME, "rights", missed)
    assert (main(["limits"]), main(["limits", "rights"])) == (0, 1)


def test_one_seed_is_told_in_words(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["3", "routes"]) == 0
    told = capsys.readouterr().out
    assert "from now on nothing bad happens" in told
    assert told.endswith("all promises were kept\n")
