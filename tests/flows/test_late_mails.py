"""A mail that goes late is looked at first: an invoice that may not leave any more is not mailed."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import pytest

from moment_xledger.domain.feedback import Happened
from moment_xledger.domain.invoice_mails import Choice
from moment_xledger.domain.invoice_references import LookedUp
from moment_xledger.domain.kinds import Kind
from moment_xledger.domain.mails import MailDelayed, MailInDoubt, MailNotSent
from tests.flows.mailroom import Mailroom

A_DAY = timedelta(days=1)
OF_ITS_OWN: dict[str, Any] = {"customer": {"customerNumber": "78", "name": "Vik"}, "projectNumber": "P-78"}
A_CREDIT: dict[str, Any] = {
    "kind": "CREDIT_NOTE",
    "creditedInvoiceNumber": 602,
    "customer": {"customerNumber": "78", "name": "Vik"},
    "projectNumber": None,
    "total": "-250.00",
    "vatLines": [{"vatCode": "3", "net": "-200.00", "vat": "-50.00", "gross": "-250.00"}],
}


def xledger_has(room: Mailroom, hits: Mapping[str, int], kind: Kind = Kind.CUSTOMER) -> None:
    entity = room.ledger.entities.current(room.company.id).entity
    found = {number: LookedUp(n, entity, room.time.now) for number, n in hits.items()}
    room.ledger.lookups.note(room.company.id, kind, found)


def the_customer_is_gone(room: Mailroom) -> None:
    xledger_has(room, {"78": 0})


def its_number_is_doubled(room: Mailroom) -> None:
    xledger_has(room, {"78": 2})


def the_project_is_gone(room: Mailroom) -> None:
    xledger_has(room, {"P-78": 0}, Kind.PROJECT)


def it_is_not_to_be_transferred(room: Mailroom) -> None:
    room.receive(602, version=2, doNotTransfer=True, **OF_ITS_OWN)


def a_person_leaves_it_out(room: Mailroom) -> None:
    room.ledger.invoices.skip(room.company.id, 602, room.time.now)


def late(error: MailNotSent, went: bool = False) -> Mailroom:
    """The second of three mails waits; it is of a customer and a project of its own."""
    room = Mailroom()
    room.receive(602, **OF_ITS_OWN)
    room.post.next = [(went, error)]
    room.mail()
    room.receive(601, 603)
    return room


def sent(room: Mailroom) -> list[int]:
    return sorted(n for n in range(600, 620) for _, content in room.post.mails if b"%d " % n in content[:900])


@pytest.mark.parametrize(
    "change",
    [
        the_customer_is_gone,
        its_number_is_doubled,
        the_project_is_gone,
        it_is_not_to_be_transferred,
        a_person_leaves_it_out,
    ],
)
def test_what_may_not_leave_any_more_is_not_mailed_late(change: Callable[[Mailroom], None]) -> None:
    room = late(MailDelayed("Throttling"))
    change(room)
    room.run(A_DAY)
    assert sent(room) == [601, 603]


def test_what_is_as_it_was_is_mailed_late() -> None:
    room = late(MailDelayed("Throttling"))
    room.run(A_DAY)
    assert sent(room) == [601, 602, 603]


def test_it_goes_when_what_kept_it_is_over() -> None:
    room = late(MailDelayed("Throttling"))
    the_customer_is_gone(room)
    room.run(A_DAY)
    xledger_has(room, {"78": 1})
    room.run(A_DAY)
    assert sent(room) == [601, 602, 603]


@pytest.mark.parametrize("went", [True, False])
def test_one_that_was_perhaps_sent_stands_as_that_whatever_changes(went: bool) -> None:
    room = late(MailInDoubt("ReadTimeoutError"), went)
    the_customer_is_gone(room)
    it_is_not_to_be_transferred(room)
    room.run(A_DAY)
    assert room.state_of(602) == "uncertain"
    assert sent(room) == ([601, 602, 603] if went else [601, 603])
    codes = {problem.code for problem in room.ledger.problems.of(room.company.id) if problem.number == "602"}
    assert codes == {"MAIL_UNCERTAIN", "NOT_TO_TRANSFER_TOO_LATE"}
    room.resolve(602, Choice.SEND_AGAIN)  # a person has seen that it did not arrive
    room.run(A_DAY)
    assert sent(room).count(602) == int(went)


def bounced(room: Mailroom) -> None:
    room.post.next = []
    room.run()
    room.hear(602, Happened.BOUNCED)


def in_doubt(room: Mailroom) -> None:
    room.post.next = [(True, MailInDoubt("ReadTimeoutError"))]
    room.run()


@pytest.mark.parametrize("happens", [bounced, in_doubt])
def test_a_credit_note_waits_until_a_person_has_said_what_became_of_its_invoice(
    happens: Callable[[Mailroom], None],
) -> None:
    room = Mailroom()
    room.receive(602, **OF_ITS_OWN)
    happens(room)
    address = room.company.reception_address or ""
    room.ledger.mails.confirm(room.company.id, address, room.time.now)
    room.receive(610, **A_CREDIT)
    room.receive(611)
    room.run(A_DAY)
    assert [n for n in sent(room) if n > 602] == [611]
    room.resolve(602, Choice.IT_ARRIVED)
    room.run(A_DAY)
    assert [n for n in sent(room) if n > 602] == [610, 611]
