"""What is held back by the day, the rate or the invoice that is credited, and what lets it go."""

from datetime import UTC, datetime
from typing import Any

import pytest

from moment_xledger.domain.companies import Route
from moment_xledger.domain.errors import Conflict
from moment_xledger.domain.moment import Invoice
from moment_xledger.domain.problem_choices import Choice
from moment_xledger.domain.problems import Code
from moment_xledger.domain.vat_rates import read_typed
from moment_xledger.flows.decide_problem import decide_problem
from moment_xledger.flows.resolve_problem import Resolver
from tests.builders import a_company, an_invoice
from tests.flows.office import COMPANY, MORNING, Office

TOKEN_ID = a_company().token_id


def credit(number: int, credited: int, net: int, **but: Any) -> dict[str, Any]:
    line = {"vatCode": "3", "net": f"-{net}.00", "vat": f"-{net / 4:.2f}", "gross": f"-{net * 1.25:.2f}"}
    content: dict[str, Any] = {"kind": "CREDIT_NOTE", "creditedInvoiceNumber": credited, "kid": None}
    return an_invoice(number, **content | {"total": line["gross"], "vatLines": [line]} | but)


def old(number: int, **but: Any) -> dict[str, Any]:
    return an_invoice(number, invoiceDate="2019-03-01", dueDate="2019-03-15", **but)


def let_through(office: Office, number: int, code: Code) -> None:
    resolver = Resolver(office.ledger, lambda kind, token: None, office.clock, "Siri")
    decide_problem(COMPANY, "invoice", str(number), code, Choice.LET_THROUGH, resolver)


@pytest.mark.parametrize("together", [True, False], ids=["in one batch", "one by one"])
def test_several_credit_notes_are_added_up(together: bool) -> None:
    office = Office()
    events = [an_invoice(501), credit(502, 501, 60_000), credit(503, 501, 40_000), credit(504, 501, 4)]
    if together:
        office.arrive(*events)
    else:
        for event in events:
            office.arrive(event)
            office.export()
    assert [number for _, number in office.arrived()] == [501, 502, 503]
    assert office.problems() == [("504", "CREDIT_NOTE_TOO_LARGE")]


def test_a_credit_note_before_its_invoice_in_a_batch_is_compared_with_it() -> None:
    office = Office()
    office.arrive(credit(502, 501, 100_004), an_invoice(501))
    assert (office.held(), office.problems()) == ([502], [("502", "CREDIT_NOTE_TOO_LARGE")])


def test_a_credit_note_of_a_held_invoice_is_compared_with_it_too() -> None:
    office = Office()
    office.arrive(old(501), credit(502, 501, 100_004))
    assert sorted(office.problems()) == [("501", "DATE_IMPLAUSIBLE"), ("502", "CREDIT_NOTE_TOO_LARGE")]


def test_two_who_credit_the_same_invoice_at_once_do_not_both_succeed() -> None:
    office = Office()
    office.arrive(an_invoice(501))
    notes = [Invoice.model_validate(credit(number, 501, 60_000)["data"]) for number in (502, 503)]
    add = office.ledger.invoices.add
    add(COMPANY, 1, [notes[0]], Route.FILE, office.now)
    with pytest.raises(Conflict):
        add(COMPANY, 2, [notes[1]], Route.FILE, office.now)
    assert office.ledger.invoices.credited(COMPANY, [501]) == {501: 75_000}


def test_a_batch_of_credit_notes_fits_into_its_transactions() -> None:
    office = Office()
    office.arrive(*(an_invoice(number) for number in range(1, 41)))
    office.arrive(*(credit(100 + number, number, 4) for number in range(1, 41)))
    assert len(office.arrived()) == 80


def test_a_person_lets_one_invoice_through_and_it_is_noted() -> None:
    office = Office()
    office.arrive(old(501), old(502))
    let_through(office, 501, Code.DATE_IMPLAUSIBLE)
    assert ([n for _, n in office.arrived()], office.problems()) == ([501], [("502", "DATE_IMPLAUSIBLE")])
    (deed,) = office.ledger.audit.of(COMPANY)
    assert (deed.who, deed.about) == ("Siri", "invoice 501: DATE_IMPLAUSIBLE let_through")


def test_what_was_let_through_counts_for_that_version_and_that_reason_alone() -> None:
    office = Office()
    wrong = [{"vatCode": "3", "net": "100.00", "vat": "10.00", "gross": "110.00"}]
    office.arrive(old(501, total="110.00", vatLines=wrong))
    let_through(office, 501, Code.DATE_IMPLAUSIBLE)
    assert office.problems() == [("501", "VAT_DIFFERS")]
    office.arrive(old(501, version=2))
    assert ("501", "DATE_IMPLAUSIBLE") in office.problems()
    assert office.held() == [501]


def test_a_rate_that_is_put_right_lets_the_invoice_go_by_itself() -> None:
    office = Office()
    office.ledger.references.save_vat_rates(TOKEN_ID, read_typed(["3 = 15"]), office.now)
    office.arrive(an_invoice(501))
    assert office.problems() == [("501", "VAT_DIFFERS")]
    office.ledger.references.save_vat_rates(TOKEN_ID, read_typed(["3 = 25"]), office.now)
    assert office.numbers(office.made()) == [501]
    assert office.problems() == []


def test_rates_that_were_read_days_ago_hold_nothing() -> None:
    office = Office()
    office.ledger.references.save_vat_rates(
        TOKEN_ID, read_typed(["3 = 15"]), datetime(2026, 11, 19, tzinfo=UTC)
    )
    assert office.now == MORNING
    office.arrive(an_invoice(501))
    assert office.problems() == []


def test_the_window_moves_with_the_day_that_it_is_looked_at() -> None:
    office = Office()
    office.arrive(an_invoice(501, invoiceDate="2027-01-05", dueDate="2027-01-19"))
    assert office.problems() == [("501", "DATE_IMPLAUSIBLE")]
    office.now = datetime(2026, 12, 4, 23, 0, tzinfo=UTC)  # the 5th in Oslo
    assert office.numbers(office.made()) == [501]


@pytest.mark.parametrize(
    "kid",
    ["60 22 43", "６０２２４３", "60\u00a02243", " 602243 ", "602\u2009243", "60\t2243"],
)
def test_a_kid_is_read_as_people_type_it_and_kept_bare(kid: str) -> None:
    office = Office()
    office.arrive(an_invoice(501, kid=kid))
    (snapshot,) = office.ledger.invoices.since(COMPANY)
    assert snapshot.invoice.kid == "602243"


@pytest.mark.parametrize(
    ("kid", "why"),
    [
        ("1234567890123456789012345 6", "must have 2 to 25 characters"),
        ("4", "must have 2 to 25 characters"),
        ("12A45", "must be digits"),
        ("1-2", "must be digits"),
        ("602247", "wrong by MOD10 and by MOD11"),
        ("7\u2013", "wrong by MOD10 and by MOD11"),
    ],
)
def test_the_reason_says_which_check_a_kid_fails(kid: str, why: str) -> None:
    office = Office()
    office.arrive(an_invoice(501, kid=kid))
    (problem,) = office.ledger.problems.of(COMPANY, "invoice")
    assert problem.code is Code.KID_INVALID
    assert why in problem.sentence()
