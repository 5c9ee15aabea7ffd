"""One company's posted lines, over Xledger's SOAP services, by when they were last changed."""

from collections.abc import Iterator
from contextlib import contextmanager

from moment_xledger.adapters.xledger_soap.client import XledgerSoap
from moment_xledger.domain.account_ranges import AccountRanges
from moment_xledger.domain.errors import AnswerTooLarge, RunStopped, SyncError, Unreachable
from moment_xledger.domain.expense_runs import Window
from moment_xledger.domain.posted_lines import BadRow, Row
from moment_xledger.domain.problems import Code
from moment_xledger.domain.soap_outcomes import (
    CallFailed,
    Faulted,
    InDoubt,
    LogonRefused,
    NotSent,
    NotSoap,
    Oddity,
)

# A page instead of an answer is what a proxy or a server that restarts gives.
PASSING = frozenset({Oddity.HTML, Oddity.NOT_XML})


class Postings:
    """Raises `AnswerTooLarge`, `Unreachable` and `RunStopped`, also while lines are read."""

    def __init__(self, soap: XledgerSoap, owner_code: int) -> None:
        self._soap = soap
        self._owner_code = owner_code

    def lines(self, window: Window, accounts: AccountRanges) -> Iterator[Row | BadRow]:
        """Of a line on another account that was never changed, nothing but the account."""
        return self._read("posted_lines", window, accounts)

    def suppliers(self, window: Window) -> Iterator[Row | BadRow]:
        return self._read("supplier_lines", window)

    def _read(
        self, operation: str, window: Window, accounts: AccountRanges | None = None
    ) -> Iterator[Row | BadRow]:
        start, end = window.start, window.end
        with _in_our_words():
            yield from self._soap.changed(operation, self._owner_code, start, end, accounts)


@contextmanager
def _in_our_words() -> Iterator[None]:
    try:
        yield
    except CallFailed as failed:
        raise _meaning(failed) from None


def _meaning(failed: CallFailed) -> SyncError:
    match failed.failure:
        case NotSoap(_, Oddity.TOO_LARGE):
            return AnswerTooLarge()
        case LogonRefused(text):
            return RunStopped(Code.SOAP_LOGIN_REFUSED, text)
        case Faulted(text):
            return RunStopped(Code.EXPENSES_NOT_READ, text)
        case InDoubt() | NotSent():
            return Unreachable("Xledger")
        case NotSoap(status, what) if status >= 500 or what in PASSING:
            return Unreachable("Xledger")
    return RunStopped(Code.EXPENSES_NOT_READ, str(failed))
