"""One mail for each invoice, never two by themselves: what happens on good days and on bad ones."""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest

from moment_xledger.domain.companies import Route
from moment_xledger.domain.errors import Conflict
from moment_xledger.domain.feedback import Happened
from moment_xledger.domain.invoice_mails import Choice
from moment_xledger.domain.invoice_message import MOST_BYTES
from moment_xledger.domain.mails import AddressRefused, MailDelayed, MailInDoubt
from moment_xledger.domain.problems import Code
from moment_xledger.flows.decide_mail import confirm_address, waiting_mails
from moment_xledger.flows.mail_invoice import Outcome
from moment_xledger.flows.resolve_problem import Resolver, skip_problem
from tests.builders import an_invoice
from tests.flows.mailroom import A_PDF, RECEPTION, Died, Mailroom

ID = 500_000  # an invoice's id in Moment, less its number


def test_each_invoice_goes_as_one_mail_in_the_order_of_arrival():
    room = Mailroom()
    room.receive(103, 101, 102)

    room.mail()

    assert room.numbers() == [103, 101, 102]
    assert {to for to, _ in room.post.mails} == {RECEPTION}
    assert not room.is_due(timedelta(days=365))


def test_arrival_wakes_the_mails_of_its_company():
    room = Mailroom()
    room.receive(101)
    assert room.woken == ["nordvik"]


def test_a_lost_wake_costs_a_minute():
    room = Mailroom()
    room.receive(101)
    room.sweep()
    assert room.numbers() == [101]


def test_an_invoice_whose_taker_died_behind_it_is_mailed_all_the_same(monkeypatch):
    room = Mailroom()
    stored = room.ledger.invoices.add

    def stored_and_died(*given: Any) -> None:
        stored(*given)
        raise Died

    monkeypatch.setattr(room.ledger.invoices, "add", stored_and_died)
    with suppress(Died):
        room.receive(101)
    room.change(route=Route.FILE)  # nor does it matter that the route has changed meanwhile
    room.run()

    assert room.numbers() == [101]


def test_what_is_kept_is_what_was_sent_byte_for_byte():
    room = Mailroom()
    room.receive(101)
    room.mail()
    assert room.files.held[room.mail_of(101).file] == room.post.mails[0][1]


def test_a_second_wake_sends_nothing():
    room = Mailroom()
    room.receive(101)
    room.mail()
    room.receive(101)  # delivered again
    room.mail()
    assert room.numbers() == [101]


def test_what_must_not_be_transferred_is_not_mailed():
    room = Mailroom()
    room.receive(101, doNotTransfer=True)
    room.receive(102)
    room.mail()
    assert room.numbers() == [102]


def test_a_changed_route_is_for_later_invoices_only():
    room = Mailroom(route="file")
    room.receive(*range(101, 201))
    room.change(route=Route.EMAIL)
    room.receive(201, 202)
    room.change(route=Route.FILE)
    room.receive(203)

    assert waiting_mails(room.company.id, room.ledger) == 2
    room.run()
    assert room.numbers() == [201, 202]
    assert waiting_mails(room.company.id, room.ledger) == 0


def test_many_at_once_go_each_once_in_several_slices_at_most_five_a_second(monkeypatch):
    monkeypatch.setattr("moment_xledger.flows.mail_invoices.SLICE", timedelta(seconds=10))
    room = Mailroom()
    room.receive(*range(1, 121))
    began = room.time.now

    room.mail()
    assert len(room.numbers()) == 50
    assert room.is_due()

    room.run()
    assert room.numbers() == list(range(1, 121))
    assert room.time.now - began >= timedelta(seconds=119 / 5)


@pytest.mark.parametrize("code", [Code.PDF_MISSING, Code.PDF_NOT_PDF, Code.PDF_TOO_LARGE])
def test_an_invoice_without_a_good_pdf_is_a_problem_and_holds_up_no_other(code):
    room = Mailroom()
    room.pdfs.held[ID + 101] = code
    room.receive(101, 102)

    room.run()
    assert room.numbers() == [102]
    assert list(room.problems()) == [("101", str(code))]

    room.pdfs.held.clear()
    room.run()
    assert room.numbers() == [102], "only a person's word sends it"
    room.resolve(101, Choice.SEND_AGAIN)
    room.run()
    assert room.numbers() == [102, 101]
    assert list(room.problems()) == []


def test_a_pdf_that_the_mail_service_could_not_carry_is_told_before_it_is_tried():
    room = Mailroom()
    room.pdfs.held[ID + 101] = A_PDF + b"%" * (MOST_BYTES * 3 // 4) + b"%%EOF"
    room.receive(101)
    room.run()
    assert list(room.problems()) == [("101", "PDF_TOO_LARGE")]
    assert room.post.mails == []
    (problem,) = room.ledger.problems.of(room.company.id)
    assert "7 MB" in problem.sentence()


def test_while_moment_is_down_it_is_not_asked_for_every_invoice_and_all_go_when_it_is_back():
    room = Mailroom()
    room.pdfs.all = Code.PDF_UNREACHABLE
    room.receive(*range(101, 201))

    room.run(timedelta(hours=3))
    assert room.post.mails == []
    assert room.pdfs.asked < 30
    assert set(room.problems()) <= {(str(n), "PDF_UNREACHABLE") for n in range(101, 201)}

    room.pdfs.all = None
    room.run(timedelta(hours=3))
    assert sorted(room.numbers()) == list(range(101, 201))
    assert list(room.problems()) == []


def test_one_invoice_that_moment_never_delivers_becomes_a_problem_and_is_tried_on():
    room = Mailroom()
    room.pdfs.held[ID + 101] = Code.PDF_UNREACHABLE
    room.receive(101)
    room.mail()
    assert list(room.problems()) == []

    room.receive(102)
    room.run(timedelta(hours=3))
    assert room.numbers() == [102]
    assert list(room.problems()) == [("101", "PDF_UNREACHABLE")]

    room.pdfs.held.clear()
    room.run(timedelta(hours=3))
    assert room.numbers() == [102, 101]
    assert list(room.problems()) == []


def test_a_key_that_somebody_took_away_is_asked_for_like_a_refused_one():
    room = Mailroom()
    room.receive(101, 102)
    room.vault.is_empty = True
    room.mail()
    assert list(room.problems()) == [("moment_key", "MOMENT_KEY_REFUSED")]

    room.vault.is_empty = False
    room.run()
    assert room.numbers() == [101, 102]
    assert list(room.problems()) == []


def test_a_key_that_moment_refuses_is_one_problem_for_all():
    room = Mailroom()
    room.pdfs.all = Code.MOMENT_KEY_REFUSED
    room.receive(101, 102, 103)
    room.mail()
    assert room.pdfs.asked == 1
    assert list(room.problems()) == [("moment_key", "MOMENT_KEY_REFUSED")]

    room.pdfs.all = None
    room.run()
    assert room.numbers() == [101, 102, 103]
    assert list(room.problems()) == []


def test_throttled_mail_goes_later_and_is_nobodys_problem():
    room = Mailroom()
    room.post.next = [(False, MailDelayed("Throttling"))]
    room.receive(101, 102)

    assert room.mail() == {Outcome.DELAYED: 1}
    assert list(room.problems()) == []
    room.run()
    assert sorted(room.numbers()) == [101, 102]


def test_a_mail_service_that_is_down_is_asked_less_and_less():
    room = Mailroom()
    room.post.always = MailDelayed("ServiceUnavailable")
    room.receive(*range(101, 201))
    room.run(timedelta(hours=10))
    assert room.pdfs.asked < 20
    assert list(room.problems()) == []


def test_a_refused_mail_is_a_problem_that_goes_away_by_itself_and_holds_up_no_other():
    room = Mailroom()
    room.receive(101, 102)
    room.post.next = [(False, AddressRefused("MessageRejected"))]
    room.mail()
    assert list(room.problems()) == [("101", "MAIL_REFUSED")]

    room.run()
    assert room.numbers() == [102, 101]
    assert list(room.problems()) == []


@pytest.mark.parametrize("went", [True, False], ids=["it went", "it did not go"])
def test_a_lost_answer_is_asked_of_a_person_and_the_others_go(went):
    room = Mailroom()
    room.receive(101, 102)
    room.post.next = [(went, MailInDoubt("ReadTimeoutError"))]
    room.run()
    assert room.state_of(101) == "uncertain"
    assert list(room.problems()) == [("101", "MAIL_UNCERTAIN")]
    assert room.numbers() == ([101] if went else []) + [102]


def test_a_person_who_has_it_sent_again_gets_a_mail_that_can_be_told_from_the_first():
    room = Mailroom()
    room.receive(101)
    room.post.next = [(True, MailInDoubt("ReadTimeoutError"))]
    room.mail()

    room.resolve(101, Choice.SEND_AGAIN)
    assert list(room.problems()) == []
    room.run()

    first, second = room.sent()
    assert first["Message-ID"] == "<nordvik.101.1@moment.example>"
    assert second["Message-ID"] == "<nordvik.101.2@moment.example>"
    assert [deed.what for deed in room.ledger.audit.of(room.company.id)] == ["had an invoice mailed again"]
    assert len(room.files.held) == 2, "the bytes of both are kept"


def test_a_person_who_says_that_it_arrived_ends_it():
    room = Mailroom()
    room.receive(101)
    room.post.next = [(True, MailInDoubt("ReadTimeoutError"))]
    room.mail()

    room.resolve(101, Choice.IT_ARRIVED)
    room.run()

    assert room.numbers() == [101]
    assert (room.state_of(101), list(room.problems())) == ("sent", [])
    (deed,) = room.ledger.audit.of(room.company.id)
    assert (deed.who, deed.what, deed.about) == ("Kari", "said that a mailed invoice arrived", "101")
    assert not room.is_due(timedelta(days=365))


def test_a_retry_after_a_clean_refusal_keeps_its_name():
    room = Mailroom()
    room.receive(101)
    room.post.next = [(False, MailDelayed("Throttling"))]
    room.run()
    (mail,) = room.sent()
    assert mail["Message-ID"] == "<nordvik.101.1@moment.example>"


@pytest.mark.parametrize("number", [101, 999], ids=["a mail that was sent", "no such invoice"])
def test_what_is_not_in_question_cannot_be_decided(number):
    room = Mailroom()
    room.receive(101)
    room.mail()
    with pytest.raises(ValueError, match="nothing to decide"):
        room.resolve(number, Choice.SEND_AGAIN)
    assert list(room.ledger.audit.of(room.company.id)) == []


def test_two_people_who_decide_at_once_have_it_sent_once():
    room = Mailroom()
    room.receive(101)
    room.post.next = [(False, MailInDoubt("ReadTimeoutError"))]
    room.mail()
    read = room.mail_of(101)
    room.resolve(101, Choice.SEND_AGAIN)
    with pytest.raises(Conflict):
        room.ledger.mails.save(read)
    room.run()
    assert room.numbers() == [101]


def test_a_second_worker_leaves_it_to_the_first():
    room = Mailroom()
    room.receive(101)
    inner: list[Any] = []
    room.pdfs.meanwhile = [lambda: inner.append(room.mail())]
    room.mail()
    assert inner == [{}]
    assert room.numbers() == [101]


def test_a_worker_whose_turn_runs_out_while_nobody_else_came_takes_it_again():
    room = Mailroom()
    room.receive(101)

    def slow() -> None:
        room.time.now += timedelta(seconds=110)

    room.pdfs.meanwhile = [slow]
    assert room.mail() == {Outcome.SENT: 1}


def stalls(room: Mailroom) -> Callable[[], None]:
    """The worker stands still for longer than its turn, and another one comes."""

    def stall() -> None:
        room.time.now += timedelta(minutes=10)
        room.mail()

    return stall


def test_a_worker_that_stood_still_before_it_wrote_its_intent_does_not_send():
    room = Mailroom()
    room.receive(101)
    room.pdfs.meanwhile = [stalls(room)]
    assert room.mail() == {Outcome.CHANGED: 1}
    assert room.numbers() == [101]
    assert list(room.problems()) == []


def test_a_worker_that_stood_still_after_it_wrote_its_intent_does_not_send_but_a_person_is_asked():
    room = Mailroom()
    room.receive(101)
    mailer = room.mailer()
    save = mailer.ledger.mails.save

    def save_and_stall(mail: Any, **how: Any) -> Any:
        mailer.ledger.mails.save = save  # type: ignore[method-assign]
        saved = save(mail, **how)
        stalls(room)()
        return saved

    mailer.ledger.mails.save = save_and_stall  # type: ignore[method-assign]
    room.mailer = lambda: mailer  # type: ignore[method-assign]
    outcome = Mailroom.mail(room)
    assert room.post.mails == []
    assert outcome in ({Outcome.CHANGED: 1}, {Outcome.LEFT_BEHIND: 1})
    assert list(room.problems()) == [("101", "MAIL_UNCERTAIN")]


def clean_run() -> Mailroom:
    room = Mailroom()
    room.receive(101, 102)
    room.mail()
    assert room.numbers() == [101, 102]
    return room


OUTSIDE_CALLS = clean_run().fuse.seen
DEATHS = [
    pytest.param(position, when, id=f"{when} call {position} {name}")
    for position, name in enumerate(OUTSIDE_CALLS, start=1)
    for when in ("before", "after")
]


@pytest.mark.parametrize(("position", "when"), DEATHS)
def test_whenever_a_worker_dies_each_invoice_is_mailed_once_or_a_person_is_asked(position, when):
    room = Mailroom()
    room.receive(101, 102)
    room.fuse.burns_at = (position, when)
    with pytest.raises(Died):
        room.mail()

    room.run()

    for number in (101, 102):
        mails, asked = room.numbers().count(number), (str(number), "MAIL_UNCERTAIN") in room.problems()
        assert mails <= 1, "never twice by itself"
        assert (room.state_of(number), mails) == ("sent", 1) or (
            room.state_of(number) == "uncertain" and asked
        )
        assert asked == (room.state_of(number) == "uncertain"), "nobody is asked for nothing"
    assert not room.is_due(timedelta(days=365))


LEFT_BEHIND_CALLS = 12  # more than it takes to see to it


@pytest.mark.parametrize("position", range(1, LEFT_BEHIND_CALLS + 1))
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_second_death_over_what_the_first_left_behind_forgets_nothing(position, when):
    room = Mailroom()
    room.receive(101)
    room.fuse.burns_at = (OUTSIDE_CALLS.index("post.send") + 1, "before")
    with pytest.raises(Died):
        room.mail()
    room.time.now += timedelta(minutes=3)
    room.fuse.burns_at = (room.fuse.calls + position, when)
    with suppress(Died):
        room.mail()

    room.run()
    assert list(room.problems()) == [("101", "MAIL_UNCERTAIN")]
    assert (room.post.mails, room.state_of(101)) == ([], "uncertain")

    room.resolve(101, Choice.SEND_AGAIN)
    room.run()
    assert room.numbers() == [101]


def test_a_death_leaves_doubt_only_between_the_intent_and_its_end():
    """So that people are asked as seldom as can be."""
    doubtful = set()
    for position, name in enumerate(OUTSIDE_CALLS, start=1):
        for when in ("before", "after"):
            room = Mailroom()
            room.receive(101, 102)
            room.fuse.burns_at = (position, when)
            with pytest.raises(Died):
                room.mail()
            room.run()
            if list(room.problems()):
                doubtful.add((name, when))
    # after the intent was written; around the sending; before the end of it was written
    assert doubtful == {
        ("table.write", "after"),
        ("post.send", "before"),
        ("post.send", "after"),
        ("table.write", "before"),
    }


def test_a_mail_that_came_back_is_a_problem_and_its_address_gets_nothing_more_until_it_is_confirmed():
    room = Mailroom()
    room.receive(101)
    room.mail()
    assert room.hear(101, Happened.BOUNCED)
    room.receive(102, 103)
    room.run()

    assert room.numbers() == [101]
    assert room.state_of(101) == "bounced"
    assert set(room.problems()) == {("101", "MAIL_BOUNCED"), (RECEPTION, "RECEPTION_ADDRESS_STOPPED")}
    assert waiting_mails(room.company.id, room.ledger) == 2

    confirm_address(room.company.id, RECEPTION, "Kari", room.ledger, room.time)
    room.run()
    assert room.numbers() == [101, 102, 103]
    assert list(room.problems()) == [("101", "MAIL_BOUNCED")], "that one is still to be decided"

    room.resolve(101, Choice.SEND_AGAIN)
    room.run()
    assert room.numbers() == [101, 102, 103, 101]
    assert list(room.problems()) == []


@pytest.mark.parametrize(
    ("happened", "stops", "state"),
    [
        (Happened.BOUNCED, True, "bounced"),
        (Happened.COMPLAINED, True, "sent"),
        (Happened.REJECTED, False, "bounced"),
        (Happened.NOT_TAKEN, False, "bounced"),
        (Happened.DELAYED, False, "sent"),
    ],
)
def test_only_a_lasting_refusal_or_a_complaint_stops_an_address(happened, stops, state):
    room = Mailroom()
    room.receive(101)
    room.mail()
    room.hear(101, happened)
    assert room.state_of(101) == state
    assert (room.ledger.mails.stopped(room.company.id, RECEPTION.upper()) is not None) == stops


@pytest.mark.parametrize(
    "happened", [Happened.DELAYED, Happened.NOT_TAKEN, Happened.REJECTED, Happened.COMPLAINED]
)
def test_what_is_told_after_a_delivery_asks_nobody_to_send_it_again(happened):
    room = Mailroom()
    room.receive(101)
    room.mail()
    room.hear(101, Happened.DELIVERED)
    room.hear(101, happened)
    room.time.now += timedelta(days=2)
    room.run()
    assert (room.state_of(101), room.numbers()) == ("sent", [101])
    assert {code for _, code in room.problems()} <= {"RECEPTION_ADDRESS_STOPPED"}


@pytest.mark.parametrize(
    "order", [(Happened.DELIVERED, Happened.BOUNCED), (Happened.BOUNCED, Happened.DELIVERED)]
)
def test_a_mail_that_was_delivered_and_came_back_is_to_be_looked_for_first(order):
    room = Mailroom()
    room.receive(101)
    room.mail()
    for happened in order:
        room.hear(101, happened)
    assert set(room.problems()) == {("101", "MAIL_BOUNCED_LATE"), (RECEPTION, "RECEPTION_ADDRESS_STOPPED")}
    room.resolve(101, Choice.IT_ARRIVED)
    assert (room.state_of(101), ("101", "MAIL_BOUNCED_LATE") in room.problems()) == ("sent", False)


def test_a_delay_without_a_delivery_is_watched_until_the_mail_service_gives_up():
    room = Mailroom()
    room.receive(101, 102)
    room.mail()
    room.hear(101, Happened.DELAYED)
    room.hear(102, Happened.DELAYED)
    room.time.now += timedelta(hours=13)
    room.hear(102, Happened.DELIVERED)
    room.hear(101, Happened.DELAYED)
    room.mail()
    assert (list(room.problems()), waiting_mails(room.company.id, room.ledger)) == ([], 0)

    room.time.now += timedelta(hours=1, minutes=1)
    room.run()

    assert list(room.problems()) == [("101", "MAIL_UNCERTAIN")]
    assert (room.state_of(101), room.state_of(102), room.numbers()) == ("uncertain", "sent", [101, 102])


def test_a_delay_does_not_hold_up_what_comes_after():
    room = Mailroom()
    room.receive(101)
    room.mail()
    room.hear(101, Happened.DELAYED)
    room.receive(102)
    room.run()
    assert room.numbers() == [101, 102]


def test_a_bounce_that_is_told_twice_changes_nothing_the_second_time():
    room = Mailroom()
    room.receive(101)
    room.mail()
    room.hear(101, Happened.BOUNCED)
    before = room.mail_of(101)
    room.hear(101, Happened.BOUNCED)
    assert room.mail_of(101) == before


def test_another_address_is_mailed_to_at_once():
    room = Mailroom()
    room.receive(101)
    room.mail()
    room.hear(101, Happened.BOUNCED)
    room.receive(102)
    room.change(reception_address="mb.20000@xledger.example")
    room.run()
    assert room.post.mails[-1][0] == "mb.20000@xledger.example"


def test_late_news_of_the_old_address_does_not_stop_the_one_that_it_was_corrected_to():
    room = Mailroom()
    room.receive(101)
    room.mail()
    room.hear(101, Happened.BOUNCED)
    room.change(reception_address="mb.20000@xledger.example")
    room.resolve(101, Choice.SEND_AGAIN)
    room.run()
    room.hear(101, Happened.BOUNCED, attempt=1)
    assert room.ledger.mails.stopped(room.company.id, "mb.20000@xledger.example") is None


def test_an_address_that_was_never_stopped_cannot_be_confirmed():
    room = Mailroom()
    with pytest.raises(ValueError, match="not stopped"):
        confirm_address(room.company.id, RECEPTION, "Kari", room.ledger, room.time)


def test_news_that_an_uncertain_mail_arrived_ends_the_question():
    room = Mailroom()
    room.receive(101)
    room.post.next = [(True, MailInDoubt("ReadTimeoutError"))]
    room.mail()

    room.hear(101, Happened.DELIVERED)
    room.run()

    assert (room.state_of(101), list(room.problems()), room.numbers()) == ("sent", [], [101])


def test_news_that_it_arrived_stops_a_repeat_that_has_not_gone_yet():
    room = Mailroom()
    room.receive(101)
    room.post.next = [(True, MailInDoubt("ReadTimeoutError"))]
    room.mail()
    room.resolve(101, Choice.SEND_AGAIN)
    room.hear(101, Happened.DELIVERED)
    room.run()
    assert room.numbers() == [101]


def test_news_that_it_arrived_spares_the_question_after_a_death():
    room = Mailroom()
    room.receive(101)
    room.fuse.burns_at = (OUTSIDE_CALLS.index("post.send") + 1, "after")
    with pytest.raises(Died):
        room.mail()
    room.hear(101, Happened.DELIVERED)
    room.run()
    assert (room.state_of(101), list(room.problems()), room.numbers()) == ("sent", [], [101])


@pytest.mark.parametrize(("happened", "state"), [(Happened.DELIVERED, "sent"), (Happened.BOUNCED, "bounced")])
def test_news_that_overtakes_the_answer_to_the_sending_stands(happened, state, monkeypatch):
    room = Mailroom()
    room.receive(101)
    send = room.post.send

    def send_and_hear(*given: Any) -> str:
        receipt = send(*given)
        room.hear(101, happened)
        return receipt

    monkeypatch.setattr(room.post, "send", send_and_hear)
    room.run()
    assert (room.state_of(101), room.numbers()) == (state, [101])
    assert not room.is_due(timedelta(days=365))


@pytest.mark.parametrize("later", range(1, 8))
def test_a_person_hears_of_a_mail_that_came_back_at_once_whatever_its_sender_was_just_doing(
    later, monkeypatch
):
    room = Mailroom()
    room.receive(101)
    call, after = room.fuse.call, OUTSIDE_CALLS.index("post.send") + later

    def called_after_news(*given: Any, **options: Any) -> Any:
        if room.fuse.calls == after:
            room.hear(101, Happened.BOUNCED)
        return call(*given, **options)

    monkeypatch.setattr(room.fuse, "call", called_after_news)
    room.mail()
    assert (room.state_of(101), ("101", "MAIL_BOUNCED") in room.problems()) == ("bounced", True)


@pytest.mark.parametrize("later", range(14))
def test_nor_is_it_lost_where_another_worker_tidies_up_after_one_that_died(later, monkeypatch):
    room = Mailroom()
    room.receive(101)
    room.fuse.burns_at = (OUTSIDE_CALLS.index("post.send") + 1, "after")
    with pytest.raises(Died):
        room.mail()
    room.hear(101, Happened.DELIVERED)
    room.time.now += timedelta(minutes=5)
    call, after = room.fuse.call, room.fuse.calls + later

    def called_after_news(*given: Any, **options: Any) -> Any:
        if room.fuse.calls == after:
            room.hear(101, Happened.BOUNCED)
        return call(*given, **options)

    monkeypatch.setattr(room.fuse, "call", called_after_news)
    room.mail()
    assert (room.state_of(101), ("101", "MAIL_BOUNCED_LATE") in room.problems()) == ("uncertain", True)


def after_a_death(choice: Choice, monkeypatch) -> Mailroom:
    """A mail came back; the address is right again, and who said what is to be done died before the problem closed."""
    room = Mailroom()
    room.receive(101)
    room.mail()
    room.hear(101, Happened.BOUNCED)
    confirm_address(room.company.id, RECEPTION, "Kari", room.ledger, room.time)
    with monkeypatch.context() as patch:
        patch.setattr(room.ledger.problems, "close", lambda *_: None)
        room.resolve(101, choice)
    room.run()
    return room


def test_that_what_came_back_has_arrived_all_the_same_can_be_said_again_where_who_said_so_died(monkeypatch):
    room = after_a_death(Choice.IT_ARRIVED, monkeypatch)
    with pytest.raises(ValueError, match="nothing to decide"):
        room.resolve(101, Choice.IT_ARRIVED)
    assert (room.numbers(), list(room.problems())) == ([101], [])


def test_what_came_back_is_over_when_it_is_sent_again_also_where_who_said_so_died(monkeypatch):
    room = after_a_death(Choice.SEND_AGAIN, monkeypatch)
    assert (room.numbers(), list(room.problems())) == ([101, 101], [])


def test_news_of_an_earlier_mail_says_nothing_of_the_later_one():
    room = Mailroom()
    room.receive(101)
    room.post.next = [(True, MailInDoubt("ReadTimeoutError"))]
    room.mail()
    room.resolve(101, Choice.SEND_AGAIN)
    room.run()
    room.hear(101, Happened.BOUNCED, attempt=1)
    assert room.state_of(101) == "sent"


def test_news_that_comes_twice_or_late_of_a_mail_that_came_back_does_not_stop_the_one_that_goes_instead():
    room = Mailroom()
    room.receive(101)
    room.mail()
    room.hear(101, Happened.DELIVERED)
    room.hear(101, Happened.BOUNCED)
    room.resolve(101, Choice.SEND_AGAIN)
    room.hear(101, Happened.DELIVERED)
    confirm_address(room.company.id, RECEPTION, "Kari", room.ledger, room.time)
    room.run()
    assert room.numbers() == [101, 101]


def test_news_of_a_mail_that_nobody_knows_is_let_go():
    assert not Mailroom().hear(101, Happened.BOUNCED)


def test_invoices_wait_where_the_address_is_missing():
    room = Mailroom()
    room.receive(101)
    room.change(route=Route.FILE, reception_address=None)
    room.run()
    assert list(room.problems()) == [("reception_address", "RECEPTION_ADDRESS_MISSING")]

    room.change(reception_address=RECEPTION)
    room.run()
    assert room.numbers() == [101]
    assert list(room.problems()) == []


def test_what_is_said_of_an_invoice_for_other_reasons_stays():
    room = Mailroom()
    room.receive(101)
    room.receive(101, version=2, projectNumber="P-9")
    room.mail()
    assert list(room.problems()) == [("101", "INVOICE_CHANGED")]


def test_the_builder_makes_an_invoice_with_that_id():
    assert an_invoice(101)["data"]["id"] == ID + 101


def test_what_happened_to_a_mail_is_remembered_until_it_is_delivered():
    room = Mailroom()
    room.receive(101)
    room.post.next = [(False, AddressRefused("MessageRejected"))]
    room.run()
    for _ in range(2):
        room.time.now += timedelta(minutes=1)
        room.hear(101, Happened.DELIVERED, attempt=2)
    mail = room.mail_of(101)
    assert [str(step.what) for step in mail.steps] == ["mailing", "mail_refused", "mailing", "mailed"]
    assert [step.when for step in mail.steps] == sorted(step.when for step in mail.steps)
    assert mail.file in mail.steps[2].about
    assert mail.delivered == room.time.now - timedelta(minutes=1)
    assert not room.is_due(timedelta(days=365))


def test_news_of_an_earlier_mail_does_not_say_that_the_later_one_was_delivered():
    room = Mailroom()
    room.receive(101)
    room.post.next = [(False, AddressRefused("MessageRejected"))]
    room.run()
    room.hear(101, Happened.DELIVERED, attempt=1)
    assert room.mail_of(101).delivered is None


def skip(room: Mailroom, number: int, code: Code) -> None:
    resolver = Resolver(room.ledger, lambda *_: None, room.time, "Kari")
    skip_problem(room.company.id, "invoice", str(number), code, "typed into Xledger", resolver)


def test_what_a_person_skips_is_not_mailed_when_its_turn_comes_again() -> None:
    room = Mailroom()
    room.receive(101, 102)
    room.post.next = [(False, AddressRefused("MessageRejected"))]
    room.mail()
    skip(room, 101, Code.MAIL_REFUSED)
    room.run()
    assert (room.numbers(), list(room.problems())) == ([102], [])


def test_what_is_skipped_while_its_pdf_is_fetched_is_not_mailed() -> None:
    room = Mailroom()
    room.receive(101)
    room.post.next = [(False, AddressRefused("MessageRejected"))]
    room.mail()
    room.pdfs.meanwhile = [lambda: skip(room, 101, Code.MAIL_REFUSED)]
    room.run()
    assert room.numbers() == []


def test_what_has_left_by_mail_can_no_longer_be_skipped() -> None:
    room = Mailroom()
    room.receive(101)
    room.post.next = [(False, AddressRefused("MessageRejected"))]
    room.mail()
    room.run()
    with pytest.raises(Conflict):
        room.ledger.invoices.skip(room.company.id, 101, room.time())
    assert room.numbers() == [101]
