"""What one voucher shows of its company's Xledger: whether the amounts of its lines include their VAT."""

from collections.abc import Sequence
from decimal import Decimal
from enum import StrEnum
from itertools import combinations
from typing import NamedTuple

from moment_xledger.domain.posted_lines import Row
from moment_xledger.domain.purchase_vat import A_FEW_ORE, HUNDRED, NORWEGIAN, PurchaseVat

A_ROUNDING = Decimal("0.02")  # of one line
MOST_PLAIN = 12  # lines without VAT, of which every selection is tried


class Amounts(StrEnum):
    """Whether Amount includes the VAT that the line says."""

    UNKNOWN = ""
    NET = "net"
    GROSS = "gross"


class Vote(NamedTuple):
    """`is_sure`: shown by the known rate of a VAT code. `voucher` names it, so that it votes once."""

    voucher: str
    amounts: Amounts
    is_sure: bool


def vote_of(voucher: Sequence[Row], vat: PurchaseVat, *, is_whole: bool) -> Vote | None:
    """`is_whole`: the lines on all accounts are at hand."""
    taxed = [line for line in voucher if line.tax_amount and not vat.is_self_assessed(line)]
    first = voucher[0]
    name = f"{first.voucher_no} {first.source or ''} {first.voucher_date or ''}"
    by_rate = [(shown, known) for line in taxed for shown, known in [_by_rate(line, vat)] if shown]
    sure = {shown for shown, known in by_rate if known}
    shown = sure or {shown for shown, _ in by_rate}
    if len(shown) == 1:
        return Vote(name, next(iter(shown)), bool(sure))
    has_own = any(line.tax_amount and line not in taxed for line in voucher)
    by_form = Amounts.UNKNOWN if shown or has_own or not is_whole else _by_form(voucher)
    return Vote(name, by_form, is_sure=False) if by_form else None


def _by_rate(line: Row, vat: PurchaseVat) -> tuple[Amounts, bool]:
    """25 of 100 is VAT at 25 % beside the amount, 20 of 100 is the same VAT inside of it."""
    known = vat.known_rate(line)
    rates = NORWEGIAN if known is None else (known,)
    tax = line.tax_amount or Decimal(0)
    is_net = any(abs(line.amount * rate / HUNDRED - tax) <= A_ROUNDING for rate in rates)
    is_gross = any(abs(line.amount * rate / (HUNDRED + rate) - tax) <= A_ROUNDING for rate in rates)
    if is_net is is_gross:
        return Amounts.UNKNOWN, False
    return Amounts.NET if is_net else Amounts.GROSS, known is not None


def _by_form(voucher: Sequence[Row]) -> Amounts:
    """A voucher comes to nothing when each VAT counts once: in the lines themselves, or on lines of its own."""
    plain = [line.amount for line in voucher if line.tax_rule is None and not line.tax_amount]
    tax = sum((line.tax_amount for line in voucher if line.tax_amount), Decimal(0))
    total = sum((line.amount for line in voucher), Decimal(0))
    if abs(tax) <= A_FEW_ORE or not plain:
        return Amounts.UNKNOWN
    if abs(total) <= A_FEW_ORE:
        if len(plain) > MOST_PLAIN:
            return Amounts.UNKNOWN
        return Amounts.NET if _some_make(plain, tax) else Amounts.GROSS
    if abs(total - tax) <= A_FEW_ORE:
        return Amounts.GROSS
    return Amounts.NET if abs(total + tax) <= A_FEW_ORE else Amounts.UNKNOWN


def _some_make(amounts: Sequence[Decimal], tax: Decimal) -> bool:
    """VAT may be posted in one line, in one for each rate, or in one for each cost."""
    return any(
        abs(sum(some) - tax) <= A_FEW_ORE
        for count in range(1, len(amounts) + 1)
        for some in combinations(amounts, count)
    )
