"""From the text of a queue message to what Moment says, or to the reason why it cannot be read.

CloudEvents 1.0 in structured JSON. A reason names the field and never quotes its value: values are personal data.
"""

import json
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from moment_xledger.domain.companies import CompanyId
from moment_xledger.domain.days import day_in_oslo
from moment_xledger.domain.faults import SHAPES
from moment_xledger.domain.moment import Customer, Invoice, Project
from moment_xledger.domain.problems import Code

MAX_BYTES = 1024 * 1024

TYPES: dict[str, type[Customer | Project | Invoice]] = {
    "team.moment.customer.saved": Customer,
    "team.moment.project.saved": Project,
    "team.moment.invoice.finalized": Invoice,
}


# Of an event that names its record; over when one can be read.
UNREADABLE = (Code.FIELD_MISSING, Code.FIELD_INVALID, Code.INVOICE_NOT_FINALIZED)


def _on_a_calendar(instant: datetime) -> datetime:
    """The first and the last hours that a computer can name are on no day in Norway."""
    try:
        day_in_oslo(instant)
    except OverflowError:
        raise ValueError("must be a valid datetime") from None
    return instant


class Envelope(BaseModel):
    """The CloudEvents attributes that we use."""

    model_config = ConfigDict(defer_build=True, frozen=True, extra="ignore")

    specversion: Literal["1.0"]
    id: Annotated[str, Field(min_length=1, max_length=200)]
    source: Annotated[str, Field(min_length=1, max_length=200)]
    type: Annotated[str, Field(min_length=1, max_length=200)]
    time: Annotated[AwareDatetime, AfterValidator(_on_a_calendar)]
    momentcompany: Annotated[CompanyId, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
    data: dict[str, Any]


@dataclass(frozen=True)
class Event:
    id: str
    company: CompanyId
    time: datetime
    content: Customer | Project | Invoice
    from_api: bool = False  # made of an answer of Moment's API, which may lack fields


@dataclass(frozen=True)
class Unreadable:
    """An event that stays behind, with what can be told of it."""

    code: Code
    field: str
    fault: str
    company: CompanyId | None = None
    kind: str = "event"
    number: str = ""
    version: int | None = None
    called: str = ""  # what stands for the number, where that is no number


def read_event(body: str) -> Event | Unreadable:
    if len(body.encode(errors="surrogatepass")) > MAX_BYTES:
        return Unreadable(Code.EVENT_TOO_LARGE, "body", "is over 1 MiB")
    try:
        document = json.loads(body, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        return Unreadable(Code.EVENT_NOT_JSON, "body", "is not JSON")
    if not isinstance(document, dict):
        return Unreadable(Code.EVENT_NOT_CLOUDEVENT, "body", "is not a JSON object")
    try:
        envelope = Envelope.model_validate(document)
    except ValidationError as error:
        field, fault, _ = first_fault(error)
        return Unreadable(Code.EVENT_NOT_CLOUDEVENT, field, fault, _company(document))
    return _read_content(envelope)


def _read_content(envelope: Envelope) -> Event | Unreadable:
    company, version = envelope.momentcompany, _version(envelope)
    if envelope.type.startswith("team.moment.invoice.") and envelope.type not in TYPES:
        fault = "is not team.moment.invoice.finalized"
        return Unreadable(Code.INVOICE_NOT_FINALIZED, "type", fault, company, *_identity(envelope), version)
    if envelope.type not in TYPES:
        return Unreadable(Code.EVENT_TYPE_UNKNOWN, "type", "is not one of ours", company)
    try:
        content = TYPES[envelope.type].model_validate(envelope.data)
    except ValidationError as error:
        field, fault, missing = first_fault(error)
        code = Code.FIELD_MISSING if missing else Code.FIELD_INVALID
        kind, number = _identity(envelope)
        given, id_ = "", envelope.data.get("id")
        if field == f"{kind}Number" and type(id_) is int:  # what it is called later nobody knows
            given, number = number, _by_id(id_)
        return Unreadable(code, f"data.{field}", fault, company, kind, number, version, given)
    return Event(envelope.id, company, envelope.time, content)


def first_fault(error: ValidationError) -> tuple[str, str, bool]:
    """Field, what is wrong with it, and whether it is simply not there. Never the value."""
    fault = error.errors(include_url=False, include_input=False)[0]
    field = ".".join(str(step) for step in fault["loc"])
    if fault["type"] == "string_pattern_mismatch":
        return field, SHAPES.get(fault["ctx"]["pattern"], "is not in the form that it must have"), False
    sentence = re.sub(r"^\w+ should ", "must ", fault["msg"].removeprefix("Value error, "))
    return field, sentence[:1].lower() + sentence[1:], fault["type"] == "missing"


def _identity(envelope: Envelope) -> tuple[str, str]:
    """Kind and number of a record that could not be read, as far as they can be told."""
    kind = envelope.type.split(".")[2] if envelope.type.count(".") >= 3 else "event"
    number, id_ = envelope.data.get(f"{kind}Number"), envelope.data.get("id")
    if isinstance(number, str | int) and number != "":
        # JSON may hold halves of characters, which nothing can store.
        return kind, str(number)[:50].encode(errors="replace").decode()
    return kind, _by_id(id_) if isinstance(id_, int) else ""


def _version(envelope: Envelope) -> int | None:
    version = envelope.data.get("version")
    return version if type(version) is int else None  # nor a bool, which Python takes for one


def names(kind: str, id_: int, number: str) -> list[tuple[str, str]]:
    """What a record may have been called as long as its events could not be read."""
    return [(kind, number), (kind, _by_id(id_))]


def _by_id(id_: int) -> str:
    return f"(id {id_})"[:50]


def _company(document: dict[str, Any]) -> CompanyId | None:
    company = document.get("momentcompany")
    return (
        CompanyId(company) if isinstance(company, str) and company.isascii() and len(company) <= 64 else None
    )


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")
