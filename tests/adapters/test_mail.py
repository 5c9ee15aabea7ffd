"""What SES answers, and what it means for the mail; against moto, and against a service that only fails."""

from collections.abc import Iterator
from email import message_from_string, policy
from email.message import EmailMessage
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError, EndpointConnectionError, ReadTimeoutError
from moto import mock_aws
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.ses.models import ses_backends

from moment_xledger.adapters.mail import Mail
from moment_xledger.domain.mails import (
    AddressRefused,
    MailDelayed,
    MailInDoubt,
    MailNotSent,
    RecipientUnverified,
)

SENDER = "integrasjon@moment.example"
NEWS = "Mails-1A2B"
READER = "regnskap@nordvik.example"
REGION = "eu-north-1"


@pytest.fixture
def ses(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "moto")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "moto")
    with mock_aws():
        client = boto3.client("ses", region_name=REGION)
        client.verify_email_identity(EmailAddress=SENDER)
        yield client


def a_mail(subject: str = "Eksport 17: æøå – 1 234,50 kr") -> EmailMessage:
    message = EmailMessage(policy=policy.SMTP)
    message["From"], message["To"], message["Subject"] = SENDER, READER, subject
    message.set_content("Blåbærsyltetøy på brødskiva\n")
    message.add_alternative("<p>Blåbærsyltetøy</p>", subtype="html")
    return message


def test_a_mail_goes_as_it_is_to_its_one_address(ses: Any) -> None:
    Mail(ses, SENDER, NEWS).send(a_mail(), READER)

    (sent,) = ses_backends[DEFAULT_ACCOUNT_ID][REGION].sent_messages
    assert (sent.source, set(sent.destinations)) == (SENDER, {READER})
    arrived: Any = message_from_string(sent.raw_data, policy=policy.default)
    assert arrived["Subject"] == "Eksport 17: æøå – 1 234,50 kr"
    assert arrived.get_body("plain").get_content() == "Blåbærsyltetøy på brødskiva\n"
    assert arrived.get_body("html") is not None
    assert sent.raw_data.isascii()


def test_a_sender_that_nobody_verified_is_ours_to_mend_so_the_mail_waits(ses: Any) -> None:
    with pytest.raises(MailDelayed):
        Mail(ses, "stranger@moment.example", NEWS).send(a_mail(), READER)


def refused(code: str, words: str = "", status: int = 400) -> ClientError:
    response: Any = {
        "Error": {"Code": code, "Message": words},
        "ResponseMetadata": {"HTTPStatusCode": status},
    }
    return ClientError(response, "SendRawEmail")


UNVERIFIED = "Email address is not verified. The following identities failed the check in region EU-NORTH-1: "
URL = "https://email.eu-north-1.amazonaws.com/"


@pytest.mark.parametrize(
    ("error", "meaning"),
    [
        pytest.param(refused("Throttling"), MailDelayed, id="too many a second: later"),
        pytest.param(refused("ServiceUnavailable", status=503), MailDelayed, id="down, and says so: later"),
        pytest.param(refused("AccountSendingPausedException"), MailDelayed, id="sending is paused: later"),
        pytest.param(refused("AccessDenied", status=403), MailDelayed, id="no right to send: later"),
        pytest.param(refused("InvalidParameterValue"), AddressRefused, id="no address at all: never"),
        pytest.param(
            refused("MessageRejected", UNVERIFIED + READER), RecipientUnverified, id="the sandbox: later"
        ),
        pytest.param(
            refused("MessageRejected", f"{UNVERIFIED}{READER}, {SENDER}"), MailDelayed, id="both: later"
        ),
        pytest.param(refused("MessageRejected", "Address is on a list"), AddressRefused, id="refused: never"),
        pytest.param(
            refused("MessageRejected", UNVERIFIED + SENDER), MailDelayed, id="refused sender: later"
        ),
        pytest.param(refused("InternalFailure", status=500), MailInDoubt, id="broke over it: in doubt"),
        pytest.param(ReadTimeoutError(endpoint_url=URL), MailInDoubt, id="an answer lost: in doubt"),
        pytest.param(ConnectTimeoutError(endpoint_url=URL), MailDelayed, id="never connected: later"),
        pytest.param(
            EndpointConnectionError(endpoint_url=URL, error="refused"), MailDelayed, id="not there: later"
        ),
    ],
)
def test_what_a_failure_means(error: Exception, meaning: type[MailNotSent]) -> None:
    class Failing:
        def send_raw_email(self, **_: Any) -> None:
            raise error

    with pytest.raises(MailNotSent) as raised:
        Mail(Failing(), SENDER, NEWS).send(a_mail(), READER)  # type: ignore[arg-type]

    assert type(raised.value) is meaning
    assert READER not in str(raised.value)
    assert SENDER not in str(raised.value)
