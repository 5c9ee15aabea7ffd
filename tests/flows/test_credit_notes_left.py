"""How much is left of an invoice: what credit notes take that leave, and those that a person books by hand."""

from typing import Any

import pytest

from moment_xledger.adapters.ledger import keys
from moment_xledger.adapters.table import Update
from moment_xledger.domain.problem_choices import Choice
from moment_xledger.domain.problems import Code
from moment_xledger.flows.resolve_problem import Resolver, skip_problem
from tests.builders import an_invoice
from tests.flows.office import COMPANY, Office
from tests.flows.test_credit_notes_stay import choose, why

TOO_LARGE = Code.CREDIT_NOTE_TOO_LARGE


def an_invoice_of(number: int, gross: int = 3_000, **but: Any) -> dict[str, Any]:
    amounts = {"net": f"{gross * 4 / 5:.2f}", "vat": f"{gross / 5:.2f}", "gross": f"{gross:.2f}"}
    return an_invoice(number, kid=None, total=f"{gross:.2f}", vatLines=[{"vatCode": "3", **amounts}], **but)


def a_credit(number: int, gross: int, **but: Any) -> dict[str, Any]:
    return an_invoice_of(number, -gross, kind="CREDIT_NOTE", creditedInvoiceNumber=61, **but)


def an_office(*credits: dict[str, Any]) -> Office:
    office = Office()
    office.arrive(an_invoice_of(61))
    for each in credits:
        office.arrive(each)
    return office


def credited(office: Office) -> int:
    return int(office.ledger.invoices.credited(COMPANY, [61]).get(61, 0))


class TestBookedByHand:
    def test_it_takes_its_part_of_what_is_left(self) -> None:
        office = an_office(a_credit(62, 2_500), a_credit(63, 2_500))
        choose(office, 63, TOO_LARGE, Choice.BY_HAND)
        office.arrive(a_credit(64, 400))
        assert why(office) == {63: "BOOKED_BY_HAND", 64: "CREDIT_NOTE_TOO_LARGE"}
        assert (office.numbers(office.made()), credited(office)) == ([61, 62], 5_000)

    def test_saying_it_twice_counts_once(self) -> None:
        office = an_office(a_credit(62, 2_500), a_credit(63, 600))
        choose(office, 63, TOO_LARGE, Choice.BY_HAND)
        office.arrive(a_credit(63, 600, version=2))
        assert credited(office) == 3_100
        assert why(office) == {63: "BOOKED_BY_HAND"}

    def test_the_wrong_sign_still_takes(self) -> None:
        office = an_office(a_credit(62, -1_000))
        choose(office, 62, Code.CREDIT_NOTE_NOT_NEGATIVE, Choice.BY_HAND)
        assert credited(office) == 1_000

    def test_one_in_another_currency_takes_no_amount_that_is_known(self) -> None:
        office = an_office(a_credit(62, 1_000, currency="USD", exchangeRate="10.31"))
        choose(office, 62, Code.CREDIT_NOTE_OTHER_CURRENCY, Choice.BY_HAND)
        assert credited(office) == 0


def mixed(number: int, *lines: tuple[str, int, int], **but: Any) -> dict[str, Any]:
    """VAT code, net and VAT of each line, in kroner."""
    content = [
        {"vatCode": code, "net": f"{net}.00", "vat": f"{vat}.00", "gross": f"{net + vat}.00"}
        for code, net, vat in lines
    ]
    total = sum(net + vat for _, net, vat in lines)
    return an_invoice(number, kid=None, total=f"{total}.00", vatLines=content, **but)


def a_mixed_credit(number: int, *lines: tuple[str, int, int], **but: Any) -> dict[str, Any]:
    return mixed(number, *lines, kind="CREDIT_NOTE", creditedInvoiceNumber=61, **but)


class TestAtEachVatCode:
    """The invoice has 1,250 kroner at code 3 and 1,000 kroner without VAT."""

    def office(self, *notes: dict[str, Any]) -> Office:
        office = Office()
        office.arrive(mixed(61, ("3", 1_000, 250), ("5", 1_000, 0)))
        for note in notes:
            office.arrive(note)
        return office

    def test_several_notes_together_take_no_more_than_there_is_at_a_code(self) -> None:
        notes = [
            a_mixed_credit(62, ("5", -700, 0)),
            a_mixed_credit(63, ("5", -300, 0)),
            a_mixed_credit(64, ("5", -1, 0)),
        ]
        assert why(self.office(*notes)) == {64: "CREDIT_NOTE_OTHER_VAT"}

    def test_one_that_is_right_all_the_same_can_be_let_through(self) -> None:
        office = self.office(a_mixed_credit(62, ("52", -100, 0)))
        assert office.problems() == [("62", "CREDIT_NOTE_OTHER_VAT")]
        choose(office, 62, Code.CREDIT_NOTE_OTHER_VAT, Choice.LET_THROUGH)
        assert (office.problems(), office.numbers(office.made())) == ([], [61, 62])

    def test_one_that_is_booked_by_hand_takes_its_part(self) -> None:
        office = self.office(a_mixed_credit(62, ("5", -700, 0), dueDate="2099-01-01"))
        choose(office, 62, Code.DUE_DATE_IMPLAUSIBLE, Choice.BY_HAND)
        office.arrive(a_mixed_credit(63, ("5", -400, 0)))
        assert why(office) == {62: "BOOKED_BY_HAND", 63: "CREDIT_NOTE_OTHER_VAT"}

    def test_one_that_does_not_leave_gives_its_part_back(self) -> None:
        office = self.office(a_mixed_credit(62, ("5", -700, 0)), a_mixed_credit(63, ("5", -400, 0)))
        assert why(office) == {63: "CREDIT_NOTE_OTHER_VAT"}
        office.arrive(a_mixed_credit(62, ("5", -700, 0), version=2, doNotTransfer=True))
        assert (why(office), office.problems()) == ({}, [])

    def test_what_an_older_release_counted_stops_nothing(self) -> None:
        """It noted the sum alone."""
        office = self.office(a_mixed_credit(62, ("5", -700, 0)))
        office.table.write(Update((keys.invoices(COMPANY), "CRED#61"), remove=["at_5"]))
        office.arrive(a_mixed_credit(63, ("5", -400, 0)))
        assert why(office) == {}


class TestLeftOut:
    def test_another_goes_when_the_first_is_not_to_be_transferred(self) -> None:
        office = an_office(a_credit(62, 2_500), a_credit(63, 2_000))
        assert why(office) == {63: str(TOO_LARGE)}
        office.arrive(a_credit(62, 2_500, version=2, doNotTransfer=True))
        assert (why(office), office.problems(), credited(office)) == ({}, [], 2_000)
        assert office.numbers(office.made()) == [61, 63]

    def test_another_goes_when_the_first_is_skipped(self) -> None:
        office = Office(file={"format": "ar10"})
        office.arrive(an_invoice_of(61))
        office.arrive(a_credit(62, 2_500, projectNumber="P-1234567"), a_credit(63, 2_000))
        office.made()
        assert sorted(office.problems()) == [("62", "FORMAT_CANNOT_HOLD"), ("63", str(TOO_LARGE))]
        resolver = Resolver(office.ledger, lambda *_: None, office.clock, "Kari")
        skip_problem(
            COMPANY, "invoice", "62", Code.FORMAT_CANNOT_HOLD, "never sent to the customer", resolver
        )
        assert (office.made().invoices, office.problems(), why(office)) == (1, [], {})

    def test_one_that_does_not_fit_and_is_booked_by_hand_goes_on_counting(self) -> None:
        office = Office(file={"format": "ar10"})
        office.arrive(an_invoice_of(61))
        office.arrive(a_credit(62, 2_500, projectNumber="P-1234567"), a_credit(63, 2_000))
        office.made()
        choose(office, 62, Code.FORMAT_CANNOT_HOLD, Choice.BY_HAND)
        assert (credited(office), why(office)) == (2_500, {63: str(TOO_LARGE)})

    def test_one_that_came_so_takes_nothing(self) -> None:
        office = an_office(a_credit(62, 2_500, doNotTransfer=True), a_credit(63, 3_000))
        assert (why(office), credited(office)) == ({}, 3_000)

    def test_it_takes_its_amount_back_with_it(self) -> None:
        office = an_office(a_credit(62, 2_500, doNotTransfer=True))
        office.arrive(a_credit(62, 2_500, version=2))
        assert (credited(office), office.numbers(office.made())) == (2_500, [61, 62])

    @pytest.mark.parametrize("again", [1, 2])
    def test_it_stays_out_where_others_have_taken_what_was_left(self, again: int) -> None:
        office = an_office(a_credit(62, 2_500), a_credit(63, 2_000))
        office.arrive(a_credit(62, 2_500, version=2, doNotTransfer=True))
        for _ in range(again):
            office.arrive(a_credit(62, 2_500, version=3))
        assert (office.problems(), credited(office)) == ([("62", str(TOO_LARGE))], 2_000)
        assert office.numbers(office.made()) == [61, 63]
        choose(office, 62, TOO_LARGE, Choice.BY_HAND)
        assert (office.problems(), credited(office), office.export()) == ([], 4_500, None)
