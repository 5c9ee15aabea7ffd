"""A company's posted lines over SOAP, from the simulated Xledger; and what each bad answer means to the import."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from html import escape
from typing import Any

import pytest
import requests
from werkzeug.wrappers import Response

from local.serving import Running
from local.xledger.plan import Plan
from local.xledger.server import start
from local.xledger.soap.plan import PASSWORD, USER
from moment_xledger.adapters.xledger_postings import Postings
from moment_xledger.adapters.xledger_soap.client import XledgerSoap
from moment_xledger.adapters.xledger_soap.hosts import host
from moment_xledger.adapters.xledger_soap.posting import Line
from moment_xledger.domain.account_ranges import AccountRanges
from moment_xledger.domain.companies import SoapLogin
from moment_xledger.domain.errors import (
    AnswerTooLarge,
    AnswerUnreadable,
    RunStopped,
    StrangeAnswer,
    Unreachable,
)
from moment_xledger.domain.expense_runs import Window
from moment_xledger.domain.posted_lines import BadRow, Row
from moment_xledger.domain.problems import Code
from tests.adapters.xledger_soap_fake import connected, envelope, says

POSTED = "GetGLTransactionsData"
ENDS = date(2026, 11, 21)
A_YEAR = Window(datetime(2025, 11, 1, tzinfo=UTC), datetime(2026, 11, 22, tzinfo=UTC))
ALL = AccountRanges.read("1000-9999")
OWNER_CODE = Plan().entities[0].ownerCode


@pytest.fixture
def xledger() -> Iterator[Running]:
    with start(Plan.model_validate({"soap": {"ledger": {"ends": ENDS}}})) as running:
        yield running


def order(xledger: Running, soap: dict[str, Any]) -> None:
    requests.post(f"{xledger.url}/_plan", json={"soap": soap}, timeout=5).raise_for_status()


def postings(
    xledger: Running,
    *,
    password: str = PASSWORD,
    owner_code: int = OWNER_CODE,
    largest: int = 20 * 2**20,
    url: str | None = None,
) -> Postings:
    session = requests.Session()
    session.trust_env = False
    line = Line(host("test", url or xledger.url), session, timedelta(seconds=5), largest)
    return Postings(XledgerSoap(SoapLogin(USER, password), line), owner_code)


def ids(ours: Postings, window: Window) -> list[str]:
    return [line.transaction_id or "" for line in ours.lines(window, ALL) if isinstance(line, Row)]


def test_windows_that_meet_give_every_line_once(xledger: Running) -> None:
    ours = postings(xledger)
    everything = ids(ours, A_YEAR)
    first, second = A_YEAR.halves() or pytest.fail("a year has halves")
    halves = ids(ours, first) + ids(ours, second)
    assert len(everything) == len(set(everything)) >= 1500
    assert sorted(halves) == sorted(everything)


@pytest.mark.parametrize("shape", ["fragment", "string", "dataset"])
def test_of_lines_on_other_accounts_only_that_is_read_unless_they_were_changed(
    xledger: Running, shape: str
) -> None:
    order(xledger, {"result_shape": shape})
    ours, few = postings(xledger), AccountRanges.read("4510")
    whole = [line for line in ours.lines(A_YEAR, ALL) if isinstance(line, Row)]
    wanted = [
        line
        if line.account == "4510" or line.modified != line.created
        else Row(Decimal(0), line.transaction_id, account=line.account)
        for line in whole
    ]
    assert {line.modified != line.created for line in whole} == {True, False}
    assert list(ours.lines(A_YEAR, few)) == wanted


def test_suppliers_stand_in_the_other_ledger_under_the_same_match(xledger: Running) -> None:
    ours = postings(xledger)
    bills = {line.match_id for line in ours.suppliers(A_YEAR) if isinstance(line, Row) and line.invoice_no}
    costs = [
        line
        for line in ours.lines(A_YEAR, ALL)
        if isinstance(line, Row) and line.source == "AP" and line.account == "4510"
    ]
    assert costs
    assert {line.match_id for line in costs} <= bills


@pytest.mark.parametrize(
    ("fault", "meant"),
    [
        ("errors_503", Unreachable),
        ("html_pages", Unreachable),
        ("lost_answers", Unreachable),
        ("cut_bodies", Unreachable),
        ("soap_faults", RunStopped),
    ],
)
def test_a_bad_day_is_told_from_what_a_person_must_see(
    xledger: Running, fault: str, meant: type[Exception]
) -> None:
    order(xledger, {fault: 1, "faults_only": "GetGLTransactionsData"})
    with pytest.raises(meant):
        list(postings(xledger).lines(A_YEAR, ALL))


def test_an_answer_over_the_limit_is_too_large(xledger: Running) -> None:
    with pytest.raises(AnswerTooLarge):
        list(postings(xledger, largest=100_000).lines(A_YEAR, ALL))


def test_a_wrong_password_is_a_refused_logon(xledger: Running) -> None:
    with pytest.raises(RunStopped) as stopped:
        list(postings(xledger, password="not this one").lines(A_YEAR, ALL))
    assert stopped.value.code == Code.SOAP_LOGIN_REFUSED


def test_an_unknown_owner_code_is_told_in_xledgers_words(xledger: Running) -> None:
    with pytest.raises(RunStopped) as stopped:
        list(postings(xledger, owner_code=99_999).lines(A_YEAR, ALL))
    assert stopped.value.code == Code.EXPENSES_NOT_READ
    assert "99999" in stopped.value.their_words


def test_nobody_there_is_later(xledger: Running) -> None:
    with pytest.raises(Unreachable):
        list(postings(xledger, url="http://127.0.0.1:9").lines(A_YEAR, ALL))


DOCTYPE = '<!DOCTYPE a [<!ENTITY b "ha"><!ENTITY c "&b;&b;&b;">]>'
LAUGHS = envelope("<a>&c;</a>").replace("?>", "?>" + DOCTYPE, 1)


@pytest.mark.parametrize(
    ("answer", "meant"),
    [
        pytest.param(Response(LAUGHS, content_type="text/xml"), RunStopped, id="entities"),
        pytest.param(says(POSTED, "x" * 30 * 2**20), AnswerTooLarge, id="30 MB"),
        pytest.param(Response(b"\xff\xfe<a", content_type="text/xml"), Unreachable, id="no XML"),
        pytest.param(
            Response(b'<?xml version="1.0" encoding="utf-99"?><a/>', content_type="text/xml"),
            AnswerUnreadable,
            id="an encoding that there is not",
        ),
        pytest.param(says(POSTED, "not rows"), RunStopped, id="text where rows should be"),
        pytest.param(says(POSTED, None), RunStopped, id="no result"),
        pytest.param(says(POSTED, "<T><TransactionID>1</TransactionID>"), AnswerUnreadable, id="broken off"),
        pytest.param(
            says(POSTED, escape("<D><T><TransactionID>1</TransactionID></T><T>&")),
            AnswerUnreadable,
            id="broken rows in a text",
        ),
        pytest.param(
            Response(says(POSTED, "<D><T><Text>@</Text></T></D>").get_data().replace(b"@", b"\xe6")),
            AnswerUnreadable,
            id="Latin-1 that says UTF-8",
        ),
        pytest.param(Response("<html>Hi</html>", content_type="text/html"), StrangeAnswer, id="a web page"),
        pytest.param(Response("<html>Hi</html>", 503, content_type="text/html"), Unreachable, id="503"),
        pytest.param(Response("slow down", 429), Unreachable, id="429"),
    ],
)
def test_an_answer_that_is_not_to_be_trusted_gives_no_line(answer: Response, meant: type[Exception]) -> None:
    for connection in connected():
        connection.fake.answers[POSTED] = [answer]
        ours = Postings(connection.client(SoapLogin("ws-nordvik", "hush", "key-1")), OWNER_CODE)
        with pytest.raises(meant):
            list(ours.lines(A_YEAR, ALL))


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (401, Code.SOAP_ACCESS_REFUSED),
        (403, Code.SOAP_ACCESS_REFUSED),
        (404, Code.SOAP_PATH_UNKNOWN),
        (405, Code.SOAP_PATH_UNKNOWN),
        (410, Code.SOAP_PATH_UNKNOWN),
    ],
)
@pytest.mark.parametrize("page", ["<html><body>Forbidden</body></html>", "", '{"error": "no"}'])
def test_a_refusal_is_told_as_what_it_is(status: int, code: Code, page: str) -> None:
    for connection in connected():
        connection.fake.answers[POSTED] = [Response(page, status, content_type="text/html")]
        ours = Postings(connection.client(SoapLogin("ws-nordvik", "hush", "key-1")), OWNER_CODE)
        with pytest.raises(RunStopped) as stopped:
            list(ours.lines(A_YEAR, ALL))
        assert (stopped.value.code, stopped.value.details) == (code, {"status": str(status)})


def test_an_xledger_that_wants_a_certificate_says_so(xledger: Running) -> None:
    order(xledger, {"client_certificate": True})
    with pytest.raises(RunStopped) as stopped:
        list(postings(xledger).lines(A_YEAR, ALL))
    assert stopped.value.code == Code.SOAP_ACCESS_REFUSED


def test_bad_rows_are_told_of_one_by_one_between_the_good() -> None:
    good = "<T><TransactionID>{}</TransactionID><Account>4510</Account><Amount>1.00</Amount></T>"
    bad = "<T><Account>4510</Account><Amount>1.00</Amount></T><T><TransactionID>7</TransactionID></T>"
    for connection in connected():
        rows = f"<D>{good.format(1)}{bad}{good.format(2)}</D>"
        connection.fake.answers[POSTED] = [says(POSTED, rows)]
        ours = Postings(connection.client(SoapLogin("ws-nordvik", "hush", "key-1")), OWNER_CODE)
        kinds = [type(line) for line in ours.lines(A_YEAR, ALL)]
        assert kinds == [Row, BadRow, BadRow, Row]
