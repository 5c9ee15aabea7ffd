"""\"Do not transfer\" can be set and taken back until an invoice has left; who said so when stays in its history."""

from itertools import pairwise
from typing import Any

import pytest

from moment_xledger.domain.errors import Conflict
from tests.builders import an_invoice
from tests.flows.mailroom import Mailroom
from tests.flows.office import COMPANY, Office


def said(number: int, version: int, kept: bool, **but: Any) -> dict[str, Any]:
    return an_invoice(number, version=version, doNotTransfer=kept, **but)


def history(office: Office, number: int) -> list[tuple[int, bool]]:
    return [(version, kept) for version, kept, _ in office.ledger.invoices.transfer_history(COMPANY, number)]


@pytest.mark.parametrize("together", [True, False])
def test_one_that_is_marked_before_it_left_does_not_leave_and_the_gap_says_so(together: bool) -> None:
    office = Office()
    events = [said(7, 1, False), said(7, 2, True)]
    for some in [events] if together else [[event] for event in events]:
        office.arrive(*some)
    office.arrive(an_invoice(6), an_invoice(8))
    made = office.made()
    assert office.numbers(made) == [6, 8]
    assert made.series is not None
    assert [(gap.first, gap.reason) for gap in made.series.gaps] == [(7, "not to be transferred")]
    assert (history(office, 7), office.problems()) == ([(2, True)], [])


@pytest.mark.parametrize("exports_between", [False, True])
def test_taken_back_it_leaves_with_the_next_export_once(exports_between: bool) -> None:
    office = Office()
    office.arrive(said(7, 1, True), an_invoice(8))
    if exports_between:  # which has passed it by
        assert office.numbers(office.made()) == [8]
        assert office.export() is None
    office.arrive(said(7, 2, False))
    assert office.numbers(office.made()) == ([7] if exports_between else [7, 8])
    assert (office.export(), history(office, 7)) == (None, [(2, False)])


def test_it_can_be_set_and_taken_back_again_and_again_and_the_last_word_counts() -> None:
    office = Office()
    for version in range(1, 7):
        office.arrive(said(7, version, version % 2 == 0))
        assert office.export() is None if version % 2 == 0 else True
    assert history(office, 7) == [(2, True), (3, False), (4, True), (5, False), (6, True)]
    office.arrive(said(7, 3, False))  # an old one that comes late
    assert office.export() is None
    office.arrive(said(7, 7, False))
    assert office.numbers(office.made()) == [7]


def test_after_it_left_people_are_told_that_it_is_too_late_once() -> None:
    office = Office()
    office.arrive(said(7, 1, False))
    made = office.made()
    before = dict(office.files.held)
    for _ in range(2):
        office.arrive(said(7, 2, True))
    assert office.problems() == [("7", "NOT_TO_TRANSFER_TOO_LATE")]
    (problem,) = office.ledger.problems.of(COMPANY, "invoice")
    assert (problem.count, "version 2" in problem.sentence()) == (1, True)
    assert office.files.held == before
    office.arrive(said(7, 3, False))
    assert (office.problems(), office.export(), office.numbers(made)) == ([], None, [7])


def test_while_an_export_is_being_made_the_event_comes_back() -> None:
    office = Office()
    office.arrive(said(7, 1, False))
    office.table.write = dying_after_the_claim(office.table)
    with pytest.raises(KeyboardInterrupt):
        office.export()
    del office.table.write
    with pytest.raises(Conflict):
        office.arrive(said(7, 2, True))
    office.sweep()
    office.arrive(said(7, 2, True))
    assert office.problems() == [("7", "NOT_TO_TRANSFER_TOO_LATE")]


def dying_after_the_claim(table: Any) -> Any:
    write = table.write

    def once(*actions: Any) -> None:
        write(*actions)
        if any(action.key[1].startswith("EXP#") for action in actions):
            raise KeyboardInterrupt

    return once


def test_one_that_is_held_for_a_fault_is_no_problem_any_more_when_it_is_not_to_be_transferred() -> None:
    office = Office()
    office.arrive(said(7, 1, False, kid="1"))
    office.arrive(said(7, 2, True, kid="1"))
    assert (office.problems(), office.held()) == ([], [7])
    office.arrive(said(7, 3, False, kid="1"))
    assert office.problems() == [("7", "KID_INVALID")]


class TestByMail:
    def test_marked_it_is_not_mailed_and_taken_back_it_is_once(self) -> None:
        for passed_by in (False, True):
            room = Mailroom()
            room.receive(7, version=1, doNotTransfer=True)
            if passed_by:
                room.mail()
            room.receive(7, version=2, doNotTransfer=False)
            room.run()
            room.receive(7, version=2, doNotTransfer=False)
            room.run()
            assert room.numbers() == [7], passed_by

    def test_marked_between_arrival_and_mail_it_stays(self) -> None:
        room = Mailroom()
        room.receive(7)
        room.receive(7, version=2, doNotTransfer=True)
        room.run()
        assert room.numbers() == []
        room.receive(7, version=3, doNotTransfer=False)
        room.run()
        assert room.numbers() == [7]

    def test_marked_after_it_was_mailed_is_too_late(self) -> None:
        room = Mailroom()
        room.receive(7)
        room.run()
        room.receive(7, version=2, doNotTransfer=True)
        assert list(room.problems()) == [("7", "NOT_TO_TRANSFER_TOO_LATE")]


def test_a_worker_that_dies_at_any_write_loses_no_change_of_mind() -> None:
    events = [said(7, 1, False), said(7, 2, True), said(7, 3, False), said(7, 4, True)]
    for before, after in pairwise(events):
        for calls in range(6):
            office = Office()
            office.arrive(before)
            left, write = [calls], office.table.write

            def dying(*actions: Any, left: list[int] = left, write: Any = write) -> None:
                left[0] -= 1
                if left[0] == -1:
                    raise KeyboardInterrupt
                write(*actions)

            office.table.write = dying
            try:
                office.arrive(after)
            except KeyboardInterrupt:
                office.table.write = write
                office.arrive(after)  # the queue delivers it again
            office.table.write = write
            made = office.export()
            assert (made is None) == after["data"]["doNotTransfer"]
            assert office.problems() == []
