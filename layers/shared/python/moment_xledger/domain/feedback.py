"""What a mail service tells about a mail after it took it."""

from dataclasses import dataclass
from enum import StrEnum

from moment_xledger.domain.companies import CompanyId


class Happened(StrEnum):
    DELIVERED = "delivered"  # to the other side's mail server
    BOUNCED = "bounced"
    COMPLAINED = "complained"
    REJECTED = "rejected"  # the service itself would not send it on


@dataclass(frozen=True)
class Feedback:
    """`why` is the service's word for it; `their_words` what the other mail server said, verbatim. `to`: where that
    mail went; a later one of the same invoice may have gone elsewhere."""

    company: CompanyId
    invoice: int
    attempt: int
    happened: Happened
    why: str = ""
    their_words: str = ""
    receipt: str = ""
    to: str = ""

    @property
    def came_back(self) -> bool:
        return self.happened is not Happened.DELIVERED


@dataclass(frozen=True)
class ReturnedNotice:
    """A notice that did not reach its reader and never will. `why` and `their_words` as in `Feedback`."""

    company: CompanyId
    address: str
    why: str
    their_words: str = ""
