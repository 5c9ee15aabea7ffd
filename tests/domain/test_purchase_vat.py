"""What a posted cost comes to with VAT, by the rates that are known for its code on its day."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from moment_xledger.domain.purchase_vat import PurchaseVat, vat_paid
from moment_xledger.domain.supplier_bills import Bills, voucher_of
from moment_xledger.domain.vat_rates import (
    PUBLISHED_PURCHASES,
    RateRow,
    RateSources,
    VatRates,
    as_rates,
    is_named_self_assessed,
    read_typed,
)
from tests.flows.costs import a_bill, a_line

PUBLISHED = PurchaseVat()
IN_2018 = {"voucher_date": date(2018, 3, 1)}


def a_table(*rows: tuple[str, str], names: dict[str, str] | None = None) -> PurchaseVat:
    """Xledger's own."""
    read = as_rates([RateRow(code, Decimal(percent), None, None) for code, percent in rows], names or {})
    return PurchaseVat(RateSources(read, published=PUBLISHED_PURCHASES))


def typed(*lines: str) -> PurchaseVat:
    return PurchaseVat(RateSources(company=read_typed(lines), published=PUBLISHED_PURCHASES))


NO_TAX: dict[str, Any] = {"tax_amount": None}


@pytest.mark.parametrize(
    ("vat", "line", "amount"),
    [
        pytest.param(PUBLISHED, {}, "1250.00", id="the VAT that the line says"),
        pytest.param(PUBLISHED, {"tax_amount": Decimal("250.004")}, "1250.00", id="to the øre"),
        pytest.param(PUBLISHED, {"tax_amount": Decimal(0)}, "1000.00", id="no VAT, said so"),
        pytest.param(PUBLISHED, NO_TAX, "1250.00", id="a rate that both published lists have"),
        pytest.param(PUBLISHED, NO_TAX | {"tax_rule": "11"}, "1150.00", id="the middle rate"),
        pytest.param(
            PUBLISHED, NO_TAX | {"tax_rule": "12"}, None, id="raw fish in one list, low in the other"
        ),
        pytest.param(PUBLISHED, NO_TAX | {"tax_rule": "Q7"}, None, id="an unknown code"),
        pytest.param(PUBLISHED, NO_TAX | {"tax_rule": None}, "1000.00", id="neither code nor VAT"),
        pytest.param(
            PUBLISHED,
            {"amount": Decimal("-100.10"), "tax_amount": Decimal("-25.03")},
            "-125.13",
            id="a credit",
        ),
        pytest.param(a_table(("12", "12")), NO_TAX | {"tax_rule": "12"}, "1120.00", id="Xledger's table"),
        pytest.param(a_table(("1", "23")), NO_TAX, "1230.00", id="Xledger's table against the published"),
        pytest.param(a_table(("Q", "15"), ("Q", "25")), NO_TAX | {"tax_rule": "Q"}, None, id="two at once"),
        pytest.param(typed("Q = 15"), NO_TAX | {"tax_rule": "Q"}, "1150.00", id="the company's table"),
        pytest.param(
            typed("Q = 15", "Q = 20 2018-01-01"), NO_TAX | {"tax_rule": "Q"} | IN_2018, "1200.00", id="then"
        ),
        pytest.param(
            typed("Q = 15", "Q = 20 2027-01-01"), NO_TAX | {"tax_rule": "Q"}, "1150.00", id="not yet"
        ),
        pytest.param(PUBLISHED, {"tax_rule": "86"}, "1000.00", id="a service from abroad"),
        pytest.param(
            PUBLISHED, NO_TAX | {"tax_rule": "81"}, "1000.00", id="import, without an amount of VAT"
        ),
        pytest.param(a_table(("7R", "25"), ("7R", "-25")), {"tax_rule": "7R"}, "1000.00", id="both ways"),
        pytest.param(a_table(("7R", "0")), {"tax_rule": "7R"}, "1000.00", id="VAT on a code of no percent"),
        pytest.param(
            a_table(("7R", "25"), names={"7R": "Omvendt avgiftsplikt"}),
            {"tax_rule": "7R"},
            "1000.00",
            id="its name",
        ),
        pytest.param(
            a_table(("86", "25"), names={"86": "Inngående mva."}),
            {"tax_rule": "86"},
            "1250.00",
            id="no SAF-T here",
        ),
        pytest.param(typed("83 = 25"), {"tax_rule": "83"}, "1000.00", id="the rate of such a code"),
        pytest.param(typed("86 = 25"), NO_TAX | {"tax_rule": "86"}, "1000.00", id="the same, without VAT"),
        pytest.param(typed("1 = 0"), {}, "1000.00", id="the company says that it reckons the VAT itself"),
    ],
)
def test_the_amount_with_vat(vat: PurchaseVat, line: dict[str, Any], amount: str | None) -> None:
    found = vat.with_vat(a_line(**line))
    assert (found if found is None else str(found)) == amount


@pytest.mark.parametrize(
    ("line", "amount"),
    [
        ({}, "1250.00"),
        ({"tax_amount": None}, "1250.00"),
        ({"tax_rule": None, "tax_amount": None}, "1250.00"),
        ({"tax_rule": "86"}, "1000.00"),
    ],
)
def test_amounts_that_include_their_vat(line: dict[str, Any], amount: str) -> None:
    vat = PurchaseVat(RateSources(published=PUBLISHED_PURCHASES), is_gross=True)
    assert str(vat.with_vat(a_line(**({"amount": Decimal(1250)} | line)))) == amount


@pytest.mark.parametrize(
    ("owed", "is_paid"),
    [(Decimal(1000), False), (Decimal(1250), True), (Decimal(1100), None), (None, None)],
)
def test_the_bill_says_whether_vat_was_paid_to_the_supplier(
    owed: Decimal | None, is_paid: bool | None
) -> None:
    bills = Bills()
    if owed is not None:
        bills.add(a_bill(amount=-owed))
    lines = [a_line("1", amount=Decimal(600), tax_amount=Decimal(150))]
    lines += [a_line("2", amount=Decimal(400), tax_amount=Decimal(100))]
    voucher = voucher_of(lines[0])
    assert voucher is not None
    assert vat_paid(lines, bills, PUBLISHED).get(voucher) is is_paid


@pytest.mark.parametrize(
    ("name", "is_one"),
    [
        ("Omvendt avgiftsplikt, tjenester fra utlandet", True),
        ("Innførsel av varer, 25 %", True),
        ("SNUDD AVREGNING", True),
        ("Reverse charge", True),
        ("Inngående avgift, 25 %", False),
        ("Utførsel av varer", False),
    ],
)
def test_a_code_is_known_by_its_name(name: str, is_one: bool) -> None:
    assert is_named_self_assessed(name) is is_one


def test_other_rates_are_another_reach() -> None:
    vats = [
        PUBLISHED,
        a_table(("12", "12")),
        a_table(("12", "15")),
        typed("12 = 12"),
        PurchaseVat(RateSources(VatRates({}))),
    ]
    assert len({vat.reach for vat in vats}) == 3  # the same rates from another source
