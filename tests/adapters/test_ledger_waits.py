"""What invoices wait for, on DynamoDB (as moto plays it) and on its twin in memory alike."""

from datetime import UTC, datetime, timedelta

import pytest

from moment_xledger.adapters.ledger import Ledger, keys
from moment_xledger.adapters.table import Delete, Put, Update
from moment_xledger.domain.companies import CompanyId
from moment_xledger.domain.invoice_references import Awaited
from moment_xledger.domain.invoices import Fault
from moment_xledger.domain.moment import Invoice
from moment_xledger.domain.problems import Code
from tests.adapters.ledgers import ledger as ledger
from tests.builders import an_invoice

NORDVIK = CompanyId("nordvik")
NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
A_MINUTE, LATER = timedelta(minutes=1), NOW + timedelta(minutes=15)
CUSTOMER, PROJECT = "customer", "project"


def begin(ledger: Ledger, *waits: tuple[str, str, int], at: datetime = NOW) -> None:
    ledger.waits.add(NORDVIK, waits, at)


def due(ledger: Ledger, at: datetime = NOW) -> list[tuple[str, str]]:
    return [(each.kind, each.number) for each in ledger.waits.due(NORDVIK, at, 100)]


def awaited(ledger: Ledger, number: str, kind: str = CUSTOMER) -> Awaited:
    (found,) = ledger.waits.among(NORDVIK, kind, [number])
    return found


def waiting(ledger: Ledger, number: str) -> list[int]:
    return [each.invoice for each in ledger.waits.waiting_for(NORDVIK, CUSTOMER, number, 100)]


def is_due(ledger: Ledger, at: datetime = NOW) -> bool:
    return NORDVIK in ledger.due.until(at).held


def test_what_an_invoice_begins_to_wait_for_is_looked_at_at_once(ledger: Ledger) -> None:
    begin(ledger, (CUSTOMER, "10001", 7), (PROJECT, "P-1", 7), (CUSTOMER, "10001", 8))
    assert (due(ledger), is_due(ledger)) == ([(CUSTOMER, "10001"), (PROJECT, "P-1")], True)
    assert waiting(ledger, "10001") == [7, 8]


def test_those_that_are_not_due_yet_are_not_read(ledger: Ledger) -> None:
    begin(ledger, (CUSTOMER, "10001", 7), (CUSTOMER, "10002", 8))
    ledger.waits.look_again(NORDVIK, {awaited(ledger, "10001"): LATER})
    assert (due(ledger), ledger.waits.next_look(NORDVIK)) == ([(CUSTOMER, "10002")], NOW)
    ledger.waits.look_again(NORDVIK, {awaited(ledger, "10002"): LATER + A_MINUTE})
    assert (due(ledger), ledger.waits.next_look(NORDVIK)) == ([], LATER)
    assert due(ledger, LATER) == [(CUSTOMER, "10001")]


def test_many_are_moved_in_several_transactions(ledger: Ledger) -> None:
    begin(ledger, *((CUSTOMER, str(10_000 + n), n) for n in range(1, 80)))
    found = ledger.waits.due(NORDVIK, NOW, 100)
    ledger.waits.look_again(NORDVIK, dict.fromkeys(found, LATER))
    assert (len(found), due(ledger), len(due(ledger, LATER))) == (79, [], 79)


class TestANote:
    def test_makes_what_it_names_due_and_nothing_else(self, ledger: Ledger) -> None:
        begin(ledger, (CUSTOMER, "10001", 7), (CUSTOMER, "10002", 8))
        ledger.waits.look_again(NORDVIK, dict.fromkeys(ledger.waits.due(NORDVIK, NOW, 9), LATER))
        assert ledger.waits.look_now(NORDVIK, CUSTOMER, ["10001", "10003"], NOW + A_MINUTE)
        assert due(ledger, NOW + A_MINUTE) == [(CUSTOMER, "10001")]

    def test_is_not_left_for_what_nobody_waits_for(self, ledger: Ledger) -> None:
        assert not ledger.waits.look_now(NORDVIK, CUSTOMER, ["10001"], NOW)
        assert not is_due(ledger)
        begin(ledger, (CUSTOMER, "10001", 7))
        assert not ledger.waits.look_now(NORDVIK, CUSTOMER, ["10003"], NOW)

    def test_is_not_overruled_by_a_look_that_was_under_way(self, ledger: Ledger) -> None:
        """That look read the ledger before the note was left."""
        begin(ledger, (CUSTOMER, "10001", 7))
        (read,) = ledger.waits.due(NORDVIK, NOW, 9)
        ledger.waits.look_now(NORDVIK, CUSTOMER, ["10001"], NOW + A_MINUTE)
        ledger.waits.look_again(NORDVIK, {read: LATER})
        assert due(ledger, NOW + A_MINUTE) == [(CUSTOMER, "10001")]
        ledger.waits.forget(NORDVIK, [read])
        assert due(ledger, NOW + A_MINUTE) == [(CUSTOMER, "10001")]

    def test_that_is_overruled_takes_no_other_along(self, ledger: Ledger) -> None:
        begin(ledger, (CUSTOMER, "10001", 7), (CUSTOMER, "10002", 8))
        read = ledger.waits.due(NORDVIK, NOW, 9)
        ledger.waits.look_now(NORDVIK, CUSTOMER, ["10001"], NOW)
        ledger.waits.look_again(NORDVIK, dict.fromkeys(read, LATER))
        assert due(ledger) == [(CUSTOMER, "10001")]


class TestAnEnd:
    def test_leaves_nothing_behind(self, ledger: Ledger) -> None:
        begin(ledger, (CUSTOMER, "10001", 7), (CUSTOMER, "10001", 8))
        ledger.waits.remove(NORDVIK, [(awaited(ledger, "10001"), 7), (awaited(ledger, "10001"), 8)])
        ledger.waits.forget(NORDVIK, [awaited(ledger, "10001")])
        left = ledger.waits._table.query(keys.invoices(NORDVIK))
        assert [item["sk"] for item in left] == ["XHELD"]

    def test_is_none_where_somebody_began_to_wait_meanwhile(self, ledger: Ledger) -> None:
        begin(ledger, (CUSTOMER, "10001", 7))
        read = awaited(ledger, "10001")
        begin(ledger, (CUSTOMER, "10001", 8))
        ledger.waits.forget(NORDVIK, [read])
        assert due(ledger) == [(CUSTOMER, "10001")]

    def test_may_be_followed_by_a_new_beginning(self, ledger: Ledger) -> None:
        begin(ledger, (CUSTOMER, "10001", 7))
        ledger.waits.remove(NORDVIK, [(awaited(ledger, "10001"), 7)])
        ledger.waits.forget(NORDVIK, [awaited(ledger, "10001")])
        begin(ledger, (CUSTOMER, "10001", 8), at=LATER)
        assert (awaited(ledger, "10001").since, due(ledger, LATER)) == (LATER, [(CUSTOMER, "10001")])


def test_those_who_wait_are_read_some_at_a_time(ledger: Ledger) -> None:
    begin(ledger, *((CUSTOMER, "10001", n) for n in range(1, 8)))
    first = ledger.waits.waiting_for(NORDVIK, CUSTOMER, "10001", 4)
    rest = ledger.waits.waiting_for(NORDVIK, CUSTOMER, "10001", 4, first[-1].invoice)
    assert [each.invoice for each in (*first, *rest)] == [1, 2, 3, 4, 5, 6, 7]


def test_people_were_told_of_all_until_another_one_waits_or_one_is_to_be_told_of_anew(ledger: Ledger) -> None:
    begin(ledger, (CUSTOMER, "10001", 7))
    ledger.waits.note_all_told(NORDVIK, awaited(ledger, "10001"), "WHY")
    assert awaited(ledger, "10001").told == "WHY"
    begin(ledger, (CUSTOMER, "10001", 7))
    assert awaited(ledger, "10001").told == "WHY"
    begin(ledger, (CUSTOMER, "10001", 8))
    assert awaited(ledger, "10001").told == ""
    ledger.waits.note_all_told(NORDVIK, awaited(ledger, "10001"), "WHY")
    ledger.waits.forget_told(NORDVIK, CUSTOMER, "10001", 8)
    assert awaited(ledger, "10001").told == ""


def test_a_question_to_xledger_stands_until_it_is_answered(ledger: Ledger) -> None:
    begin(ledger, (CUSTOMER, "10001", 7), (PROJECT, "P-1", 7))
    ledger.waits.ask_xledger(NORDVIK, ledger.waits.due(NORDVIK, NOW, 9))
    assert ledger.waits.to_look_up(NORDVIK, CUSTOMER, 500) == ["10001"]
    ledger.waits.looked_up(NORDVIK, CUSTOMER, ["10001"])
    assert ledger.waits.to_look_up(NORDVIK, CUSTOMER, 500) == []
    assert ledger.waits.to_look_up(NORDVIK, PROJECT, 500) == ["P-1"]


class TestATurn:
    def test_is_one_workers_until_it_is_over(self, ledger: Ledger) -> None:
        waits = ledger.waits
        assert waits.take_turn(NORDVIK, "a", NOW, LATER)
        assert not waits.take_turn(NORDVIK, "b", NOW, LATER)
        assert waits.take_turn(NORDVIK, "b", LATER, LATER + A_MINUTE)

    def test_ends_with_the_time_of_the_next_one(self, ledger: Ledger) -> None:
        begin(ledger, (CUSTOMER, "10001", 7))
        ledger.waits.take_turn(NORDVIK, "a", NOW, LATER)
        ledger.waits.end_turn(NORDVIK, "a", ledger.waits.desk(NORDVIK).marks, LATER)
        assert (is_due(ledger), is_due(ledger, LATER)) == (False, True)
        assert ledger.waits.take_turn(NORDVIK, "b", NOW, LATER)

    def test_leaves_the_company_due_where_somebody_left_a_note_meanwhile(self, ledger: Ledger) -> None:
        begin(ledger, (CUSTOMER, "10001", 7))
        ledger.waits.take_turn(NORDVIK, "a", NOW, LATER)
        marks = ledger.waits.desk(NORDVIK).marks
        ledger.waits.look_now(NORDVIK, CUSTOMER, ["10001"], NOW)
        ledger.waits.end_turn(NORDVIK, "a", marks, LATER)
        assert is_due(ledger)
        assert ledger.waits.take_turn(NORDVIK, "b", NOW, LATER)

    def test_with_nothing_left_makes_notes_cheap_again(self, ledger: Ledger) -> None:
        begin(ledger, (CUSTOMER, "10001", 7))
        ledger.waits.take_turn(NORDVIK, "a", NOW, LATER)
        ledger.waits.end_turn(NORDVIK, "a", ledger.waits.desk(NORDVIK).marks, None)
        assert not is_due(ledger, LATER)


class TestARound:
    def test_is_asked_for_only_where_something_is_held(self, ledger: Ledger) -> None:
        ledger.waits.recheck(NORDVIK, NOW)
        assert (ledger.waits.desk(NORDVIK).round, is_due(ledger)) == (None, False)
        invoice = Invoice.model_validate(an_invoice(7)["data"])
        ledger.invoices.hold(NORDVIK, invoice, Fault(Code.VAT_DIFFERS, {}))
        ledger.waits.recheck(NORDVIK, NOW)
        assert (ledger.waits.desk(NORDVIK).round, is_due(ledger)) == ("", True)

    def test_goes_on_where_it_was_and_begins_again_where_another_is_asked_for(self, ledger: Ledger) -> None:
        ledger.waits.ask_round(NORDVIK, NOW)
        desk = ledger.waits.desk(NORDVIK)
        assert ledger.waits.round_goes_on(NORDVIK, desk, "HELD#7")
        assert ledger.waits.desk(NORDVIK).round == "HELD#7"
        ledger.waits.ask_round(NORDVIK, NOW)
        assert not ledger.waits.round_goes_on(NORDVIK, desk, None)
        assert ledger.waits.desk(NORDVIK).round == ""


class TestAnotherRelease:
    """One that knows no looks wrote `AWAITED` without one, and deletes it without its pointer."""

    def test_what_it_began_to_wait_for_is_found_and_looked_at(self, ledger: Ledger) -> None:
        as_it_wrote(ledger, "10001", 7)
        begin(ledger, (CUSTOMER, "10002", 8))
        found, behind = ledger.waits.without_look(NORDVIK, "", 100)
        assert ([each.number for each in found], behind) == (["10001"], None)
        ledger.waits.look_again(NORDVIK, dict.fromkeys(found, NOW))
        assert due(ledger) == [(CUSTOMER, "10001"), (CUSTOMER, "10002")]

    def test_a_note_about_it_is_left_before_that(self, ledger: Ledger) -> None:
        as_it_wrote(ledger, "10001", 7)
        assert ledger.waits.look_now(NORDVIK, CUSTOMER, ["10001"], NOW)
        assert (due(ledger), is_due(ledger)) == ([(CUSTOMER, "10001")], True)

    def test_another_invoice_that_waits_for_it_gives_it_its_look(self, ledger: Ledger) -> None:
        as_it_wrote(ledger, "10001", 7)
        begin(ledger, (CUSTOMER, "10001", 8), at=LATER)
        assert (awaited(ledger, "10001").since, due(ledger, LATER)) == (NOW, [(CUSTOMER, "10001")])

    def test_a_pointer_that_it_left_behind_goes(self, ledger: Ledger) -> None:
        begin(ledger, (CUSTOMER, "10001", 7), (CUSTOMER, "10002", 8))
        table = ledger.waits._table
        table.write(Delete((keys.invoices(NORDVIK), "AWAITED#customer#10001")))
        assert due(ledger) == [(CUSTOMER, "10002")]
        table.write(Delete((keys.invoices(NORDVIK), "AWAITED#customer#10002")))
        assert (due(ledger), ledger.waits.next_look(NORDVIK)) == ([], None)

    @pytest.mark.parametrize("has_begun", [True, False], ids=["that has begun", "that has not"])
    def test_a_company_that_it_served_gets_a_round_once(self, ledger: Ledger, has_begun: bool) -> None:
        if has_begun:
            begin(ledger, (CUSTOMER, "10001", 7))
        for _ in range(2):
            ledger.waits.begin(NORDVIK, NOW)
        desk = ledger.waits.desk(NORDVIK)
        assert (desk.round, desk.rounds) == ("", 1)


def as_it_wrote(ledger: Ledger, number: str, invoice: int) -> None:
    pk = keys.invoices(NORDVIK)
    ledger.waits._table.write(
        Update((pk, f"AWAITED#customer#{number}"), set_once={"since": keys.stamp(NOW)}, add={"marks": 1}),
        Put((pk, f"WAITS#customer#{number}#{invoice:012}"), {}),
    )
