"""How what Moment says now stands to what it said before.

Versions of a record only rise in Moment, unless its database was put back to an earlier state: restored from a backup,
or a sandbox that is filled anew every night. The time of the event tells that from a late delivery: what is late was
said earlier.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto
from typing import Any

from pydantic import ValidationError

from moment_xledger.domain.moment import Saved


class Standing(Enum):
    NEWER = auto()  # it is the state of the record now
    KNOWN = auto()  # a repeat, or an earlier state that was delivered late
    DISPUTED = auto()  # said later than what is stored, and yet not in a higher version


@dataclass(frozen=True)
class Statement:
    """A record's content as Moment said it. `at` is None where that was not stored."""

    content: Saved
    at: datetime | None = None
    from_api: bool = False

    @property
    def fingerprint(self) -> str:
        return f"{self.content.version}:{self.content.content_hash()}"


@dataclass(frozen=True)
class Restored:
    """A person said that Moment was put back. `at`: when Moment said what counts since; `before`: what counted until
    then, of which deliveries may come again."""

    at: datetime
    before: str


def standing(stored: Statement, said: Statement, restored: Restored | None, since: datetime) -> Standing:
    """`since`: a time by which the stored content had been said, for content that was stored without one."""
    assert said.at is not None  # noqa: S101 the type checker's business
    if restored and (said.at < restored.at or said.fingerprint == restored.before):
        return Standing.KNOWN
    if said.content.version > stored.content.version:
        return Standing.NEWER
    if said.from_api or said.fingerprint == stored.fingerprint:
        return Standing.KNOWN
    if said.content.version < stored.content.version:
        return Standing.DISPUTED if said.at > (stored.at or since) else Standing.KNOWN
    if stored.from_api:
        return Standing.NEWER  # an event says all that there is to say; an answer of the API may lack fields
    return Standing.KNOWN if stored.at and said.at < stored.at else Standing.DISPUTED


def with_gaps_filled(answer: Saved, known: Saved) -> Saved | None:
    """An answer of Moment's API with what it does not mention as it was known; None where the two do not fit together.

    A field that is missing from an answer says nothing, for a list may leave fields out. Only an event empties a field.
    """
    merged = _merged(known.model_dump(exclude_none=True), answer.model_dump(exclude_unset=True))
    try:
        return type(answer).model_validate(merged)
    except ValidationError:
        return None


def _merged(known: dict[str, Any], answer: dict[str, Any]) -> dict[str, Any]:
    whole = dict(known)
    for name, value in answer.items():
        both = isinstance(value, dict) and isinstance(known.get(name), dict)
        whole[name] = _merged(known[name], value) if both else value
    return whole
