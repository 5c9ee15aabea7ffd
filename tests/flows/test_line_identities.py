"""Lines that have one id, and ids that turn out to name vouchers: nothing is lost, doubled or misplaced."""

from decimal import Decimal
from typing import Any

import pytest

from moment_xledger.domain.amount_votes import Amounts
from moment_xledger.domain.expense_facts import Facts, Ids
from moment_xledger.domain.expenses import Terms
from tests.flows.costs import AN_HOUR, Costs, a_line

NO_VAT: dict[str, Any] = {"tax_rule": None, "tax_amount": None, "project": None}


@pytest.fixture
def costs() -> Costs:
    return Costs()


def post(costs: Costs, *lines: Any) -> None:
    """Lines whose ids may be the same."""
    for number, line in enumerate(lines):
        costs.books.posted[f"{len(costs.books.posted)}/{number}"] = line


def a_voucher(id_: str | None, number: str, *amounts: int, ids: str = "voucher", **but: Any) -> list[Any]:
    """A bill with its costs, the VAT and what is owed."""
    total = sum(amounts)
    lines = [a_line("", amount=Decimal(each), tax_amount=Decimal(each) / 4) for each in amounts]
    lines += [a_line("", account="2710", amount=Decimal(total) / 4, **NO_VAT)]
    lines += [a_line("", account="2400", amount=-Decimal(total) * 5 / 4, **NO_VAT)]
    shared = {"voucher_no": number, "match_id": f"m{number}", **but}
    return [
        line._replace(transaction_id=id_ if ids == "voucher" else f"{id_}{n}", line_no=str(n), **shared)
        for n, line in enumerate(lines, 1)
    ]


def facts(costs: Costs) -> Facts:
    return costs.ledger.expenses.progress(costs.company.id).facts


def totals(costs: Costs) -> list[tuple[str, str]]:
    return sorted(
        (each["external_id"].removeprefix("xledger:99168:"), f"{each['amount']:.2f}")
        for each in costs.moment.expenses.values()
    )


@pytest.mark.parametrize(
    "second",
    [
        pytest.param({"amount": Decimal(700), "tax_amount": Decimal(175)}, id="another amount"),
        pytest.param({"project": "P-2"}, id="another project"),
        pytest.param({"account": "6550"}, id="another account of ours"),
        pytest.param({"account": "2400", "project": None}, id="another account"),
    ],
)
@pytest.mark.parametrize("is_known", [True, False])
def test_an_id_that_comes_twice_is_told_of_and_nothing_is_done(
    costs: Costs, second: dict[str, Any], is_known: bool
) -> None:
    if is_known:
        costs.post(a_line("5"))
        costs.run()
    post(costs, a_line("5"), a_line("5", **second), a_line("6", voucher_no="20006"))
    costs.books.posted.pop("5", None)
    costs.later()
    assert costs.problems() == [("transaction_id 5, voucher_no 20001", "EXPENSE_LINE_UNUSABLE")]
    assert totals(costs) == [("5", "1250.00")] * is_known + [("6", "1250.00")]
    costs.books.posted = {"a": a_line("5"), "b": a_line("6", voucher_no="20006")}
    costs.later()
    assert costs.problems() == []
    assert totals(costs) == [("5", "1250.00"), ("6", "1250.00")]


def test_the_same_line_twice_is_one_line(costs: Costs) -> None:
    post(costs, a_line("5"), a_line("5"))
    costs.run()
    assert (totals(costs), costs.problems()) == ([("5", "1250.00")], [])


@pytest.mark.parametrize(("ids", "fact"), [("line", Ids.LINE), ("voucher", Ids.VOUCHER)])
def test_whole_vouchers_show_what_an_id_names(costs: Costs, ids: str, fact: Ids) -> None:
    post(costs, *a_voucher("7", "20001", 400, 600, ids=ids), *a_voucher("8", "20002", 1000, ids=ids))
    costs.run()
    assert (facts(costs).ids, facts(costs).amounts, facts(costs).learned_at is None) == (
        fact,
        Amounts.NET,
        False,
    )
    assert [amount for _, amount in totals(costs)] == ["500.00", "750.00", "1250.00"]
    assert costs.later().unchanged == 3
    assert (len(costs.moment.expenses), costs.problems()) == (3, [])


def test_of_an_id_that_names_a_voucher_each_line_is_followed_by_itself(costs: Costs) -> None:
    post(costs, *a_voucher("7", "20001", 400, 600))
    costs.run()
    changed: dict[str, Any] = {"created": costs.time.now - AN_HOUR, "modified": costs.time.now}
    costs.books.posted.clear()
    first, second, *others = a_voucher("7", "20001", 400, 600, **changed)
    post(costs, first, second._replace(project="P-2"), *others)
    costs.later()
    assert totals(costs) == [("7-1", "500.00"), ("7-2", "750.00")]
    assert [each["project"] for each in costs.moment.expenses.values()] == ["P-1", "P-2"]


@pytest.mark.parametrize("knows_number", [True, False])
def test_what_was_imported_before_that_was_known_is_not_made_again(costs: Costs, knows_number: bool) -> None:
    """`knows_number`: by this release; earlier ones did not keep the line's number."""
    costs.post(a_line("7", line_no="1" if knows_number else None))
    costs.run()
    costs.books.posted.clear()
    post(costs, *a_voucher("7", "20001", 1000, 600), *a_voucher("8", "20002", 80))
    costs.later()
    assert totals(costs) == [("7", "1250.00"), ("7-2", "750.00"), ("8-1", "100.00")]
    costs.later()
    assert (totals(costs)[0], len(costs.moment.expenses), costs.problems()) == (("7", "1250.00"), 3, [])


def test_where_nobody_can_tell_which_line_was_imported_a_person_is_told(costs: Costs) -> None:
    costs.post(a_line("7", line_no=None, amount=Decimal(90), tax_amount=Decimal(0)))
    costs.run()
    costs.books.posted.clear()
    post(costs, *a_voucher("7", "20001", 400, 600), *a_voucher("8", "20002", 80))
    costs.later()
    assert totals(costs) == [("7", "90.00"), ("8-1", "100.00")]
    assert [code for _, code in costs.problems()] == ["EXPENSE_LINE_UNUSABLE"]


def test_vouchers_ids_without_line_numbers_are_told_of(costs: Costs) -> None:
    lines = a_voucher("7", "20001", 400, 600)
    post(costs, *(line._replace(line_no=None) for line in lines), a_line("9", voucher_no="20009"))
    costs.run()
    assert totals(costs) == [("9", "1250.00")]
    assert [code for _, code in costs.problems()] == ["EXPENSE_LINE_UNUSABLE"]


def test_another_line_with_the_id_of_one_that_was_read_before_is_told_of(costs: Costs) -> None:
    costs.post(a_line("7", line_no="1"))
    costs.run()
    costs.post(a_line("7", line_no="2", account="2400", project=None, modified=costs.time.now))
    costs.later()
    assert totals(costs) == [("7", "1250.00")]
    assert [code for _, code in costs.problems()] == ["EXPENSE_LINE_UNUSABLE"]


def test_amounts_that_include_their_vat_are_known_by_their_vouchers(costs: Costs) -> None:
    gross = [
        line._replace(amount=line.amount + (line.tax_amount or 0))
        for line in a_voucher("7", "20001", 400, ids="line")
    ]
    post(costs, *gross)
    costs.run()
    assert (facts(costs).amounts, totals(costs)) == (Amounts.GROSS, [("71", "500.00")])


def test_facts_are_those_of_one_entity(costs: Costs) -> None:
    known = Facts(99168, Ids.VOUCHER, Amounts.GROSS)
    assert Terms.of(costs.company, facts=known).facts == known
    other = costs.company.model_copy(update={"owner_code": 99169})
    assert Terms.of(other, facts=known).facts == Facts(99169)
