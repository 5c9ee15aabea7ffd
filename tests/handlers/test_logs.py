"""Whatever is put into whichever field that a function is given, none of it gets into its log."""

import importlib
import io
import json
from collections.abc import Iterator
from typing import Any

import pytest

from functions.console import handler as console
from functions.note_bounces import handler as bounces
from functions.open_session import handler as sessions
from functions.receive_events import handler as receiving
from local import ROOT
from moment_xledger.observability import logger
from moment_xledger.wiring import Wiring
from tests.builders import a_company, a_customer, a_project, an_invoice
from tests.handlers.cloud import Context, a_message
from tests.handlers.cloud import wiring as wiring

CANARY = "Kari-Nordmann-Strandgaten-1"
FUNCTIONS = sorted(path.parent.name for path in ROOT.glob("functions/*/handler.py"))
MAIL_EVENT: dict[str, Any] = {
    "detail-type": "Email Bounced",
    "detail": {
        "eventType": "Bounce",
        "mail": {
            "messageId": "m-1",
            "destination": ["kari@nordvik.example"],
            "tags": {"company": ["nordvik"], "notice": ["digest"]},
        },
        "bounce": {
            "bounceType": "Permanent",
            "bounceSubType": "General",
            "bouncedRecipients": [{"emailAddress": "kari@nordvik.example", "diagnosticCode": "550 unknown"}],
        },
    },
}
A_REQUEST: dict[str, Any] = {
    "version": "2.0",
    "rawPath": "/overview",
    "rawQueryString": "page=1",
    "cookies": ["__Host-session=none"],
    "headers": {"host": "console.example", "accept": "text/html", "user-agent": "browser"},
    "queryStringParameters": {"page": "1"},
    "requestContext": {
        "http": {"method": "GET", "path": "/overview", "sourceIp": "192.0.2.1"},
        "stage": "$default",
    },
    "body": "name=value",
    "isBase64Encoded": False,
}
A_SESSION = {"company": "nordvik", "name": "Kari", "role": "accountant", "language": "nb"}


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    written = io.StringIO()
    monkeypatch.setattr(logger.registered_handler, "stream", written)
    return written


@pytest.fixture
def said(
    log: io.StringIO, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> Iterator[None]:
    """Everything that is written anywhere, looked at when the function is done."""
    yield
    written = log.getvalue() + "".join(capsys.readouterr()) + caplog.text
    assert written
    assert CANARY not in written


def with_canaries(content: Any) -> Iterator[Any]:
    """The same again and again, each time with the canary in place of another value, or beside it."""
    if isinstance(content, dict):
        yield content | {CANARY: CANARY}
        for name, value in content.items():
            yield from (content | {name: changed} for changed in with_canaries(value))
    elif isinstance(content, list):
        for at, value in enumerate(content):
            yield from ([*content[:at], changed, *content[at + 1 :]] for changed in with_canaries(value))
    else:
        yield CANARY


def call(handler: Any, event: dict[str, Any]) -> None:
    """It may fail: then it is what it says of that which is looked at."""
    try:
        handler.lambda_handler(event, Context())
    except Exception as error:  # noqa: BLE001
        logger.error("failed with", extra={"what": str(error)})


@pytest.mark.usefixtures("said")
@pytest.mark.parametrize(
    "event", [a_customer(), a_project(), an_invoice()], ids=["customer", "project", "invoice"]
)
def test_no_field_of_an_event(event: dict[str, Any], wiring: Wiring, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receiving, "wire", lambda: wiring)
    wiring.ledger.companies.save(a_company(route="file"))
    bodies = [event, CANARY, f'{{"{CANARY}', *with_canaries(event)]
    call(receiving, {"Records": [a_message(body, number) for number, body in enumerate(bodies)]})


@pytest.mark.usefixtures("said")
def test_no_field_of_what_ses_tells(wiring: Wiring, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounces, "wire", lambda: wiring)
    wiring.ledger.companies.save(a_company(notify=["kari@nordvik.example"]))
    bodies = [MAIL_EVENT, CANARY, *with_canaries(MAIL_EVENT)]
    call(bounces, {"Records": [a_message(body, number) for number, body in enumerate(bodies)]})


@pytest.mark.usefixtures("said")
def test_no_part_of_a_request_to_the_console(wiring: Wiring, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(console, "wire", lambda: wiring)
    logger.info("begins")  # most requests leave no line at all
    for request in with_canaries(A_REQUEST):
        call(console, request)


@pytest.mark.usefixtures("said")
def test_no_field_of_moments_call_for_a_session(wiring: Wiring, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sessions, "wire", lambda: wiring)
    logger.info("begins")
    wiring.ledger.companies.save(a_company())
    for body in (CANARY, *map(json.dumps, with_canaries(A_SESSION))):
        http = {"method": "POST", "path": "/sessions"}
        request = {"http": http, "stage": "$default"}
        call(sessions, A_REQUEST | {"rawPath": "/sessions", "requestContext": request, "body": body})


@pytest.mark.usefixtures("said")
@pytest.mark.parametrize("function", FUNCTIONS)
def test_no_call_that_nobody_should_make_and_no_error_of_somebody_elses(
    function: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    handler = importlib.import_module(f"functions.{function}.handler")
    monkeypatch.setattr(handler, "wire", _fails)
    for body in (CANARY, f'"{CANARY}"', f'{{"{CANARY}": "{CANARY}"}}', "null"):
        call(handler, {"Records": [a_message(body)], "run": CANARY, "rawPath": body})


def _fails() -> Wiring:
    raise LookupError(f"nobody called {CANARY} is here")
