"""Our client against the simulated Xledger, which somebody else wrote from the same facts."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import requests

from local.serving import Running
from local.xledger.plan import parse_plan
from local.xledger.server import start
from local.xledger.soap.plan import PASSWORD, USER
from moment_xledger.adapters.xledger_soap.client import XledgerSoap
from moment_xledger.adapters.xledger_soap.hosts import host
from moment_xledger.adapters.xledger_soap.posting import Line
from moment_xledger.adapters.xledger_soap.services import Version
from moment_xledger.domain.companies import SoapLogin
from moment_xledger.domain.posted_lines import Row
from moment_xledger.domain.soap_outcomes import (
    Accepted,
    CallFailed,
    Faulted,
    InDoubt,
    LogonRefused,
    NotSoap,
    Oddity,
    Refused,
    UploadOutcome,
)

OWNER = 99168
LINES = 540


@pytest.fixture
def running() -> Iterator[Running]:
    with start(parse_plan({"soap": {"ledger": {"ends": "2026-11-20", "lines": LINES}}})) as running:
        yield running


@dataclass
class Xledger:
    running: Running
    kept: list[str] = field(default_factory=list)

    def client(
        self, *, version: Version = Version.SOAP_12, timeout: float = 5, **login: str | None
    ) -> XledgerSoap:
        line = Line(host("demo", self.running.url), requests.Session(), timedelta(seconds=timeout))
        given: dict[str, Any] = {"user": USER, "password": PASSWORD, "logon_key": None, **login}
        return XledgerSoap(SoapLogin(**given), line, keep_key=self.kept.append, version=version)

    def replan(self, **soap: Any) -> None:
        requests.post(f"{self.running.url}/_plan", json={"soap": soap}, timeout=5).raise_for_status()

    def state(self) -> Any:
        return requests.get(f"{self.running.url}/_state", timeout=5).json()

    def next_fault(self, what: str, only: str, seconds: float = 1) -> None:
        self.replan(scheduled=[{"what": what, "only": only, "seconds": seconds}])


@pytest.fixture
def xledger(running: Running) -> Xledger:
    return Xledger(running)


def upload(client: XledgerSoap, code: str = "AR10", owner: int = OWNER) -> UploadOutcome:
    return client.upload("blåbær.csv", "GBAT10;1;blåbær\r\n".encode(), code, owner)


@pytest.mark.parametrize("version", Version)
def test_a_file_is_uploaded_with_a_key_of_our_own_fetching(xledger: Xledger, version: Version):
    outcome = upload(xledger.client(version=version))
    (kept,) = xledger.state()["uploads"]
    assert outcome == Accepted(kept["fileKey"])
    assert (kept["fileName"], kept["importCode"], kept["entityCode"]) == ("blåbær.csv", "AR10", OWNER)
    assert len(xledger.kept) == 1


def test_an_expired_key_costs_one_logon_and_one_more_call(xledger: Xledger):
    client = xledger.client()
    assert isinstance(upload(client), Accepted)
    xledger.replan(key_life_seconds=0)
    outcome = upload(client)
    assert isinstance(outcome, Faulted)
    assert outcome.key_refused
    assert xledger.state()["soapRequests"] == {"LogonKey": 2, "ReceiveFile": 3}
    xledger.replan(key_life_seconds=3600)
    assert isinstance(upload(xledger.client(logon_key="made-up")), Accepted)


def test_the_reasons_for_no_upload_are_told_apart(xledger: Xledger):
    assert upload(xledger.client(), code="AR99") == Refused()
    assert upload(xledger.client(password="wrong")) == LogonRefused("Invalid user name or password.")
    outcome = upload(xledger.client(), owner=19999)
    assert outcome == Faulted("There is no entity 19999 that the user has access to.")
    assert xledger.state()["uploads"] == []


@pytest.mark.parametrize(
    ("what", "outcome", "taken"),
    [
        ("html_pages", NotSoap(200, Oddity.HTML), 0),
        ("errors_503", NotSoap(503, Oddity.HTML), 0),
        ("errors_503_after", NotSoap(503, Oddity.HTML), 1),
        ("soap_faults", Faulted("The service is not available at the moment."), 0),
        ("lost_requests", InDoubt("ConnectionError"), 0),
        ("lost_answers", InDoubt("ConnectionError"), 1),
        ("cut_bodies", InDoubt("ProtocolError"), 1),
        ("delays", InDoubt("ReadTimeout"), 1),
    ],
)
def test_a_bad_moment_is_named_and_nothing_is_sent_twice(
    xledger: Xledger, what: str, outcome: UploadOutcome, taken: int
):
    client = xledger.client(timeout=0.4)
    client.logon()
    xledger.next_fault(what, "ReceiveFile", seconds=0.8)
    assert upload(client) == outcome
    assert len(xledger.state()["uploads"]) == taken


def test_a_connection_is_tested_without_changing_anything(xledger: Xledger):
    assert xledger.client().authenticate()
    assert xledger.client(logon_key="made-up").authenticate()
    assert not xledger.client(password="wrong").authenticate()
    assert not xledger.client(password="wrong", logon_key="made-up").authenticate()
    xledger.replan(client_certificate=True)
    with pytest.raises(CallFailed, match="HTTP 403 with an HTML page"):
        xledger.client().authenticate()


@pytest.mark.parametrize("version", Version)
@pytest.mark.parametrize("shape", ["fragment", "string", "dataset"])
@pytest.mark.parametrize("spelling", [{}, {"decimal_comma": True, "dates_with_time": True}])
def test_a_ledger_is_the_same_in_every_shape_and_spelling(
    xledger: Xledger, version: Version, shape: str, spelling: dict[str, bool]
):
    xledger.replan(result_shape=shape, **spelling)
    rows = list(xledger.client(version=version).transactions("posted_lines", "", OWNER))
    lines = [row for row in rows if isinstance(row, Row)]
    assert len(lines) == len(rows) >= LINES
    assert len({line.transaction_id for line in lines}) == len(lines)
    assert sum(line.amount for line in lines) == Decimal(0)
    costs = [line for line in lines if line.account and "4000" <= line.account <= "7999"]
    assert all(line.voucher_date and line.modified and line.currency_amount for line in costs)
    assert not any(line.others for line in lines)
    xledger.replan(result_shape="fragment", decimal_comma=False, dates_with_time=False)
    assert list(xledger.client().transactions("posted_lines", "", OWNER)) == lines


def test_suppliers_come_from_their_own_ledger(xledger: Xledger):
    rows = list(xledger.client().transactions("supplier_lines", "", OWNER))
    owed = [row for row in rows if isinstance(row, Row) and row.source == "AP"]
    assert owed
    assert all(
        line.supplier_name and line.invoice_no and line.invoice_date and line.match_id for line in owed
    )


def test_a_filter_narrows_what_comes(xledger: Xledger):
    one, two, three = (datetime(2026, 10, day, 22, 30, tzinfo=UTC) for day in (1, 15, 31))
    limits = [(one, None), (one, two), (two, three), (three, None)]
    whole, *parts = [list(xledger.client().changed("posted_lines", OWNER, *limit)) for limit in limits]
    assert all(parts)
    assert len(whole) == sum(map(len, parts)) < LINES
    first = parts[0]
    assert all(isinstance(row, Row) and row.modified and one < row.modified <= two for row in first)


@pytest.mark.parametrize(
    ("filter_", "words"),
    [("[Nonsense] = 1", "cannot be read"), ('[Nonsense] = "1"', "There is no column")],
)
def test_a_filter_that_xledger_does_not_know_is_its_own_words(xledger: Xledger, filter_: str, words: str):
    with pytest.raises(CallFailed, match=words):
        xledger.client().transactions("posted_lines", filter_, OWNER)


def test_an_export_that_is_cut_gives_no_rows(xledger: Xledger):
    xledger.next_fault("cut_bodies", "GetGLTransactionsData")
    with pytest.raises(CallFailed) as failed:
        xledger.client().transactions("posted_lines", "", OWNER)
    assert failed.value.failure == InDoubt("ProtocolError")
