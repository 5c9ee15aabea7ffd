"""A mail as it goes out, and what becomes of it when it is handed over. That it was taken does not say that it arrived.

* MailNotSent
  + AddressRefused  this address will never do: a person must look, mails to others go on
  + MailDelayed     surely not sent, for a reason that passes: the same mail goes later
    + RecipientUnverified  the mail service mails to verified addresses only as yet; mails to others may go
  + MailInDoubt     nobody answered after it was handed over: it may have been sent
"""

from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP

from moment_xledger.domain.errors import SyncError

TAGS = "X-SES-MESSAGE-TAGS"  # a header by which SES's news of a mail finds its company
WIRE = SMTP.clone(cte_type="7bit")  # CRLF, and nothing that a relay on the way would have to recode


def on_the_wire(message: EmailMessage) -> bytes:
    return message.as_bytes(policy=WIRE)


@dataclass(frozen=True)
class Stopped:
    """An address that nothing more is sent to, until a person confirms it."""

    address: str
    why: str
    since: datetime


class MailNotSent(SyncError):
    """`why` is the mail service's own word for it. It names no address, so it may be logged."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class AddressRefused(MailNotSent):
    pass


class MailDelayed(MailNotSent):
    pass


class RecipientUnverified(MailDelayed):
    """Amazon SES in its sandbox: no fault of the address, and mails to others may go."""


class MailInDoubt(MailNotSent):
    pass
