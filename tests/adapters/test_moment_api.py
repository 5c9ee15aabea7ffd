"""Asking Moment for a customer whose event has not come."""

import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs

import pytest
import requests

from moment_xledger.adapters.moment_answers import refuses_the_key
from moment_xledger.adapters.moment_api import MomentApi
from moment_xledger.domain.companies import CompanyId, Token
from moment_xledger.domain.errors import KeyRefused, Unreachable, UnusableAnswer
from moment_xledger.domain.kinds import Kind
from tests.builders import a_customer, a_project, an_invoice

NORDVIK, KEY = CompanyId("nordvik"), Token("key-of-nordvik")
HUNDRED = [a_customer(f"1{n:03}7")["data"] for n in range(100)]


class Answers(BaseHTTPRequestHandler):
    """Says what it was told to, page by page, and remembers what it was asked."""

    pages: list[tuple[int, bytes]]
    asked: list[tuple[str, str]]

    def do_GET(self) -> None:
        self.asked.append((self.path, self.headers.get("Authorization", "")))
        status, body = self.pages[min(len(self.asked), len(self.pages)) - 1]
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        return


@pytest.fixture
def moment() -> Iterator[MomentApi]:
    Answers.asked = []
    server = HTTPServer(("127.0.0.1", 0), Answers)
    thread = Thread(target=server.serve_forever)
    thread.start()
    with requests.Session() as session:
        yield MomentApi(session, f"http://127.0.0.1:{server.server_port}/api/1.0")
    server.shutdown()
    thread.join()
    server.server_close()


def page(content: list[Any], total: int) -> tuple[int, bytes]:
    return 200, json.dumps({"content": content, "page": {"totalElements": total}}).encode()


def test_the_customer_of_exactly_this_number_is_found_also_on_a_later_page(moment: MomentApi) -> None:
    Answers.pages = [page(HUNDRED, 101), page([a_customer("7")["data"]], 101)]
    found = moment.record(NORDVIK, KEY, Kind.CUSTOMER, "7")
    assert found is not None
    assert found.number == "7"
    assert [path.partition("?")[0] for path, _ in Answers.asked] == [
        "/api/1.0/companies/nordvik/customers"
    ] * 2
    assert all(authorization.startswith("Basic ") for _, authorization in Answers.asked)


def test_a_customer_that_moment_does_not_have_is_none(moment: MomentApi) -> None:
    Answers.pages = [page(HUNDRED, 100)]
    assert moment.record(NORDVIK, KEY, Kind.CUSTOMER, "7") is None
    assert len(Answers.asked) == 1


def test_many_are_read_by_their_ids_in_one_request(moment: MomentApi) -> None:
    """One that would not pass as an event, and one that was not asked for, are left out."""
    wanted = [a_customer("17", id=17)["data"], a_customer("18", id=18, name="")["data"]]
    Answers.pages = [page([*wanted, a_customer("99", id=99)["data"]], 3)]
    found = moment.records(NORDVIK, KEY, Kind.CUSTOMER, [17, 18, 19])
    assert {id_: each.number for id_, each in found.items()} == {17: "17"}
    ((path, _),) = Answers.asked
    assert parse_qs(path.partition("?")[2])["ids"] == ["17,18,19"]


def test_a_customer_that_would_not_pass_as_an_event_is_there_and_of_no_use(moment: MomentApi) -> None:
    Answers.pages = [page([a_customer("7", name="")["data"]], 1)]
    with pytest.raises(UnusableAnswer):
        moment.record(NORDVIK, KEY, Kind.CUSTOMER, "7")


def test_a_project_is_found_by_its_number(moment: MomentApi) -> None:
    Answers.pages = [page([a_project("P-77")["data"], a_project("P-7")["data"]], 2)]
    found = moment.record(NORDVIK, KEY, Kind.PROJECT, "P-7")
    assert found is not None
    assert (found.kind, found.number) == (Kind.PROJECT, "P-7")


@pytest.mark.parametrize(
    "answer",
    [(500, b"<html>"), (401, b""), (404, b"{}"), (200, b"<html>"), (200, b"[]"), (200, b'{"content": null}')],
)
def test_no_usable_answer_means_later_and_tells_no_secret(
    moment: MomentApi, answer: tuple[int, bytes]
) -> None:
    Answers.pages = [answer]
    with pytest.raises(Unreachable) as later:
        moment.record(NORDVIK, KEY, Kind.CUSTOMER, "7")
    assert KEY.secret not in str(later.value)
    assert "127.0.0.1" not in str(later.value)


def test_nobody_at_the_address_means_later() -> None:
    with requests.Session() as session, pytest.raises(Unreachable):
        MomentApi(session, "http://127.0.0.1:9/api/1.0").record(NORDVIK, KEY, Kind.CUSTOMER, "7")


class TestInvoicesThatWereChanged:
    since = datetime(2026, 11, 19, 4, 0, tzinfo=UTC)

    def test_are_asked_for_page_by_page_in_an_order_that_new_ones_do_not_disturb(
        self, moment: MomentApi
    ) -> None:
        invoices = [an_invoice(number)["data"] for number in range(1, 131)]
        Answers.pages = [page(some, 130) for some in (invoices[:50], invoices[50:100], invoices[100:])]
        pages = list(moment.invoice_pages(NORDVIK, KEY, self.since))
        assert [len(each) for each in pages] == [50, 50, 30]
        asked = [parse_qs(path.partition("?")[2]) for path, _ in Answers.asked]
        assert [each["page"] for each in asked] == [["1"], ["2"], ["3"]]
        assert {each["lastModifiedDateFrom"][0] for each in asked} == {"2026-11-19T04:00:00Z"}
        assert {each["sort"][0] for each in asked} == {"id,asc"}

    def test_none_is_an_answer(self, moment: MomentApi) -> None:
        Answers.pages = [page([], 0)]
        assert list(moment.invoice_pages(NORDVIK, KEY, self.since)) == [[]]

    def test_a_list_that_ends_early_is_no_complete_one(self, moment: MomentApi) -> None:
        Answers.pages = [page([an_invoice(1)["data"]], 2), page([], 2)]
        with pytest.raises(Unreachable, match="ends before"):
            list(moment.invoice_pages(NORDVIK, KEY, self.since))


@pytest.mark.parametrize("status", [401, 403])
@pytest.mark.parametrize(
    "body",
    [b"", b"<html>", b'{"message": "Forbidden"}', b'["error"]', b'"error"', b"\xff", b"[" * 5_000, b"{}"],
)
def test_a_refusal_that_is_not_in_moments_form_says_nothing_of_the_key(
    moment: MomentApi, status: int, body: bytes
) -> None:
    Answers.pages = [(status, body)]
    with pytest.raises(Unreachable) as later:
        moment.accepts(NORDVIK, KEY)
    assert not isinstance(later.value, KeyRefused)
    assert f"HTTP {status}" in str(later.value)


@pytest.mark.parametrize("status", [401, 403])
@pytest.mark.parametrize("body", [b'{"status": 401, "path": "/x"}', b'{"error": "Forbidden"}'])
def test_moments_own_refusal_is_one_of_the_key(moment: MomentApi, status: int, body: bytes) -> None:
    Answers.pages = [(status, body)]
    assert not moment.accepts(NORDVIK, KEY)


@pytest.mark.parametrize(
    ("kind", "asks", "is_refused"),
    [
        ("text/plain", 'Basic realm="Moment"', True),
        ("text/html; charset=utf-8", 'Basic realm="proxy"', False),
        ("text/plain", "NTLM", False),
    ],
)
def test_a_question_for_a_login_is_a_refusal_unless_it_is_a_page(
    kind: str, asks: str, is_refused: bool
) -> None:
    answer = requests.Response()
    answer.status_code, answer.raw = 401, io.BytesIO(b"No.")
    answer.headers.update({"Content-Type": kind, "WWW-Authenticate": asks})
    assert refuses_the_key(answer) is is_refused
