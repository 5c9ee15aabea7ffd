"""SES, as boto3's client for it: takes a mail, perhaps without saying so; tells later whether it arrived."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import cached_property
from typing import Any

from botocore.exceptions import ClientError, ConnectTimeoutError, ReadTimeoutError

from local.proof.journeys import travel
from local.proof.outside import Outside
from local.proof.slowness import Service

TIMEOUT = 20  # as the wiring has it
SES = "https://email.eu-north-1.amazonaws.com"
LARGEST = 10 * 1024 * 1024  # bytes of a mail, in version 1
MESSAGE_ID = re.compile(rb"^message-id:.*?\r\n(?![ \t])", re.IGNORECASE | re.MULTILINE | re.DOTALL)
TAGS, INVOICE, EXPORT = "X-SES-MESSAGE-TAGS", "X-Moment-Invoice", "X-Moment-Xledger-Id"


@dataclass(frozen=True)
class Mail:
    """That SES took, with a Message-ID of its own. `came_back`: it is in nobody's mailbox."""

    at: datetime
    to: str
    content: bytes
    came_back: bool = False

    @cached_property
    def message(self) -> EmailMessage:
        return message_from_bytes(self.content, EmailMessage, policy=policy.default)

    @property
    def tags(self) -> dict[str, str]:
        pairs = (pair.split("=") for pair in str(self.message.get(TAGS, "")).split(",") if pair)
        return {name.strip(): value.strip() for name, value in pairs}

    @property
    def is_notice(self) -> bool:
        return "notice" in self.tags and EXPORT not in self.message


class SesTwin:
    """Only mails with invoices come back, and only as long as bad things happen. `sender` is verified."""

    def __init__(self, outside: Outside, sender: str, tell: Callable[[str], None]) -> None:
        self._outside, self._sender, self._tell = outside, sender, tell
        self.mails: list[Mail] = []

    @property
    def sent(self) -> list[tuple[str, EmailMessage]]:
        """Those that tell of an export."""
        return [(mail.to, mail.message) for mail in self.mails if EXPORT in mail.message]

    def send_raw_email(
        self,
        *,
        Source: str,  # noqa: N803
        Destinations: list[str],  # noqa: N803
        RawMessage: dict[str, bytes],  # noqa: N803
        **_: Any,
    ) -> Any:
        journey = travel(
            self._outside,
            "SendRawEmail",
            lambda: self._take(Source, Destinations[0], RawMessage["Data"]),
            timeout=TIMEOUT,
            service=Service.MAIL,
        )
        if not journey.is_answered:
            error = ConnectTimeoutError if journey.is_lost else ReadTimeoutError
            raise error(endpoint_url=SES)
        if isinstance(journey.answer, ClientError):
            raise journey.answer
        if journey.meets == "answers 5xx":
            raise _error("InternalFailure", "", 500)
        return {"MessageId": journey.answer}

    def _take(self, source: str, to: str, data: bytes) -> str | ClientError:
        fates = self._outside.fates
        if refusal := self._refusal(source, to, data):
            return refusal
        if fates.happens(fates.rates.refusals):
            return _error("Throttling", "Maximum sending rate exceeded.")
        id_ = f"mail-{len(self.mails) + 1}"
        mail = Mail(self._outside.scheduler.now, to, _with_its_own_id(data, id_))
        if INVOICE in mail.message and fates.happens(fates.rates.bounces):
            mail = replace(mail, came_back=True)
        self.mails.append(mail)
        if "attempt" in mail.tags:
            self._tell_later(id_, mail)
        return _error("InternalFailure", "", 500) if fates.happens(fates.rates.server_errors) else id_

    def _refusal(self, source: str, to: str, data: bytes) -> ClientError | None:
        if source != self._sender:
            who = f"The following identities failed the check in region EU-NORTH-1: {source}"
            return _error("MessageRejected", f"Email address is not verified. {who}")
        if "@" not in to:
            return _error("InvalidParameterValue", "Missing final '@domain'")
        if len(data) > LARGEST:
            too_long = f"Message length is more than {LARGEST} bytes long: '{len(data)}'."
            return _error("InvalidParameterValue", too_long)
        return None

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


def _with_its_own_id(data: bytes, id_: str) -> bytes:
    head, blank, body = data.partition(b"\r\n\r\n")
    others = MESSAGE_ID.sub(b"", head + b"\r\n").removesuffix(b"\r\n")
    return f"Message-ID: <{id_}@eu-north-1.amazonses.com>\r\n".encode() + others + blank + body


def _error(code: str, message: str, status: int = 400) -> ClientError:
    answer: Any = {
        "Error": {"Code": code, "Message": message},
        "ResponseMetadata": {"HTTPStatusCode": status},
    }
    return ClientError(answer, "SendRawEmail")
