"""The other goals, smaller than `make prove` has them."""

from random import Random

import pytest

from local.proof.adding import add_many
from local.proof.exporting import play_lot
from local.proof.fuzz import PERSONAL, fuzz, mutant
from local.proof.goals_of_runs import first_caught
from local.proof.guards import GUARDS, Guard
from local.proof.limiter import saturate
from local.proof.load import load
from local.proof.neighbours import OF_EVENTS, OF_WAKES, noisy_neighbours
from tests.template import resources


@pytest.mark.parametrize("guard", GUARDS, ids=lambda guard: guard.name)
def test_without_this_guard_some_run_goes_wrong(guard: Guard) -> None:
    assert first_caught(guard, seeds=60) is not None


@pytest.mark.parametrize("first", [0, 100])
def test_no_invoice_is_lost_or_doubled_however_many_export_and_die(first: int) -> None:
    told = [play_lot(seed) for seed in range(first, first + 100)]
    assert [each.wrong for each in told if each.wrong] == []
    assert sum(each.deaths for each in told) > 5_000


def test_no_new_customer_is_doubled_or_missing_when_answers_are_lost() -> None:
    added = add_many(600, seed=3)
    assert (added.doubled, added.missing) == (0, 0)
    assert added.lost_answers > 0


@pytest.mark.parametrize("plan", [100, 500, 1_000])
def test_we_alone_never_go_over_a_limit(plan: int) -> None:
    hours = saturate(30, plan)
    assert hours.refused == 0
    assert hours.sent > 0.85 * plan * hours.hours


def test_with_others_on_the_same_token_a_refusal_is_rare() -> None:
    hours = saturate(60, 1_000, others=100)
    assert hours.refused_an_hour <= 0.2


def test_while_one_company_saves_much_the_others_wait_no_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("local.proof.crowd.CUSTOMERS_OF_NOISY", 60)
    monkeypatch.setattr("local.proof.crowd.A_BURST", 200)
    found = noisy_neighbours(quiet=8, noisy=1)
    assert (found.refused, found.quiet.wrong, found.noisy.wrong) == (0, 0, 0)
    assert len(found.quiet.waits) == 8 * 3
    assert found.quiet.wait(1) * 60 < 10


@pytest.mark.parametrize(("function", "at_once"), [("ReceiveEvents", OF_EVENTS), ("SyncCustomers", OF_WAKES)])
def test_there_it_does_as_much_at_once_as_on_aws(function: str, at_once: int) -> None:
    (mapping,) = resources()[function]["Properties"]["Events"].values()
    most = mapping["Properties"]["ScalingConfig"]["MaximumConcurrency"]
    assert most == {"Fn::If": ["IsSmallAccount", 2, at_once]}


def test_many_events_are_all_carried_and_leave_nothing_in_memory() -> None:
    loaded = load(8_000)
    assert loaded.wrong == 0
    assert loaded.grown < 20


def test_whatever_is_sent_is_read_or_refused_with_a_reason_that_quotes_nothing() -> None:
    fuzzed = fuzz(0, 10_000)
    assert fuzzed.wrong == ()
    assert fuzzed.read > 100
    assert fuzzed.refused > 5_000


def test_a_mutant_is_seldom_what_it_was() -> None:
    body = f'{{"data": {{"name": "{PERSONAL}", "version": 1}}, "id": "a", "list": [1, 2]}}'
    mutants = {mutant(body, Random(n)) for n in range(500)}
    assert len(mutants) > 300
