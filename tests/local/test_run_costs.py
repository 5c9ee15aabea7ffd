"""The judge of imported expenses: Xledger's ledger on one side, what Moment holds on the other; no report of ours."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from local.run.costs import Costs, differences, expected
from local.run.problems import Problem

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
LEDGER = {"lines": 1512, "ends": "2026-11-21"}
EVERY_PROJECT = {f"P-{number}" for number in range(1000, 1100)}


def an_expense(id: str = "1", amount: str = "100.00", project: str = "P-1") -> dict[str, Any]:
    return {"externalId": f"xledger:99168:{id}", "amount": amount, "projectNumber": project}


def test_what_is_expected_comes_from_the_last_month_and_from_projects_that_moment_has() -> None:
    found = expected(LEDGER, EVERY_PROJECT, NOW)
    some = dict(list(found.items())[:3])
    assert len(found) > 5
    assert expected(LEDGER, set(some), NOW) == some
    assert expected(LEDGER, EVERY_PROJECT, NOW.replace(year=2028)) == {}


@pytest.mark.parametrize(
    ("held", "sentences"),
    [
        pytest.param([an_expense()], [], id="as it should be"),
        pytest.param([an_expense(), an_expense("2", "50.00"), an_expense("3", "-50.00")], [], id="reversed"),
        pytest.param(
            [],
            ["Moment has expenses of 0 on project P-1, Xledger costs of 100.00."],
            id="missing",
        ),
        pytest.param(
            [an_expense(), an_expense()],
            [
                "Moment has expenses of 200.00 on project P-1, Xledger costs of 100.00.",
                "Moment holds an expense twice.",
            ],
            id="doubled",
        ),
        pytest.param(
            [an_expense(), an_expense("2", "1.00", "P-2")],
            ["Moment has expenses of 1.00 on project P-2, Xledger costs of 0."],
            id="one too many",
        ),
    ],
)
def test_what_differs_is_said(held: list[dict[str, Any]], sentences: list[str]) -> None:
    assert list(differences(held, {"P-1": Decimal("100.00")})) == sentences


WAITS = Problem("expense", "P-1", "EXPENSE_PROJECT_CLOSED", "One waits.")


def test_a_person_reads_what_came_of_it() -> None:
    report = {"read": 116, "created": 19, "updated": 0, "stopped": "", "skipped": {"other account": 88}}
    assert list(Costs(report, 19, Decimal("228987.18"), (WAITS,)).lines()) == [
        "Xledger's ledger: 116 read, 19 created; left: other account 88",
        "Moment holds 19 expenses, 228987.18 NOK with VAT in all",
        "  P-1 (EXPENSE_PROJECT_CLOSED): One waits.",
    ]
    assert list(Costs().lines()) == []
