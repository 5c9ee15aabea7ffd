"""The two functions of the console on the real wiring, against a simulated AWS: from Moment's call to the file."""

import base64
import hashlib
import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import boto3
import pytest
import requests
import time_machine
from moto import mock_aws

from functions.console import handler as console
from functions.open_session import handler as open_session
from local import ROOT
from moment_xledger.domain.companies import Language
from moment_xledger.domain.sessions import Role
from moment_xledger.environment import Environment
from moment_xledger.flows.export_invoices import export_invoices
from moment_xledger.flows.receive_events import Message, receive_events
from moment_xledger.wiring import Wiring
from tests.builders import COMPANY, a_company, a_customer, a_project, an_invoice, in_xledger
from tests.console.site import Browser, Context, an_http_event

REGION = "eu-north-1"
CONSOLE_URL = "https://console.example/"  # AWS gives a function's address with the stroke
FILES = {
    "file": ("csv", "text/csv"),
    "review": ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "manifest": ("json", "application/json"),
}
NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


@pytest.fixture
def wiring(monkeypatch: pytest.MonkeyPatch) -> Iterator[Wiring]:
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    with mock_aws(), time_machine.travel(NOW, tick=False):
        boto3.client("dynamodb").create_table(**_table())
        place: Any = {"LocationConstraint": REGION}
        boto3.client("s3").create_bucket(Bucket="files-of-test", CreateBucketConfiguration=place)
        sqs = boto3.client("sqs")
        queue, wakes = (sqs.create_queue(QueueName=name)["QueueUrl"] for name in ("exports", "wakes"))
        use = Wiring(
            Environment(
                {
                    "TABLE": "ledger",
                    "BOOKKEEPING_YEARS": "5",
                    "BUCKET": "files-of-test",
                    "CUSTOMERS_QUEUE": wakes,
                    "EXPORTS_QUEUE": queue,
                    "CONSOLE_URL": CONSOLE_URL,
                }
            )
        )
        use.ledger.companies.save(COMPANY)
        monkeypatch.setattr(console, "wire", lambda: use)
        monkeypatch.setattr(open_session, "wire", lambda: use)
        yield use


def _table() -> dict[str, Any]:
    names = ("pk", "sk", "due", "due_at")
    return {
        "TableName": "ledger",
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [{"AttributeName": name, "AttributeType": "S"} for name in names],
        "KeySchema": _keys("pk", "sk"),
        "GlobalSecondaryIndexes": [
            {
                "IndexName": "due",
                "KeySchema": _keys("due", "due_at"),
                "Projection": {"ProjectionType": "KEYS_ONLY"},
            }
        ],
    }


def _keys(partition: str, sort: str) -> list[dict[str, str]]:
    return [
        {"AttributeName": partition, "KeyType": "HASH"},
        {"AttributeName": sort, "KeyType": "RANGE"},
    ]


def moment_asks(**wanted: Any) -> tuple[int, dict[str, str]]:
    event = an_http_event("POST", "/sessions", json.dumps(wanted), {"content-type": "application/json"}, {})
    answer = open_session.lambda_handler(event, Context())  # type: ignore[arg-type]
    return answer["statusCode"], json.loads(answer["body"])


def let_in(role: Role = Role.ACCOUNTANT) -> Browser:
    status, content = moment_asks(company="nordvik", person="Kari Nordmann", role=role)
    assert (status, content["url"].startswith("https://console.example/in/")) == (201, True)
    browser = Browser()
    assert browser.post(urlsplit(content["url"]).path).status == 303
    return browser


def work(use: Wiring) -> None:
    """What the exports queue holds, done as its function does it."""
    sqs = boto3.client("sqs")
    queue = sqs.get_queue_url(QueueName="exports")["QueueUrl"]
    for message in sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages", []):
        job = json.loads(message["Body"])
        export_invoices(
            job["company"], job["request"], job["by"], use.exporter(lambda: timedelta.max), job["repeats"]
        )


def exported(use: Wiring) -> Browser:
    """Somebody who has just exported two invoices."""
    in_xledger(use.ledger, COMPANY.id, a_customer(), a_project())
    events = (an_invoice(10231), an_invoice(10232))
    messages = [Message(str(n), json.dumps(event)) for n, event in enumerate(events)]
    receive_events(messages, use.receiver())
    browser = let_in()
    assert browser.press("/exports", "/exports").status == 303
    work(use)
    return browser


def test_from_moments_call_to_the_very_bytes_that_were_exported(wiring: Wiring) -> None:
    browser = exported(wiring)
    facts = browser.get_json("/exports/1").facts
    link = browser.press("/exports/1", "/exports/1/files/file").place
    file = requests.get(link, timeout=5).content
    assert hashlib.sha256(file).hexdigest() == facts["sha256"]
    assert file.count(b"\r\n") == facts["rows"] + 1


def test_a_link_is_of_its_region_for_five_minutes_and_for_saving(wiring: Wiring) -> None:
    browser = exported(wiring)
    for piece, (suffix, content_type) in FILES.items():
        link = urlsplit(browser.press("/exports/1", f"/exports/1/files/{piece}").place)
        signed = {name: values[0] for name, values in parse_qs(link.query).items()}
        assert (link.scheme, link.netloc) == ("https", f"files-of-test.s3.{REGION}.amazonaws.com")
        assert signed["X-Amz-Algorithm"] == "AWS4-HMAC-SHA256"
        assert signed["X-Amz-Expires"] == "300"
        assert signed["X-Amz-Date"] == "20261122T090000Z"
        name = f"moment-xledger-nordvik-20261122-000001-standard.{suffix}"
        assert signed["response-content-disposition"] == f'attachment; filename="{name}"'
        assert signed["response-content-type"] == content_type
        assert signed["response-cache-control"] == "no-store"


def test_the_page_allows_the_very_host_that_its_buttons_lead_to(wiring: Wiring) -> None:
    browser = exported(wiring)
    policy = browser.get("/exports/1").headers["Content-Security-Policy"]
    link = urlsplit(browser.press("/exports/1", "/exports/1/files/file").place)
    assert policy.endswith(f"form-action 'self' {link.scheme}://{link.netloc}")


def test_a_file_that_is_gone_from_the_bucket_comes_back_the_same(wiring: Wiring) -> None:
    browser = exported(wiring)
    key = "exports/nordvik/000001/moment-xledger-nordvik-20261122-000001-standard.csv"
    before = wiring.files.read(key)
    boto3.client("s3").delete_object(Bucket="files-of-test", Key=key)
    assert browser.press("/exports/1", "/exports/1/files/file").status == 303
    assert before
    assert wiring.files.read(key) == before


def test_exporting_again_goes_over_the_queue_too(wiring: Wiring) -> None:
    browser = exported(wiring)
    assert browser.press("/exports/1/again", "/exports/1/again").status == 303
    work(wiring)
    assert browser.get_json("/exports/2").facts["repeats"] == 1


def test_a_link_is_used_up_once_in_the_real_table_too(wiring: Wiring) -> None:
    _, content = moment_asks(company="nordvik", person="Kari Nordmann", role="accountant")
    path = urlsplit(content["url"]).path
    assert [Browser().post(path).status for _ in range(2)] == [303, 401]


def test_links_of_an_export_in_the_real_table(wiring: Wiring) -> None:
    exported(wiring)
    token = wiring.ledger.links.make(COMPANY.id, 1, NOW)
    assert Browser().get(f"/e/{token}").status == 200
    assert wiring.ledger.links.revoke(COMPANY.id, 1) == 1
    assert Browser().get(f"/e/{token}").status == 401


@pytest.mark.parametrize(
    ("wanted", "status", "says"),
    [
        ({"company": "unheard-of"}, 404, "unheard-of is not set up here"),
        ({"company": "../x"}, 400, "company: "),
        ({"person": "  "}, 400, "person: "),
        ({"person": "schedule"}, 400, "must be a person's name"),
        ({"person": "Operator"}, 400, "must be a person's name"),
        ({"person": "by"}, 400, "must be a person's name"),
        ({"person": " SWEEP "}, 400, "must be a person's name"),
        ({"person": "Kari\u202eNordmann"}, 400, "nobody sees"),
        ({"person": "Ka\u200bri"}, 400, "nobody sees"),
        ({"person": "Kari\nNordmann"}, 400, "nobody sees"),
        ({"role": "owner"}, 400, "role: "),
        ({"language": "sv"}, 400, "language: "),
        ({"admin": True}, 400, "admin: "),
    ],
)
def test_moment_is_told_in_one_sentence_what_is_wrong(
    wiring: Wiring, wanted: dict[str, Any], status: int, says: str
) -> None:
    right = {"company": "nordvik", "person": "Kari Nordmann", "role": "accountant"}
    answered, content = moment_asks(**right | wanted)
    assert answered == status
    assert says in content["error"]


@pytest.mark.parametrize("body", [b"person=Kari", b"\xff\xfeKari", b"", b"[]", b'{"Kari": 1'])
def test_what_is_not_json_is_refused_without_repeating_it(wiring: Wiring, body: bytes) -> None:
    event = an_http_event("POST", "/sessions", "", {}, {})
    event["body"] = base64.b64encode(body).decode()
    answer = open_session.lambda_handler(event, Context())  # type: ignore[arg-type]
    assert answer["statusCode"] == 400
    assert "Kari" not in answer["body"]


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "says"),
    [
        ("GET", "/sessions", "", 404, "POST /sessions"),
        ("POST", "/", "", 404, "POST /sessions"),
        ("POST", "/sessions", "S2F*", 400, "not what it says it is"),
    ],
    ids=["another method", "another address", "no base64"],
)
def test_whoever_asks_in_another_way_is_told_how(
    wiring: Wiring, method: str, path: str, body: str, status: int, says: str
) -> None:
    event = an_http_event(method, path, "", {}, {}) | {"body": body}
    answer = open_session.lambda_handler(event, Context())  # type: ignore[arg-type]
    assert answer["statusCode"] == status
    assert says in json.loads(answer["body"])["error"]


def test_without_a_language_it_is_the_companys(wiring: Wiring) -> None:
    english = a_company("english", language=Language.ENGLISH)
    wiring.ledger.companies.save(english)
    _, content = moment_asks(company="english", person="Kari", role="accountant")
    assert "Sign in" in Browser().get(urlsplit(content["url"]).path).text


def test_no_log_line_holds_a_link_a_session_or_a_name(
    wiring: Wiring, capsys: pytest.CaptureFixture[str]
) -> None:
    browser = exported(wiring)
    link = browser.press("/exports/1", "/exports/1/files/file").place
    browser.get("/exports/999")
    said = capsys.readouterr()
    for secret in (link, "X-Amz-Signature", browser.jar["__Host-session"], "Kari"):
        assert secret not in said.out + said.err


def loaded(function: str) -> list[str]:
    """Of what is dear to load, what a function's cold start does."""
    script = (
        "import json, sys; sys.path[:0] = ['.', 'layers/shared/python'];"
        f"import functions.{function}.handler;"
        "print(json.dumps(sorted({'jinja2', 'xlsxwriter', 'zeep', 'requests'} & set(sys.modules))))"
    )
    done = subprocess.run(  # noqa: S603 our own interpreter and words
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    names: list[str] = json.loads(done.stdout)
    return names


@pytest.mark.parametrize("function", ["receive_events", "sync_customers", "sweep", "open_session"])
def test_only_who_shows_pages_loads_what_pages_need(function: str) -> None:
    assert loaded(function) == []


def test_the_console_starts_without_what_only_some_of_its_answers_need() -> None:
    assert loaded("console") == []
