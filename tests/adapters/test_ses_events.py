"""SES's events as EventBridge hands them on, shortened to what matters and what could mislead."""

import json
from typing import Any

import pytest

from moment_xledger.adapters.ses_events import read_feedback
from moment_xledger.domain.companies import CompanyId
from moment_xledger.domain.feedback import Feedback, Happened

TAGS = {"company": ["nordvik"], "invoice": ["10231"], "attempt": ["2"], "ses:configuration-set": ["Mails"]}
BOUNCE = {
    "bounceType": "Permanent",
    "bounceSubType": "NoEmail",
    "bouncedRecipients": [
        {"emailAddress": "mb@xledger.example", "status": "5.1.1", "diagnosticCode": "smtp; 550 no such user"}
    ],
}


def an_event(kind: str, tags: Any = None, **parts: Any) -> str:
    mail = {"messageId": "0100-1", "destination": ["mb@xledger.example"], "tags": tags or TAGS}
    detail = {"eventType": kind, "mail": mail} | parts
    return json.dumps({"version": "0", "source": "aws.ses", "detail-type": "Email …", "detail": detail})


def told(happened: Happened, why: str = "", words: str = "") -> Feedback:
    return Feedback(CompanyId("nordvik"), 10231, 2, happened, why, words, "0100-1", "mb@xledger.example")


@pytest.mark.parametrize(
    ("event", "feedback"),
    [
        (an_event("Delivery", delivery={"smtpResponse": "250 OK"}), told(Happened.DELIVERED)),
        (
            an_event("Bounce", bounce=BOUNCE),
            told(Happened.BOUNCED, "Permanent NoEmail", "smtp; 550 no such user"),
        ),
        (
            an_event("Complaint", complaint={"complaintFeedbackType": "abuse"}),
            told(Happened.COMPLAINED, "Complaint abuse"),
        ),
        (an_event("Complaint", complaint={}), told(Happened.COMPLAINED, "Complaint")),
        (
            an_event("Reject", reject={"reason": "Bad content"}),
            told(Happened.REJECTED, "Reject Bad content"),
        ),
    ],
    ids=["delivery", "bounce", "complaint", "complaint without a type", "reject"],
)
def test_an_event_names_its_invoice_by_our_tags(event: str, feedback: Feedback) -> None:
    assert read_feedback(event) == feedback


@pytest.mark.parametrize(
    ("bounce_type", "sub_type", "happened"),
    [
        ("Permanent", "OnAccountSuppressionList", Happened.BOUNCED),
        ("Transient", "General", Happened.DELAYED),
        ("Transient", "MailboxFull", Happened.DELAYED),
        ("Transient", "MessageTooLarge", Happened.NOT_TAKEN),
        ("Transient", "ContentRejected", Happened.NOT_TAKEN),
        ("Transient", "AttachmentRejected", Happened.NOT_TAKEN),
        ("Undetermined", "Undetermined", Happened.DELAYED),
        ("", "", Happened.DELAYED),
        ("SomethingNew", "General", Happened.DELAYED),
    ],
)
def test_a_bounce_is_for_good_for_now_or_about_this_one_mail(
    bounce_type: str, sub_type: str, happened: Happened
) -> None:
    bounce = {
        "bounceType": bounce_type,
        "bounceSubType": sub_type,
        "bouncedRecipients": [{"emailAddress": "x"}],
    }
    found = read_feedback(an_event("Bounce", bounce=bounce))
    assert found
    assert found.happened is happened
    assert found.why == " ".join(filter(None, (bounce_type, sub_type)))


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(
            an_event("Bounce", tags={"ses:configuration-set": ["Mails"]}), id="another mail of ours"
        ),
        pytest.param(an_event("Bounce", tags=TAGS | {"invoice": []}), id="a tag without a value"),
        pytest.param(an_event("Bounce", tags=TAGS | {"invoice": ["x"]}), id="a tag of another meaning"),
        pytest.param(an_event("Open"), id="what we do not act on"),
        pytest.param("{}", id="not an event"),
        pytest.param("<html>", id="not JSON"),
    ],
)
def test_the_rest_is_let_go(body: str) -> None:
    assert read_feedback(body) is None


def test_what_the_other_side_says_is_kept_to_a_length() -> None:
    loud = BOUNCE | {"bouncedRecipients": [{"diagnosticCode": "x" * 10_000}]}
    feedback = read_feedback(an_event("Bounce", bounce=loud))
    assert feedback
    assert len(feedback.their_words) == 500
