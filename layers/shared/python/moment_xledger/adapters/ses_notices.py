"""SES's events about our notices. Their tags name the company; whom it was sent to is in the event itself.

https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html
"""

from typing import Annotated, Literal

from pydantic import BaseModel, Field, ValidationError
from pydantic.alias_generators import to_camel

from moment_xledger.adapters.ses_events import Bounce
from moment_xledger.domain.companies import CompanyId
from moment_xledger.domain.feedback import Happened, ReturnedNotice


class Tags(BaseModel, defer_build=True):
    company: Annotated[tuple[str, ...], Field(min_length=1)]
    notice: Annotated[tuple[str, ...], Field(min_length=1)]


class Mail(BaseModel, defer_build=True):
    destination: Annotated[tuple[str, ...], Field(min_length=1)]
    tags: Tags


class Detail(BaseModel, alias_generator=to_camel, defer_build=True):
    event_type: Literal["Bounce", "Complaint"]
    mail: Mail
    bounce: Bounce = Bounce()


class Event(BaseModel, defer_build=True):
    detail: Detail


def read_returned_notice(body: str) -> ReturnedNotice | None:
    """None for all other events, and for a bounce that passes by itself or is about that one mail."""
    try:
        detail = Event.model_validate_json(body).detail
    except ValidationError:
        return None
    if detail.event_type == "Bounce" and detail.bounce.happened is not Happened.BOUNCED:
        return None
    company = CompanyId(detail.mail.tags.company[0])
    why = detail.bounce.kind or detail.event_type
    is_complaint = detail.event_type == "Complaint"
    return ReturnedNotice(company, detail.mail.destination[0], why, detail.bounce.words, is_complaint)
