"""What the simulations rely on of SES, held by the twin and by AWS as others play it; and by what boto3 itself raises
where nobody plays it wrong."""

import re
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from email.message import EmailMessage
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.stub import Stubber

from local.aws.ministack import REGION
from local.children import HOST, free_port
from local.proof.fates import NONE, Rates
from local.proof.post import LARGEST
from moment_xledger.adapters.mail import Mail
from moment_xledger.domain.invoice_message import MOST_BYTES
from moment_xledger.domain.mails import AddressRefused, MailDelayed, MailInDoubt, MailNotSent, on_the_wire
from tests.adapters.conftest import Client
from tests.adapters.posts import NEWS, SENDER, Post, PostOfEmbedded, PostOfMoto, PostOfTwin

READER = "regnskap@nordvik.example"
OURS = "<nordvik.10231.1@moment.example>"


@pytest.fixture
def post(played_by: str, client: Client, request: pytest.FixtureRequest) -> Post:
    match played_by:
        case "twin":
            return PostOfTwin()
        case "moto":
            return PostOfMoto(client("ses"))
        case _:
            return PostOfEmbedded(client("ses"), request.getfixturevalue("embedded").mailbox)


def a_mail(to: str = READER) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Message-ID"] = SENDER, to, OURS
    message["Subject"] = "Faktura 10231 til Blåbærsyltetøy på brødskiva og enda litt mer AS – 1 234,50 kr"
    message["X-Moment-Invoice"] = "nordvik.10231.1"
    message.set_content("Blåbærsyltetøy på brødskiva\n.\n..to\n")
    message.add_attachment(bytes(range(256)), maintype="application", subtype="pdf", filename="faktura.pdf")
    return message


def without_id(content: bytes) -> bytes:
    """Only of a Message-ID on a line of its own."""
    return re.sub(rb"^Message-ID: .*\r\n", b"", content, flags=re.MULTILINE)


def test_each_mail_has_an_id_of_its_own(post: Post) -> None:
    mail = Mail(post.ses, SENDER, NEWS)
    ids = [mail.send(a_mail(), READER) for _ in range(3)]
    assert all(ids)
    assert len(set(ids)) == len(post.arrived(3)) == 3


def test_it_arrives_as_it_is_to_the_byte_but_for_its_message_id(post: Post) -> None:
    sent = a_mail()
    Mail(post.ses, SENDER, NEWS).send(sent, READER)
    (mail,) = post.arrived(1)
    assert without_id(mail.content) == without_id(on_the_wire(sent))
    assert mail.to == {READER}


def test_ses_writes_a_message_id_of_its_own_over_ours(post: Post, played_by: str) -> None:
    id_ = Mail(post.ses, SENDER, NEWS).send(a_mail(), READER)
    (mail,) = post.arrived(1)
    (written,) = mail.message.get_all("Message-ID", [])
    if played_by == "moto":  # differs: it leaves the mail as it is
        assert written == OURS
        return
    assert written.startswith(f"<{id_.partition('@')[0]}@")


def test_also_where_ours_is_folded_and_nothing_else_goes_with_it() -> None:
    post = PostOfTwin()
    data = b"From: a\r\nmessage-id:\r\n <long>\r\n\t<x>\r\nTo: b\r\n\r\nMessage-ID: <text>\r\n"
    post.send_raw_email(Source=SENDER, Destinations=[READER], RawMessage={"Data": data})
    (mail,) = post.arrived()
    assert (
        without_id(mail.content[:60]) + mail.content[60:] == b"From: a\r\nTo: b\r\n\r\nMessage-ID: <text>\r\n"
    )


def test_it_goes_to_the_address_it_is_sent_to_whatever_its_head_says(post: Post, played_by: str) -> None:
    named = "somebody@nordvik.example"
    Mail(post.ses, SENDER, NEWS).send(a_mail(to=named), READER)
    (mail,) = post.arrived(1)
    differs = {"moto": {READER, named}}  # it adds whoever the head names
    assert mail.to == differs.get(played_by, {READER})


def test_a_sender_that_nobody_verified_sends_nothing(post: Post) -> None:
    with pytest.raises(MailDelayed, match="SenderNotVerified"):
        Mail(post.ses, "stranger@moment.example", NEWS).send(a_mail(), READER)
    assert post.arrived(0) == []


def test_what_is_no_address_is_refused(post: Post, played_by: str) -> None:
    if played_by == "embedded":  # differs: it takes any
        Mail(post.ses, SENDER, NEWS).send(a_mail(), "nordvik")
        assert [mail.to for mail in post.arrived(1)] == [{"nordvik"}]
        return
    with pytest.raises(AddressRefused, match="InvalidParameterValue"):
        Mail(post.ses, SENDER, NEWS).send(a_mail(), "nordvik")
    assert post.arrived(0) == []


def test_a_mail_that_is_too_large_is_refused_so_none_is_sent() -> None:
    """Only by the twin: moto and the embedded AWS take any, in seconds."""
    post = PostOfTwin()
    mail = {"Source": SENDER, "Destinations": [READER]}
    post.send_raw_email(**mail, RawMessage={"Data": b"\r\n\r\n".ljust(MOST_BYTES, b"x")})
    with pytest.raises(Exception, match="Message length is more than 10485760 bytes long: '10485761'"):
        post.send_raw_email(**mail, RawMessage={"Data": b"\r\n\r\n".ljust(LARGEST + 1, b"x")})
    assert len(post.arrived()) == 1


@contextmanager
def refusing(code: str, status: int) -> Iterator[Any]:
    ses = boto3.client("ses", REGION)
    with Stubber(ses) as stubber:
        stubber.add_client_error("send_raw_email", code, http_status_code=status)
        yield ses


@contextmanager
def silent() -> Iterator[Any]:
    """Takes a mail, and says nothing."""
    with socket.create_server((HOST, 0)) as server:
        yield a_client(server.getsockname()[1])


@contextmanager
def not_there() -> Iterator[Any]:
    yield a_client(free_port())


def a_client(port: int) -> Any:
    config = Config(proxies={}, connect_timeout=5, read_timeout=0.1, retries={"total_max_attempts": 1})
    session = boto3.Session("x", "x", region_name=REGION)
    return session.client("ses", endpoint_url=f"http://{HOST}:{port}", config=config)


@pytest.mark.parametrize(
    ("rates", "real", "meaning", "arrived"),
    [
        pytest.param(
            replace(NONE, refusals=1),
            lambda: refusing("Throttling", 400),
            MailDelayed,
            0,
            id="too many a second: it did not go",
        ),
        pytest.param(
            replace(NONE, server_errors=1),
            lambda: refusing("InternalFailure", 500),
            MailInDoubt,
            1,
            id="broke over it: it may have gone, and has",
        ),
        pytest.param(
            replace(NONE, lost_answers=1), silent, MailInDoubt, 1, id="no answer: it may have gone, and has"
        ),
        pytest.param(
            replace(NONE, late_requests=1), silent, MailInDoubt, 1, id="given up too early: it goes later"
        ),
        pytest.param(replace(NONE, lost_requests=1), not_there, MailDelayed, 0, id="nobody there: not gone"),
    ],
)
def test_the_twin_fails_as_ses_would(
    rates: Rates, real: Callable[[], Any], meaning: type[MailNotSent], arrived: int
) -> None:
    post = PostOfTwin(rates)
    with real() as ses:
        clients: list[Any] = [ses, post.ses]
        for client in clients:
            with pytest.raises(MailNotSent) as raised:
                Mail(client, SENDER, NEWS).send(a_mail(), READER)
            assert type(raised.value) is meaning
    assert len(post.arrived()) == arrived
