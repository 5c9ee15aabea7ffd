"""What becomes of a mail that is handed over. That it was taken does not say that it arrived.

* MailNotSent
  + AddressRefused  this address will never do: a person must look, mails to others go on
  + MailDelayed     surely not sent, for a reason that passes: the same mail goes later
  + MailInDoubt     nobody answered after it was handed over: it may have been sent
"""

from moment_xledger.domain.errors import SyncError


class MailNotSent(SyncError):
    """`why` is the mail service's own word for it. It names no address, so it may be logged."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class AddressRefused(MailNotSent):
    pass


class MailDelayed(MailNotSent):
    pass


class MailInDoubt(MailNotSent):
    pass
