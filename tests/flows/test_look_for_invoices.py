"""A file that the import took is handed over; it has arrived when its invoices are seen in Xledger."""

import io
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from moment_xledger.domain import problem_choices
from moment_xledger.domain.errors import GateClosed, Why
from moment_xledger.domain.exports import SCHEDULE
from moment_xledger.domain.moment import Invoice
from moment_xledger.domain.problems import Code
from moment_xledger.domain.seen_invoices import deadline, handed_over, in_xledger, looked, ranges
from moment_xledger.domain.uploads import Choice, State, Upload, uploaded
from moment_xledger.flows.decide_problem import decide_problem
from moment_xledger.flows.make_export import render
from moment_xledger.flows.resolve_problem import Resolver
from moment_xledger.flows.upload_export import Outcome
from tests.builders import an_invoice
from tests.flows.mailroom import Died
from tests.flows.upload_room import UploadRoom

FRIDAY = datetime(2026, 11, 20, 9, tzinfo=UTC)
A_WORKING_DAY = timedelta(days=1, hours=1)


def sent(*numbers: int, **settings: Any) -> UploadRoom:
    """Handed over on a Sunday; Xledger shows nothing yet."""
    room = UploadRoom(**settings)
    room.booked = set()
    room.receive(*numbers)
    room.export()
    room.upload()
    return room


def wait(room: UploadRoom, long: timedelta) -> None:
    room.time.now += long
    room.sweep()


def an_upload(when: datetime = FRIDAY) -> Upload:
    room = sent(101)
    return handed_over(uploaded(room.upload_of(1), 7), when)


def invoices(*numbers: int) -> list[Invoice]:
    return [Invoice.model_validate(an_invoice(number)["data"]) for number in numbers]


# --- when it has arrived ---------------------------------------------------------------------------------------------


def test_a_file_that_was_taken_has_not_arrived_before_its_invoices_are_seen():
    room = sent(101, 102)
    wait(room, timedelta(minutes=5))
    assert (room.upload_of(1).state, room.upload_of(1).arrived, room.upload_of(1).seen) == (
        "uploaded",
        None,
        0,
    )
    room.booked = {101}
    wait(room, timedelta(hours=1))
    assert (room.upload_of(1).arrived, room.upload_of(1).seen) == (None, 1)
    room.booked = {101, 102, 999}
    wait(room, timedelta(hours=4))
    assert room.upload_of(1).arrived == room.time.now
    assert list(room.problems()) == []
    assert not room.is_due(timedelta(days=30))


@pytest.mark.parametrize(
    ("rows", "is_there"),
    [
        ([("101", "10001")], True),
        ([(" 101 ", "")], True),
        ([("101", "10001 ")], True),
        ([("101", "20002")], False),
        ([("1010", "10001")], False),
        ([], False),
    ],
    ids=[
        "as sent",
        "staged, without a customer",
        "padded",
        "another customer's",
        "another number",
        "nothing",
    ],
)
def test_an_invoice_is_there_with_its_number_and_its_customer(rows: list[tuple[str, str]], is_there: bool):
    after, _ = looked(an_upload(), invoices(101), in_xledger(rows, is_whole=True), FRIDAY)
    assert bool(after.arrived) is is_there


@pytest.mark.parametrize(
    ("from_", "until"),
    [
        (datetime(2026, 11, 18, 9, tzinfo=UTC), date(2026, 11, 19)),
        (FRIDAY, date(2026, 11, 23)),
        (datetime(2026, 11, 21, 9, tzinfo=UTC), date(2026, 11, 23)),
        (datetime(2026, 11, 19, 23, 30, tzinfo=UTC), date(2026, 11, 23)),  # Friday in Oslo already
    ],
)
def test_a_working_day_has_no_saturday_and_no_sunday_in_it(from_: datetime, until: date):
    assert deadline(an_upload(from_)).date() == until


def test_one_old_invoice_does_not_ask_for_years():
    days = [date(2024, 12, 1), date(2026, 10, 3), date(2026, 10, 31), date(2026, 11, 20)]
    assert ranges(days) == [(days[0], days[0]), (days[1], days[3])]
    many = [date(2020 + n, 1, 1) for n in range(9)]
    assert ranges(many)[-1] == (many[4], many[8])
    assert ranges([]) == []


# --- when it has not -------------------------------------------------------------------------------------------------


def test_after_a_working_day_without_a_trace_a_person_is_asked():
    room = sent(101, 102)
    wait(room, A_WORKING_DAY)
    assert list(room.problems()) == [("export", "1", "UPLOAD_NOT_SEEN")]
    assert room.upload_of(1).state is State.UPLOADED
    room.booked = {101, 102}
    wait(room, timedelta(days=1))
    assert list(room.problems()) == []


def test_what_is_there_in_part_is_said_as_that():
    room = sent(101, 102, 103)
    room.booked = {102}
    wait(room, A_WORKING_DAY)
    (problem,) = room.ledger.problems.of(room.company.id)
    assert problem.code == "UPLOAD_SEEN_IN_PART"
    assert problem.details == {"count": "2", "total": "3", "invoices": "101, 103"}


def test_where_the_token_may_not_read_them_nobody_says_that_it_went_well():
    room = sent(101)
    room.readable = False
    wait(room, timedelta(hours=1))
    assert (room.upload_of(1).arrived, room.upload_of(1).is_blind, list(room.problems())) == (None, True, [])
    wait(room, A_WORKING_DAY)
    assert list(room.problems()) == [("export", "1", "UPLOAD_CANNOT_BE_SEEN")]
    room.resolve(1, Choice.IT_ARRIVED)
    assert room.upload_of(1).arrived == room.time.now
    assert list(room.problems()) == []


def test_a_closed_gate_only_delays_the_look():
    room = sent(101)
    room.closed = GateClosed(Why.CREDITS, room.time.now + timedelta(hours=1))
    wait(room, timedelta(minutes=1))
    looked_before = room.looked
    wait(room, timedelta(minutes=30))
    assert room.looked == looked_before
    room.closed, room.booked = None, {101}
    wait(room, timedelta(hours=1))
    assert room.upload_of(1).arrived


def test_looks_end_after_two_weeks():
    room = sent(101)
    for _ in range(40):
        wait(room, timedelta(hours=12))
    assert room.looked < 25
    assert not room.is_due(timedelta(days=30))
    assert list(room.problems()) == [("export", "1", "UPLOAD_NOT_SEEN")]


def test_what_was_taken_is_not_sent_again_by_one_click():
    room = sent(101)
    with pytest.raises(ValueError, match="could be there twice"):
        room.resolve(1, Choice.SEND_AGAIN)


# --- taken apart -----------------------------------------------------------------------------------------------------


def made_next(room: UploadRoom) -> list[int]:
    """How many invoices are in each file that follows."""
    ((request, by),) = room.to_export
    room.to_export.clear()
    return [export.invoices for export in room.export(by, request)]


def test_a_few_go_each_in_a_file_of_its_own_and_what_is_new_after_them():
    room = sent(101, 102)
    room.receive(103)
    wait(room, A_WORKING_DAY)
    room.resolve(1, Choice.TAKE_APART)
    assert room.upload() == {Outcome.TAKEN_APART: 1}
    assert room.exported() == {101: None, 102: None, 103: None}
    assert (room.state_of(1), list(room.problems())) == ("taken apart", [])
    assert made_next(room) == [1, 1, 1]
    assert room.exported() == {101: 2, 102: 3, 103: 4}
    room.run()
    assert len(room.imports.files) == 4


def test_many_go_in_parts_until_the_one_that_xledger_refuses_is_alone():
    room = sent(*range(101, 131))
    room.resolve(1, Choice.TAKE_APART)
    room.upload()
    assert made_next(room) == [6, 6, 6, 6, 6]
    room.upload()
    room.booked = {number for number in range(101, 131) if room.exported()[number] != 4}
    wait(room, A_WORKING_DAY)
    assert list(room.problems()) == [("export", "4", "UPLOAD_NOT_SEEN")]
    room.resolve(4, Choice.TAKE_APART)
    room.upload()
    assert made_next(room) == [1] * 6
    room.booked |= set(range(101, 131)) - {115}
    room.upload()
    wait(room, A_WORKING_DAY)
    ((kind, export, code),) = room.problems()
    assert (kind, code, room.exported()[115]) == ("export", "UPLOAD_NOT_SEEN", int(export))
    room.resolve(int(export), Choice.TAKE_APART)
    room.upload()
    assert list(room.problems()) == [("invoice", "115", "INVOICE_REFUSED_IN_XLEDGER")]
    assert made_next(room) == []
    assert {number for number, left in room.exported().items() if left is None} == {115}


def test_what_was_refused_alone_goes_again_when_a_person_says_so():
    room = sent(101)
    room.resolve(1, Choice.TAKE_APART)
    room.upload()
    assert made_next(room) == []
    decide(room, "101", problem_choices.Choice.EXPORT_AGAIN)
    (export,) = room.export()
    assert (export.invoices, list(room.problems())) == (1, [])


def test_or_is_left_out_where_it_was_booked_by_hand():
    room = sent(101)
    room.resolve(1, Choice.TAKE_APART)
    room.upload()
    decide(room, "101", problem_choices.Choice.BY_HAND)
    assert (room.export(), list(room.problems())) == ([], [])


def decide(room: UploadRoom, number: str, choice: problem_choices.Choice) -> None:
    code = Code.INVOICE_REFUSED_IN_XLEDGER
    resolver = Resolver(room.ledger, lambda *_: None, room.time, "Kari")
    decide_problem(room.company.id, "invoice", number, code, choice, resolver)


def test_parts_do_not_count_as_gaps_or_as_late():
    room = sent(*range(101, 104))
    room.receive(104)
    room.export()
    room.resolve(1, Choice.TAKE_APART)
    room.upload()
    ((request, by),) = room.to_export
    for export in room.export(by, request):
        assert export.series is not None
        assert not export.series.gaps
        assert not export.series.late


def test_only_what_is_not_in_xledger_goes_again():
    room = sent(101, 102, 103)
    room.booked = {102}
    wait(room, A_WORKING_DAY)
    room.resolve(1, Choice.TAKE_APART)
    room.booked = {102, 103}  # posted meanwhile
    room.upload()
    assert room.exported() == {101: None, 102: 1, 103: 1}


def test_nothing_is_released_while_nobody_can_look():
    room = sent(101)
    room.resolve(1, Choice.TAKE_APART)
    room.closed = GateClosed(Why.DOWN, room.time.now + timedelta(minutes=10))
    room.upload()
    assert room.exported() == {101: 1}
    room.closed = None
    wait(room, timedelta(minutes=11))
    assert room.exported() == {101: None}


def test_what_cannot_go_becomes_a_problem_and_the_rest_goes():
    room = sent(101, 102)
    room.resolve(1, Choice.TAKE_APART)
    room.upload()
    room.change(vat_codes={"3": "3"}, file={"format": "ar10", "revenue_accounts": {"3": "3000"}})
    room.receive(103, projectNumber="P-12345")
    assert [export.invoices for export in room.export(SCHEDULE)] == [1, 1]
    assert [(number, code) for _, number, code in room.problems()] == [("103", "FORMAT_CANNOT_HOLD")]


@pytest.mark.parametrize("waiting", [[101], [102], [103], [101, 102], [102, 103], [101, 102, 103]])
@pytest.mark.parametrize("many", [0, 20], ids=["each by itself", "in parts"])
def test_one_that_waits_again_holds_up_nothing_but_itself(waiting: list[int], many: int):
    room = UploadRoom()
    room.booked = set()
    released = [101, 102, 103, *range(201, 201 + many)]
    for number in released:
        room.receive(number, customer={"customerNumber": f"{number}9", "name": "Kunde"})
    room.export()
    room.upload()
    room.resolve(1, Choice.TAKE_APART)
    room.upload()
    room.xledger_has({f"{number}9": 0 for number in waiting})
    room.receive(901, 902)
    exports = room.export()
    left = {number for number, export in room.exported().items() if export is not None}
    assert left == {*released, 901, 902} - {*waiting}
    assert sum(export.invoices for export in exports) == len(left)
    room.receive(903)
    (export,) = room.export()
    assert (export.invoices, export.part_of) == (1, None)
    room.xledger_has({f"{number}9": 1 for number in waiting})
    room.export()
    assert None not in room.exported().values()
    assert room.export() == []


def test_a_credit_note_whose_invoice_waits_again_holds_up_nothing_but_itself():
    room = UploadRoom()
    room.booked = set()
    room.receive(101, customer={"customerNumber": "77", "name": "Kunde"})
    credit = {"kind": "CREDIT_NOTE", "creditedInvoiceNumber": 101, "total": "-125.00"}
    line = {"vatCode": "3", "net": "-100.00", "vat": "-25.00", "gross": "-125.00"}
    room.receive(102, customer={"customerNumber": "77", "name": "Kunde"}, vatLines=[line], **credit)
    room.export()
    room.upload()
    room.resolve(1, Choice.TAKE_APART)
    room.upload()
    room.xledger_has({"77": 0})
    room.receive(103)
    room.export()
    assert room.exported() == {101: None, 102: None, 103: 2}


def test_the_refused_file_stays_what_it_was():
    room = sent(101, 102)
    stored = rendered(room)
    room.resolve(1, Choice.TAKE_APART)
    room.upload()
    room.export()
    assert rendered(room) == stored


def rendered(room: UploadRoom) -> bytes:
    export = room.ledger.exports.get(room.company.id, 1)
    assert export is not None
    out = io.BytesIO()
    render(export, room.ledger, out)
    return out.getvalue()


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("call", range(12))
def test_whichever_call_it_dies_at_the_next_run_ends_it(call: int, moment: str):
    room = sent(101, 102)
    room.resolve(1, Choice.TAKE_APART)
    room.fuse.burns_at = (room.fuse.calls + call + 1, moment)
    try:
        room.upload()
    except Died:
        room.fuse.burns_at = None
        room.sweep()
    exports = [room.export(by, request) for request, by in room.to_export]
    assert room.exported() == {101: 2, 102: 3}
    assert {export.number for made in exports for export in made} == {2, 3}
    assert room.state_of(1) == "taken apart"
