"""What vouchers show of amounts, and that no single one settles it for ever."""

from decimal import Decimal
from itertools import count

import pytest

from moment_xledger.domain.amount_votes import Amounts, vote_of
from moment_xledger.domain.expense_facts import AGREEING, Facts, Ids
from moment_xledger.domain.posted_lines import Row
from moment_xledger.domain.purchase_vat import PurchaseVat
from tests.flows.costs import a_line
from tests.world import START

VAT = PurchaseVat()
_numbers = count(7100)


def a_voucher(*costs: tuple[str, str, str], own: str = "each", is_gross: bool = False) -> list[Row]:
    """`costs`: net, VAT and code. `own`: VAT on a line for each cost, on one for all, or on none."""
    amounts = [(Decimal(net), Decimal(tax), code) for net, tax, code in costs]
    number = str(next(_numbers))
    lines = [
        a_line(amount=net + tax if is_gross else net, tax_amount=tax, tax_rule=code)
        for net, tax, code in amounts
    ]
    taxes = [tax for _, tax, _ in amounts]
    plain = {"each": taxes, "one": [sum(taxes, Decimal(0))], "none": []}[own]
    plain = [*plain, -sum((net + tax for net, tax, _ in amounts), Decimal(0))]
    lines += [a_line(amount=amount, tax_amount=None, tax_rule=None, project=None) for amount in plain]
    return [
        line._replace(voucher_no=number, line_no=str(n), transaction_id=f"{number}{n}")
        for n, line in enumerate(lines)
    ]


@pytest.mark.parametrize("own", ["each", "one"])
@pytest.mark.parametrize(
    "costs",
    [
        pytest.param([("840", "210", "1")], id="one rate"),
        pytest.param([("840", "210", "1"), ("460", "69", "11")], id="two rates"),
        pytest.param([("33.30", "8.33", "1"), ("33.30", "8.33", "1"), ("1", "0.25", "1")], id="three costs"),
        pytest.param([("700", "91", "Q1"), ("300", "12", "Q2")], id="codes and rates that nobody knows"),
    ],
)
def test_vat_on_lines_of_its_own_shows_that_amounts_are_without(
    costs: list[tuple[str, str, str]], own: str
) -> None:
    vote = vote_of(a_voucher(*costs, own=own), VAT, is_whole=True)
    assert vote is not None
    assert vote.amounts is Amounts.NET


@pytest.mark.parametrize("costs", [[("840", "210", "1"), ("460", "69", "11")], [("700", "91", "Q1")]])
def test_amounts_with_their_vat_are_seen(costs: list[tuple[str, str, str]]) -> None:
    vote = vote_of(a_voucher(*costs, own="none", is_gross=True), VAT, is_whole=True)
    assert vote is not None
    assert vote.amounts is Amounts.GROSS


def test_a_known_rate_counts_for_more_than_what_a_form_lets_us_guess() -> None:
    guessed = [a_voucher(("700", "91", "Q1"), own="none", is_gross=True) for _ in range(9)]
    assert teach(Facts(), *guessed).amounts is Amounts.GROSS
    assert teach(Facts(), *guessed, net()).amounts is Amounts.NET


def test_vat_that_the_company_reckons_itself_shows_nothing() -> None:
    lines = [a_line(tax_rule="86"), a_line(amount=Decimal(-1000), tax_rule=None, tax_amount=None)]
    assert vote_of(lines, VAT, is_whole=True) is None


def teach(facts: Facts, *vouchers: list[Row]) -> Facts:
    for voucher in vouchers:
        facts = facts.taught_by(voucher, VAT, START)
    return facts


def net() -> list[Row]:
    return a_voucher(("520", "130", "1"))


def gross() -> list[Row]:
    return a_voucher(("520", "130", "1"), own="none", is_gross=True)


def test_several_vouchers_settle_it_and_the_same_one_counts_once() -> None:
    again = net()
    facts = teach(Facts(ids=Ids.LINE), *[again] * AGREEING)
    assert (facts.amounts, facts.is_settled) == (Amounts.NET, False)
    assert teach(facts, net(), net()).is_settled


def test_vouchers_that_disagree_leave_it_unclear_until_most_show_the_same() -> None:
    facts = teach(Facts(), gross(), net())
    assert (facts.amounts, facts.is_unclear) == (Amounts.UNKNOWN, True)
    facts = teach(facts, *[net() for _ in range(4)])
    assert (facts.amounts, facts.is_unclear) == (Amounts.NET, False)


def test_an_odd_voucher_among_many_changes_nothing() -> None:
    facts = teach(Facts(), *[gross() for _ in range(12)], net(), gross())
    assert (facts.amounts, facts.is_unclear) == (Amounts.GROSS, False)


def test_what_one_voucher_once_settled_is_corrected_by_later_ones() -> None:
    assert teach(Facts(ids=Ids.LINE, amounts=Amounts.GROSS), net(), net()).amounts is Amounts.NET
