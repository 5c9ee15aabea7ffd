"""How figures are made and shown."""

from math import inf

import pytest

from local.bench.__main__ import main
from local.bench.frame import Spread, Table, race


def test_a_spread_is_a_median_and_what_it_lay_between():
    assert str(Spread.of([3, 1, 2])) == "2 (1–3)"
    assert str(Spread.of([7, 7, 7])) == "7"


def test_rounds_take_turns_and_the_ratio_is_of_each_round():
    called: list[str] = []

    def takes(name: str, seconds: list[float]):
        def work() -> float:
            called.append(name)
            return seconds.pop(0)

        return work

    found = race(takes("ours", [1.0, 2.0, 30.0]), takes("bare", [2.0, 4.0, 60.0]), rounds=3)

    assert called == ["ours", "bare", "bare", "ours", "ours", "bare"]
    assert found.ratio == Spread(0.5, 0.5, 0.5)
    assert found.ours == Spread(2, 1, 30)


@pytest.mark.parametrize(
    ("value", "shown"),
    [(12_345.6, "12,346"), (89, "89"), (12.34, "12.3"), (1.234, "1.23"), (0.0123, "0.012"), (inf, "never")],
)
def test_figures_are_as_long_as_they_say_something(value, shown):
    assert Table("", ["a"], [[value]]).markdown().endswith(f"| {shown} |")


def test_a_table_says_the_same_in_json():
    table = Table("Speed", ("what", "ours", "bare"), [["rows", Spread(2, 1, 3), inf]], "A note.")

    assert table.markdown() == (
        "### Speed\n\nA note.\n\n| what | ours | bare |\n| --- | --- | --- |\n| rows | 2 (1–3) | never |"
    )
    assert table.data()["rows"] == [
        {"what": "rows", "ours": {"median": 2, "low": 1, "high": 3}, "bare": None}
    ]


def test_a_section_that_is_not_there_is_refused_in_one_sentence(capsys):
    assert main(["speed"]) == 2
    said = capsys.readouterr()
    assert said.err.startswith("speed: there is no such section; there are requests, ")
    assert not said.out
