"""What a mail service tells about a mail after it took it."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from moment_xledger.domain.companies import CompanyId

# Amazon SES retries for twelve to fourteen hours before it gives a mail up.
GIVES_UP = timedelta(hours=14)


class Happened(StrEnum):
    DELIVERED = "delivered"  # to the other side's mail server
    BOUNCED = "bounced"  # for good: the address takes no mail
    DELAYED = "delayed"  # for now, or by an automatic reply; the mail service goes on trying
    NOT_TAKEN = (
        "not taken"  # the other side refuses this one mail for its size or content; the address is fine
    )
    COMPLAINED = "complained"  # a reader called it spam, so it had arrived
    REJECTED = "rejected"  # the mail service itself would not send it on


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
        return self.happened in (Happened.BOUNCED, Happened.NOT_TAKEN, Happened.REJECTED, Happened.COMPLAINED)


class Meaning(StrEnum):
    """What news of a mail means for its invoice."""

    ARRIVED = "arrived"
    NOTHING_NEW = "nothing new"
    WATCH = "watch"  # it may still arrive: a delivery within `GIVES_UP` settles it
    CAME_BACK = "came back"
    NOT_TAKEN = "not taken"
    LOOK_FIRST = "look first"  # it was delivered and is reported as returned: Xledger may have it


def meaning(happened: Happened, *, delivered: bool) -> Meaning:
    """`delivered`: the other side's mail server took this mail before. What it took is never sent again unasked."""
    if happened is Happened.DELIVERED:
        return Meaning.ARRIVED
    if delivered:
        return Meaning.LOOK_FIRST if happened is Happened.BOUNCED else Meaning.NOTHING_NEW
    return _UNDELIVERED[happened]


_UNDELIVERED = {
    Happened.BOUNCED: Meaning.CAME_BACK,
    Happened.REJECTED: Meaning.CAME_BACK,
    Happened.DELAYED: Meaning.WATCH,
    Happened.NOT_TAKEN: Meaning.NOT_TAKEN,
    Happened.COMPLAINED: Meaning.ARRIVED,
}


def stops_its_address(happened: Happened) -> bool:
    """Mail service providers count permanent bounces and complaints against a sender; nothing else is the address's."""
    return happened in (Happened.BOUNCED, Happened.COMPLAINED)


@dataclass(frozen=True)
class ReturnedNotice:
    """A notice that did not reach its reader and never will. `why` and `their_words` as in `Feedback`."""

    company: CompanyId
    address: str
    why: str
    their_words: str = ""
    is_complaint: bool = False
