"""What a call of Xledger's SOAP services can end in. No text here holds a password or a key."""

from dataclasses import dataclass
from enum import StrEnum

from moment_xledger.domain.errors import SyncError


@dataclass(frozen=True)
class Accepted:
    """Xledger has the file, and its import will take it from there."""

    file_key: int


@dataclass(frozen=True)
class Refused:
    """File key 0: Xledger says no, and not why."""


@dataclass(frozen=True)
class Faulted:
    """A SOAP fault, in Xledger's own words. Nothing was done."""

    text: str
    key_refused: bool = False


@dataclass(frozen=True)
class LogonRefused:
    """User and password give no key, or the certificate is none that could be shown. Nothing else was sent."""

    text: str


class Oddity(StrEnum):
    """What came instead of a SOAP answer."""

    HTML = "an HTML page"
    REDIRECT = "a redirect, which is never followed"
    NOT_XML = "something that is not XML"
    OTHER_XML = "XML that is no SOAP answer"
    COMPRESSED = "a compressed answer, which was not asked for"
    TOO_LARGE = "an answer that is too large or too deep"
    DTD = "XML with a document type declaration, which may hide entities"
    ENCODING = "text in another encoding than it says"
    NO_ROWS = "text where rows should be"
    BROKEN_ROWS = "rows whose XML is broken"


@dataclass(frozen=True)
class NotSoap:
    """Whether the request was carried out cannot be told from this."""

    status: int
    what: Oddity


BROKEN = "its XML breaks off or is broken"


@dataclass(frozen=True)
class InDoubt:
    """Sent, and no whole answer came: it may have been carried out."""

    what: str


@dataclass(frozen=True)
class NotSent:
    """Nothing reached Xledger: trying again is safe."""

    what: str


@dataclass(frozen=True)
class NoResult:
    """A SOAP answer without a usable result: whether the request was carried out cannot be told."""

    operation: str


Failure = Faulted | LogonRefused | NotSoap | InDoubt | NotSent | NoResult
UploadOutcome = Accepted | Refused | Failure


class CallFailed(SyncError):
    """Calls that give a value raise this; an upload returns the failure itself."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(_sentence(failure))
        self.failure = failure

    @property
    def key_refused(self) -> bool:
        return isinstance(self.failure, Faulted) and self.failure.key_refused


def _sentence(failure: Failure) -> str:
    match failure:
        case Faulted(text):
            return f"Xledger answered with a fault: {text}"
        case LogonRefused(text):
            return f"Xledger refused the logon: {text}"
        case NotSoap(status, what):
            return f"Xledger answered HTTP {status} with {what}"
        case InDoubt(what):
            return f"Xledger did not answer to the end: {what}"
        case NotSent(what):
            return f"Xledger was not reached: {what}"
        case NoResult(operation):
            return f"Xledger's answer to {operation} has no usable result"
