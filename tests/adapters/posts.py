"""SES and what arrives by it: the twin's, and others'."""

import time
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from random import Random
from typing import Any, Protocol

from botocore.exceptions import BotoCoreError, ClientError
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.ses.models import ses_backends

from local.aws.ministack import REGION
from local.mailbox import Mailbox
from local.proof.fates import NONE, Fates, Rates
from local.proof.outside import Outside
from local.proof.post import SesTwin
from local.proof.scheduling import Scheduler
from tests.adapters.lines import START

SENDER = "integrasjon@moment.example"
NEWS = "Mails-1A2B"
_SECONDS = 10  # that a mail may be under way


@dataclass(frozen=True)
class Arrived:
    to: frozenset[str]
    content: bytes

    @property
    def message(self) -> EmailMessage:
        return message_from_bytes(self.content, EmailMessage, policy=policy.default)


class Post(Protocol):
    """`ses` is a client; only SENDER is verified."""

    ses: Any

    def arrived(self, count: int) -> list[Arrived]: ...


class PostOfTwin:
    """What goes wrong there goes wrong at these rates."""

    def __init__(self, rates: Rates = NONE) -> None:
        self._scheduler = Scheduler(START)
        outside = Outside(self._scheduler, Fates(Random(1), rates), lambda what: None)
        self._twin = SesTwin(outside, SENDER, tell=lambda event: None)
        self.ses = self

    def send_raw_email(self, **mail: Any) -> Any:
        """As a task, since nobody else can call the outside."""
        answers: list[Any] = []
        errors: list[Exception] = []

        def send() -> None:
            try:
                answers.append(self._twin.send_raw_email(**mail))
            except (BotoCoreError, ClientError) as error:
                errors.append(error)

        task = self._scheduler.start("sender", send)
        self._scheduler.run(lambda: task.is_over)
        for error in errors:
            raise error
        return answers[0]

    def arrived(self, count: int = 0) -> list[Arrived]:
        self._scheduler.run(lambda: False)  # what is still under way
        return [Arrived(frozenset({mail.to}), mail.content) for mail in self._twin.mails]


class PostOfMoto:
    def __init__(self, ses: Any) -> None:
        self.ses = ses
        ses.verify_email_identity(EmailAddress=SENDER)

    def arrived(self, count: int) -> list[Arrived]:
        sent = ses_backends[DEFAULT_ACCOUNT_ID][REGION].sent_messages
        return [Arrived(frozenset(mail.destinations), mail.raw_data.encode()) for mail in sent]


class PostOfEmbedded:
    def __init__(self, ses: Any, mailbox: Mailbox) -> None:
        self.ses, self._mailbox = ses, mailbox
        self._before = len(list(mailbox))
        ses.verify_email_identity(EmailAddress=SENDER)

    def arrived(self, count: int) -> list[Arrived]:
        """As soon as there are as many, since they are carried in the background."""
        give_up = time.monotonic() + _SECONDS
        while len(list(self._mailbox)) < self._before + count and time.monotonic() < give_up:
            time.sleep(0.01)
        mails = list(self._mailbox)[self._before :]
        return [Arrived(frozenset(mail.to), mail.path.read_bytes()) for mail in mails]
