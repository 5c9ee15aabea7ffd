"""From the clock to Xledger's file import, on the functions' real wiring, against the simulated SOAP services."""

import hashlib
import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
import requests

from functions.export_invoices import handler as exporting
from functions.sweep import handler as sweeping
from functions.upload_exports import handler as uploading
from local.serving import Running
from local.xledger.plan import parse_plan
from local.xledger.server import start
from local.xledger.soap.plan import PASSWORD, USER
from moment_xledger.domain.companies import CompanyId, Secrets, SoapLogin
from moment_xledger.domain.exports import SCHEDULE
from moment_xledger.domain.uploads import Upload
from moment_xledger.environment import Environment
from moment_xledger.flows.receive_events import Message, receive_events
from moment_xledger.wiring import Wiring
from tests.builders import KEPT_BY_HAND, TOKEN, a_company, an_invoice, may_not_look_up
from tests.handlers.cloud import Context, a_message, jobs_in, watched_log
from tests.handlers.cloud import wiring as wiring

NORDVIK = CompanyId("nordvik")
SETTINGS: dict[str, Any] = {
    "route": "upload",
    "owner_code": 99168,
    "file": {"format": "gl02b"},
    **KEPT_BY_HAND,
}


@pytest.fixture
def xledger() -> Iterator[Running]:
    with start(parse_plan({"soap": {"ledger": {"lines": 0}}})) as running:
        yield running


@pytest.fixture
def use(wiring: Wiring, xledger: Running, monkeypatch: pytest.MonkeyPatch) -> Wiring:
    soap = {"XLEDGER_SOAP_URL": xledger.url, "XLEDGER_APPLICATION": "XLEDGER", "SECRETS_PREFIX": "test/"}
    made = Wiring(Environment(wiring._environment._variables | soap))  # type: ignore[operator]
    for handler in (exporting, uploading, sweeping):
        monkeypatch.setattr(handler, "wire", lambda: made)
    made.ledger.companies.save(a_company(**SETTINGS))
    may_not_look_up(made.ledger, NORDVIK)
    log_in(made)
    return made


def log_in(use: Wiring, password: str = PASSWORD, key: str | None = None) -> None:
    keys_id = use.vault.offer(NORDVIK, Secrets(TOKEN, TOKEN, SoapLogin(USER, password, key)))
    company = use.ledger.companies.get_known(NORDVIK)
    use.ledger.companies.save(company.model_copy(update={"keys_id": keys_id}))


def login(use: Wiring) -> SoapLogin | None:
    return use.vault.soap_login(use.ledger.companies.get_known(NORDVIK))


def export(use: Wiring, number: int = 1001) -> None:
    receive_events([Message(f"m{number}", json.dumps(an_invoice(number)))], use.receiver())
    job = {"company": NORDVIK, "request": f"r{number}", "by": SCHEDULE}
    exporting.lambda_handler({"Records": [a_message(job)]}, Context())  # type: ignore[arg-type]


def upload() -> None:
    records = [a_message(wake) for wake in jobs_in("UPLOADS_QUEUE")]
    assert records
    uploading.lambda_handler({"Records": records}, Context())  # type: ignore[arg-type]


def outcome(use: Wiring, number: int = 1) -> Upload:
    found = use.ledger.uploads.get(NORDVIK, number)
    assert found
    return found


def problems(use: Wiring) -> list[tuple[str, str]]:
    return [(str(each.code), each.their_words) for each in use.ledger.problems.of(NORDVIK)]


def received(xledger: Running) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = requests.get(f"{xledger.url}/_state", timeout=10).json()["uploads"]
    return found


def test_xledger_gets_the_very_bytes_of_the_bucket(use: Wiring, xledger: Running) -> None:
    export(use)
    upload()
    (kept,) = received(xledger)
    (made,) = use.ledger.exports.newest_first(NORDVIK)
    content = use.files.read(made.folder + made.file_name()) or b""
    assert kept["sha256"] == made.sha256 == hashlib.sha256(content).hexdigest()
    assert (kept["fileName"], kept["importCode"], kept["entityCode"]) == (made.file_name(), "GL02b", 99168)
    assert outcome(use).file_key == kept["fileKey"]


def test_whoever_tells_the_accountant_is_woken(use: Wiring) -> None:
    export(use)
    upload()
    (job,) = jobs_in("EXPORTS_QUEUE")
    assert (job["company"], job["by"]) == ("nordvik", "sweep")
    assert [telling.export for telling in use.ledger.tellings.open(NORDVIK)] == [1]


def test_a_lost_wake_is_made_up_for_by_the_sweep(use: Wiring, xledger: Running) -> None:
    export(use)
    jobs_in("UPLOADS_QUEUE")
    assert sweeping.lambda_handler({}, Context())["uploading"] == 1  # type: ignore[arg-type]
    upload()
    assert len(received(xledger)) == 1
    assert sweeping.lambda_handler({}, Context())["uploading"] == 0  # type: ignore[arg-type]


def test_an_expired_logon_key_is_renewed_once_and_kept(use: Wiring, xledger: Running) -> None:
    log_in(use, key="a-key-of-last-year")
    export(use, 1001)
    upload()
    export(use, 1002)
    upload()
    asked = requests.get(f"{xledger.url}/_state", timeout=10).json()["soapRequests"]
    assert len(received(xledger)) == 2
    assert (asked["LogonKey"], asked["ReceiveFile"]) == (1, 3)
    kept = boto3.client("secretsmanager").list_secrets()["SecretList"]
    assert sorted(each["Name"] for each in kept) == ["test/nordvik", "test/nordvik.logon-key"]


def test_a_renewed_key_gives_way_to_what_a_person_types(use: Wiring) -> None:
    use.vault.keep_logon_key(use.ledger.companies.get_known(NORDVIK), "renewed")
    assert login(use) == SoapLogin(USER, PASSWORD, "renewed")
    log_in(use, key="typed")
    assert login(use) == SoapLogin(USER, PASSWORD, "typed")
    log_in(use, password="another")
    assert login(use) == SoapLogin(USER, "another", None)


def test_a_wrong_password_is_said_and_the_file_waits(use: Wiring, xledger: Running) -> None:
    log_in(use, password="wrong")
    export(use)
    upload()
    assert problems(use) == [("SOAP_LOGIN_REFUSED", "")]
    assert (str(outcome(use).state), received(xledger)) == ("pending", [])


def test_a_wrong_owner_code_is_said_in_xledgers_words(use: Wiring, xledger: Running) -> None:
    use.ledger.companies.save(a_company(**SETTINGS | {"owner_code": 23001}))
    export(use)
    upload()
    assert problems(use) == [("UPLOAD_FAULT", "There is no entity 23001 that the user has access to.")]
    assert (str(outcome(use).state), received(xledger)) == ("refused", [])


def test_an_import_code_that_xledger_does_not_know_is_a_refusal_without_words(
    use: Wiring, xledger: Running
) -> None:
    use.ledger.companies.save(a_company(**SETTINGS | {"import_code": "NO_SUCH"}))
    export(use)
    upload()
    assert problems(use) == [("UPLOAD_REFUSED", "")]
    assert str(outcome(use).state) == "refused"


@pytest.mark.parametrize(
    ("fault", "code", "taken"),
    [
        pytest.param("html_pages", "UPLOAD_UNREADABLE", 0, id="a web page"),
        pytest.param("errors_503_after", "UPLOAD_UNREADABLE", 1, id="503 when all was done"),
        pytest.param("lost_answers", "UPLOAD_UNCERTAIN", 1, id="a lost answer"),
        pytest.param("cut_bodies", "UPLOAD_UNCERTAIN", 1, id="an answer cut off"),
    ],
)
def test_what_nobody_can_know_is_asked_of_a_person_and_never_tried_again(
    use: Wiring, xledger: Running, fault: str, code: str, taken: int
) -> None:
    plan = {"soap": {"scheduled": [{"what": fault, "only": "ReceiveFile"}]}}
    requests.post(f"{xledger.url}/_plan", json=plan, timeout=10).raise_for_status()
    export(use)
    upload()
    assert [found for found, _ in problems(use)] == [code]
    assert sweeping.lambda_handler({}, Context())["uploading"] == 0  # type: ignore[arg-type]
    assert len(received(xledger)) == taken


def test_an_xledger_that_is_not_there_is_tried_later(use: Wiring, xledger: Running) -> None:
    export(use)
    xledger.stop()
    upload()
    assert (str(outcome(use).state), outcome(use).tries, problems(use)) == ("pending", 1, [])


def test_the_log_holds_no_secret(use: Wiring, monkeypatch: pytest.MonkeyPatch) -> None:
    written = watched_log(monkeypatch)
    log_in(use, key="a-key-of-last-year")
    export(use)
    upload()
    assert "company served" in written.getvalue()
    for secret in (PASSWORD, "a-key-of-last-year", TOKEN.secret):
        assert secret not in written.getvalue()
