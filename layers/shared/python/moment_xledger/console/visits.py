"""Who asks, and whether they may. Each route begins with one of these; each refusal is the same for every reason."""

import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl

from aws_lambda_powertools.event_handler.exceptions import (
    BadRequestError,
    ForbiddenError,
    ServiceError,
    UnauthorizedError,
)
from aws_lambda_powertools.utilities.data_classes import LambdaFunctionUrlEvent

from moment_xledger.console.bodies import body_of, longest
from moment_xledger.console.desk import Desk
from moment_xledger.console.words import Words
from moment_xledger.domain.companies import Company, CompanyId, Language
from moment_xledger.domain.deeds import BY_LINK
from moment_xledger.domain.sessions import Person, Right

# The prefix makes browsers refuse a cookie of this name that another host, path or plain http has set.
COOKIE = "__Host-session"
_MENU = {
    "overview": Right.SEE_STATUS,
    "problems": Right.SEE_STATUS,
    "exports": Right.SEE_EXPORTS,
    "report": Right.SEE_REPORT,
    "record": Right.SEE_RECORDS,
    "settings": Right.SEE_SETTINGS,
    "log": Right.SEE_LOG,
}
MOST_BYTES = 16 * 1024  # of a form
FORM = "application/x-www-form-urlencoded"
_OURS = re.compile(r"[A-Za-z0-9_-]{22}")  # each token of ours: 128 bits as base64


@dataclass(frozen=True)
class Visit:
    """Somebody who was let in: by a session, or to one export by its link."""

    company: Company
    words: Words
    person: Person | None = None
    session: str = field(default="", repr=False)

    @property
    def csrf(self) -> str:
        """In every form of a session. Whoever knows it cannot tell the session by it."""
        return hmac.digest(self.session.encode(), b"form", "sha256").hex() if self.session else ""

    @property
    def who(self) -> str:
        return self.person.name if self.person else BY_LINK

    @property
    def rights(self) -> frozenset[str]:
        """As a page asks for them."""
        return frozenset(right.name.lower() for right in Right if self.may(right))

    def may(self, right: Right) -> bool:
        return self.person is not None and self.person.may(right)

    @property
    def pages(self) -> list[str]:
        """What the menu offers: each is an address and a word."""
        return [page for page, right in _MENU.items() if self.may(right)]


def signed_in(event: LambdaFunctionUrlEvent, desk: Desk, right: Right | None = None) -> Visit:
    session = token(cookies(event).get(COOKIE, ""))
    person = desk.ledger.sessions.read(session, desk.clock())
    if person is None:
        raise UnauthorizedError("no session")
    if right is not None and not person.may(right):
        raise ForbiddenError("not this role's right")
    return Visit(desk.company(person.company), Words(person.language), person, session)


def submitted(
    event: LambdaFunctionUrlEvent, desk: Desk, right: Right | None = None, most: int = MOST_BYTES
) -> Visit:
    """A form of one of our own pages, sent by whoever was given that page."""
    ours_alone(event)
    if longest(event.raw_event) > most:
        raise ForbiddenError("longer than this form can be")
    visit = signed_in(event, desk, right)
    if not hmac.compare_digest(form(event, most).get("csrf", "").encode(), visit.csrf.encode()):
        raise ForbiddenError("not from a page of this session")
    return visit


def token(given: str) -> str:
    """Of a session or a link. The ledger is not asked for what cannot be one of ours: anybody may send that."""
    if not _OURS.fullmatch(given):
        raise UnauthorizedError("no token of ours")
    return given


def by_link(company: CompanyId, desk: Desk) -> Visit:
    known = desk.company(company)
    return Visit(known, Words(known.language))


def ours_alone(event: LambdaFunctionUrlEvent) -> None:
    """Every browser that says where a form comes from is believed."""
    if event.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise ForbiddenError("from another site")


def cookies(event: LambdaFunctionUrlEvent) -> dict[str, str]:
    """AWS gives them as a list of their own, an emulator may leave them in the header."""
    given: list[str] = event.raw_event.get("cookies") or event.headers.get("cookie", "").split(";")
    pairs = (each.strip().partition("=") for each in given)
    return {name: value for name, _, value in pairs if value}


def form(event: LambdaFunctionUrlEvent, most: int = MOST_BYTES) -> Mapping[str, str]:
    if event.headers.get("content-type", "").partition(";")[0].strip().lower() != FORM:
        raise ServiceError(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "not a form")
    try:
        body = body_of(event.raw_event)
    except ValueError:
        raise BadRequestError("not base64") from None
    return dict(parse_qsl(body.decode(errors="replace"))) if len(body) <= most else {}


def query(event: LambdaFunctionUrlEvent, name: str) -> str:
    given: Mapping[str, Any] = event.query_string_parameters or {}
    return str(given.get(name, ""))


def wants_json(event: LambdaFunctionUrlEvent) -> bool:
    accepted = event.headers.get("accept", "")
    return "application/json" in accepted and "text/html" not in accepted


def language_of(event: LambdaFunctionUrlEvent) -> Language:
    """Of somebody of whom nothing is known."""
    asked = event.headers.get("accept-language", "").lower()
    return Language.ENGLISH if asked.startswith("en") else Language.NORWEGIAN
