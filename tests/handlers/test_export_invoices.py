"""The function that makes exports, on its real wiring: three files, one mail, and a log without secrets."""

import json
from email import message_from_string, policy
from typing import Any

import boto3
import pytest
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.ses.models import ses_backends

from functions.export_invoices import handler
from functions.receive_events import handler as receiving
from functions.start_runs import handler as starting
from moment_xledger.domain.companies import CompanyId
from moment_xledger.wiring import Wiring
from tests.builders import KEPT_BY_HAND, a_company, an_invoice, may_not_look_up
from tests.handlers.cloud import BUCKET, REGION, Context, a_message, jobs_in, watched_log
from tests.handlers.cloud import wiring as wiring

NORDVIK = CompanyId("nordvik")
READER = "regnskap@nordvik.example"


@pytest.fixture
def use(wiring: Wiring, monkeypatch: pytest.MonkeyPatch) -> Wiring:
    wiring.ledger.companies.save(a_company(**KEPT_BY_HAND, notify=(READER,)))
    may_not_look_up(wiring.ledger, a_company().id)
    for each in (handler, receiving, starting):
        monkeypatch.setattr(each, "wire", lambda: wiring)
    return wiring


def run(*jobs: dict[str, Any]) -> Any:
    records = [a_message(job, number) for number, job in enumerate(jobs)]
    return handler.lambda_handler({"Records": records}, Context())  # type: ignore[arg-type]


def receive(*numbers: int) -> None:
    records = [a_message(an_invoice(number), number) for number in numbers]
    receiving.lambda_handler({"Records": records}, Context())  # type: ignore[arg-type]


def mails() -> list[Any]:
    sent = ses_backends[DEFAULT_ACCOUNT_ID][REGION].sent_messages
    return [message_from_string(each.raw_data, policy=policy.default) for each in sent]


def test_from_the_clock_to_the_bucket_and_the_accountant(
    use: Wiring, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = watched_log(monkeypatch)
    receive(1, 2)
    starting.lambda_handler({"run": "exports"}, Context())  # type: ignore[arg-type]
    (job,) = jobs_in("EXPORTS_QUEUE")
    assert run(job) == {"batchItemFailures": []}
    assert run(job) == {"batchItemFailures": []}

    held = boto3.client("s3").list_objects_v2(Bucket=BUCKET)["Contents"]
    assert [each["Key"].rpartition(".")[2] for each in held] == ["csv", "json", "xlsx"]
    (export,) = use.ledger.exports.newest_first(NORDVIK)
    assert use.files.sha256(export.folder + export.file_name()) == export.sha256
    (mail,) = mails()
    assert mail["To"] == READER
    link = mail.get_body("plain").get_content().split("https://")[1].split()[0]
    log = written.getvalue()
    assert '"sent":1' in log
    for secret in (READER, link, link.rpartition("/")[2], "Fjord Bygg"):
        assert secret not in log


def test_a_click_makes_an_export_and_no_mail(use: Wiring) -> None:
    receive(1)
    run({"company": NORDVIK, "request": "click", "by": "Kari", "repeats": None})
    run({"company": NORDVIK, "request": "again", "by": "Kari", "repeats": 1})
    assert [(e.number, e.repeats) for e in use.ledger.exports.newest_first(NORDVIK)] == [(2, 1), (1, None)]
    assert mails() == []


def test_nothing_new_says_so_in_the_log(use: Wiring, monkeypatch: pytest.MonkeyPatch) -> None:
    written = watched_log(monkeypatch)
    run({"company": NORDVIK, "request": "click", "by": "Kari"})
    lines = [json.loads(line) for line in written.getvalue().splitlines()]
    assert [line["counts"] for line in lines if line["message"] == "exported"] == [{"invoices": 0}]
