"""Xledger over SOAP for one company: logon, test, upload, export."""

import html
import re
from collections.abc import Callable, Container, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import TypeVar

from moment_xledger.adapters.xledger_soap.assumed import assumed
from moment_xledger.adapters.xledger_soap.envelopes import text_result
from moment_xledger.adapters.xledger_soap.exports import read_cells, read_rows
from moment_xledger.adapters.xledger_soap.filters import modified
from moment_xledger.adapters.xledger_soap.posting import Answer, Line, post
from moment_xledger.adapters.xledger_soap.services import (
    AUTHENTICATION,
    FILE_UPLOAD,
    Service,
    Version,
    export,
    request,
)
from moment_xledger.domain.companies import SoapLogin
from moment_xledger.domain.posted_lines import BadRow, Row
from moment_xledger.domain.soap_outcomes import (
    Accepted,
    CallFailed,
    Failure,
    Faulted,
    LogonRefused,
    NoResult,
    NotSent,
    Refused,
    UploadOutcome,
)

T = TypeVar("T")
LONGEST_FAULT = 500


class XledgerSoap:
    """
    Every call uses the configured logon key; where none is configured, one is fetched. A key that Xledger refuses
    is renewed once, handed to `keep_key` for storing, and the call repeated once.
    """

    def __init__(
        self,
        login: SoapLogin,
        line: Line,
        *,
        keep_key: Callable[[str], None] = lambda key: None,
        version: Version | None = None,
    ) -> None:
        """`version`: of SOAP, instead of the one that each service is known to take."""
        self._given = self._login = login
        self._line = line
        self._keep_key = keep_key
        self._version = version
        self.names: Mapping[
            str, str
        ] = {}  # of the Export service, where a probe has found others than are assumed

    @property
    def line(self) -> Line:
        return self._line

    def logon(self) -> str:
        """A new key. Raises `CallFailed`, with `LogonRefused` if user and password are."""
        who = {"sLogonID": self._login.user, "sPassword": self._login.password}
        try:
            key = self._ask(
                AUTHENTICATION, "LogonKey", text_result, **who, sApplication=self._line.host.application
            )
        except CallFailed as failed:
            raise CallFailed(_refused_logon(failed)) from None
        if not key:
            raise CallFailed(LogonRefused("no key in the answer"))
        self._login = replace(self._login, logon_key=key)
        self._keep_key(key)
        return key

    def authenticate(self) -> bool:
        """Whether Xledger takes user, password and key; changes nothing there. Raises `CallFailed` otherwise."""
        try:
            key = self._login.logon_key
            return (key is not None and self._accepts(key)) or self._accepts(self.logon())
        except CallFailed as failed:
            if isinstance(failed.failure, LogonRefused):
                return False
            raise

    def upload(self, file_name: str, content: bytes, import_code: str, owner_code: int) -> UploadOutcome:
        """Hands a file to Xledger's import. Raises nothing that Xledger or the net can cause."""

        def receive(key: str) -> UploadOutcome:
            try:
                result = self._ask(
                    FILE_UPLOAD,
                    "ReceiveFile",
                    text_result,
                    **self._opening(key),
                    sFileName=file_name,
                    aFile=content,
                    sImportCode=import_code,
                    iEntityCode=owner_code,
                )
            except CallFailed as failed:
                if failed.key_refused:
                    raise
                return failed.failure
            return _file_key(result)

        try:
            return self._with_key(receive)
        except CallFailed as failed:
            # Either Xledger refused a second key too, or it was the logon that failed: no file was taken.
            if isinstance(failed.failure, Faulted | LogonRefused):
                return failed.failure
            return NotSent(f"no logon key: {failed}")

    def transactions(
        self,
        operation: str,
        filter_: str,
        owner_code: int,
        accounts: Container[str] | None = None,
    ) -> Iterator[Row | BadRow]:
        """
        `operation`: posted_lines or supplier_lines. The whole answer is here, on disk, when this returns; rows are
        read from it as they are asked for. Raises `CallFailed`, also in the middle if the answer's XML is broken.
        """
        return self._export(operation, filter_, owner_code, partial(read_rows, accounts=accounts))

    def cells(self, operation: str, filter_: str, owner_code: int) -> Iterator[dict[str, str]]:
        """As `transactions`, each row as it came."""
        return self._export(operation, filter_, owner_code, read_cells)

    def _export(
        self, operation: str, filter_: str, owner_code: int, read: Callable[[Answer, str], Iterator[T]]
    ) -> Iterator[T]:
        known = assumed()
        name = self._named(known.operations[operation])

        def ask(key: str) -> Iterator[T]:
            values = {
                **known.values,
                "user": self._login.user,
                "key": key,
                "application": self._line.host.application,
            }
            fields: dict[str, object] = {
                known.parameters[meaning]: value for meaning, value in values.items()
            }
            fields[known.parameters["filter"]] = filter_
            fields[known.parameters["owner_code"]] = owner_code
            named = {self._named(field): value for field, value in fields.items()}
            return self._ask(export(), name, read, **named)

        return self._with_key(ask)

    def changed(
        self,
        operation: str,
        owner_code: int,
        after: datetime,
        until: datetime | None = None,
        accounts: Container[str] | None = None,
    ) -> Iterator[Row | BadRow]:
        """`transactions` that were changed later than `after`, not later than `until`. `accounts`: see `read_row`."""
        return self.transactions(operation, modified(after, until), owner_code, accounts)

    def _named(self, name: str) -> str:
        return self.names.get(name, name)

    def _with_key(self, ask: Callable[[str], T]) -> T:
        if self._login.logon_key is None:
            return ask(self.logon())
        try:
            return ask(self._login.logon_key)
        except CallFailed as failed:
            if not failed.key_refused:
                raise
        return ask(self.logon())

    def _accepts(self, key: str) -> bool:
        try:
            said = self._ask(FILE_UPLOAD, "AuthenticateConnection", text_result, **self._opening(key))
        except CallFailed as failed:
            if failed.key_refused:
                return False
            raise
        if said not in ("true", "false", "1", "0"):
            raise CallFailed(NoResult("AuthenticateConnection"))
        return said in ("true", "1")

    def _opening(self, key: str) -> dict[str, str]:
        return {"sUserName": self._login.user, "sKey": key, "sApplication": self._line.host.application}

    def _ask(self, service: Service, operation: str, read: Callable[[Answer, str], T], **fields: object) -> T:
        try:
            return read(
                post(
                    self._line,
                    request(
                        service,
                        operation,
                        self._version or service.version,
                        tuple(sorted(self.names.items())) if service == export() else (),
                        **fields,
                    ),
                ),
                operation,
            )
        except CallFailed as failed:
            raise CallFailed(self._without_secrets(failed.failure)) from None

    def _without_secrets(self, failure: Failure) -> Failure:
        """Xledger's own words may repeat what it was sent."""
        if not isinstance(failure, Faulted):
            return failure
        text = failure.text
        secrets = filter(None, (self._login.password, self._login.logon_key, self._given.logon_key))
        for spelling in sorted({s for secret in secrets for s in _spellings(secret)}, key=len, reverse=True):
            text = text.replace(spelling, "…")
        return replace(failure, text=text[:LONGEST_FAULT])


def _refused_logon(failed: CallFailed) -> Failure:
    match failed.failure:
        case Faulted(text):
            return LogonRefused(text)
        case NoResult():
            return LogonRefused("no key in the answer")
        case other:
            return other


def _spellings(secret: str) -> set[str]:
    """As it was sent, and as it may come back: escaped once more, runs of spaces made one."""
    return {" ".join(secret.split()), " ".join(html.escape(secret).split())}


def _file_key(result: str) -> UploadOutcome:
    if not re.fullmatch("[0-9]{1,19}", result):
        return NoResult("ReceiveFile")
    return Accepted(int(result)) if int(result) else Refused()
