"""What a reply of Xledger's can mean to us."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class Refusal:
    """One error of Xledger's. Where its message names them, `field` and `value` are known, what the value is (`key`:
    a `code`, a `dbId`), and the `position` in the list of inputs."""

    message: str
    code: str | None = None
    field: str | None = None
    value: str | None = None
    key: str | None = None
    position: int | None = None

    @property
    def likeness(self) -> str:
        """Equal for two refusals that differ only in values: texts in quotes, addresses, and words with digits."""
        text = _VALUES.sub("…", self.message)
        return f"{self.code or ''} {' '.join(text.split())}"[:200].strip()


_VALUES = re.compile(
    r""""[^"]*"|'[^']*'(?!\w)|`[^`]*`|«[^»]*»|“[^”]*”|\S+@\S+|\S*\d\S*(?<![.,;:])""", re.DOTALL
)


def likeness(refusals: Sequence[Refusal]) -> str:
    """As that of one, of a whole answer: however often it says the same thing."""
    return " | ".join(sorted({refusal.likeness for refusal in refusals}))


@dataclass(frozen=True)
class Data:
    fields: Mapping[str, Any]


@dataclass(frozen=True)
class BurstLimit:
    """20 requests in 5 seconds."""


@dataclass(frozen=True)
class ConcurrencyLimit:
    pass


@dataclass(frozen=True)
class OutOfCredits:
    reset_at: datetime | None


@dataclass(frozen=True)
class TokenRefused:
    refusals: tuple[Refusal, ...]


@dataclass(frozen=True)
class Refused:
    refusals: tuple[Refusal, ...]


@dataclass(frozen=True)
class RequestRefused:
    """Refused for its form, whatever records it is about: it asks for something that Xledger does not have, or
    (`lacks_right`) for a part that the token has no right to."""

    refusals: tuple[Refusal, ...]
    lacks_right: bool


@dataclass(frozen=True)
class Unanswered:
    """Whether the request was carried out is not known. `barred`: the status of an answer that says no (401 or 403) and
    nothing that shows whether Xledger said it, or a firewall or a proxy in its place. `is_too_much`: Xledger gave it
    up, as it took too long."""

    what: str
    barred: int | None = None
    is_too_much: bool = False


Reply = (
    Data | BurstLimit | ConcurrencyLimit | OutOfCredits | TokenRefused | RequestRefused | Refused | Unanswered
)
