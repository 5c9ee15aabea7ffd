"""An invoice whose exchange rate cannot be right is held: by what is possible, and by the company's own invoices."""

from decimal import Decimal
from typing import Any

import pytest

from moment_xledger.adapters.ledger import keys
from moment_xledger.adapters.table import Update
from moment_xledger.domain.companies import Language
from moment_xledger.domain.problem_choices import Choice
from moment_xledger.domain.problems import Code
from tests.builders import an_invoice
from tests.flows.office import COMPANY, Office
from tests.flows.test_credit_notes_stay import choose, why


def abroad(number: int, currency: str, rate: str | None, net: str = "640.00", **but: Any) -> dict[str, Any]:
    line = {"vatCode": "52", "net": net, "vat": "0.00", "gross": net}
    content = {"kid": None, "currency": currency, "exchangeRate": rate, "total": net, "vatLines": [line]}
    return an_invoice(number, **content | but)


def an_office(*rates: tuple[str, str]) -> Office:
    office = Office(file={"format": "gl02b"}, owner_code=47110)
    for number, (currency, rate) in enumerate(rates, start=41):
        office.arrive(abroad(number, currency, rate))
    return office


@pytest.mark.parametrize(
    ("currency", "rate", "net", "wrong"),
    [
        pytest.param("DKK", "157.3", "640.00", "EXCHANGE_RATE_IMPOSSIBLE", id="for a hundred"),
        pytest.param("GBP", "0.0000003", "9000000.00", "EXCHANGE_RATE_IMPOSSIBLE", id="next to nothing"),
        pytest.param("USD", "0.002", "2.00", "EXCHANGE_RATE_IMPOSSIBLE", id="an amount of no øre"),
        pytest.param("KWD", "35.1", "640.00", None, id="the dearest"),
        pytest.param("IRR", "0.000024", "640000.00", None, id="the cheapest"),
        pytest.param("CHF", "13.2", "640.00", None, id="usual"),
        pytest.param("NOK", "10.4", "640.00", "EXCHANGE_RATE_OF_KRONER", id="kroner with a rate"),
        pytest.param("NOK", "1.0000", "640.00", None, id="a krone is a krone"),
    ],
)
def test_what_is_possible(currency: str, rate: str, net: str, wrong: str | None) -> None:
    office = an_office()
    office.arrive(abroad(40, currency, rate, net))
    assert why(office) == ({40: wrong} if wrong else {})
    assert (office.export() is None) == bool(wrong)


@pytest.mark.parametrize(
    ("rate", "is_held"), [("7.05", True), ("0.0001", True), ("0.046", True), ("0.09", False)]
)
def test_one_far_from_the_companys_earlier_one_is_held_with_both(rate: str, is_held: bool) -> None:
    office = an_office(("JPY", "0.0705"))
    office.arrive(abroad(50, "JPY", rate, "64000.00"))
    assert why(office) == ({50: "EXCHANGE_RATE_DIFFERS"} if is_held else {})
    for problem in office.ledger.problems.of(COMPANY):
        english, norwegian = problem.sentence(), problem.sentence(Language.NORWEGIAN)
        for shown in (rate.replace(".", ","), "0,0705", "41", "JPY"):
            assert shown in english
            assert shown in norwegian


def test_another_currency_is_not_compared_with() -> None:
    assert why(an_office(("JPY", "0.0705"), ("EUR", "11.4"))) == {}


def test_one_that_is_let_through_is_what_later_ones_are_compared_with() -> None:
    office = an_office(("EUR", "1"), ("EUR", "11.61"), ("EUR", "11.72"))
    assert why(office) == dict.fromkeys((42, 43), "EXCHANGE_RATE_DIFFERS")
    choose(office, 42, Code.EXCHANGE_RATE_DIFFERS, Choice.LET_THROUGH)
    assert (office.made().invoices, why(office), office.problems()) == (3, {}, [])
    assert office.ledger.invoices.earlier_rates(COMPANY, ["EUR"])["EUR"].rate == Decimal("11.72")


def test_those_that_come_together_are_compared_too() -> None:
    office = an_office()
    office.arrive(abroad(41, "SEK", "1.04"), abroad(42, "SEK", "10.4"))
    assert why(office) == {42: "EXCHANGE_RATE_DIFFERS"}


@pytest.mark.parametrize("rates", [(None, "1"), ("1", None), ("1", "1.00")])
def test_that_a_krone_is_one_changes_no_invoice(rates: tuple[str | None, str | None]) -> None:
    office = an_office()
    for version, rate in enumerate(rates, start=1):
        office.arrive(abroad(60, "NOK", rate, version=version))
    assert office.problems() == []


def test_nor_where_an_older_release_stored_the_rate() -> None:
    office = an_office()
    office.arrive(abroad(60, "NOK", "1"))
    invoice = office.ledger.invoices.by_number(COMPANY, [60])[60].invoice
    stored = Update((keys.invoices(COMPANY), f"INV#{60:012}"), set={"books": invoice.older_books_hash()})
    office.table.write(stored)
    office.arrive(abroad(60, "NOK", None, version=2), abroad(60, "NOK", "1", version=3, description="again"))
    assert office.problems() == []
