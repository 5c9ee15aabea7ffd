"""A kind of work that stands still for one token, because Xledger takes no request of it.

Each new try is one request of the real work. The time between two tries doubles, up to an hour. A new release, and
whatever is saved about the token, is a reason to try at once.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from moment_xledger.domain.kinds import Kind
from moment_xledger.domain.problems import Code

FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=5), timedelta(hours=1)
STOPPED = (Code.REQUEST_NOT_ACCEPTED, Code.RIGHT_LACKING)
RECORDS = {Kind.CUSTOMER: "customers", Kind.PROJECT: "projects"}  # as the sentences call them


@dataclass(frozen=True)
class Stop:
    """`operation`: the one that was refused, in this `release` of ours. `words` are Xledger's own."""

    code: Code
    operation: str
    words: str
    since: datetime
    again: datetime
    tries: int
    release: str

    def stands(self, now: datetime, release: str) -> bool:
        return now < self.again and release == self.release


def stopped(before: Stop | None, code: Code, operation: str, words: str, release: str, now: datetime) -> Stop:
    """`before`: the one that this try was to end."""
    tries = before.tries + 1 if before else 1
    pause = min(FIRST_PAUSE * 2 ** min(tries - 1, 10), LONGEST_PAUSE)
    since = before.since if before else now
    return Stop(code, operation, words, since, now + pause, tries, release)
