"""Who did what, and whom we have told."""

from datetime import datetime

from typing_extensions import TypedDict


class DeedFacts(TypedDict):
    """`about`: a number, an address, or which settings."""

    when: datetime
    who: str
    what: str
    export: int | None
    file: str | None
    about: str | None


class Told(TypedDict):
    """When an address was last written to, and how many problems were open in its newest digest."""

    address: str
    last_urgent: datetime | None
    last_digest: datetime | None
    open_then: int
    is_stopped: bool


class Log(TypedDict):
    """`following`: what to send as `before` for the next ones. `notices` are on the first page only."""

    deeds: list[DeedFacts]
    following: str | None
    notices: list[Told]
