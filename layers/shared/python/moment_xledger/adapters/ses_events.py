"""SES's events, as EventBridge hands them on. Which invoice one is about is told by the tags that we gave its mail.

https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html
"""

from typing import Annotated, Any

from pydantic import BaseModel, Field, ValidationError
from pydantic.alias_generators import to_camel

from moment_xledger.domain.companies import CompanyId
from moment_xledger.domain.feedback import Feedback, Happened

HAPPENED = {
    "Delivery": Happened.DELIVERED,
    "Complaint": Happened.COMPLAINED,
    "Reject": Happened.REJECTED,
}
# Bounces of type Transient that SES does not try again. `General`, which an automatic reply is too, passes by itself.
ABOUT_THIS_MAIL = ("MessageTooLarge", "ContentRejected", "AttachmentRejected")
LONGEST_WORDS = 500


class Tags(BaseModel, defer_build=True):
    """SES allows several values for one; we give one."""

    company: Annotated[tuple[str, ...], Field(min_length=1)]
    invoice: Annotated[tuple[int, ...], Field(min_length=1)]
    attempt: Annotated[tuple[int, ...], Field(min_length=1)]


class Mail(BaseModel, alias_generator=to_camel, defer_build=True):
    message_id: str
    destination: tuple[str, ...] = ()
    tags: Tags


class Recipient(BaseModel, alias_generator=to_camel, defer_build=True):
    diagnostic_code: str = ""


class Bounce(BaseModel, alias_generator=to_camel, defer_build=True):
    bounce_type: str = ""
    bounce_sub_type: str = ""
    bounced_recipients: tuple[Recipient, ...] = ()

    @property
    def kind(self) -> str:
        """In SES's own words, with which its pages explain what to do."""
        return " ".join(filter(None, (self.bounce_type, self.bounce_sub_type)))

    @property
    def happened(self) -> Happened:
        """A type that is not known may pass by itself as well as a transient one."""
        if self.bounce_type == "Permanent":
            return Happened.BOUNCED
        return Happened.NOT_TAKEN if self.bounce_sub_type in ABOUT_THIS_MAIL else Happened.DELAYED

    @property
    def words(self) -> str:
        """What the receiving side said."""
        return "; ".join(each.diagnostic_code for each in self.bounced_recipients if each.diagnostic_code)[
            :LONGEST_WORDS
        ]


class Complaint(BaseModel, alias_generator=to_camel, defer_build=True):
    complaint_feedback_type: str = ""


class Reject(BaseModel, defer_build=True):
    reason: str = ""


class Detail(BaseModel, alias_generator=to_camel, defer_build=True):
    event_type: str
    mail: Mail
    bounce: Bounce = Field(default_factory=Bounce)
    complaint: Complaint = Field(default_factory=Complaint)
    reject: Reject = Field(default_factory=Reject)


class Event(BaseModel, defer_build=True):
    detail: Detail


def read_feedback(body: str) -> Feedback | None:
    """None for what is not about an invoice's mail, or tells nothing that we act on."""
    try:
        detail = Event.model_validate_json(body).detail
    except ValidationError:
        return None
    happened = detail.bounce.happened if detail.event_type == "Bounce" else HAPPENED.get(detail.event_type)
    return _feedback(detail, happened) if happened else None


def _feedback(detail: Detail, happened: Happened) -> Feedback:
    tags: Any = detail.mail.tags
    return Feedback(
        CompanyId(tags.company[0]),
        tags.invoice[0],
        tags.attempt[0],
        happened,
        _why(detail, happened),
        detail.bounce.words,
        detail.mail.message_id,
        next(iter(detail.mail.destination), ""),
    )


def _why(detail: Detail, happened: Happened) -> str:
    """In SES's own words, with which its pages explain what to do."""
    if happened is Happened.COMPLAINED:
        return f"Complaint {detail.complaint.complaint_feedback_type}".strip()
    if happened is Happened.REJECTED:
        return f"Reject {detail.reject.reason}".strip()
    return detail.bounce.kind
