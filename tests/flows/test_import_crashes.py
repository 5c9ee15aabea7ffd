"""Whatever call the process dies at, before or after it: the runs that follow bring Moment to the very same end."""

from collections import Counter
from contextlib import suppress
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from moment_xledger.domain.expenses import ProjectState
from tests.flows.costs import AN_HOUR, Costs, a_bill, a_line
from tests.flows.mailroom import Died
from tests.world import START

NOW = START + AN_HOUR
THREE_MINUTES = timedelta(minutes=3)  # the turn of whoever died is over


def prepared() -> Costs:
    """All that can happen to a line happens in the run to come."""
    costs = Costs()
    booked = [a_line(id_, match_id=f"70{id_}", text=f"Linje {id_}") for id_ in ("11", "12", "14", "18")]
    costs.post(*booked, a_line("13", match_id=None, text="Linje 13"), a_line("19", text="Linje 19"))
    costs.post(a_line("15", project="P-9"), a_line("16", tax_amount=None, tax_rule="X"))
    long_ago = START - timedelta(days=20)  # this one is not read again
    costs.post(a_line("20", project="P-7"))  # which nothing waits for soon
    costs.post(a_line("17", project="P-9", created=long_ago, modified=long_ago))
    costs.run()
    costs.correct("19", project="P-9")
    costs.correct("20", project="P-1")
    costs.time.now += timedelta(minutes=10)
    costs.run()
    costs.moment.invoiced.add(500_003)  # line 14
    costs.time.now = NOW
    costs.correct("11", amount=Decimal(2000), tax_amount=Decimal(500))
    costs.correct("12", account="7140")
    costs.correct("13", match_id="7013")
    costs.correct("14", amount=Decimal(1))
    costs.correct("16", tax_rule="1")
    costs.correct("18", project="P-8")
    costs.moment.projects["P-9"] = ProjectState.OPEN
    new = {"created": NOW, "modified": NOW}
    costs.post(a_line("21", match_id="7021", **new), a_line("22", project="P-8", **new))
    costs.post(a_line("24", match_id="7024", **new))
    costs.moment.expenses[7] = {  # which a ledger that was restored has forgotten
        "external_id": "xledger:99168:24",
        "amount": Decimal(1),
        "billable": True,
    }
    costs.post(a_line("25", match_id="7025", **new))
    costs.moment.expenses[8] = costs.moment.expenses[7] | {"external_id": "xledger:99168:25"}
    costs.moment.invoiced.add(8)
    minus = {"amount": Decimal(-1000), "tax_amount": Decimal(-250)}
    costs.post(a_line("23", match_id="7013", **minus, **new))
    costs.books.bills.append(a_bill("7021", voucher_no="20021"))
    return costs


def outcome(costs: Costs) -> Any:
    held = {each["external_id"]: each for each in costs.moment.expenses.values()}
    assert len(held) == len(costs.moment.expenses), "made twice"
    ledger = {
        entry.id: (entry.state, entry.expense, entry.why)
        for entry in costs.ledger.expenses.every(costs.company.id)
    }
    states = Counter(state for state, _, _ in ledger.values())
    assert Counter(costs.ledger.expenses.count(costs.company.id)) == states, "counted wrongly"
    return held, ledger, sorted(costs.problems())


def calls_of(costs: Costs) -> int:
    before = costs.fuse.calls
    costs.run()
    return costs.fuse.calls - before


def test_the_undisturbed_run_is_what_it_should_be() -> None:
    costs = prepared()
    summary = costs.run().summary()
    assert summary["skipped"] == {"invoiced already": 2, "unknown project": 2}
    assert (summary["created"], summary["updated"], summary["cancelled"]) == (4, 2, 3)
    held, _, problems = outcome(costs)
    amounts = {name.rpartition(":")[2]: str(each["amount"]) for name, each in held.items()}
    assert amounts == {
        "11": "2500.00",
        "12": "0.00",
        "13": "0.00",
        "14": "1250.00",
        "15": "1250.00",
        "16": "1250.00",
        "17": "1250.00",
        "18": "0.00",
        "19": "1250.00",
        "20": "1250.00",
        "21": "1250.00",
        "24": "1250.00",
        "25": "1",
    }
    assert problems == [
        ("14", "EXPENSE_INVOICED"),
        ("25", "EXPENSE_INVOICED"),
        ("P-8", "EXPENSE_PROJECT_UNKNOWN"),
    ]


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_crash_at_any_call_changes_nothing_in_the_end(when: str) -> None:
    costs = prepared()
    calls = calls_of(costs)
    expected = outcome(costs)
    assert calls > 50
    for call in range(1, calls + 1):
        assert outcome(_after_a_crash(call, when)) == expected, (call, when)


def _after_a_crash(call: int, when: str) -> Costs:
    costs = prepared()
    costs.fuse.burns_at = (costs.fuse.calls + call, when)
    with suppress(Died):  # a write whose condition does not hold has nothing after it to die at
        costs.run()
        assert when == "after"
    costs.fuse.burns_at = None
    costs.time.now += THREE_MINUTES
    costs.run()
    return costs


@pytest.mark.parametrize("seed", range(5))
def test_many_crashes_in_a_row_change_nothing_either(seed: int) -> None:
    costs = prepared()
    calls_of(costs)
    expected = outcome(costs)
    costs = prepared()
    for nth in range(12):
        costs.fuse.burns_at = (costs.fuse.calls + 3 + (seed * 7 + nth * 11) % 37, "after")
        try:
            costs.run()
        except Died:
            costs.time.now += THREE_MINUTES
    costs.fuse.burns_at = None
    costs.later()
    assert outcome(costs) == expected
