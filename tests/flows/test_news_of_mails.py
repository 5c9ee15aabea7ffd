"""What people read of a mail is what happened to it, and what comes late about an earlier mail is told too."""

from datetime import timedelta

import pytest

from moment_xledger.domain.companies import Language
from moment_xledger.domain.feedback import Happened, ReturnedNotice
from moment_xledger.domain.invoice_mails import Choice
from moment_xledger.domain.problems import Code, Problem
from moment_xledger.flows.note_returned_notice import note_returned_notice
from moment_xledger.flows.resolve_problem import Resolver, skip_problem
from tests.flows.mailroom import RECEPTION, Mailroom


def a_room() -> Mailroom:
    room = Mailroom()
    room.receive(301, kid=None)
    room.run()
    return room


def sent_again(first: Happened) -> Mailroom:
    room = a_room()
    room.hear(301, first)
    room.time.now += timedelta(hours=15)  # long enough to give a delayed one up
    room.run()
    room.resolve(301, Choice.SEND_AGAIN)
    room.run()
    return room


def the_problem(room: Mailroom, number: str, code: Code) -> Problem:
    return next(
        each
        for each in room.ledger.problems.of(room.company.id)
        if (each.number, each.code) == (number, code)
    )


@pytest.mark.parametrize("first", [Happened.NOT_TAKEN, Happened.REJECTED, Happened.DELAYED])
@pytest.mark.parametrize("times", [1, 3])
def test_that_the_first_arrived_after_all_is_told_once(first: Happened, times: int) -> None:
    room = sent_again(first)
    assert (len(room.post.mails), list(room.problems())) == (2, [])
    for _ in range(times):
        room.hear(301, Happened.DELIVERED, attempt=1)
    assert list(room.problems()) == [("301", "MAIL_PERHAPS_TWICE")]
    assert the_problem(room, "301", Code.MAIL_PERHAPS_TWICE).count == 1
    resolver = Resolver(room.ledger, lambda *_: None, lambda: room.time.now, "Kari")
    skip_problem(room.company.id, "invoice", "301", Code.MAIL_PERHAPS_TWICE, "one was deleted", resolver)
    assert list(room.problems()) == []


@pytest.mark.parametrize("late", [Happened.DELAYED, Happened.NOT_TAKEN])
def test_other_news_of_the_first_says_nothing_of_the_second(late: Happened) -> None:
    room = sent_again(Happened.NOT_TAKEN)
    room.hear(301, late, attempt=1)
    assert list(room.problems()) == []


@pytest.mark.parametrize(
    ("happened", "norwegian", "english"),
    [(Happened.COMPLAINED, "søppelpost", "spam"), (Happened.BOUNCED, "i retur", "came back")],
)
def test_a_complaint_is_no_mail_that_came_back(happened: Happened, norwegian: str, english: str) -> None:
    room = a_room()
    room.hear(301, happened)
    found = the_problem(room, RECEPTION, Code.RECEPTION_ADDRESS_STOPPED)
    said = found.sentence(), found.sentence(Language.NORWEGIAN)
    assert (english in said[0], norwegian in said[1]) == (True, True)
    assert ("came back" in said[0]) == (happened is Happened.BOUNCED)


def test_what_our_own_service_would_not_send_is_not_the_address_s() -> None:
    room = a_room()
    room.hear(301, Happened.REJECTED)
    found = the_problem(room, "301", Code.MAIL_BOUNCED)
    assert "came back" not in found.sentence()
    assert "i retur" not in found.sentence(Language.NORWEGIAN)


@pytest.mark.parametrize(("is_complaint", "said"), [(True, "spam"), (False, "did not arrive")])
def test_of_a_notice_too(is_complaint: bool, said: str) -> None:
    room = Mailroom(notify=("ola@nordvik.example",))
    returned = ReturnedNotice(room.company.id, "ola@nordvik.example", "why", "", is_complaint)
    assert note_returned_notice(returned, room.ledger, lambda: room.time.now)
    assert said in the_problem(room, "ola@nordvik.example", Code.NOTICE_ADDRESS_STOPPED).sentence()
