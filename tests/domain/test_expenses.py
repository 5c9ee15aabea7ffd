"""Which posted lines become expenses, and what of them: rules as tables."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from moment_xledger.domain.account_ranges import AccountRanges
from moment_xledger.domain.companies import Language
from moment_xledger.domain.expense_entries import (
    Entry,
    State,
    Step,
    differences,
    merged,
    next_step,
)
from moment_xledger.domain.expense_reversals import cancellation, takes_back
from moment_xledger.domain.expense_runs import Window, windows
from moment_xledger.domain.expenses import Expense, Left, Terms, out_of_reach, read_expense
from moment_xledger.domain.line_identity import identity
from moment_xledger.domain.supplier_bills import Bill
from tests.flows.costs import a_line

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
TERMS = Terms(99168, AccountRanges.read("4000-4999"), None, billable=True)
EXPENSE = Expense(
    external_id="xledger:99168:1",
    description="Lydberegning",
    amount=Decimal("1250.00"),
    supplier="Akustikkverkstedet AS",
    invoice_date=date(2026, 11, 15),
    account="4510",
    project="P-1",
)


@pytest.mark.parametrize(
    ("listed", "account", "is_in"),
    [
        ("4000-4999,6550", "4000", True),
        ("4000-4999,6550", "4999", True),
        ("4000-4999,6550", "6550", True),
        ("4000-4999,6550", "5000", False),
        ("4000-4999,6550", "40001", False),
        (" 4000 - 4999 , 6550 ", "4510", True),
        ("4000-4999", None, False),
        ("4000-4999", "", False),
        ("4000-4999", "4510A", False),
        ("4000-4999", "４５１０", False),
    ],
)
def test_an_account_is_in_the_list_or_not(listed: str, account: str | None, is_in: bool) -> None:
    assert (account in AccountRanges.read(listed)) is is_in


@pytest.mark.parametrize(
    "listed",
    ["", ",", "4000;4999", "4999-4000", "40", "all", "4000-", "4000,,4100", ",".join(["4000"] * 101)],
)
def test_a_list_that_cannot_be_meant_is_refused(listed: str) -> None:
    with pytest.raises(ValueError, match="such as 4000-4999,6550"):
        AccountRanges.read(listed)


@pytest.mark.parametrize(
    ("line", "amount"),
    [
        pytest.param({}, "1250.00", id="the VAT that the line says"),
        pytest.param({"tax_amount": None, "tax_rule": "X"}, Left.MISSING_VAT, id="an unknown code"),
        pytest.param({"currency": None}, "1250.00", id="no currency is kroner"),
        pytest.param({"currency": "nok", "currency_amount": Decimal(1000)}, "1250.00", id="lower case"),
        pytest.param({"currency": "eur", "currency_amount": Decimal("85.21")}, "1250.00", id="euro"),
        pytest.param({"currency": "EUR", "currency_amount": None}, Left.NO_RATE, id="only one amount"),
        pytest.param({"currency": "EUR", "currency_amount": Decimal(0)}, Left.NO_RATE, id="no rate of zero"),
        pytest.param(
            {"currency": "EUR", "currency_amount": Decimal(1000)}, Left.NO_RATE, id="not converted at all"
        ),
    ],
)
def test_the_amount_of_an_expense(line: dict[str, Any], amount: str | Left) -> None:
    found = read_expense("1", a_line(**line), Bill(None, None, None), TERMS)
    assert (found if isinstance(found, Left) else str(found.amount)) == amount


@pytest.mark.parametrize(
    ("line", "id_"),
    [
        ({"transaction_id": "80000011"}, "80000011"),
        ({"transaction_id": None}, "v20001-2026-1"),
        ({"transaction_id": None, "voucher_date": None, "invoice_date": None}, "v20001-x-1"),
        ({"transaction_id": "1#2"}, None),
        ({"transaction_id": "9" * 41}, None),
    ],
)
def test_a_line_is_known_by_its_id(line: dict[str, Any], id_: str | None) -> None:
    assert identity(a_line("1")._replace(**line)) == id_


def test_from_the_from_date_on_counts_the_day_of_posting() -> None:
    terms = Terms(99168, TERMS.accounts, date(2026, 11, 21), billable=True)
    assert out_of_reach(a_line(), terms) is None
    assert out_of_reach(a_line(voucher_date=date(2026, 11, 20)), terms) is Left.BEFORE_START


BOOKED = Entry("1", State.BOOKED, EXPENSE, 7)
CHANGED = EXPENSE.model_copy(update={"amount": Decimal(1)})
GONE = Entry("1", State.CANCELLED, EXPENSE, 7)
PARKED = Entry("1", State.HELD, EXPENSE, 7, why=Left.UNKNOWN_PROJECT)
HELD = Entry("1", State.HELD, EXPENSE, why=Left.UNKNOWN_PROJECT)


@pytest.mark.parametrize(
    ("entry", "wanted", "moved", "step"),
    [
        pytest.param(None, EXPENSE, False, Step.CREATE, id="new"),
        pytest.param(None, Left.OTHER_ACCOUNT, False, Step.COUNT, id="none of our concern"),
        pytest.param(None, Left.MISSING_VAT, False, Step.LEAVE, id="wrong"),
        pytest.param(HELD, EXPENSE, False, Step.CREATE, id="what waited may go"),
        pytest.param(HELD, Left.UNKNOWN_PROJECT, False, Step.COUNT, id="waits on"),
        pytest.param(HELD, Left.CLOSED_PROJECT, False, Step.LEAVE, id="waits for another reason"),
        pytest.param(HELD, Left.OTHER_ACCOUNT, True, Step.FORGET, id="waited, and is gone"),
        pytest.param(BOOKED, EXPENSE, False, Step.NOTHING, id="as it is"),
        pytest.param(BOOKED, CHANGED, False, Step.UPDATE, id="corrected"),
        pytest.param(BOOKED, Left.OTHER_ACCOUNT, True, Step.CANCEL, id="moved to another account"),
        pytest.param(BOOKED, Left.OTHER_ACCOUNT, False, Step.COUNT, id="other accounts in the settings"),
        pytest.param(BOOKED, Left.UNKNOWN_PROJECT, True, Step.CANCEL, id="moved to a foreign project"),
        pytest.param(BOOKED, Left.CLOSED_PROJECT, True, Step.CANCEL, id="moved to a closed project"),
        pytest.param(GONE, Left.UNKNOWN_PROJECT, True, Step.CANCEL, id="moved on, to where it must wait"),
        pytest.param(GONE, Left.NO_PROJECT, True, Step.COUNT, id="moved on, still none of our concern"),
        pytest.param(PARKED, Left.UNKNOWN_PROJECT, False, Step.COUNT, id="waits on where it was moved to"),
        pytest.param(PARKED, Left.NO_PROJECT, True, Step.CANCEL, id="waits no more where it was moved to"),
        pytest.param(PARKED, EXPENSE, False, Step.UPDATE, id="may go where it was moved to"),
        pytest.param(BOOKED, Left.MISSING_VAT, False, Step.LEAVE, id="its VAT was taken away"),
        pytest.param(GONE, EXPENSE, False, Step.UPDATE, id="moved back to us"),
        pytest.param(
            Entry("1", State.BOOKED, EXPENSE, 7, why=Left.INVOICED, asked=CHANGED.digest()),
            CHANGED,
            False,
            Step.COUNT,
            id="invoiced, as was said",
        ),
        pytest.param(
            Entry("1", State.BOOKED, EXPENSE, 7, why=Left.DELETED), CHANGED, False, Step.NOTHING, id="deleted"
        ),
    ],
)
def test_what_is_to_be_done_with_a_line(
    entry: Entry | None, wanted: Expense | Left, moved: bool, step: Step
) -> None:
    assert next_step(entry, wanted, moved=moved) is step


def test_only_what_differs_is_told_and_a_supplier_out_of_sight_stays() -> None:
    now = EXPENSE.model_copy(update={"amount": Decimal(2), "supplier": None, "billable": False})
    assert differences(EXPENSE, now) == {"amount": Decimal(2)}
    assert merged(EXPENSE, now) == EXPENSE.model_copy(update={"amount": Decimal(2)})


def test_a_cancelled_expense_says_so_in_the_companys_language() -> None:
    told = [cancellation(EXPENSE, each)["description"] for each in (Language.NORWEGIAN, Language.ENGLISH)]
    assert told == ["Tilbakeført: Lydberegning", "Reversed: Lydberegning"]


@pytest.mark.parametrize(
    ("but", "is_one"),
    [({}, True), ({"amount": Decimal(-1)}, False), ({"account": "4300"}, False), ({"project": "P-2"}, False)],
)
def test_a_reversal_is_the_same_cost_with_the_sign_turned(but: dict[str, Any], is_one: bool) -> None:
    line = EXPENSE.model_copy(update={"amount": Decimal("-1250.00")} | but)
    assert takes_back(line, BOOKED) is is_one
    assert not takes_back(line, HELD)


@given(days=some.integers(0, 1500), reach=some.sampled_from(["", TERMS.reach]))
def test_windows_meet_and_cover_all_that_must_be_read(days: int, reach: str) -> None:
    cursor = NOW - timedelta(days=days)
    found = list(windows(cursor, reach, TERMS, NOW))
    assert (
        found[0].start == cursor - timedelta(days=2)
        if reach
        else min(cursor - timedelta(days=2), NOW - timedelta(days=30))
    )
    assert found[-1].end == NOW
    assert all(one.end == other.start for one, other in pairwise(found))


@given(minutes=some.integers(1, 60 * 24 * 31))
def test_halves_are_the_whole(minutes: int) -> None:
    window = Window(NOW, NOW + timedelta(minutes=minutes))
    halves = window.halves()
    if halves is None:
        assert minutes == 1
    else:
        assert (halves[0].start, halves[0].end, halves[1].end) == (window.start, halves[1].start, window.end)
        assert halves[0].start < halves[0].end < halves[1].end
