"""What a reply of Xledger's GraphQL service means: a pure function of status, body and the time it came.

Errors arrive with HTTP 200, perhaps with 400, so the body is read first whatever the status. The codes are those of
Xledger's public sample (github.com/xledger/graphql-samples); the older wordings are recognised too. What nobody has
seen published (a revoked token, a missing right) is recognised by the obvious words in a code, and by HTTP 401 and 403
with errors that can be read. Without such errors those two may as well come from a firewall or a proxy: no answer.
"""

import json
import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from itertools import pairwise
from typing import Any

from moment_xledger.adapters.xledger_wordings import (
    DOCUMENT_CODES,
    DOCUMENT_WORDS,
    PART_OF_A_REQUEST,
    PART_OF_THE_SCHEMA,
    POSITION,
    RIGHT_CODES,
    RIGHT_WORDS,
    TOKEN_CODES,
    TOKEN_LIKE_CODES,
    VARIABLE_WORDS,
)
from moment_xledger.domain.days import OSLO
from moment_xledger.domain.replies import (
    BurstLimit,
    ConcurrencyLimit,
    Data,
    OutOfCredits,
    Refusal,
    Refused,
    Reply,
    RequestRefused,
    TokenRefused,
    Unanswered,
)

# e.g. "subledger.code: No value matching owner 42365431, code 'P123456'."
_NOT_FOUND = re.compile(
    r"^(?P<field>\S+?)(\.\w+)?: No value matching owner .*?, (?P<key>\w+) '(?P<value>.*)'\.?$", re.DOTALL
)
_ABOUT_A_FIELD = re.compile(r"^(?P<field>[A-Za-z]\w*(\.\w+)*): ")
_NUMBER = re.compile(r"\d+(\.\d+)?")


def read_reply(status: int, body: bytes, now: datetime) -> Reply:
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        document = None
    errors, data = _parts(document)
    if status in (401, 403) and not any(map(_is_readable, errors)):
        return Unanswered(f"HTTP {status} without a reason", barred=status)
    if errors:
        return _read_errors(status, errors, now)
    return Data(data) if data and status < 400 else Unanswered(f"HTTP {status} without usable JSON")


def _parts(document: object) -> tuple[list[dict[str, Any]], dict[str, Any] | None]:
    """Its errors and its data, as far as they are what they should be."""
    if not isinstance(document, dict):
        return [], None
    errors, data = document.get("errors"), document.get("data")
    listed = [error for error in errors if isinstance(error, dict)] if isinstance(errors, list) else []
    return listed, data if isinstance(data, dict) and not errors else None


def _is_readable(error: dict[str, Any]) -> bool:
    message = error.get("message")
    return isinstance(message, str) and bool(message.strip())


def _read_errors(status: int, errors: list[dict[str, Any]], now: datetime) -> Reply:
    refusals = tuple(_refusal(error) for error in errors)
    codes = {(refusal.code or "").rpartition(".")[2] for refusal in refusals}
    messages = [refusal.message for refusal in refusals]
    if "INSUFFICIENT_CREDITS" in codes or any(text.startswith("Insufficient credits") for text in messages):
        return OutOfCredits(_reset_at(errors, now))
    if "BURST_RATE_LIMIT_REACHED" in codes or any(text.startswith("Too many requests") for text in messages):
        return BurstLimit()
    if "CONCURRENCY_LIMIT_REACHED" in codes:
        return ConcurrencyLimit()
    if status == 401:
        return TokenRefused(refusals)
    if any(map(_is_about_a_right, refusals, errors)):
        return RequestRefused(refusals, lacks_right=True)
    if status == 403 or any(map(_is_about_the_token, refusals)):
        return TokenRefused(refusals)
    if any(map(_is_about_the_document, refusals)):
        return RequestRefused(refusals, lacks_right=False)
    if any(map(_is_about_some_token, refusals)):
        return Unanswered("an error code about some other token")
    if any("query timed out" in text for text in messages):
        return Unanswered("Xledger's own time-out", is_too_much=True)
    return Unanswered(f"HTTP {status}") if status >= 500 else Refused(refusals)


def _refusal(error: dict[str, Any]) -> Refusal:
    """`code` stands on the error itself, or, for errors of the document, in its extensions."""
    message = str(error.get("message") or "")
    extensions = error.get("extensions")
    code = error.get("code") or (extensions.get("code") if isinstance(extensions, dict) else None)
    found = _NOT_FOUND.match(message)
    about = found or _ABOUT_A_FIELD.match(message)
    return Refusal(
        message,
        str(code) if code else None,
        field=about["field"] if about else None,
        value=found["value"] if found else None,
        key=found["key"] if found else None,
        position=_position(message, _path(error)),
    )


def _path(error: dict[str, Any]) -> list[Any]:
    path = error.get("path")
    return path if isinstance(path, list) else []


def _position(message: str, path: list[Any]) -> int | None:
    """The input that it is about: named in the message, or in a path such as `addCustomers`, `inputs`, 3."""
    if found := POSITION.search(message):
        return int(found[1] or found[2])
    places = [place for name, place in pairwise(path) if name == "inputs" and isinstance(place, int)]
    return places[0] if places else None


def _named(refusal: Refusal) -> str:
    """Its code without what stands before a point, in capitals."""
    return re.sub(r"\W", "_", (refusal.code or "").rpartition(".")[2]).upper()


def _is_about_the_token(refusal: Refusal) -> bool:
    if refusal.message.startswith("Bad format for API Token"):
        return True
    return bool(TOKEN_CODES.fullmatch(_named(refusal))) and not _is_about_the_document(refusal)


def _is_about_some_token(refusal: Refusal) -> bool:
    """Its code holds the word, and it is about no record."""
    is_about_a_record = refusal.field is not None or refusal.position is not None
    return bool(TOKEN_LIKE_CODES.search(_named(refusal))) and not is_about_a_record


def _is_about_a_right(refusal: Refusal, error: dict[str, Any]) -> bool:
    """A token that is refused at a field below the root is a good one that may not read that field."""
    if refusal.value is not None:
        return False
    if RIGHT_CODES.search(_named(refusal)):
        return True
    if _is_about_the_token(refusal):
        return sum(isinstance(step, str) for step in _path(error)) > 1
    return bool(RIGHT_WORDS.search(refusal.message)) and _is_about_no_record(refusal)


def _is_about_no_record(refusal: Refusal) -> bool:
    """That a person may not see this one subledger is no fault of the token."""
    if refusal.field is not None:
        return bool(PART_OF_THE_SCHEMA.fullmatch(refusal.field))
    return "…" not in refusal.likeness or bool(PART_OF_A_REQUEST.search(refusal.message))


def _is_about_the_document(refusal: Refusal) -> bool:
    if DOCUMENT_CODES.fullmatch(_named(refusal)):
        return True
    if refusal.field is not None:  # Xledger's own form, which begins with the field that it is about
        return False
    if DOCUMENT_WORDS.search(refusal.message):
        return True
    return refusal.position is None and bool(VARIABLE_WORDS.match(refusal.message))


def _reset_at(errors: list[dict[str, Any]], now: datetime) -> datetime | None:
    for error in errors:
        extensions = error.get("extensions")
        if isinstance(extensions, dict) and extensions.get("resetAt") not in (None, ""):
            return read_moment(extensions["resetAt"], now)
    return None


def read_moment(value: object, now: datetime) -> datetime | None:
    """`resetAt` in any form it may plausibly have, since the real one was never published; None if unreadable.

    A number is seconds (or milliseconds) since the epoch or, if small, seconds from now. A time without an offset is
    Central European, as all of Xledger's times are; in the hour that autumn repeats, the later one.
    """
    text = str(value).strip()
    try:
        return _from_number(float(text), now) if _NUMBER.fullmatch(text) else _from_text(text)
    except (ValueError, OverflowError, OSError):  # a moment that no calendar has
        return None


def _from_number(number: float, now: datetime) -> datetime:
    if number < 1e7:
        return now + timedelta(seconds=number)
    return datetime.fromtimestamp(number / (1000 if number > 1e11 else 1), UTC)


def _from_text(text: str) -> datetime | None:
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            moment = read(text)
        except ValueError:
            continue
        return (moment if moment.tzinfo else moment.replace(tzinfo=OSLO, fold=1)).astimezone(UTC)
    return None
