"""A credit note and its invoice stay together: neither leaves alone, and one choice counts for both."""

from typing import Any

import pytest

from moment_xledger.domain.invoice_mails import Choice as MailChoice
from moment_xledger.domain.problem_choices import Choice
from moment_xledger.domain.problems import Code, Problem
from moment_xledger.flows.decide_problem import decide_problem
from moment_xledger.flows.resolve_problem import Resolver, skip_problem
from tests.builders import an_invoice
from tests.flows.mailroom import Mailroom
from tests.flows.office import COMPANY, Office

BAD_KID: dict[str, Any] = {"kid": "1"}


def credit(number: int, of: int, **but: Any) -> dict[str, Any]:
    lines = [{"vatCode": "3", "net": "-100.00", "vat": "-25.00", "gross": "-125.00"}]
    return an_invoice(
        number, kind="CREDIT_NOTE", creditedInvoiceNumber=of, total="-125.00", vatLines=lines, **but
    )


def why(office: Office) -> dict[int, str]:
    held = office.ledger.invoices.held(COMPANY)
    return {each.invoice.invoice_number: str(each.why and each.why.code) for each in held}


def report(office: Office, number: int, of: int, code: Code) -> None:
    """As the work that settles waits does it after a quarter of an hour."""
    details = {"refers_to": "invoice", "reference": str(of)}
    problem = Problem(COMPANY, "invoice", str(number), code, details, "", office.now, office.now)
    office.ledger.problems.report([problem])


def choose(office: Office, number: int, code: Code, choice: Choice) -> None:
    resolver = Resolver(office.ledger, lambda *_: None, office.clock, "Kari")
    decide_problem(COMPANY, "invoice", str(number), code, choice, resolver)


@pytest.mark.parametrize("together", [True, False])
@pytest.mark.parametrize("first", ["invoice", "credit note"])
def test_the_two_go_in_one_export_however_they_come(together: bool, first: str) -> None:
    office = Office()
    events = [an_invoice(21), credit(22, of=21)]
    if first == "credit note":
        events.reverse()
    for some in [events] if together else [[event] for event in events]:
        office.arrive(*some)
    assert (office.numbers(office.made()), office.problems(), why(office)) == ([21, 22], [], {})


def test_one_of_an_invoice_that_has_left_goes() -> None:
    office = Office()
    office.arrive(an_invoice(21))
    office.made()
    office.arrive(credit(22, of=21))
    assert office.numbers(office.made()) == [22]


@pytest.mark.parametrize("together", [True, False])
def test_one_of_a_held_invoice_is_held_with_it_and_follows_it(together: bool) -> None:
    office = Office()
    events = [an_invoice(21, **BAD_KID), credit(22, of=21)]
    for some in [events] if together else [[event] for event in events]:
        office.arrive(*some)
    assert why(office) == {21: "KID_INVALID", 22: "CREDITED_INVOICE_HELD"}
    assert office.problems() == [("21", "KID_INVALID")]
    assert office.export() is None
    office.arrive(an_invoice(21, version=2, kid=None))
    assert (office.numbers(office.made()), why(office), office.problems()) == ([21, 22], {}, [])


def test_one_that_is_not_known_waits_and_is_never_sent_alone() -> None:
    office = Office()
    office.arrive(credit(22, of=21))
    assert (why(office), office.export()) == ({22: "CREDITED_INVOICE_UNKNOWN"}, None)


def test_one_of_an_invoice_that_the_format_cannot_hold_stays_with_it() -> None:
    office = Office(file={"format": "ar10"})
    office.arrive(an_invoice(21, projectNumber="P-1234567"), credit(22, of=21), an_invoice(23))
    assert (office.made().invoices, office.problems()) == (1, [("21", "FORMAT_CANNOT_HOLD")])
    office.set(file={"format": "standard"})
    assert office.numbers(office.made()) == [21, 22]


def test_one_of_an_invoice_that_is_left_out_is_held() -> None:
    office = Office()
    office.arrive(an_invoice(21, doNotTransfer=True), credit(22, of=21))
    assert (why(office), office.export()) == ({22: "CREDITED_INVOICE_LEFT_OUT"}, None)
    office.arrive(an_invoice(21, version=2))
    assert office.numbers(office.made()) == [21, 22]


class TestOneChoice:
    def held_pair(self) -> Office:
        office = Office()
        office.arrive(an_invoice(21, **BAD_KID), credit(22, of=21), an_invoice(23))
        report(office, 22, 21, Code.CREDITED_INVOICE_HELD)
        return office

    @pytest.mark.parametrize(("number", "code"), [(21, Code.KID_INVALID), (22, Code.CREDITED_INVOICE_HELD)])
    def test_both_are_left_out_from_either_page(self, number: int, code: Code) -> None:
        office = self.held_pair()
        choose(office, number, code, Choice.BOTH_OUT)
        made = office.made()
        assert (office.numbers(made), office.problems()) == ([23], [])
        office.arrive(an_invoice(24))
        after = office.made()
        assert office.numbers(after) == [24]
        assert why(office) == dict.fromkeys((21, 22), "LEFT_OUT_WITH_CREDIT_NOTE")

    @pytest.mark.parametrize("own", [{"kid": "12"}, {"invoiceDate": "2062-10-01"}])
    @pytest.mark.parametrize("page", [21, 22])
    def test_both_are_left_out_where_the_credit_note_has_a_fault_of_its_own(
        self, page: int, own: dict[str, Any]
    ) -> None:
        office = Office()
        office.arrive(an_invoice(21, **BAD_KID), credit(22, of=21, **own))
        codes = {int(number): Code(code) for number, code in office.problems()}
        assert codes.keys() == {21, 22}
        choose(office, page, codes[page], Choice.BOTH_OUT)
        assert office.problems() == []
        assert why(office) == dict.fromkeys((21, 22), "LEFT_OUT_WITH_CREDIT_NOTE")

    @pytest.mark.parametrize(("number", "code"), [(21, Code.KID_INVALID), (22, Code.CREDITED_INVOICE_HELD)])
    def test_of_one_that_was_booked_by_hand_the_credit_note_goes(self, number: int, code: Code) -> None:
        office = self.held_pair()
        choose(office, number, code, Choice.BY_HAND)
        made = office.made()
        assert (office.numbers(made), office.problems()) == ([22, 23], [])
        assert why(office) == {21: "BOOKED_BY_HAND"}

    def test_it_counts_for_a_credit_note_that_comes_later(self) -> None:
        office = Office()
        office.arrive(an_invoice(21, **BAD_KID))
        choose(office, 21, Code.KID_INVALID, Choice.BOTH_OUT)
        office.arrive(credit(22, of=21))
        assert (office.export(), office.problems()) == (None, [])

    def test_of_one_from_before_the_integration_a_person_says_that_it_is_booked(self) -> None:
        office = Office()
        office.arrive(credit(22, of=9))
        report(office, 22, 9, Code.CREDITED_INVOICE_UNKNOWN)
        choose(office, 22, Code.CREDITED_INVOICE_UNKNOWN, Choice.BY_HAND)
        assert (office.numbers(office.made()), office.problems()) == ([22], [])

    def test_of_one_that_was_skipped_too(self) -> None:
        office = Office()
        office.arrive(an_invoice(21, **BAD_KID))
        resolver = Resolver(office.ledger, lambda *_: None, office.clock, "Kari")
        skip_problem(COMPANY, "invoice", "21", Code.KID_INVALID, "booked by hand", resolver)
        office.arrive(credit(22, of=21))
        assert why(office) == {22: "CREDITED_INVOICE_LEFT_OUT"}
        report(office, 22, 21, Code.CREDITED_INVOICE_LEFT_OUT)
        choose(office, 22, Code.CREDITED_INVOICE_LEFT_OUT, Choice.BY_HAND)
        assert office.numbers(office.made()) == [22]

    def test_what_has_left_cannot_be_left_out(self) -> None:
        office = self.held_pair()
        office.arrive(an_invoice(21, version=2))
        office.made()
        report(office, 21, 21, Code.KID_INVALID)
        with pytest.raises(ValueError, match="has left"):
            choose(office, 21, Code.KID_INVALID, Choice.BOTH_OUT)


class TestByMail:
    def test_the_credit_note_is_mailed_after_its_invoice(self) -> None:
        room = Mailroom()
        room.pdfs.held[500_021] = Code.PDF_MISSING
        room.receive(21)
        room.receive(22, kind="CREDIT_NOTE", creditedInvoiceNumber=21, **amounts())
        room.run()
        assert room.numbers() == []
        del room.pdfs.held[500_021]
        room.resolve(21, MailChoice.SEND_AGAIN)
        room.run()
        assert room.numbers() == [21, 22]


def amounts() -> dict[str, Any]:
    lines = [{"vatCode": "3", "net": "-100.00", "vat": "-25.00", "gross": "-125.00"}]
    return {"total": "-125.00", "vatLines": lines}
