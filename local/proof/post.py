"""SES, as boto3's client for it: takes a mail, perhaps without saying so; tells later whether it arrived."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from botocore.exceptions import ClientError, ConnectTimeoutError, ReadTimeoutError

from local.proof.journeys import travel
from local.proof.outside import Outside

TIMEOUT = 20  # as the wiring has it
SES = "https://email.eu-north-1.amazonaws.com"
TAGS, INVOICE, EXPORT = "X-SES-MESSAGE-TAGS", "X-Moment-Invoice", "X-Moment-Xledger-Id"


@dataclass(frozen=True)
class Mail:
    """That SES took. `came_back`: it is in nobody's mailbox."""

    at: datetime
    to: str
    message: EmailMessage
    came_back: bool = False

    @property
    def tags(self) -> dict[str, str]:
        pairs = (pair.split("=") for pair in str(self.message.get(TAGS, "")).split(",") if pair)
        return {name.strip(): value.strip() for name, value in pairs}

    @property
    def is_notice(self) -> bool:
        return "notice" in self.tags


class SesTwin:
    """Only mails with invoices come back, and only as long as bad things happen."""

    def __init__(self, outside: Outside, tell: Callable[[str], None]) -> None:
        self._outside, self._tell = outside, tell
        self.mails: list[Mail] = []

    @property
    def sent(self) -> list[tuple[str, EmailMessage]]:
        """Those that tell of an export."""
        return [(mail.to, mail.message) for mail in self.mails if EXPORT in mail.message]

    def send_raw_email(self, *, Destinations: list[str], RawMessage: dict[str, bytes], **_: Any) -> Any:  # noqa: N803
        message = message_from_bytes(RawMessage["Data"], EmailMessage, policy=policy.default)
        journey = travel(
            self._outside, "SendRawEmail", lambda: self._take(Destinations[0], message), timeout=TIMEOUT
        )
        if not journey.is_answered:
            error = ConnectTimeoutError if journey.is_lost else ReadTimeoutError
            raise error(endpoint_url=SES)
        if isinstance(journey.answer, ClientError):
            raise journey.answer
        return {"MessageId": journey.answer}

    def _take(self, to: str, message: EmailMessage) -> str | ClientError:
        fates = self._outside.fates
        if fates.happens(fates.rates.refusals):
            return _error("Throttling", 400)
        comes_back = INVOICE in message and fates.happens(fates.rates.bounces)
        mail = Mail(self._outside.scheduler.now, to, message, comes_back)
        self.mails.append(mail)
        id_ = f"mail-{len(self.mails)}"
        if "attempt" in mail.tags:
            self._tell_later(id_, mail)
        return _error("InternalFailure", 500) if fates.happens(fates.rates.server_errors) else id_

    def _tell_later(self, id_: str, mail: Mail) -> None:
        event = {
            "eventType": "Bounce" if mail.came_back else "Delivery",
            "mail": {
                "messageId": id_,
                "destination": [mail.to],
                "tags": {name: [value] for name, value in mail.tags.items()},
            },
            "bounce": {"bounceType": "Permanent", "bounceSubType": "General"},
        }
        delay = timedelta(seconds=self._outside.fates.random.uniform(0.2, 300))
        self._outside.scheduler.later(delay, lambda: self._tell(json.dumps({"detail": event})))


def _error(code: str, status: int) -> ClientError:
    answer: Any = {"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(answer, "SendRawEmail")
