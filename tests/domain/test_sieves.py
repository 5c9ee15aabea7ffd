"""Finding those that are refused, and what they have in common."""

from datetime import timedelta

import pytest

from moment_xledger.domain.likenesses import Accepted, Rule, described
from moment_xledger.domain.replies import Refusal
from moment_xledger.domain.sieves import FEW, Sieve, group_of
from moment_xledger.domain.turns import ONE_BY_ONE, SIFTING, Spent, cost_of_trying
from tests.world import START

NO = Refusal("One of the values will not do.")
NAMED = Refusal("zipCode: The value will not do.", field="zipCode")
FIELDS = ["zipCode", "place", "code"]


def guesses(refused: list[dict[str, str]], accepted: list[dict[str, str]], about: str = "") -> object:
    rule = Rule("x", about, tuple(described(fields, FIELDS) for fields in refused))
    known = Accepted()
    for fields in accepted:
        known.add(described(fields, FIELDS))
    return rule.guesses(known)


@pytest.mark.parametrize(
    ("refused", "accepted", "suspect", "clear"),
    [
        pytest.param(["5003", "5003"], ["0155"], "5003", "0159", id="a value"),
        pytest.param(["", ""], ["0155"], "", "8006", id="a value that is not there"),
        pytest.param(["123456", "65432199"], ["0155"], "1234567", "9876", id="a length"),
        pytest.param(["A155", "A003"], ["0155"], "A999", "8006", id="how it begins"),
        pytest.param(["01-55", "50-03"], ["0155"], "80-06", "8006", id="a sign"),
        pytest.param(["9001", "9950"], ["5003", "0155"], "9700", "4006", id="a number from some limit on"),
    ],
)
def test_a_rule_is_guessed_from_what_all_refused_have_and_no_accepted_one_has(
    refused: list[str], accepted: list[str], suspect: str, clear: str
) -> None:
    found = guesses([{"zipCode": each} for each in refused], [{"zipCode": each} for each in accepted])
    assert found.share(described({"zipCode": suspect}, FIELDS)) == 1  # type: ignore[attr-defined]
    assert found.share(described({"zipCode": clear}, FIELDS)) == 0  # type: ignore[attr-defined]


def test_a_field_that_xledger_names_is_the_only_one_that_counts() -> None:
    found = guesses(
        [{"zipCode": "5003", "place": "Bergen"}], [{"zipCode": "0155", "place": "Oslo"}], "zipCode"
    )
    assert found.share(described({"zipCode": "0160", "place": "Bergen"}, FIELDS)) == 0  # type: ignore[attr-defined]


def sifted(bad: set[int], many: int, answer: Refusal = NO) -> tuple[Sieve, int, set[str]]:
    """How many lists it took, and who went through. Every refused one has 99 in its zip code."""
    fields = {
        str(n): {"code": str(70_000 + n), "zipCode": f"99{n % 90:02}" if n in bad else f"5{n % 900:03}"}
        for n in range(many)
    }
    sieve, lists, taken = Sieve(fields), 1, set[str]()
    sieve.refused(list(fields), [answer])
    while ids := sieve.next():
        lists += 1
        if bad.isdisjoint(map(int, ids)):
            sieve.accepted(ids)
            taken |= set(ids)
        else:
            sieve.refused(ids, [answer])
    return sieve, lists, taken


@pytest.mark.parametrize("answer", [NO, NAMED])
@pytest.mark.parametrize("many", [2, 7, 60, 500])
@pytest.mark.parametrize("which", ["first", "last", "each second", "all"])
def test_every_sound_one_goes_and_every_other_is_found_or_grouped(
    which: str, many: int, answer: Refusal
) -> None:
    bad = {
        "first": {0},
        "last": {many - 1},
        "each second": set(range(0, many, 2)),
        "all": set(range(many)),
    }[which]
    sieve, lists, taken = sifted(bad, many, answer)
    assert taken == {str(n) for n in range(many) if n not in bad}
    grouped = {id_ for group in sieve.alike() for id_ in group.ids}
    assert set(sieve.open) == grouped
    assert lists <= 28


def test_few_that_are_alike_are_tried_one_by_one() -> None:
    sieve, _, _ = sifted(set(range(FEW)), 20)
    assert sieve.open == []


def test_nothing_is_sent_of_none() -> None:
    assert Sieve({}).next() == []


def test_the_same_answer_is_the_same_group() -> None:
    assert group_of("no") == group_of("no") != group_of("yes")


def test_what_was_spent_is_forgotten_within_an_hour() -> None:
    spent = Spent(SIFTING, 100).with_more(30, START)
    assert spent.left(START) == 0
    assert spent.left(START + timedelta(minutes=30)) == 15
    assert spent.left(START + timedelta(hours=2)) == 30
    assert spent.when_left(15, START) == START + timedelta(minutes=30)
    assert Spent(ONE_BY_ONE, 20).left(START) == ONE_BY_ONE.least


def test_trying_a_group_again_costs_more_for_more_lists() -> None:
    assert cost_of_trying(501) == 2 * cost_of_trying(500) == 2 * cost_of_trying(1)
