"""Invoices as PDF from Moment's API. The address `invoices/{id}/pdf` is assumed: no public description was found."""

import time
from collections.abc import Callable
from datetime import timedelta
from http import HTTPStatus

import requests
from urllib3.exceptions import HTTPError

from moment_xledger.adapters.http_deadlines import within
from moment_xledger.adapters.moment_answers import refuses_the_key
from moment_xledger.domain.companies import CompanyId, Token
from moment_xledger.domain.problems import Code

MOST_BYTES = 10 * 1024 * 1024
LONGEST = timedelta(seconds=30)  # for the whole of it, however slowly it drips
CONNECT = timedelta(seconds=5)
SILENCE = timedelta(seconds=15)  # between two pieces
PIECE = 64 * 1024
END = 1024  # the mark of the end stands within the last so many bytes

REFUSALS: dict[int, Code] = {
    HTTPStatus.NOT_FOUND: Code.PDF_MISSING,
    HTTPStatus.GONE: Code.PDF_MISSING,
}


class MomentPdfs:
    """`clock` counts seconds."""

    def __init__(
        self,
        session: requests.Session,
        url: str,
        clock: Callable[[], float] = time.monotonic,
        longest: timedelta = LONGEST,
    ) -> None:
        self._session, self._longest = session, longest
        self._url = url.rstrip("/")
        self._clock = clock

    def get(self, company: CompanyId, key: Token, invoice_id: int) -> bytes | Code:
        """The PDF, whole; else why there is none."""
        until = self._clock() + self._longest.total_seconds()
        try:
            with (
                within(self._longest, self._session),
                self._ask(f"{self._url}/companies/{company}/invoices/{invoice_id}/pdf", key) as answer,
            ):
                if refuses_the_key(answer):
                    return Code.MOMENT_KEY_REFUSED
                if answer.status_code != HTTPStatus.OK:
                    return REFUSALS.get(answer.status_code, Code.PDF_UNREACHABLE)
                return self._read(answer, until)
        except (requests.RequestException, HTTPError):
            return Code.PDF_UNREACHABLE

    def _ask(self, url: str, key: Token) -> requests.Response:
        return self._session.get(
            url,
            auth=("apikey", key.secret),
            headers={"Accept": "application/pdf", "Accept-Encoding": "identity"},
            timeout=(CONNECT.total_seconds(), SILENCE.total_seconds()),
            allow_redirects=False,
            stream=True,
        )

    def _read(self, answer: requests.Response, until: float) -> bytes | Code:
        """Whatever has come is taken at once, so that a slow drip cannot hold us beyond our time."""
        if answer.headers.get("Content-Type", "").partition(";")[0].strip().lower() != "application/pdf":
            return Code.PDF_NOT_PDF
        content = bytearray()
        while piece := answer.raw.read1(PIECE):
            content += piece
            if len(content) > MOST_BYTES:
                return Code.PDF_TOO_LARGE
            if self._clock() > until:
                return Code.PDF_UNREACHABLE
        return bytes(content) if is_pdf(content) else Code.PDF_NOT_PDF


def is_pdf(content: bytes | bytearray) -> bool:
    """Begins and ends as one; what is between is for whoever opens it."""
    return content.startswith(b"%PDF-") and b"%%EOF" in content[-END:]
