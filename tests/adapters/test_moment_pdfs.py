"""PDFs over HTTP: from the simulated Moment, and from servers that send whatever a bad day brings."""

import itertools
from collections.abc import Callable, Iterator

import pytest
import requests
from werkzeug import Request, Response

from local import serving
from local.moment import start
from local.serving import CloseConnection
from moment_xledger.adapters.moment_pdfs import MOST_BYTES, MomentPdfs
from moment_xledger.domain.companies import CompanyId, Token
from moment_xledger.domain.problems import Code
from tests.builders import an_invoice

NORDVIK, KEY = CompanyId("nordvik"), Token("key-of-nordvik")
ID = 500_101
A_PDF = b"%PDF-1.7\n" + b"content\n" * 50_000 + b"%%EOF\n"


@pytest.fixture
def session() -> Iterator[requests.Session]:
    with requests.Session() as session:
        session.trust_env = False
        yield session


@pytest.fixture
def moment() -> Iterator[str]:
    with start([an_invoice(101)], {KEY.secret: ["nordvik"], "other": []}) as running:
        yield running.url


def get(session: requests.Session, url: str, key: Token = KEY, id: int = ID) -> bytes | Code:
    return MomentPdfs(session, f"{url}/api/1.0/").get(NORDVIK, key, id)


def test_the_simulated_moment_hands_out_a_pdf(session: requests.Session, moment: str) -> None:
    got = get(session, moment)
    assert isinstance(got, bytes)
    assert got.startswith(b"%PDF-")


def test_an_invoice_that_moment_does_not_have_is_missing(session: requests.Session, moment: str) -> None:
    assert get(session, moment, id=1) is Code.PDF_MISSING


@pytest.mark.parametrize("key", ["wrong", "other"], ids=["a wrong key", "a key of another company"])
def test_a_refused_key_is_not_the_invoices_fault(session: requests.Session, moment: str, key: str) -> None:
    assert get(session, moment, Token(key)) is Code.MOMENT_KEY_REFUSED


@pytest.mark.parametrize("fault", ["503", "500", "429", "lost"])
def test_a_moment_that_fails_is_asked_later(session: requests.Session, moment: str, fault: str) -> None:
    requests.post(f"{moment}/_faults", data=fault, timeout=5)
    assert get(session, moment) is Code.PDF_UNREACHABLE
    assert isinstance(get(session, moment), bytes), "the same connection, or a new one, works again"


def test_a_moment_that_is_not_there_is_asked_later(session: requests.Session, moment: str) -> None:
    with start([], {}) as running:
        gone = running.url
    assert get(session, gone) is Code.PDF_UNREACHABLE


def answering(response: Callable[[], Response]) -> serving.Running:
    return serving.start(Request.application(lambda _: response()))


def pdf(body: bytes, content_type: str = "application/pdf") -> Callable[[], Response]:
    return lambda: Response(body, content_type=content_type)


def in_chunks() -> Response:
    return Response(iter([A_PDF[:9], A_PDF[9:]]), content_type="application/pdf")


def sent_elsewhere() -> Response:
    return Response(status=302, headers={"Location": "/login"})


def cut_off() -> Response:
    def body() -> Iterator[bytes]:
        yield A_PDF[:1000]
        raise CloseConnection

    return Response(body(), content_type="application/pdf", headers={"Content-Length": str(len(A_PDF))})


def cut_off_in_chunks() -> Response:
    response = cut_off()
    del response.headers["Content-Length"]
    return response


@pytest.mark.parametrize(
    ("response", "outcome"),
    [
        pytest.param(pdf(A_PDF), A_PDF, id="a whole PDF"),
        pytest.param(pdf(A_PDF, "Application/PDF; charset=binary"), A_PDF, id="its type spelt otherwise"),
        pytest.param(in_chunks, A_PDF, id="in chunks"),
        pytest.param(pdf(b"<html>Log in</html>", "text/html"), Code.PDF_NOT_PDF, id="a page"),
        pytest.param(pdf(b"<html>Log in</html>"), Code.PDF_NOT_PDF, id="a page that calls itself a PDF"),
        pytest.param(pdf(A_PDF, "text/html"), Code.PDF_NOT_PDF, id="a PDF that calls itself a page"),
        pytest.param(pdf(b""), Code.PDF_NOT_PDF, id="nothing"),
        pytest.param(pdf(A_PDF[:-7]), Code.PDF_NOT_PDF, id="without its end"),
        pytest.param(pdf(b"%PDF-" + b"x" * MOST_BYTES + b"%%EOF"), Code.PDF_TOO_LARGE, id="too large"),
        pytest.param(cut_off, Code.PDF_UNREACHABLE, id="cut off"),
        pytest.param(cut_off_in_chunks, Code.PDF_UNREACHABLE, id="cut off between chunks"),
        pytest.param(sent_elsewhere, Code.PDF_UNREACHABLE, id="sent elsewhere"),
        pytest.param(lambda: Response(status=410), Code.PDF_MISSING, id="gone"),
    ],
)  # fmt: skip
def test_what_comes_is_a_whole_pdf_or_a_reason(
    session: requests.Session, response: Callable[[], Response], outcome: bytes | Code
) -> None:
    with answering(response) as running:
        assert get(session, running.url) == outcome


def test_what_never_ends_is_cut_at_ten_megabytes_without_being_read_further(
    session: requests.Session,
) -> None:
    pieces = 0

    def endless() -> Iterator[bytes]:
        nonlocal pieces
        yield b"%PDF-"
        for _ in range(1000):
            pieces += 1
            yield b"x" * 64 * 1024

    with answering(lambda: Response(endless(), content_type="application/pdf")) as running:
        assert get(session, running.url) is Code.PDF_TOO_LARGE
    assert pieces < 400


def test_a_drip_that_never_ends_is_given_up_when_its_time_is_over(session: requests.Session) -> None:
    """Ten seconds pass at each look at the clock."""
    ticks = itertools.count(0, 10)

    def drip() -> Iterator[bytes]:
        for _ in range(1000):
            yield b"x"

    with answering(lambda: Response(drip(), content_type="application/pdf")) as running:
        pdfs = MomentPdfs(session, f"{running.url}/api/1.0", clock=lambda: next(ticks))
        assert pdfs.get(NORDVIK, KEY, ID) is Code.PDF_UNREACHABLE
    assert next(ticks) <= 60


def test_the_key_is_in_nothing_that_could_be_logged(session: requests.Session) -> None:
    assert KEY.secret not in repr(MomentPdfs(session, "http://127.0.0.1:1")) + repr(KEY)


@pytest.mark.parametrize("fault", ["page-401", "page-403"])
def test_the_page_of_a_firewall_is_no_refused_key(session: requests.Session, moment: str, fault: str) -> None:
    requests.post(f"{moment}/_faults", data=fault, timeout=5)
    assert get(session, moment) is Code.PDF_UNREACHABLE
    assert isinstance(get(session, moment), bytes)
