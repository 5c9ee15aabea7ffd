"""Handing an export's file to Xledger's import, and what has become of it.

An import cannot be asked whether it has a file. So that one is about to be sent is written down first: whoever finds
that left behind does not know whether it went, and lets a person say. An upload belongs to the invoices, not to the
file: a better file of the same invoices goes in place of a refused one, never beside it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from moment_xledger.domain.companies import Company, CompanyId
from moment_xledger.domain.files.settings import FileFormat
from moment_xledger.domain.problems import Code
from moment_xledger.domain.soap_outcomes import (
    Accepted,
    Faulted,
    InDoubt,
    LogonRefused,
    NoResult,
    NotSent,
    NotSoap,
    Refused,
    UploadOutcome,
)

# In base64 and with its envelope still under 9 MB, which is all that is assumed of Xledger's service.
MOST_BYTES = 6_500_000
IN_WORK = timedelta(minutes=10)  # longer than a function may run: after that nobody is sending it any more
FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=1)
PATIENCE = (
    5  # so many times Xledger may be out of reach before a person hears of it; it goes on trying all the same
)
READY_MADE = {FileFormat.AR10: "AR10", FileFormat.GL02B: "GL02b"}  # imports that every Xledger has

SETTINGS, EXPORT, LOGIN = "settings", "export", "soap"  # what a problem is about

REASONS = (
    Code.UPLOAD_REFUSED,
    Code.UPLOAD_FAULT,
    Code.UPLOAD_TOO_LARGE,
    Code.UPLOAD_UNREADABLE,
    Code.UPLOAD_UNCERTAIN,
    Code.UPLOAD_UNREACHABLE,
    Code.UPLOAD_NOT_SEEN,
    Code.UPLOAD_SEEN_IN_PART,
    Code.UPLOAD_CANNOT_BE_SEEN,
)


class State(StrEnum):
    PENDING = "pending"
    SENDING = "sending"  # about to be sent, or sent: only the worker that wrote this knows
    UPLOADED = "uploaded"  # handed over: the import took the file; `arrived` says that its invoices were seen
    REFUSED = "refused"  # surely not taken, and not sent again until a person says so
    TAKEN_APART = "taken apart"  # refused as a whole: its invoices go one by one as they are found sound
    # Surely not taken, and no longer right when it was to be handed over: its invoices go in a new file.
    OVERTAKEN = "overtaken"
    UNCERTAIN = "uncertain"  # it may have been taken: a person says


class Choice(StrEnum):
    SEND_AGAIN = "send again"
    IT_ARRIVED = "it arrived"
    TAKE_APART = "take it apart"


NOT_TAKEN = (State.PENDING, State.REFUSED, State.OVERTAKEN)  # for certain, so far
WAITS_FOR_A_PERSON = (State.REFUSED, State.UNCERTAIN)


@dataclass(frozen=True)
class Upload:
    """Of the members of export `members_of`, with the file of `export`. Not looked at before `again`.

    `attempts` counts how often it was about to be sent, `tries` what went wrong since. `is_told`: whoever reads the
    mail about this export has heard of it, or nobody is to.
    """

    company: CompanyId
    members_of: int
    export: int
    again: datetime
    state: State = State.PENDING
    attempts: int = 0
    tries: int = 0
    file_key: int | None = (
        None  # Xledger's own number of the file; None also where a person said that it arrived
    )
    reason: Code | None = None  # of `WAITS_FOR_A_PERSON`
    handed_over: datetime | None = None  # when the import took the file
    looks: int = 0  # for its invoices in Xledger
    seen: int = 0  # of its invoices, at the last look
    is_blind: bool = False  # the token may not read them, so nobody can know
    unsound: int = 0  # invoices that may not leave, in a file that was overtaken
    arrived: datetime | None = None  # when all of them were seen, or a person said that they are there
    is_told: bool = False
    rev: int = 0

    @property
    def number(self) -> str:
        """By which a person knows it."""
        return str(self.export)

    def is_due(self, now: datetime) -> bool:
        return self.again <= now


@dataclass(frozen=True)
class Finding:
    """What a person is told. `number` is an export's, or the name of a setting."""

    code: Code
    kind: str
    number: str
    details: Mapping[str, str] = field(default_factory=dict)
    their_words: str = ""


def wait_before(tries: int) -> timedelta:
    """Doubles with each failure, up to an hour."""
    return min(FIRST_WAIT * (1 << min(tries - 1, 10)), LONGEST_WAIT)


def sending(upload: Upload, now: datetime) -> Upload:
    return replace(upload, state=State.SENDING, attempts=upload.attempts + 1, again=now + IN_WORK)


def later(upload: Upload, now: datetime) -> Upload:
    """Surely not sent: it goes by itself when the reason has passed."""
    tries = upload.tries + 1
    return replace(upload, state=State.PENDING, tries=tries, again=now + wait_before(tries))


def overtaken(upload: Upload, unsound: int, now: datetime) -> Upload:
    """Nobody gets a mail about it: there is nothing to do."""
    return replace(
        upload, state=State.OVERTAKEN, unsound=unsound, tries=0, again=now, reason=None, is_told=True
    )


def uploaded(upload: Upload, file_key: int | None) -> Upload:
    return replace(upload, state=State.UPLOADED, file_key=file_key, tries=0, reason=None)


def waiting_for_a_person(upload: Upload, state: State, reason: Code) -> Upload:
    return replace(upload, state=state, reason=reason)


def pending_again(upload: Upload, export: int, now: datetime) -> Upload:
    """With this export's file, by a person's word."""
    return replace(
        upload,
        state=State.PENDING,
        export=export,
        tries=0,
        again=now,
        file_key=None,
        reason=None,
        handed_over=None,
        looks=0,
        seen=0,
    )


def decided(upload: Upload, choice: Choice, file_key: int | None, now: datetime) -> Upload:
    """What a person's word makes of it. Raises `ValueError` where there is nothing to decide."""
    unseen = upload.state is State.UPLOADED and upload.arrived is None
    if upload.state not in WAITS_FOR_A_PERSON and not unseen:
        raise ValueError(f"export {upload.number}: its upload is {upload.state}; there is nothing to decide")
    if choice is Choice.IT_ARRIVED:
        key = upload.file_key if file_key is None else file_key
        return replace(uploaded(upload, key), arrived=now)
    if choice is Choice.TAKE_APART:
        return replace(upload, state=State.TAKEN_APART, tries=0, again=now, reason=None)
    if unseen:
        raise ValueError(f"export {upload.number}: its file was taken; sent again it could be there twice")
    return pending_again(upload, upload.export, now)


def after(upload: Upload, outcome: UploadOutcome, now: datetime) -> tuple[Upload, Finding | None]:
    """What a call's outcome makes of it, and what a person must hear.

    A web page may stand before the service or come when all was done, so it is in doubt like a time-out, but told
    apart from it: the one is a wrong address or a gateway, the other a slow day.
    """
    match outcome:
        case Accepted(file_key):
            return uploaded(upload, file_key), None
        case Refused():
            return _waits(upload, State.REFUSED, Code.UPLOAD_REFUSED)
        case LogonRefused() | Faulted(key_refused=True):
            return later(upload, now), Finding(Code.SOAP_LOGIN_REFUSED, SETTINGS, LOGIN)
        case Faulted(text):
            return _waits(upload, State.REFUSED, Code.UPLOAD_FAULT, text)
        case NotSoap(status, what):
            return _waits(upload, State.UNCERTAIN, Code.UPLOAD_UNREADABLE, f"HTTP {status}: {what}")
        case InDoubt() | NoResult():
            return _waits(upload, State.UNCERTAIN, Code.UPLOAD_UNCERTAIN)
        case NotSent():
            waiting = later(upload, now)
            told = Finding(Code.UPLOAD_UNREACHABLE, EXPORT, upload.number)
            return waiting, told if waiting.tries >= PATIENCE else None


def _waits(upload: Upload, state: State, code: Code, words: str = "") -> tuple[Upload, Finding]:
    finding = Finding(code, EXPORT, upload.number, their_words=words)
    return waiting_for_a_person(upload, state, code), finding


def left_behind(upload: Upload) -> tuple[Upload, Finding]:
    """By a worker that died while it sent it."""
    return _waits(upload, State.UNCERTAIN, Code.UPLOAD_UNCERTAIN)


def too_large(upload: Upload, size: int) -> tuple[Upload, Finding]:
    """Not split: an export is one file with one number and one checksum, for ever."""
    limits = {"size": _megabytes(size), "limit": _megabytes(MOST_BYTES)}
    finding = Finding(Code.UPLOAD_TOO_LARGE, EXPORT, upload.number, limits)
    return waiting_for_a_person(upload, State.REFUSED, Code.UPLOAD_TOO_LARGE), finding


def _megabytes(size: int) -> str:
    return f"{size // 1_000_000}.{size % 1_000_000 // 100_000}"


def setting_missing(upload: Upload, name: str, now: datetime) -> tuple[Upload, Finding]:
    return later(upload, now), Finding(Code.UPLOAD_SETTING_MISSING, SETTINGS, name, {"field": name})


def import_code(company: Company, format_: FileFormat) -> str | None:
    """Which import of Xledger's takes the file, as the settings are now: a wrong one is put right there."""
    return company.import_code or READY_MADE.get(format_)
