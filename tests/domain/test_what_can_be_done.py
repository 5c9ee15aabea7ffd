"""What is offered about an invoice that is held back is possible: nobody can edit a finalized one in Moment."""

import re

import pytest

from moment_xledger.domain.companies import CompanyId, Language
from moment_xledger.domain.problem_choices import (
    FAULTY_CREDIT_NOTES,
    HELD_BACK,
    LONE_CREDIT_NOTES,
    Choice,
    choices_of,
)
from moment_xledger.domain.problems import REASONS, Code, Fixer, Problem
from moment_xledger.domain.resolutions import Way, way_of

EDITS = re.compile(
    r"in Moment and (save|send)|i Moment og (lagre|send)|(correct|choose|fill)[^.:]* in Moment and"
    r"|send (it|den) (again|på nytt), (corrected|rettet)",
    re.I,
)


def sentences(code: Code) -> list[str]:
    fields = re.findall(r"{(\\w+)}", REASONS[code].norwegian + REASONS[code].english)
    problem = Problem(CompanyId("nordvik"), "invoice", "7", code, dict.fromkeys(fields, "x"))
    return [problem.sentence(language) for language in Language]


@pytest.mark.parametrize(
    "code", [*HELD_BACK, *FAULTY_CREDIT_NOTES, *LONE_CREDIT_NOTES, Code.FIELD_MISSING, Code.FIELD_INVALID]
)
def test_no_sentence_about_an_invoice_asks_anybody_to_edit_it_in_moment(code: Code) -> None:
    for sentence in sentences(code):
        assert not EDITS.search(sentence), sentence


@pytest.mark.parametrize("code", HELD_BACK)
def test_each_held_invoice_can_be_booked_by_hand_or_left_out_with_its_credit_note(code: Code) -> None:
    assert {Choice.BY_HAND, Choice.BOTH_OUT} <= set(choices_of(code))


@pytest.mark.parametrize("code", FAULTY_CREDIT_NOTES)
def test_a_faulty_credit_note_can_be_booked_by_hand(code: Code) -> None:
    assert Choice.BY_HAND in choices_of(code)


@pytest.mark.parametrize("code", [Code.FIELD_MISSING, Code.FIELD_INVALID])
def test_what_is_wrong_with_the_event_of_an_invoice_is_the_operator_s(code: Code) -> None:
    fixers = {
        kind: Problem(CompanyId("nordvik"), kind, "7", code).reason.fixer for kind in ("invoice", "customer")
    }
    assert fixers == {"invoice": Fixer.OPERATOR, "customer": Fixer.ADMINISTRATOR}


def test_what_a_person_must_settle_is_never_said_to_go_by_a_correction() -> None:
    for code in (Code.INVOICE_CHANGED, Code.NOT_TO_TRANSFER_TOO_LATE):
        assert way_of(code) is Way.SETTLE
