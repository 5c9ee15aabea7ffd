"""The table of the contest: every load under every design, and the picture with it."""

from math import inf

import pytest

from local.bench import requests
from local.bench.contest.freshness import Freshness
from local.bench.contest.loads import LOADS
from local.bench.contest.playing import Result
from local.bench.contest.rivals import DELAYED

OURS = Result(89, 0, 0, 2, Freshness([0.1, 1.2], [(0, 60), (11, 0)]))
THEIRS = Result(20_000, 17_500, 2_500, 2, Freshness([5, inf], [(0, 700), (266, 552)]))


@pytest.fixture
def played(monkeypatch, tmp_path) -> list[tuple[str, object, int]]:
    """The pieces that were to be played, each with the same end."""
    pieces = []

    def play(wanted, say):
        pieces.extend(wanted)
        return {piece: THEIRS if piece[1] else OURS for piece in wanted}

    monkeypatch.setattr(requests, "_play", play)
    monkeypatch.setattr(requests, "ROOT", tmp_path)
    monkeypatch.setattr(requests, "PICTURE", tmp_path / "docs" / "backlog.svg")
    return pieces


def test_every_load_has_a_row_for_every_design(played):
    (table,) = requests.requests(lambda text: None)

    lines = table.markdown().splitlines()
    assert [line for line in lines if line.startswith("| ours |")] == [
        "| ours | 89 | 2 | 0 | 0 | 0 | 11 | 1.20 | 1.20 | 1.20 |"
    ] * len(LOADS)
    theirs = [line for line in lines if line.startswith(f"| {DELAYED.name} |")]
    assert theirs[0].endswith("| 20,000 | 2 | 17,500 | 2,500 | 552 | never | never | never | never |")
    assert len(theirs) == len(LOADS)


def test_what_has_nothing_random_in_it_is_played_once(played):
    requests.requests(lambda text: None)

    assert {seed for load, _, seed in played if load == "onboarding"} == {1}
    assert {seed for load, _, seed in played if load == "bulk edit"} == {1, 2, 3, 4, 5}


def test_the_picture_is_drawn_from_it(played):
    requests.requests(lambda text: None)

    assert "552 never" in requests.PICTURE.read_text(encoding="utf-8")
