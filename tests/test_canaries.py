"""The watch over secrets sees them wherever they come out, and nowhere else."""

import io
import json
import logging
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from typing import Any

import pytest
from aws_lambda_powertools.event_handler import LambdaFunctionUrlResolver

from local.twins.table import FakeTable
from local.twins.world import RejectedEvents
from moment_xledger.adapters.files import Files
from moment_xledger.adapters.ledger.links import Links
from moment_xledger.adapters.mail import Mail
from moment_xledger.adapters.queues import Queues
from moment_xledger.adapters.secrets import Vault
from moment_xledger.adapters.table import Put, Table, Update
from moment_xledger.domain.companies import SoapLogin, Token
from moment_xledger.domain.errors import Rejected, Unreachable
from moment_xledger.domain.mails import MailDelayed
from moment_xledger.domain.replies import Refusal
from moment_xledger.observability import Failed, logger
from tests import canaries
from tests.fakes import FakeFiles
from tests.office import FakePostman
from tests.world import START

KEY = Token("canary-in-a-coal-mine").secret


class Nobody:
    """Any client of boto3's, whatever it is told."""

    def __getattr__(self, _: str) -> Callable[..., dict[str, Any]]:
        return lambda **_: {"MessageId": "1"}


NOBODY: Any = Nobody()


@pytest.fixture(autouse=True)
def leaks(_no_secret_comes_out: None) -> Iterator[list[str]]:
    """What was seen; these tests leak on purpose."""
    yield canaries.WATCH.leaks
    canaries.WATCH.leaks.clear()


def a_mail(text: str) -> EmailMessage:
    message = EmailMessage()
    message["Subject"] = "Eksport 1"
    message.set_content(text)
    return message


def a_page(text: str) -> None:
    app = LambdaFunctionUrlResolver()
    app.get("/")(lambda: {"shown": text})
    request = {"http": {"method": "GET", "path": "/"}, "stage": "$default"}
    app.resolve({"rawPath": "/", "requestContext": request, "headers": {}}, None)  # type: ignore[arg-type]


def log_with_traceback(text: str) -> None:
    try:
        int(text)
    except ValueError:
        logging.getLogger("somebody.else").exception("failed")


def put_into_table(text: str) -> None:
    Table(NOBODY, "ledger").write(Put(("pk", "sk"), {"settings": json.dumps({"deep": [text]})}))


PLACES: dict[str, Callable[[str], Any]] = {
    "an item of the twin": lambda text: FakeTable().write(Put(("pk", "sk"), {"a": {"b": [text]}})),
    "a key of the twin": lambda text: FakeTable().write(Update((f"T#{text}", "sk"), add={"n": 1})),
    "an item of DynamoDB's": put_into_table,
    "a file of the twin": lambda text: FakeFiles().put("k", text.encode(), ""),
    "a file of S3's": lambda text: Files(NOBODY, "b").put_once("k", io.BytesIO(text.encode()), "", ""),
    "a small file": lambda text: Files(NOBODY, "b").put("k", text.encode(), ""),
    "a refused event": lambda text: RejectedEvents().put(text, b"", ""),
    "a queue": lambda text: Queues(NOBODY).send("url", {"token": text}, "group"),
    "many for a queue": lambda text: Queues(NOBODY).send_all("url", [({"token": text}, "group")]),
    "a mail": lambda text: Mail(NOBODY, "us@moment.example", "Mails").send(
        a_mail(text), "kari@nordvik.example"
    ),
    "a mail of the twin": lambda text: FakePostman().send(a_mail(text), "kari@nordvik.example"),
    "our own log": lambda text: logger.error("failed", extra={"what": f"because of {text}"}),
    "another's log": lambda text: logging.getLogger("somebody.else").warning("sent %s", text),
    "a traceback in another's log": log_with_traceback,
    "an error": lambda text: Unreachable(f"Moment: {text}"),
    "an error of the mail's": lambda text: MailDelayed(text),
    "what an error is replaced by": lambda text: Failed(text),
    "what Xledger refuses": lambda text: Rejected([Refusal("", text)]),
    "a page": a_page,
}


@pytest.mark.parametrize("place", PLACES)
def test_a_key_is_seen(place: str, leaks: list[str]) -> None:
    canaries.WATCH.plant(KEY)
    PLACES[place](KEY)
    assert leaks
    assert all(leak.startswith("a key in ") and KEY not in leak for leak in leaks)


@pytest.mark.parametrize("place", PLACES)
def test_what_is_no_secret_is_not(place: str, leaks: list[str]) -> None:
    PLACES[place]("a-canary-that-nobody-planted")
    assert leaks == []


@pytest.mark.parametrize(
    "place", [place for place in PLACES if place not in ("a page", "a mail", "a mail of the twin")]
)
def test_a_link_is_seen_everywhere_but_on_its_page_and_in_its_mail(place: str, leaks: list[str]) -> None:
    PLACES[place](canaries.WATCH.plant_pass("pass-of-the-accountant"))
    assert leaks
    assert all(leak.startswith("a link or a session in ") for leak in leaks)


@pytest.mark.parametrize("place", ["a page", "a mail", "a mail of the twin"])
def test_a_link_may_be_where_it_belongs(place: str, leaks: list[str]) -> None:
    PLACES[place](canaries.WATCH.plant_pass("pass-of-the-accountant"))
    assert leaks == []


def test_a_link_to_a_file_is_mailed_to_nobody(leaks: list[str]) -> None:
    PLACES["a mail"]("https://bucket.example/1.csv?X-Amz-Signature=0f")
    assert leaks


def test_keys_are_planted_where_they_are_made_and_passes_where_they_are_drawn(leaks: list[str]) -> None:
    Token("token-made-in-this-test")
    SoapLogin("user", "password-made-in-this-test", "logon-key-made-in-this-test", "certificate-made-here")
    drawn = Links(FakeTable()).make("nordvik", 1, START)  # type: ignore[arg-type]
    for secret in (
        "token-made-in-this-test",
        "password-made-in-this-test",
        "logon-key-made-in-this-test",
        "certificate-made-here",
        drawn,
    ):
        leaks.clear()
        PLACES["a queue"](secret)
        assert len(leaks) == 1, secret


def test_the_key_of_fingerprints_is_planted_when_it_is_used(leaks: list[str]) -> None:
    class Client:
        def get_secret_value(self, **_: str) -> dict[str, str]:
            return {"SecretString": "key-of-all-fingerprints"}

    client: Any = Client()
    Vault(client, "stack/", "fingerprint.key").fingerprint(Token("token-made-in-this-test"))
    PLACES["a queue"]("key-of-all-fingerprints")
    assert len(leaks) == 1


def test_what_one_test_planted_does_not_concern_the_next(leaks: list[str]) -> None:
    canaries.WATCH.plant("of-the-test-before")
    canaries.WATCH.begin()
    PLACES["a queue"]("of-the-test-before")
    PLACES["a queue"](KEY)  # but what stands in a module does
    assert leaks == ["a key in a queue, in " + leaks[0].rpartition(", in ")[2]]
