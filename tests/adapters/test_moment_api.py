"""Asking Moment for a customer whose event has not come."""

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

import pytest
import requests

from moment_xledger.adapters.moment_api import MomentApi
from moment_xledger.domain.companies import CompanyId, Token
from moment_xledger.domain.errors import Unreachable
from tests.builders import a_customer

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
    found = moment.customer(NORDVIK, KEY, "7")
    assert found is not None
    assert found.number == "7"
    assert [path.partition("?")[0] for path, _ in Answers.asked] == [
        "/api/1.0/companies/nordvik/customers"
    ] * 2
    assert all(authorization.startswith("Basic ") for _, authorization in Answers.asked)


def test_a_customer_that_moment_does_not_have_is_none(moment: MomentApi) -> None:
    Answers.pages = [page(HUNDRED, 100)]
    assert moment.customer(NORDVIK, KEY, "7") is None
    assert len(Answers.asked) == 1


def test_a_customer_that_would_not_pass_as_an_event_is_none(moment: MomentApi) -> None:
    Answers.pages = [page([a_customer("7", name="")["data"]], 1)]
    assert moment.customer(NORDVIK, KEY, "7") is None


@pytest.mark.parametrize(
    "answer",
    [(500, b"<html>"), (401, b""), (404, b"{}"), (200, b"<html>"), (200, b"[]"), (200, b'{"content": null}')],
)
def test_no_usable_answer_means_later_and_tells_no_secret(
    moment: MomentApi, answer: tuple[int, bytes]
) -> None:
    Answers.pages = [answer]
    with pytest.raises(Unreachable) as later:
        moment.customer(NORDVIK, KEY, "7")
    assert KEY.secret not in str(later.value)
    assert "127.0.0.1" not in str(later.value)


def test_nobody_at_the_address_means_later() -> None:
    with requests.Session() as session, pytest.raises(Unreachable):
        MomentApi(session, "http://127.0.0.1:9/api/1.0").customer(NORDVIK, KEY, "7")
