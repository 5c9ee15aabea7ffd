"""A company leaves: it takes its data along as files, and then everything of it is erased here.

From the moment that it begins to leave nothing is done for it any more, and its events are refused. Whoever was at work
for it by then comes to an end before anything is erased.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from moment_xledger.domain.companies import TokenId

LONGEST_CALL = timedelta(minutes=15)  # that Lambda allows


@dataclass(frozen=True)
class Leaver:
    """`manifest` is the SHA-256 of the list of files that were taken along. `counts`: what was erased, by kind."""

    since: datetime
    by: str
    token_id: TokenId | None = None
    manifest: str = ""
    erasing: datetime | None = None
    erased: datetime | None = None
    counts: Mapping[str, int] = field(default_factory=dict)

    @property
    def may_be_erased_from(self) -> datetime:
        return self.since + LONGEST_CALL
