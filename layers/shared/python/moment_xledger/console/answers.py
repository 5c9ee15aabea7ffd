"""Answers: the same facts as a page or as JSON, always with the headers that keep a browser careful."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from decimal import Decimal
from http import HTTPStatus
from typing import Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.shared.cookies import Cookie
from aws_lambda_powertools.utilities.data_classes import LambdaFunctionUrlEvent

from moment_xledger.adapters.ledger.links import new_token
from moment_xledger.console.facts.refusals import Refusal
from moment_xledger.console.visits import Visit, language_of, wants_json
from moment_xledger.console.words import Words
from moment_xledger.domain.companies import Language
from moment_xledger.domain.sessions import Right
from moment_xledger.domain.settings_changes import Change

LANGUAGES = {Language.NORWEGIAN: "nb", Language.ENGLISH: "en"}
Facts = Mapping[str, Any]
Answer = Response[str]


def headers(origin: str = "") -> dict[str, str | list[str]]:
    """`origin`: where a form's answer may send the browser besides here."""
    policy = (
        "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'; "
        f"form-action 'self' {origin}"
    )
    return {
        "Content-Security-Policy": policy.rstrip(),
        "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cache-Control": "no-store",
    }


def answer(
    event: LambdaFunctionUrlEvent,
    visit: Visit,
    page: str,
    facts: Facts,
    *,
    origin: str = "",
    status: HTTPStatus = HTTPStatus.OK,
    **page_only: Any,
) -> Answer:
    """`page_only`: what a browser needs besides the facts."""
    if wants_json(event):
        return _json(facts, status)
    may_make = visit.may(Right.MAKE_EXPORTS)
    given = {"visit": visit, "facts": facts, "request": new_token(), "may_make": may_make, **page_only}
    return _html(page, status, visit.words, origin, **given)


def plain(page: str, words: Words, **facts: Any) -> Answer:
    """A page for somebody who is not let in."""
    return _html(page, HTTPStatus.OK, words, visit=None, facts=facts)


def refusal(event: LambdaFunctionUrlEvent, status: HTTPStatus) -> Answer:
    """For every reason the same."""
    words = Words(language_of(event))
    name = f"refused_{status.value}"
    facts: Refusal = {"error": words(name), "what_to_do": words(f"{name}_what")}
    if wants_json(event):
        return _json(facts, status)
    is_outside = status is HTTPStatus.UNAUTHORIZED
    return _html("refusal.html", status, words, visit=None, facts=facts, is_outside=is_outside)


def see_other(place: str, cookies: Sequence[Cookie] = ()) -> Answer:
    """303, so that going back or reloading sends no form again."""
    return Answer(HTTPStatus.SEE_OTHER.value, headers=headers() | {"Location": place}, cookies=list(cookies))


def _html(page: str, status: HTTPStatus, words: Words, origin: str = "", **given: Any) -> Answer:
    from moment_xledger.console.rendering import rendered  # and with it Jinja, which nothing but a page needs

    body = rendered(page, words=words, lang=LANGUAGES[words.language], **given)
    return Answer(status.value, "text/html; charset=utf-8", body, headers(origin))


def _json(facts: Facts, status: HTTPStatus = HTTPStatus.OK) -> Answer:
    body = json.dumps(facts, ensure_ascii=False, default=_plain)
    return Answer(status.value, "application/json", body, headers())


def _plain(value: object) -> str | dict[str, Any]:
    """Amounts as strings, for a float would not be what was meant; times in UTC."""
    match value:
        case Decimal():
            return str(value)
        case datetime():
            return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        case Change():
            return asdict(value)
    raise TypeError(f"{type(value).__name__} has no place in an answer")
