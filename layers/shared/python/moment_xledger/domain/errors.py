"""
Errors, named by what should happen next.

* SyncError
  + GateClosed     nothing is wrong with the work: it goes on by itself at `until`
  + Rejected       Xledger refuses this request whenever it comes: a person must look, the others carry on
    - NoRight      ... because the token has not the right to it, which other requests may not need
  + WrongRequest   Xledger takes no request of this form, whatever it is about: stop this kind of work
  + Unreachable    the other system does not answer: nothing is wrong with the work, try later
    - KeyRefused   ... because Moment does not accept the company's key: only a new one helps
  + UnusableAnswer Moment has the record, but what it says of it cannot be used: only Moment can mend that
  + CompanyGone    a company has left, and a message still names it: drop that
  + Conflict       somebody else wrote first: read again and decide again
  + EntityTaken    another company writes to that entity of Xledger: an operator may allow both
    - StrangeAnswer ... something else answers in its place, such as a gateway's page
  + AnswerUnreadable Xledger's answer cannot be read: ask for less at a time, until what is wrong stands alone
    - AnswerTooLarge ... it is over our limit
  + Unfinished     nothing is wrong, but it takes longer than one call: another one goes on with it
  + MovedOn        a company has another token or owner code since this run began: read again, then go on
  + RunStopped     an import cannot go on until a person has done what its reason says
  + RefusedByMoment Moment does not take this one expense: a person must look, the others carry on
  + FileDiffers    a file that never changes is not what it was: hand out nothing and raise the alarm
  + KeyTooLong     what somebody asks for cannot be in the ledger: its key would be longer than any
  + Misconfigured  everything would fail the same way: stop and raise the alarm
"""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from moment_xledger.domain.replies import Refusal


class SyncError(Exception):
    """The root: everything that the flows raise on purpose."""


class Why(StrEnum):
    """Why a gate does not let a request through."""

    HELD = "held"  # another worker holds the lease
    ALLOWANCE = "allowance"  # our own count says that the hour's requests are used
    CREDITS = "credits"  # Xledger says so
    AUTH = "auth"  # the token is refused; it is tried now and then
    IN_DOUBT = "in doubt"  # a write was sent and never answered; it may still be carried out
    DOWN = "down"  # five unanswered requests in a row
    BARRED = "barred"  # DOWN, and the answers were HTTP 401 or 403 without a reason; in the ledger it is DOWN
    SLICE = "slice"  # this run has had its share of time
    STOPPED = "stopped"  # Xledger takes no request of this kind of work; the other kind goes on


class GateClosed(SyncError):
    """No request may be sent before `until` (UTC)."""

    def __init__(self, why: Why, until: datetime) -> None:
        super().__init__(f"closed until {until:%Y-%m-%d %H:%M:%S} UTC: {why}")
        self.why = why
        self.until = until


class Rejected(SyncError):
    """`blamed`: the client ids of the inputs at fault, where Xledger's message tells; often it does not."""

    def __init__(self, refusals: "Sequence[Refusal]", blamed: "Mapping[str, Refusal] | None" = None) -> None:
        super().__init__("; ".join(refusal.code or "no code" for refusal in refusals))
        self.refusals = tuple(refusals)
        self.blamed = dict(blamed or {})


class CompanyGone(SyncError):
    pass


class NoRight(Rejected):
    pass


LONGEST_WORDS = 300
_NAME = r"[\w$.!\[\]]+"  # of the schema
_SENT = re.compile(
    rf"""(?<=invalid value ).*|(?P<name>"{_NAME}"|'{_NAME}')|\{{.*\}}|\S+@\S+|"[^"]*"|'[^']*'(?!\w)""",
    re.DOTALL,
)


def _without_values(message: str) -> str:
    return _SENT.sub(lambda found: found["name"] or "…", message)


class WrongRequest(SyncError):
    """`lacks_right`: the token has no right to a part of it; otherwise the fault is ours."""

    def __init__(self, operation: str, refusals: "Sequence[Refusal]", *, lacks_right: bool = False) -> None:
        super().__init__(f"{operation}: {'; '.join(refusal.code or 'no code' for refusal in refusals)}")
        self.operation = operation
        self.refusals = tuple(refusals)
        self.lacks_right = lacks_right

    @property
    def words(self) -> str:
        """Xledger's message without what was sent, which may hold people's names and addresses."""
        messages = (_without_values(refusal.message) for refusal in self.refusals)
        return "; ".join(dict.fromkeys(messages))[:LONGEST_WORDS]


class Unreachable(SyncError):
    pass


class KeyRefused(Unreachable):
    pass


class UnusableAnswer(SyncError):
    pass


class Conflict(SyncError):
    """A condition of a write did not hold; nothing of that write was done. `positions` of the actions at fault."""

    def __init__(self, positions: Sequence[int] = ()) -> None:
        super().__init__("somebody else wrote first")
        self.positions = tuple(positions)


class EntityTaken(SyncError):
    pass


class StrangeAnswer(Unreachable):
    pass


class AnswerUnreadable(SyncError):
    pass


class Unfinished(SyncError):
    """What is done so far of this export is in the ledger."""

    def __init__(self, export: int) -> None:
        super().__init__(f"export {export} goes on in another call")


class MovedOn(SyncError):
    pass


class AnswerTooLarge(AnswerUnreadable):
    pass


class TooMany(SyncError):
    """There are more rows than are read at once, so that one is missing among them says nothing."""


class RunStopped(SyncError):
    """`code` is a reason of `domain.problems`, and `details` fill its sentence.

    `their_words` are for the company's own eyes. `is_told`: people have been told already.
    """

    def __init__(self, code: str, their_words: str = "", *, is_told: bool = False, **details: str) -> None:
        super().__init__(code)
        self.is_told = is_told
        self.code = code
        self.their_words = their_words
        self.details = details


class AnswerFaulted(RunStopped):
    """Xledger has a fault in the place of an answer: about all that it is asked, or about one row of this answer."""


class RefusedByMoment(SyncError):
    """`is_locked`: it stands on an invoice and can no longer be changed."""

    def __init__(self, their_words: str, *, is_locked: bool = False) -> None:
        super().__init__("refused")
        self.their_words = their_words
        self.is_locked = is_locked


class FileDiffers(SyncError):
    pass


class KeyTooLong(SyncError):
    pass


class Misconfigured(SyncError):
    pass
