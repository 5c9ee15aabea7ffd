"""What the simulation has found, each as a story of its own: so it stays mended when seeds mean other runs."""

from datetime import timedelta
from typing import Any

import pytest

from local.proof.scheduling import Died
from moment_xledger.domain.companies import CompanyId
from moment_xledger.domain.feedback import Happened
from moment_xledger.domain.invoice_mails import Choice
from moment_xledger.domain.invoices import sort_out
from moment_xledger.domain.kinds import Kind
from moment_xledger.domain.mails import MailInDoubt
from moment_xledger.domain.moment import Customer
from moment_xledger.domain.problems import Code
from moment_xledger.flows import mail_invoice, take_in_invoices
from moment_xledger.flows.mail_invoices import mail_invoices
from moment_xledger.flows.resolve_problem import Resolver, retry_all, skip_problem
from tests.builders import COMPANY, a_company, a_customer, a_project, an_invoice
from tests.flows.mailroom import Mailroom
from tests.world import World


def test_a_customer_fetched_from_moment_by_a_worker_that_died_before_saying_so_still_comes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Seed 2: the customer was stored, but nobody was told that there was work, and no event would come again."""
    world = World()
    world.moment["10001"] = Customer.model_validate(a_customer("10001")["data"])
    world.receive(a_project("P-1"))
    world.carry_wakes()
    world.time.now += timedelta(minutes=16)
    world.sweep()
    with monkeypatch.context() as patch:
        patch.setattr(world.ledger.records, "mark_work", _dies)
        with pytest.raises(Died):
            world.carry_wakes()
    assert world.ledger.records.owner_of(CompanyId("nordvik"), Kind.CUSTOMER, "10001")
    world.run()
    assert [each["code"] for each in world.held("customers")] == ["10001"]
    assert [each["code"] for each in world.held("projects")] == ["P-1"]


def a_mail_in_doubt() -> Mailroom:
    """Of invoice 101: it goes, and the mail service's answer is lost."""
    room = Mailroom()
    room.post.next = [(True, MailInDoubt("ReadTimeoutError"))]
    room.receive(101)
    return room


def heard_before_it_is_told(
    room: Mailroom, monkeypatch: pytest.MonkeyPatch, happened: Happened = Happened.DELIVERED
) -> None:
    """A worker stands still before it says that nobody knows; meanwhile the mail service tells what became of the mail,
    and another worker has put all in order."""
    report = mail_invoice.Run.report

    def slowly(run: mail_invoice.Run, *about: Any, **details: Any) -> None:
        monkeypatch.undo()
        room.time.now += timedelta(minutes=3)
        room.hear(101, happened)
        mail_invoices(room.company.id, room.mailer())
        report(run, *about, **details)

    monkeypatch.setattr(mail_invoice.Run, "report", slowly)


def test_nobody_is_asked_whether_a_mail_arrived_that_is_known_to_have_arrived(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Seed 315 of the routes: the question came after the answer, and stood for ever with nothing to decide."""
    room = a_mail_in_doubt()
    heard_before_it_is_told(room, monkeypatch)
    room.mail()
    assert room.state_of(101) == "sent"
    assert list(room.problems()) == []


def test_that_a_mail_came_back_is_still_told_if_a_worker_says_later_that_nobody_knows(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Seed 83 of the routes: the question took the place of the answer, and went; nobody was told of the invoice."""
    room = a_mail_in_doubt()
    heard_before_it_is_told(room, monkeypatch, Happened.BOUNCED)
    room.mail()
    assert room.state_of(101) == "bounced"
    assert ("101", "MAIL_BOUNCED") in list(room.problems())
    assert ("101", "MAIL_UNCERTAIN") not in list(room.problems())


def test_a_question_left_by_a_worker_that_died_ends_when_a_person_looks_at_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    room = a_mail_in_doubt()
    heard_before_it_is_told(room, monkeypatch)
    with monkeypatch.context() as patch:
        patch.setattr(mail_invoice, "_ask_no_more", _dies)
        with pytest.raises(Died):
            room.mail()
    room.time.now += timedelta(minutes=5)
    room.mail()
    assert list(room.problems()) == [("101", "MAIL_UNCERTAIN")]
    with pytest.raises(ValueError, match="nothing to decide"):
        room.resolve(101, Choice.SEND_AGAIN)
    assert list(room.problems()) == []
    assert room.numbers() == [101]


def _dies(*_: object) -> bool:
    raise Died


def test_an_invoice_that_is_skipped_while_somebody_looks_at_it_does_not_come_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Seed 47 of the desk: an export stood still with the held invoices in its hands; it held one again that a person
    had skipped meanwhile, with a problem that the next good mapping solved, and the invoice left."""
    world = World(companies=[a_company(vat_codes={})])
    world.receive(a_customer("10001"), an_invoice(101))
    by_hand = Resolver(world.ledger, lambda *_: None, world.time, "Kari")

    def meanwhile(*given: Any) -> Any:
        monkeypatch.undo()
        skip_problem(COMPANY.id, "invoice", "101", Code.VAT_CODE_UNMAPPED, "booked by hand", by_hand)
        return sort_out(*given)

    monkeypatch.setattr(take_in_invoices, "sort_out", meanwhile)
    retry_all(COMPANY.id, by_hand)
    world.ledger.companies.save(a_company())
    retry_all(COMPANY.id, by_hand)
    assert list(world.problems()) == []
    assert list(world.ledger.invoices.since(COMPANY.id)) == []
