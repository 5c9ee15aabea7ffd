"""A supplier's invoice as it was booked: drawn from the seed and its number, so any can be had at once."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from local.sample.dice import Dice
from local.sample.nordvik import NORDVIK
from local.sample.projects import project_number
from local.xledger.soap.ledger.suppliers import RATES, SUPPLIERS, Supplier

ORE = Decimal("0.01")
TAX_RATES = {"1": Decimal("0.25"), "11": Decimal("0.15"), "13": Decimal("0.12"), "0": Decimal(0)}
NOT_IN_MOMENT = "P-9001"
WITHOUT_PROJECT = ("6553", "6800", "6300", "7500")  # accounts of the firm itself


@dataclass(frozen=True)
class Purchase:
    supplier: Supplier
    invoice_no: str
    invoice_date: date
    net: Decimal
    tax: Decimal
    project: str | None
    department: str
    text: str

    @property
    def gross(self) -> Decimal:
        return self.net + self.tax


def purchase(dice: Dice, posted: date, supplier: Supplier | None = None) -> Purchase:
    seller = supplier or dice.of(SUPPLIERS)
    net = Decimal(15_000 + dice.below(4_000_000)) * ORE
    week = 1 + dice.below(52)
    return Purchase(
        seller,
        str(10_000 + dice.below(890_000)),
        posted - timedelta(days=1 + dice.below(12)),
        net,
        taxed(net, seller.tax_rule),
        None if seller.account in WITHOUT_PROJECT else _project(dice),
        dice.of(("10", "20")),
        f"{seller.sells}, uke {week}",
    )


def taxed(net: Decimal, tax_rule: str) -> Decimal:
    return (net * TAX_RATES[tax_rule]).quantize(ORE, ROUND_HALF_UP)


def in_currency(amount: Decimal, currency: str) -> Decimal:
    return (amount / Decimal(RATES[currency])).quantize(ORE, ROUND_HALF_UP)


def any_project(dice: Dice) -> str:
    return project_number(dice.below(NORDVIK.projects))


def _project(dice: Dice) -> str | None:
    """One in six is the firm's own cost; one in forty of the rest has a project that Moment never had."""
    if dice.one_in(6):
        return None
    return NOT_IN_MOMENT if dice.one_in(40) else any_project(dice)
