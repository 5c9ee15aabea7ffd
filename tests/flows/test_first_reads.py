"""A first read that shows that a guess about this Xledger is wrong: told of, and not called a success."""

from decimal import Decimal
from typing import Any

import pytest

from moment_xledger.domain.companies import Language
from moment_xledger.domain.posted_lines import BadRow
from tests.flows.costs import AN_HOUR, Costs, a_line


@pytest.fixture
def costs() -> Costs:
    return Costs(is_first=True)


def doubts(costs: Costs) -> list[str]:
    return sorted({code for _, code in costs.problems() if code.startswith("EXPENSES_")})


def test_a_good_first_read_leaves_no_doubt_and_neither_does_a_quiet_hour_after_it(costs: Costs) -> None:
    costs.post(a_line())
    assert (costs.run().stopped, costs.problems()) == ("", [])
    costs.books.posted.clear()
    assert (costs.later(90 * AN_HOUR).stopped, costs.problems()) == ("", [])
    costs.post(a_line("2", project=None, tax_rule=None, tax_amount=None, modified=costs.time.now))
    assert (costs.later().stopped, costs.problems()) == ("", [])


@pytest.mark.parametrize(
    ("lines", "doubt", "words"),
    [
        pytest.param([], "EXPENSES_NOTHING_POSTED", "aldri", id="nothing at all"),
        pytest.param([{"account": None}] * 4, "EXPENSES_COLUMN_MISSING", "4 posteringer", id="no account"),
        pytest.param([{"project": None}] * 5, "EXPENSES_WITHOUT_PROJECTS", "5 posteringer", id="no project"),
        pytest.param(
            [{"project": "10"}, {"project": "20"}, {"project": "30"}],
            "EXPENSES_PROJECTS_UNKNOWN",
            "3 ulike",
            id="others",
        ),
        pytest.param(
            [{"tax_rule": None, "tax_amount": None}] * 12,
            "EXPENSES_COLUMN_MISSING",
            "TaxRule, TaxAmount",
            id="no VAT",
        ),
    ],
)
def test_a_first_read_that_fits_no_guess_is_told_of(
    costs: Costs, lines: list[dict[str, Any]], doubt: str, words: str
) -> None:
    costs.post(*[a_line(str(n), voucher_no=f"2{n}", **but) for n, but in enumerate(lines)])
    assert costs.run().stopped == doubt
    assert doubts(costs) == [doubt]
    (problem,) = [each for each in costs.ledger.problems.of(costs.company.id) if each.code == doubt]
    assert words in problem.sentence(Language.NORWEGIAN)
    costs.post(a_line("99", voucher_no="299", modified=costs.time.now))
    assert costs.later().stopped == ""
    assert doubts(costs) == []


def test_a_column_that_no_row_has_is_one_problem_and_not_one_for_each_row(costs: Costs) -> None:
    costs.books.bad = [BadRow("no Amount", f"row {n}, transaction_id {n}") for n in range(500)]
    assert costs.run().stopped == "EXPENSES_COLUMN_MISSING"
    assert costs.problems() == [("EXPENSES_COLUMN_MISSING", "EXPENSES_COLUMN_MISSING")]
    assert costs.cursor is None
    costs.books.bad = []
    costs.post(a_line())
    costs.later()
    assert (costs.amounts(), costs.problems()) == (["1250.00"], [])


def test_another_gl_object_in_the_settings_is_read_from_the_beginning(costs: Costs) -> None:
    costs.post(*[a_line(str(n), voucher_no=f"2{n}", project=None) for n in range(3)])
    costs.run()
    costs.set(project_dimension=3)
    for id_, line in costs.books.posted.items():
        costs.books.posted[id_] = line._replace(project="P-1")
    assert costs.later(300 * AN_HOUR).created == 3
    assert doubts(costs) == []


def test_amounts_are_still_what_they_were(costs: Costs) -> None:
    costs.post(a_line(amount=Decimal(80), tax_amount=Decimal(20)))
    costs.run()
    assert costs.amounts() == ["100.00"]
