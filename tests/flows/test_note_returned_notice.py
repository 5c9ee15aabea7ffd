"""What SES says about a notice that came back stops that address, and no other."""

import json
from typing import Any

import pytest

from moment_xledger.adapters.ses_events import read_feedback
from moment_xledger.adapters.ses_notices import read_returned_notice
from moment_xledger.domain.companies import CompanyId
from moment_xledger.flows.note_returned_notice import note_returned_notice
from tests.builders import a_company
from tests.world import World

NORDVIK = CompanyId("nordvik")
KARI = "kari@nordvik.example"


def an_event(type_: str = "Bounce", to: str = KARI, bounce_type: str = "Permanent", **tags: Any) -> str:
    bounce = {
        "bounceType": bounce_type,
        "bounceSubType": "General",
        "bouncedRecipients": [{"emailAddress": to, "diagnosticCode": "smtp; 550 5.1.1 unknown"}],
    }
    mail = {
        "messageId": "m-1",
        "destination": [to],
        "tags": {"company": ["nordvik"], "notice": ["digest"]} | tags,
    }
    return json.dumps({"detail": {"eventType": type_, "mail": mail, "bounce": bounce}})


def note(world: World, body: str) -> bool:
    returned = read_returned_notice(body)
    return returned is not None and note_returned_notice(returned, world.ledger, world.time)


@pytest.fixture
def world() -> World:
    return World(companies=[a_company(notify=[KARI, "ola@nordvik.example"])])


def test_a_bounce_stops_the_address_and_shows_why(world: World) -> None:
    assert note(world, an_event(to="Kari@nordvik.example"))
    stopped = world.ledger.mails.stopped(NORDVIK, KARI)
    assert stopped is not None
    assert stopped.why == "Permanent General"
    (problem,) = world.ledger.problems.of(NORDVIK)
    assert (problem.number, str(problem.code)) == (KARI, "NOTICE_ADDRESS_STOPPED")
    assert problem.their_words == "smtp; 550 5.1.1 unknown"
    assert world.ledger.mails.stopped(NORDVIK, "ola@nordvik.example") is None


def test_a_complaint_stops_it_too(world: World) -> None:
    assert note(world, an_event("Complaint"))


@pytest.mark.parametrize(
    "event",
    [
        pytest.param(an_event(bounce_type="Transient"), id="a full mailbox"),
        pytest.param(an_event(bounce_type="Undetermined"), id="nobody knows why"),
        pytest.param(an_event("Reject"), id="that one mail was not sent on"),
        pytest.param(an_event("Delivery"), id="an arrival"),
        pytest.param(an_event(to="eve@elsewhere.example"), id="an address of nobody's"),
        pytest.param(an_event(company=["unknown"]), id="a company that is not set up"),
        pytest.param(an_event(notice=[]), id="a mail that is no notice"),
        pytest.param("not json", id="no event at all"),
    ],
)
def test_nothing_else_stops_anything(world: World, event: str) -> None:
    assert not note(world, event)
    assert list(world.ledger.problems.of(NORDVIK)) == []


def test_it_is_not_taken_for_an_invoices_mail() -> None:
    assert read_feedback(an_event()) is None
