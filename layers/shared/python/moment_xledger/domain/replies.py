"""What a reply of Xledger's can mean to us."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class Refusal:
    """One error of Xledger's. `field` and `value` are known where its message names them."""

    message: str
    code: str | None = None
    field: str | None = None
    value: str | None = None


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
class Unanswered:
    """Whether the request was carried out is not known."""

    what: str


Reply = Data | BurstLimit | ConcurrencyLimit | OutOfCredits | TokenRefused | Refused | Unanswered
