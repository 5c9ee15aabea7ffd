"""One company's posted lines, over Xledger's SOAP services, by when they were last changed."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http import HTTPStatus
from types import MappingProxyType

from moment_xledger.adapters.xledger_soap.client import XledgerSoap
from moment_xledger.adapters.xledger_soap.rows import placed, renamed
from moment_xledger.domain.account_ranges import AccountRanges
from moment_xledger.domain.dimensions import USUAL, Slots
from moment_xledger.domain.errors import (
    AnswerFaulted,
    AnswerTooLarge,
    AnswerUnreadable,
    RunStopped,
    StrangeAnswer,
    SyncError,
    Unreachable,
)
from moment_xledger.domain.expense_runs import Window
from moment_xledger.domain.posted_lines import BadRow, Row
from moment_xledger.domain.problems import Code
from moment_xledger.domain.soap_outcomes import (
    BROKEN,
    CallFailed,
    Faulted,
    InDoubt,
    LogonRefused,
    NotSent,
    NotSoap,
    Oddity,
)

# The service stands behind a page or a proxy that answers in its place; it may be gone the next hour.
IN_ITS_PLACE = frozenset({Oddity.HTML, Oddity.NOT_XML})
# Something in the rows themselves: fewer of them may be sound.
IN_THE_ROWS = frozenset({Oddity.ENCODING, Oddity.BROKEN_ROWS})
ACCESS_REFUSED = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)
NOT_THERE = (HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED, HTTPStatus.GONE)
LATER = (HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS)


class Postings:
    """Raises `AnswerUnreadable`, `Unreachable` and `RunStopped`, also while lines are read."""

    def __init__(
        self,
        soap: XledgerSoap,
        owner_code: int,
        slots: Slots = USUAL,
        names: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        """`slots`: which GL objects are the project and the department of a line. `names`: see `renamed`."""
        self._soap = soap
        self._owner_code = owner_code
        self._slots, self._names = slots, names

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
            lines = self._soap.changed(operation, self._owner_code, start, end, accounts)
            if self._slots[:2] != USUAL[:2]:
                lines = (placed(line, self._slots) for line in lines)
            if self._names:
                lines = (renamed(line, self._names) for line in lines)
            yield from lines


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
            return AnswerFaulted(Code.EXPENSES_NOT_READ, text)
        case NotSoap(HTTPStatus.OK, what) if what in IN_THE_ROWS:
            return AnswerUnreadable(str(failed))
        case InDoubt(what) if what == BROKEN:
            return AnswerUnreadable(str(failed))
        case InDoubt() | NotSent():
            return Unreachable("Xledger")
        case NotSoap(status, _) if status in ACCESS_REFUSED:
            return RunStopped(Code.SOAP_ACCESS_REFUSED, status=str(status))
        case NotSoap(status, _) if status in NOT_THERE:
            return RunStopped(Code.SOAP_PATH_UNKNOWN, status=str(status))
        case NotSoap(status, _) if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status in LATER:
            return Unreachable("Xledger")
        case NotSoap(HTTPStatus.OK, what) if what in IN_ITS_PLACE:
            return StrangeAnswer("Xledger")
    return RunStopped(Code.EXPENSES_NOT_READ, str(failed))
