"""An invoice is compared with the day, with its VAT codes' rates, and with the invoice that it credits."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from moment_xledger.domain.companies import Language
from moment_xledger.domain.days import months_before
from moment_xledger.domain.invoice_checks import CAN_BE_LET_THROUGH, Surroundings, implausible
from moment_xledger.domain.moment import Invoice
from moment_xledger.domain.problems import Code, Problem
from moment_xledger.domain.vat_rates import RateSources, read_typed
from tests.builders import a_company, an_invoice

TODAY = date(2026, 11, 22)
COMPANY = a_company()


def read(number: int = 10231, **but: Any) -> Invoice:
    return Invoice.model_validate(an_invoice(number, **but)["data"])


def billed(*lines: tuple[str, str, str], **but: Any) -> Invoice:
    """VAT code, net and VAT of each line."""
    content = [
        {"vatCode": code, "net": net, "vat": vat, "gross": str(Decimal(net) + Decimal(vat))}
        for code, net, vat in lines
    ]
    return read(**{"total": str(sum(Decimal(line["gross"]) for line in content)), "vatLines": content} | but)


def code(invoice: Invoice, around: Surroundings | None = None, **settings: Any) -> str | None:
    found = implausible(invoice, a_company(**settings), around or Surroundings(TODAY))
    return str(found.code) if found else None


@pytest.mark.parametrize(
    ("lines", "wrong"),
    [
        pytest.param([("3", "1000.00", "250.00")], None, id="by the rate"),
        pytest.param([("3", "333.33", "83.34")], None, id="one øre off"),
        pytest.param([("3", "333.33", "83.31")], "VAT_DIFFERS", id="two øre off"),
        pytest.param([("31", "2000.00", "500.00")], "VAT_DIFFERS", id="another code's rate"),
        pytest.param([("33", "2000.00", "240.00")], None, id="the low rate"),
        pytest.param([("32", "900.00", "99.99")], None, id="raw fish"),
        pytest.param([("3", "800.00", "0.00")], "VAT_DIFFERS", id="no VAT where there is some"),
        pytest.param([("52", "800.00", "200.00")], "VAT_DIFFERS", id="VAT on an export"),
        pytest.param([("7", "800.00", "0.00")], None, id="no VAT treatment"),
        pytest.param([("3", "1000.00", "-250.00")], "VAT_SIGN_WRONG", id="the opposite sign"),
        pytest.param([("3", "-80.00", "20.00")], "VAT_SIGN_WRONG", id="the opposite sign of a discount"),
        pytest.param([("3", "0.00", "0.00")], None, id="nothing"),
        pytest.param([("3", "100.00", "25.00"), ("3", "-40.00", "-10.00")], None, id="a discount"),
        pytest.param(
            [("3", "100.00", "35.00"), ("3", "100.00", "15.00")], "VAT_DIFFERS", id="each in itself"
        ),
        pytest.param([("3", "1.00", "0.26")] * 2, None, id="two rows, an øre each"),
        pytest.param([("3", "1.00", "0.26")] * 4, "VAT_DIFFERS", id="four rows, an øre each"),
    ],
)
def test_vat_is_what_the_codes_rate_gives(lines: list[tuple[str, str, str]], wrong: str | None) -> None:
    sign = -1 if sum(Decimal(net) + Decimal(vat) for _, net, vat in lines) < 0 else 1
    kind: dict[str, Any] = {"kind": "CREDIT_NOTE", "creditedInvoiceNumber": 1} if sign < 0 else {}
    assert code(billed(*lines, **kind)) == wrong


def test_a_line_may_say_how_many_rows_were_rounded_in_it() -> None:
    line = {"vatCode": "3", "net": "1000.00", "vat": "250.10", "gross": "1250.10"}
    assert code(read(total="1250.10", vatLines=[line])) == "VAT_DIFFERS"
    assert code(read(total="1250.10", vatLines=[line | {"rows": 17}])) == "VAT_DIFFERS"
    assert code(read(total="1250.10", vatLines=[line | {"rows": 18}])) is None


@pytest.mark.parametrize(
    ("net", "vat", "rows", "wrong"),
    [
        pytest.param("2000.00", "900.00", 100_000, "VAT_DIFFERS", id="any VAT at all"),
        pytest.param("2000.00", "501.00", 100_000, None, id="a krone"),
        pytest.param("2000.00", "501.01", 100_000, "VAT_DIFFERS", id="more than a krone"),
        pytest.param("0.00", "40.00", 90_000, "VAT_DIFFERS", id="VAT of nothing"),
        pytest.param("80000.00", "20014.00", 4_000, None, id="little against the VAT"),
        pytest.param("80000.00", "20020.01", 90_000, "VAT_DIFFERS", id="too much against the VAT"),
        pytest.param("2000.00", "-40.00", 90_000, "VAT_SIGN_WRONG", id="the opposite sign"),
    ],
)
def test_no_number_of_rows_explains_any_vat(net: str, vat: str, rows: int, wrong: str | None) -> None:
    gross = str(Decimal(net) + Decimal(vat))
    line = {"vatCode": "3", "net": net, "vat": vat, "gross": gross, "rows": rows}
    assert code(read(total=gross, vatLines=[line])) == wrong


def test_lines_that_xledger_gets_at_one_code_are_checked_together() -> None:
    lines = [("3", "1.00", "0.26"), ("K", "1.00", "0.26"), ("3", "1.00", "0.26"), ("K", "1.00", "0.26")]
    assert code(billed(*lines), vat_codes={"3": "2", "K": "2"}) == "VAT_DIFFERS"


def test_the_rate_is_the_one_of_the_invoice_date() -> None:
    around = Surroundings(TODAY, RateSources(None, read_typed(["33 = 12", "33 = 13 2026-11-01"])))
    october = {"invoiceDate": "2026-10-31", "dueDate": "2026-11-14"}
    november = {"invoiceDate": "2026-11-01", "dueDate": "2026-11-15"}
    assert code(billed(("33", "100.00", "12.00"), **october), around) is None
    assert code(billed(("33", "100.00", "12.00"), **november), around) == "VAT_DIFFERS"


def test_a_code_whose_rate_is_not_certain_holds_nothing_but_a_wrong_sign() -> None:
    assert code(billed(("3", "100.00", "15.00")), vat_codes={"3": "21"}) is None
    assert code(billed(("3", "100.00", "-15.00")), vat_codes={"3": "21"}) == "VAT_SIGN_WRONG"


def test_people_read_both_figures_and_the_rate() -> None:
    found = implausible(billed(("31", "2000.00", "500.00")), a_company(), Surroundings(TODAY))
    assert found
    problem = Problem(a_company().id, "invoice", "10231", found.code, found.details)
    assert "500,00 of 2\xa0000,00 at VAT code 31 (31 in Xledger)" in problem.sentence()
    assert "the code has 15 %, which gives 300,00" in problem.sentence()
    assert "koden har 15 %, som gir 300,00" in problem.sentence(Language.NORWEGIAN)


@pytest.mark.parametrize(
    ("issued", "due", "wrong"),
    [
        pytest.param("2024-11-22", "2024-12-06", None, id="two years back to the day"),
        pytest.param("2024-11-21", "2024-12-06", "DATE_IMPLAUSIBLE", id="a day more"),
        pytest.param("2026-12-23", "2027-01-06", None, id="31 days ahead"),
        pytest.param("2026-12-24", "2027-01-06", "DATE_IMPLAUSIBLE", id="32 days ahead"),
        pytest.param("0001-01-01", "9999-12-31", "DATE_IMPLAUSIBLE", id="the ends of the calendar"),
        pytest.param("2026-11-20", "2027-11-21", None, id="a year's credit"),
        pytest.param("2026-11-20", "2027-11-22", "DUE_DATE_IMPLAUSIBLE", id="more than a year's"),
    ],
)
def test_dates_are_plausible_from_the_day_it_is(issued: str, due: str, wrong: str | None) -> None:
    assert code(read(invoiceDate=issued, dueDate=due)) == wrong


def test_the_window_is_a_setting() -> None:
    old = read(invoiceDate="2020-02-29", dueDate="2020-03-14")
    assert code(old, invoice_months_back=81) is None
    assert code(old, invoice_months_back=80) == "DATE_IMPLAUSIBLE"
    assert code(read(invoiceDate="2026-11-23", dueDate="2026-12-01"), invoice_days_ahead=0) is not None


@pytest.mark.parametrize(
    ("day", "months", "before"),
    [
        ("2026-03-31", 1, "2026-02-28"),
        ("2026-01-15", 1, "2025-12-15"),
        ("2028-02-29", 24, "2026-02-28"),
        ("2026-11-22", 0, "2026-11-22"),
        ("0001-05-01", 24, "0001-01-01"),
    ],
)
def test_months_are_counted_by_the_calendar(day: str, months: int, before: str) -> None:
    assert months_before(date.fromisoformat(day), months) == date.fromisoformat(before)


def test_an_invoice_is_not_negative() -> None:
    assert code(billed(("3", "-100.00", "-25.00"))) == "INVOICE_NEGATIVE"
    assert code(billed(("3", "100.00", "25.00"), ("5", "-125.00", "0.00"))) is None


INVOICE = read(
    701, total="500.00", vatLines=[{"vatCode": "3", "net": "400.00", "vat": "100.00", "gross": "500.00"}]
)


def a_note(net: str = "-40.00", **but: Any) -> Invoice:
    vat = str(Decimal(net) / 4)
    content = {"kind": "CREDIT_NOTE", "creditedInvoiceNumber": 701, "invoiceNumber": 702}
    return billed(("3", net, vat), **content | but)


def beside(credited: str = "0.00", invoice: Invoice = INVOICE) -> Surroundings:
    return Surroundings(TODAY, documents={701: invoice}, credited={701: Decimal(credited)})


@pytest.mark.parametrize(
    ("note", "around", "wrong"),
    [
        pytest.param(a_note(), beside(), None, id="a part of it"),
        pytest.param(a_note("-400.00"), beside(), None, id="all of it"),
        pytest.param(a_note("-400.04"), beside(), "CREDIT_NOTE_TOO_LARGE", id="more than it was"),
        pytest.param(a_note("-80.00"), beside("400.00"), None, id="all that is left"),
        pytest.param(a_note("-80.04"), beside("400.00"), "CREDIT_NOTE_TOO_LARGE", id="more than is left"),
        pytest.param(a_note(creditedInvoiceNumber=702), beside(), "CREDIT_NOTE_OF_ITSELF", id="of itself"),
        pytest.param(a_note(), beside(invoice=a_note()), "CREDIT_NOTE_OF_CREDIT_NOTE", id="of a credit note"),
        pytest.param(
            a_note(customer={"customerNumber": "10009", "name": "Andre AS"}),
            beside(),
            "CREDIT_NOTE_OTHER_CUSTOMER",
            id="to another customer",
        ),
        pytest.param(
            a_note(currency="SEK"), beside(), "CREDIT_NOTE_OTHER_CURRENCY", id="in another currency"
        ),
        pytest.param(
            a_note(invoiceDate="2026-10-30"), beside(), "CREDIT_NOTE_BEFORE_INVOICE", id="before its invoice"
        ),
        pytest.param(
            a_note("-9000.00"), Surroundings(TODAY), None, id="of an invoice that is not known here"
        ),
    ],
)
def test_a_credit_note_agrees_with_its_invoice(
    note: Invoice, around: Surroundings, wrong: str | None
) -> None:
    assert code(note, around) == wrong


MIXED = billed(
    ("3", "400.00", "100.00"), ("5", "250.00", "0.00"), ("33", "-100.00", "-12.00"), invoiceNumber=701
)


def a_credit(*lines: tuple[str, str, str], **but: Any) -> Invoice:
    return billed(*lines, **{"kind": "CREDIT_NOTE", "creditedInvoiceNumber": 701, "invoiceNumber": 702} | but)


@pytest.mark.parametrize(
    ("lines", "wrong"),
    [
        pytest.param(
            [("3", "-400.00", "-100.00"), ("5", "-250.00", "0.00"), ("33", "100.00", "12.00")], None, id="all"
        ),
        pytest.param([("5", "-250.00", "0.00")], None, id="all at one of its codes"),
        pytest.param([("3", "-0.80", "-0.20")], None, id="a small part"),
        pytest.param([("33", "50.00", "6.00"), ("5", "-70.00", "0.00")], None, id="half of a discount"),
        pytest.param([("3", "-200.00", "-50.00"), ("3", "-200.00", "-50.00")], None, id="one code on two lines"),
        pytest.param([("3", "-480.00", "-120.00"), ("3", "80.00", "20.00")], None, id="one code up and down"),
        pytest.param([("52", "-250.00", "0.00")], "52", id="a code that the invoice lacks"),
        pytest.param([("5", "-250.01", "0.00")], "5", id="more than is at that code"),
        pytest.param([("5", "-300.00", "0.00"), ("3", "40.00", "10.00")], "5", id="moved from one code to another"),
        pytest.param([("3", "-40.00", "-10.00"), ("33", "-10.00", "-1.20")], "33", id="a discount that grows"),
        pytest.param([("3", "-80.00", "-20.00"), ("33", "100.10", "12.01")], "33", id="more than the discount"),
    ],
)  # fmt: skip
def test_a_credit_note_reverses_the_vat_codes_of_its_invoice(
    lines: list[tuple[str, str, str]], wrong: str | None
) -> None:
    found = implausible(a_credit(*lines), COMPANY, beside(invoice=MIXED))
    assert (found and (found.code, found.details["vat_code"])) == (
        wrong and (Code.CREDIT_NOTE_OTHER_VAT, wrong)
    )


def test_codes_that_are_one_in_xledger_are_one_here() -> None:
    """Moment has given its code a new name since."""
    company = COMPANY.model_copy(update={"vat_codes": {**COMPANY.vat_codes, "25": "3"}})
    assert implausible(a_credit(("25", "-400.00", "-100.00")), company, beside()) is None


def test_a_code_that_is_not_mapped_any_more_is_compared_by_its_own_name() -> None:
    company = COMPANY.model_copy(update={"vat_codes": {"5": "5"}})
    assert implausible(a_credit(("5", "-250.00", "0.00")), company, beside(invoice=MIXED)) is None


def test_what_is_left_is_counted_at_each_code() -> None:
    around = beside(invoice=MIXED)
    around.accept(a_credit(("5", "-200.00", "0.00")))
    assert code(a_credit(("5", "-50.00", "0.00")), around) is None
    found = implausible(a_credit(("5", "-50.01", "0.00")), COMPANY, around)
    assert found
    assert found.details == {
        "credited": "701", "vat_code": "5", "theirs": "5", "amount": "50.01", "left": "50.00", "currency": "NOK"
    }  # fmt: skip


def test_what_is_accepted_takes_from_what_is_left() -> None:
    around = beside()
    around.accept(INVOICE)
    around.accept(a_note("-240.00"))
    assert code(a_note("-160.00"), around) is None
    around.accept(a_note("-160.00"))
    assert code(a_note("-0.04"), around) == "CREDIT_NOTE_TOO_LARGE"


def test_what_a_person_let_through_is_not_said_again_but_the_rest_is() -> None:
    around = Surroundings(TODAY, let_through={(10231, 1): (Code.DATE_IMPLAUSIBLE,)})
    old: dict[str, Any] = {"invoiceDate": "2019-01-01", "dueDate": "2019-01-15"}
    assert code(read(**old), around) is None
    assert code(billed(("3", "100.00", "12.00"), **old), around) == "VAT_DIFFERS"
    assert Code.VAT_SIGN_WRONG not in CAN_BE_LET_THROUGH
