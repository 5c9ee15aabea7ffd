"""A reversal, and its cost, that are corrected afterwards: followed like any other correction."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from moment_xledger.domain.expenses import ProjectState
from tests.flows.cost_sequences import Life
from tests.flows.costs import Costs, a_line
from tests.world import START

CHANGED = {"amount": Decimal(-800), "tax_amount": Decimal(-200)}


@pytest.fixture
def costs() -> Costs:
    """A cost of 1,250 on P-1 that was reversed: nothing in Moment but a cancelled expense."""
    costs = Costs(expenses_from=date(2026, 11, 10))
    costs.post(a_line("1"))
    costs.run()
    turned = {"amount": Decimal(-1000), "tax_amount": Decimal(-250)}
    costs.post(a_line("2", created=START, modified=costs.time.now + timedelta(minutes=1), **turned))
    costs.later()
    assert costs.amounts() == ["0.00"]
    return costs


def sums(costs: Costs) -> dict[str, Decimal]:
    found: dict[str, Decimal] = {}
    for each in costs.moment.expenses.values():
        found[each["project"]] = found.get(each["project"], Decimal(0)) + each["amount"]
    return {project: amount for project, amount in found.items() if amount}


@pytest.mark.parametrize(
    ("line", "but", "left"),
    [
        pytest.param("2", CHANGED, {"P-1": 250}, id="the reversal is of another amount now"),
        pytest.param("1", {"amount": Decimal(1200), "tax_amount": Decimal(300)}, {"P-1": 250}, id="the cost"),
        pytest.param("2", {"project": "P-2"}, {"P-1": 1250, "P-2": -1250}, id="the reversal is moved"),
        pytest.param("1", {"project": "P-2"}, {"P-1": -1250, "P-2": 1250}, id="the cost is moved"),
        pytest.param("2", {"account": "7140"}, {"P-1": 1250}, id="the reversal is none of our concern"),
        pytest.param("1", {"project": None}, {"P-1": -1250}, id="the cost is none of our concern"),
        pytest.param("1", {"voucher_date": date(2026, 10, 1)}, {"P-1": -1250}, id="before the from-date"),
        pytest.param("2", {"match_id": None}, {}, id="unmatched"),
        pytest.param("2", {"project": "P-9"}, {"P-1": 1250}, id="the reversal waits for its project"),
    ],
)
def test_a_reversal_that_is_corrected_is_undone(
    costs: Costs, line: str, but: dict[str, Any], left: dict[str, int]
) -> None:
    costs.correct(line, **but)
    costs.later()
    assert sums(costs) == left
    costs.later()
    assert sums(costs) == left


def test_the_cost_that_comes_back_says_what_it_is_again(costs: Costs) -> None:
    costs.correct("1", text="Lydberegning, rettet")
    costs.later()
    assert costs.amounts() == ["0.00"]
    costs.correct("2", account="7140")
    costs.later()
    (expense,) = costs.moment.expenses.values()
    assert (expense["description"], expense["billable"]) == ("Lydberegning, rettet", True)


def test_a_reversal_and_its_cost_that_are_moved_together_stay_together(costs: Costs) -> None:
    costs.correct("1", project="P-2")
    costs.correct("2", project="P-2")
    costs.later()
    (expense,) = costs.moment.expenses.values()
    assert (str(expense["amount"]), expense["project"]) == ("0.00", "P-2")


def test_a_reversal_that_is_undone_and_done_again(costs: Costs) -> None:
    costs.correct("2", match_id=None)
    costs.later()
    assert costs.amounts() == ["1250.00", "-1250.00"]
    costs.correct("2", match_id="7001", **CHANGED)
    costs.later()
    assert costs.amounts() == ["1250.00", "-1000.00"]


def test_settings_that_change_undo_no_reversal(costs: Costs) -> None:
    costs.set(expense_accounts="6550")
    costs.correct("2", text="Kreditnota")
    costs.later()
    assert costs.amounts() == ["0.00"]


def test_a_project_that_is_closed_meanwhile_undoes_no_reversal(costs: Costs) -> None:
    costs.moment.projects["P-1"] = ProjectState.CLOSED
    costs.correct("2", text="Kreditnota")
    costs.later()
    assert (costs.amounts(), costs.problems()) == (["0.00"], [])


def test_half_of_a_reversal_that_cannot_be_read_any_more_is_told_of_until_it_can(costs: Costs) -> None:
    for line in ("1", "2"):
        costs.correct(line, currency="EUR", currency_amount=None)
    costs.later()
    assert [number for number, _ in costs.problems()] == ["1", "2"]
    assert costs.amounts() == ["0.00"]
    for line in ("1", "2"):
        costs.correct(line, currency="NOK")
    costs.later()
    assert (costs.amounts(), costs.problems()) == (["0.00"], [])


def test_a_cost_that_was_invoiced_at_nothing_is_told_of_when_it_comes_back(costs: Costs) -> None:
    costs.moment.invoiced |= costs.moment.expenses.keys()
    costs.correct("2", project=None)
    costs.later()
    assert (costs.amounts(), costs.problems()) == (["0.00"], [("1", "EXPENSE_INVOICED")])


def test_a_line_that_is_given_a_day_before_the_from_date_is_taken_back(costs: Costs) -> None:
    costs.post(a_line("3", match_id=None))
    costs.run()
    costs.later()
    costs.correct("3", voucher_date=date(2026, 11, 9))
    costs.later()
    assert sums(costs) == {}


@pytest.mark.parametrize("seed", range(240))
def test_whatever_happens_to_costs_moments_sums_are_xledgers(seed: int) -> None:
    life = Life(seed, with_people=seed % 4 == 3)
    assert life.play() == {}, life.story
