"""Uploads the file of one export: a second look, bytes, intent, call, outcome.

Read each step as: whoever dies here leaves either a
file that is still to be sent, or one that a person is asked about. None goes twice by itself."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from moment_xledger.domain import uploads
from moment_xledger.domain.companies import Company, CompanyId, SoapLogin
from moment_xledger.domain.errors import Conflict, FileDiffers, GateClosed
from moment_xledger.domain.exports import Export
from moment_xledger.domain.problems import Code, Problem
from moment_xledger.domain.seen_invoices import InXledger, handed_over, is_looked_for
from moment_xledger.domain.soap_outcomes import UploadOutcome
from moment_xledger.domain.uploads import WAITS_FOR_A_PERSON, Finding, State, Upload
from moment_xledger.flows.fetch_file import Shelf, read_file
from moment_xledger.flows.look_for_invoices import AT_LEAST, look_for, make_anew, take_apart
from moment_xledger.flows.recheck_file import count_unsound

if TYPE_CHECKING:
    from moment_xledger.adapters.files import Files
    from moment_xledger.adapters.ledger import Ledger
    from moment_xledger.adapters.secrets import Vault


NEEDED = ("owner_code", "import_code", "soap_user")  # settings that an upload cannot do without


class Import(Protocol):
    """Xledger's file import, opened with a company's login."""

    def upload(self, file_name: str, content: bytes, import_code: str, owner_code: int) -> UploadOutcome: ...


@dataclass(frozen=True)
class Uploader:
    """What a run needs of the world.

    `tell` wakes the notification of the accountant, `export` starts an export. `in_xledger` reads the invoices that a
    company has in Xledger about some dates, and those staged since a time; it raises `GateClosed`.
    """

    ledger: "Ledger"
    vault: "Vault"
    files: "Files"
    open_import: Callable[[Company, SoapLogin], Import]
    in_xledger: Callable[[Company, Collection[date], datetime], InXledger]
    tell: Callable[[CompanyId], None]
    export: Callable[[CompanyId, str, str], None]
    clock: Callable[[], datetime]


@dataclass(frozen=True)
class Run:
    company: Company
    uploader: Uploader

    def save(self, upload: Upload, finding: Finding | None = None) -> Upload:
        """Told before it is written down: nothing waits for a person that nobody was told of."""
        if finding:
            self._report(finding)
        is_over = upload.state not in (State.PENDING, State.SENDING)
        is_open = upload.state not in WAITS_FOR_A_PERSON  # closed when nothing is left to do
        if not is_over or upload.is_told:
            return self.uploader.ledger.uploads.save(upload, is_open=is_open)
        told = replace(upload, is_told=True)
        saved = self.uploader.ledger.uploads.save(told, is_open=is_open, tell_at=self.uploader.clock())
        self.uploader.tell(self.company.id)
        return saved

    def _report(self, finding: Finding) -> None:
        now = self.uploader.clock()
        problem = Problem(
            self.company.id,
            finding.kind,
            finding.number,
            finding.code,
            finding.details,
            finding.their_words,
            first_seen=now,
            last_seen=now,
        )
        self.uploader.ledger.problems.report([problem])


class Outcome(StrEnum):
    UPLOADED = "uploaded"
    TIDIED = "tidied"  # it was done before, but for the last step
    SEEN = "seen"  # all its invoices are in Xledger
    NOT_SEEN = "not seen"  # not yet, or not all of them
    TAKEN_APART = "taken apart"
    OVERTAKEN = "overtaken"  # some of it was no longer right
    LEFT_BEHIND = "left behind"  # by a worker that died while it sent it
    REFUSED = "refused"
    IN_DOUBT = "in doubt"
    DELAYED = "delayed"
    LOGIN_REFUSED = "login refused"
    SETTING_MISSING = "setting missing"
    FILE_DIFFERS = "file differs"
    CHANGED = "changed"  # somebody else is sending it, or decided meanwhile


@dataclass(frozen=True)
class Parcel:
    """All that a call needs."""

    file_name: str
    content: bytes
    import_code: str
    owner_code: int
    login: SoapLogin


def upload_export(upload: Upload, run: Run) -> Outcome:
    """Of one that is due."""
    try:
        match upload.state:
            case State.PENDING:
                return _upload(upload, run)
            case State.SENDING:
                run.save(*uploads.left_behind(upload))
                return Outcome.LEFT_BEHIND
            case State.TAKEN_APART:
                return _take_apart(upload, run)
            case State.OVERTAKEN:
                make_anew(upload, run)
                return Outcome.OVERTAKEN
            case _:
                return _look(upload, run)
    except Conflict:
        return Outcome.CHANGED


def _upload(upload: Upload, run: Run) -> Outcome:
    now, company, ledger = run.uploader.clock(), run.company, run.uploader.ledger
    if not company.file.can_be_written:  # here; a newer release, which brought the format, hands it over
        run.save(uploads.later(upload, now))
        return Outcome.DELAYED
    unsound = count_unsound(upload, _export(upload, run), company, ledger, now)
    if unsound is not None:  # written down first: whoever comes next does not hand it over either
        make_anew(run.save(uploads.overtaken(upload, unsound, now)), run)
        return Outcome.OVERTAKEN
    parcel = _parcel(upload, run)
    if isinstance(parcel, Outcome):
        return parcel
    intent = run.save(uploads.sending(upload, run.uploader.clock()))
    door = run.uploader.open_import(run.company, parcel.login)
    outcome = door.upload(parcel.file_name, parcel.content, parcel.import_code, parcel.owner_code)
    left, finding = uploads.after(intent, outcome, run.uploader.clock())
    if left.state is State.UPLOADED:
        left = handed_over(left, run.uploader.clock())
    saved = run.save(left, finding)
    if saved.state is State.UPLOADED:
        _tidy(saved, run)
    return _outcome(saved, finding)


def _look(upload: Upload, run: Run) -> Outcome:
    """For its invoices in Xledger. One that an earlier release handed over, or a person spoke for, is only tidied."""
    if not is_looked_for(upload):
        _tidy(upload, run)
        run.uploader.ledger.uploads.close(upload)
        return Outcome.TIDIED
    if upload.looks == 0:  # the worker that handed it over may have died before it did
        _tidy(upload, run)
    return Outcome.SEEN if look_for(upload, run).arrived else Outcome.NOT_SEEN


def _take_apart(upload: Upload, run: Run) -> Outcome:
    try:
        take_apart(upload, run)
    except GateClosed as closed:
        run.save(replace(upload, again=max(closed.until, run.uploader.clock() + AT_LEAST)))
        return Outcome.DELAYED
    return Outcome.TAKEN_APART


def _outcome(upload: Upload, finding: Finding | None) -> Outcome:
    if finding and finding.code is Code.SOAP_LOGIN_REFUSED:
        return Outcome.LOGIN_REFUSED
    return {
        State.UPLOADED: Outcome.UPLOADED,
        State.REFUSED: Outcome.REFUSED,
        State.UNCERTAIN: Outcome.IN_DOUBT,
    }.get(upload.state, Outcome.DELAYED)


def _parcel(upload: Upload, run: Run) -> Parcel | Outcome:
    """Or why there is none; then that is written down."""
    export, company = _export(upload, run), run.company
    login = run.uploader.vault.soap_login(company)
    code = uploads.import_code(company, export.terms.settings.format)
    if company.owner_code is None or code is None or login is None:
        missing = "owner_code" if company.owner_code is None else "soap_user" if code else "import_code"
        run.save(*uploads.setting_missing(upload, missing, run.uploader.clock()))
        return Outcome.SETTING_MISSING
    size = run.uploader.files.size(export.folder + export.file_name())
    if size > uploads.MOST_BYTES:  # not even read: it may be larger than memory
        run.save(*uploads.too_large(upload, size))
        return Outcome.REFUSED
    try:
        content = read_file(export, Shelf(run.uploader.ledger, run.uploader.files, run.uploader.clock))
    except FileDiffers:  # of which the operator has heard; it goes when the file is put back
        run.save(uploads.later(upload, run.uploader.clock()))
        return Outcome.FILE_DIFFERS
    if len(content) > uploads.MOST_BYTES:  # it was lost, and is made again
        run.save(*uploads.too_large(upload, len(content)))
        return Outcome.REFUSED
    return Parcel(export.file_name(), content, code, company.owner_code, login)


def _export(upload: Upload, run: Run) -> Export:
    found = run.uploader.ledger.exports.get(run.company.id, upload.export)
    if found is None:
        raise LookupError(f"export {upload.export} of {run.company.id} has an upload, but is not there")
    return found


def _tidy(upload: Upload, run: Run) -> None:
    """What was said of it while it waited is over."""
    problems, company = run.uploader.ledger.problems, run.company.id
    problems.close(company, [(uploads.EXPORT, upload.number)], (*uploads.REASONS, Code.FILE_DIFFERS))
    problems.close(company, [(uploads.SETTINGS, uploads.LOGIN)], [Code.SOAP_LOGIN_REFUSED])
    fields = [(uploads.SETTINGS, name) for name in NEEDED]
    problems.close(company, fields, [Code.UPLOAD_SETTING_MISSING])
