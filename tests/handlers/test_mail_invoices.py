"""The two functions of the mail route on the real wiring, against a simulated AWS and a simulated Moment."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_string, policy
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.ses.models import ses_backends

from functions.mail_invoices import handler as mailing
from functions.note_bounces import handler as noting
from functions.sweep import handler as sweeping
from local.moment import start
from moment_xledger.domain.companies import CompanyId, Secrets
from moment_xledger.environment import Environment
from moment_xledger.flows.receive_events import Message, receive_events
from moment_xledger.wiring import Wiring
from tests.builders import KEPT_BY_HAND, TOKEN, a_company, an_invoice, may_not_look_up
from tests.handlers.cloud import QUEUES, watched_log
from tests.template import resources

REGION = "eu-north-1"
SENDER, RECEPTION = "xledger@moment.example", "mb.00000@xledger.example"
NORDVIK = CompanyId("nordvik")
COMPANY = a_company(route="email", reception_address=RECEPTION, **KEPT_BY_HAND)
EVENTS = [an_invoice(101), an_invoice(102, customer={"customerNumber": "10001", "name": "Bjørk & Sønn AS"})]


@dataclass(frozen=True)
class Context:
    function_name: str = "mail_invoices"
    memory_limit_in_mb: int = 512
    invoked_function_arn: str = "arn:aws:lambda:eu-north-1:123456789012:function:mail_invoices"
    aws_request_id: str = "request-1"

    def get_remaining_time_in_millis(self) -> int:
        return 150_000


@pytest.fixture
def wiring(monkeypatch: pytest.MonkeyPatch) -> Iterator[Wiring]:
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "moto")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "moto")
    with start(EVENTS, {TOKEN.secret: [NORDVIK]}) as moment, mock_aws():
        use = Wiring(Environment(_made(moment.url)))
        use.ledger.companies.save(COMPANY)
        may_not_look_up(use.ledger, COMPANY.id)
        use.vault.offer(NORDVIK, Secrets(TOKEN, TOKEN))
        for handler in (mailing, noting, sweeping):
            monkeypatch.setattr(handler, "wire", lambda: use)
        yield use


def _made(moment: str) -> dict[str, str]:
    """What the template makes, as far as it is used here."""
    table = resources()["Table"]["Properties"]
    wanted = ("AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes", "BillingMode")
    boto3.client("dynamodb").create_table(TableName="ledger", **{name: table[name] for name in wanted})
    place: Any = {"LocationConstraint": REGION}
    boto3.client("s3").create_bucket(Bucket="files-of-test", CreateBucketConfiguration=place)
    ses = boto3.client("ses")
    ses.verify_email_identity(EmailAddress=SENDER)
    ses.create_configuration_set(ConfigurationSet={"Name": "mails-of-test"})
    sqs = boto3.client("sqs")
    queues = {name: sqs.create_queue(QueueName=name.lower())["QueueUrl"] for name in QUEUES}
    return {
        "TABLE": "ledger",
        "BOOKKEEPING_YEARS": "5",
        "BUCKET": "files-of-test",
        "SECRETS_PREFIX": "test/",
        **queues,
        "MOMENT_URL": f"{moment}/api/1.0",
        "SENDER": SENDER,
        "CONFIGURATION_SET": "mails-of-test",
    }


def arrive(use: Wiring) -> None:
    receive_events([Message(f"m{n}", json.dumps(event)) for n, event in enumerate(EVENTS)], use.receiver())


def take_wakes(use: Wiring) -> dict[str, Any]:
    """What is in the queue, as the function gets it."""
    sqs, url = boto3.client("sqs"), use._environment["INVOICE_MAILS_QUEUE"]
    messages = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
    for message in messages:
        sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    return {"Records": [{"messageId": each["MessageId"], "body": each["Body"]} for each in messages]}


def sent() -> list[Any]:
    return list(ses_backends[DEFAULT_ACCOUNT_ID][REGION].sent_messages)


def test_from_arrival_to_mails_with_pdfs_of_which_the_bytes_are_kept(wiring: Wiring) -> None:
    arrive(wiring)
    assert mailing.lambda_handler(take_wakes(wiring), Context()) == {"batchItemFailures": []}  # type: ignore[arg-type]

    first, second = sent()
    assert (first.source, set(first.destinations)) == (SENDER, {RECEPTION})
    for number, each in ((101, first), (102, second)):
        arrived: Any = message_from_string(each.raw_data, policy=policy.default)
        (attachment,) = arrived.iter_attachments()
        assert attachment.get_filename() == f"faktura-{number}.pdf"
        assert attachment.get_content().startswith(b"%PDF-")
        mail = wiring.ledger.mails.get(NORDVIK, number - 100)
        assert mail
        kept = boto3.client("s3").get_object(Bucket="files-of-test", Key=mail.file)["Body"].read()
        assert kept.decode() == each.raw_data
    assert arrived["Subject"] == "Faktura 102 Bjørk & Sønn AS"


def test_a_lost_wake_is_made_up_for_by_the_sweep(wiring: Wiring) -> None:
    arrive(wiring)
    take_wakes(wiring)
    assert sweeping.lambda_handler({}, Context())["mailing"] == 1  # type: ignore[arg-type]
    mailing.lambda_handler(take_wakes(wiring), Context())  # type: ignore[arg-type]
    assert len(sent()) == 2
    assert sweeping.lambda_handler({}, Context())["mailing"] == 0  # type: ignore[arg-type]


def test_a_bounce_becomes_a_problem_and_later_invoices_wait(wiring: Wiring) -> None:
    arrive(wiring)
    mailing.lambda_handler(take_wakes(wiring), Context())  # type: ignore[arg-type]
    tags = {"company": ["nordvik"], "invoice": ["101"], "attempt": ["1"]}
    detail = {
        "eventType": "Bounce",
        "mail": {"messageId": "1", "tags": tags},
        "bounce": {"bounceType": "Permanent"},
    }
    event = {"Records": [{"messageId": "1", "body": json.dumps({"detail": detail})}]}

    assert noting.lambda_handler(event, Context()) == {"batchItemFailures": []}  # type: ignore[arg-type]

    codes = {problem.code for problem in wiring.ledger.problems.of(NORDVIK)}
    assert codes == {"MAIL_BOUNCED", "RECEPTION_ADDRESS_STOPPED"}
    receive_events([Message("m3", json.dumps(an_invoice(103)))], wiring.receiver())
    mailing.lambda_handler(take_wakes(wiring), Context())  # type: ignore[arg-type]
    assert len(sent()) == 2


def test_what_cannot_be_noted_comes_back_by_itself(wiring: Wiring, monkeypatch: pytest.MonkeyPatch) -> None:
    noted: list[int] = []

    def note(feedback: Any, *_: Any) -> bool:
        if feedback.invoice == 102:
            raise ClientError({"Error": {"Code": "ThrottlingException"}}, "UpdateItem")
        noted.append(feedback.invoice)
        return True

    def told(invoice: int) -> dict[str, str]:
        tags = {"company": ["nordvik"], "invoice": [str(invoice)], "attempt": ["1"]}
        detail = {"eventType": "Delivery", "mail": {"messageId": str(invoice), "tags": tags}}
        return {"messageId": str(invoice), "body": json.dumps({"detail": detail})}

    monkeypatch.setattr(noting, "note_feedback", note)
    answer = noting.lambda_handler({"Records": [told(n) for n in (101, 102, 103)]}, Context())  # type: ignore[arg-type]
    assert answer == {"batchItemFailures": [{"itemIdentifier": "102"}]}
    assert noted == [101, 103]


def test_the_client_that_mails_invoices_never_tries_twice_by_itself(wiring: Wiring) -> None:
    client: Any = wiring.mailer().post._client  # type: ignore[attr-defined]
    assert client.meta.config.retries["total_max_attempts"] == 1
    assert client.meta.config.connect_timeout + client.meta.config.read_timeout < 30


def test_the_log_names_no_person_address_or_key(wiring: Wiring, monkeypatch: pytest.MonkeyPatch) -> None:
    log = watched_log(monkeypatch)
    arrive(wiring)
    mailing.lambda_handler(take_wakes(wiring), Context())  # type: ignore[arg-type]
    logged = log.getvalue()
    assert '"sent":2' in logged.replace(" ", "")
    for secret in (RECEPTION, SENDER, TOKEN.secret, "Fjord", "Bjørk"):
        assert secret not in logged
