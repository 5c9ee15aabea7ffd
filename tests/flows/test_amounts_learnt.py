"""Whether amounts include VAT is learnt from vouchers, checked with every later one, and corrected in Moment."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from moment_xledger.domain.amount_votes import Amounts
from moment_xledger.domain.expense_facts import Facts, Ids
from moment_xledger.domain.posted_lines import Row
from tests.domain.test_amount_votes import a_voucher
from tests.flows.costs import Costs, a_bill


def post(costs: Costs, voucher: list[Row], when: datetime | None = None, bill: str | None = None) -> None:
    when = when or costs.time.now - timedelta(minutes=5)
    number = voucher[0].voucher_no or ""
    but: dict[str, Any] = {"created": when, "modified": when, "match_id": f"m{number}"}
    costs.post(*[line._replace(**but) for line in voucher])
    if bill:
        costs.books.bills.append(a_bill(voucher_no=number, amount=-Decimal(bill), **but))


def facts(costs: Costs) -> Facts:
    return costs.ledger.expenses.progress(costs.company.id).facts


@pytest.mark.parametrize("first", [[("900", "225", "1"), ("500", "75", "11")], [("400", "100", "1")] * 2])
def test_a_first_bill_of_several_lines_leads_nobody_astray(first: list[tuple[str, str, str]]) -> None:
    costs = Costs(is_first=True)
    post(costs, a_voucher(*first))
    costs.run()
    for _ in range(4):
        post(costs, a_voucher(("760", "190", "1")))
        costs.later()
    assert facts(costs).amounts is Amounts.NET
    assert costs.amounts()[-4:] == ["950.00"] * 4
    assert sum(map(Decimal, costs.amounts())) == 3800 + sum(
        Decimal(net) + Decimal(tax) for net, tax, _ in first
    )


def test_what_was_learnt_wrongly_is_told_of_and_corrected() -> None:
    """As an earlier release may have left it: learnt from one voucher, and lines of long ago read by it."""
    costs = Costs(is_first=True)
    costs.ledger.expenses.take_turn(costs.company.id, "old", costs.time.now, costs.time.now)
    costs.ledger.expenses.learn(costs.company.id, "old", Facts(99168, Ids.LINE, Amounts.GROSS))
    line = a_voucher(("640", "0", "1"), own="none")[0]._replace(tax_amount=Decimal("99"))
    post(costs, [line])
    costs.run()
    assert costs.amounts() == ["640.00"]
    costs.later(timedelta(days=75))
    post(costs, a_voucher(("360", "90", "1")))
    costs.later()
    assert costs.amounts() == ["739.00", "450.00"]
    assert ("EXPENSES_AMOUNTS_OTHERWISE", "EXPENSES_AMOUNTS_OTHERWISE") in costs.problems()


def test_where_vouchers_disagree_costs_wait_unless_their_bill_says_what_was_owed() -> None:
    costs = Costs()
    post(costs, a_voucher(("440", "110", "1")))
    costs.run()
    post(costs, a_voucher(("800", "200", "1"), own="none", is_gross=True))
    post(costs, a_voucher(("80", "20", "1")), bill="100")
    costs.later()
    assert costs.amounts() == ["550.00", "100.00"]
    assert {code for _, code in costs.problems()} == {"EXPENSE_AMOUNT_UNSURE"} | {"EXPENSES_AMOUNTS_UNCLEAR"}
    for _ in range(12):
        post(costs, a_voucher(("200", "50", "1"), own="one"))
        costs.later()
    assert {code for _, code in costs.problems()} == set()


@pytest.mark.parametrize("ids", ["line", "voucher"])
def test_what_the_last_window_teaches_counts_for_the_first_one(ids: str) -> None:
    costs = Costs(is_first=True, expenses_from=date(2026, 6, 1))
    early = a_voucher(("720", "180", "1"), own="none", is_gross=True)[0]
    # Of an unknown code, and at no rate that shows anything.
    early = early._replace(tax_rule=None, tax_amount=Decimal(70))
    late = a_voucher(("360", "90", "1"), ("40", "10", "1"), own="none", is_gross=True)
    if ids == "voucher":
        late = [line._replace(transaction_id=late[0].voucher_no) for line in late]
    in_june = datetime(2026, 6, 14, 9, tzinfo=UTC)
    day = in_june.date()
    post(costs, [early._replace(voucher_date=day)], in_june)
    for number, line in enumerate(late):
        when = datetime(2026, 11, 12, 9, tzinfo=UTC)
        costs.books.posted[f"late{number}"] = line._replace(created=when, modified=when)
    costs.run()
    assert costs.amounts() == ["900.00", "450.00", "50.00"]
    progress = costs.ledger.expenses.progress(costs.company.id)
    assert progress.reach.endswith("gross")
    asked = len(costs.books.asked)
    costs.later()
    assert len(costs.books.asked) == asked + 1


@pytest.mark.parametrize(("owed", "amounts"), [(None, []), ("720", ["720.00"]), ("900", ["900.00"])])
def test_vat_on_an_unknown_code_waits_for_a_bill_or_a_rate(owed: str | None, amounts: list[str]) -> None:
    costs = Costs()
    post(costs, a_voucher(("720", "180", "47"))[:1], bill=owed)
    costs.run()
    assert costs.amounts() == amounts
    assert [code for _, code in costs.problems()] == ["EXPENSE_AMOUNT_UNSURE"] * (not amounts)
    costs.set(vat_rates=("47 = 0" if owed == "720" else "47 = 25",))
    costs.later()
    assert (costs.amounts(), costs.problems()) == (amounts or ["900.00"], [])


def test_costs_that_lack_their_vat_wait_as_soon_as_a_bill_shows_it() -> None:
    costs = Costs(is_first=True)
    bare: dict[str, Any] = {"tax_rule": None, "tax_amount": None}
    post(costs, [a_voucher(("610", "0", "1"))[0]._replace(**bare)], bill="610")
    costs.run()
    for _ in range(3):
        post(costs, [a_voucher(("360", "90", "1"))[0]._replace(**bare)], bill="450")
        assert costs.later(timedelta(hours=30)).stopped == "EXPENSES_COLUMN_MISSING"
    assert costs.amounts() == ["610.00"]
    assert {code for _, code in costs.problems()} == {"EXPENSES_COLUMN_MISSING", "EXPENSE_AMOUNT_UNSURE"}
    for id_, line in costs.books.posted.items():
        if line.amount == 360:
            costs.books.posted[id_] = line._replace(tax_rule="1", tax_amount=Decimal(90))
    post(costs, a_voucher(("40", "10", "1")))
    costs.later()
    costs.later()
    assert sorted(costs.amounts()) == ["450.00"] * 3 + ["50.00", "610.00"]
    assert costs.problems() == []
