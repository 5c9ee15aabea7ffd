"""A mailbox that takes every mail and keeps it as a file that any mail program opens. Nothing is sent on."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from types import TracebackType
from typing import Self

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from local.children import HOST, free_port

_IN_A_NAME = 40  # characters of the subject


@dataclass(frozen=True)
class Mail:
    sender: str
    to: tuple[str, ...]  # who gets it, which is not always what its head says
    subject: str
    path: Path


class Mailbox:
    """Open for as long as the `with` block lasts; the mails stay in the folder, beside those of earlier times."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._mails: list[Mail] = []
        self._door = Controller(self, hostname=HOST, port=free_port())

    def __enter__(self) -> Self:
        self._folder.mkdir(parents=True, exist_ok=True)
        self._before = len(list(self._folder.glob("*.eml")))
        self._door.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._door.stop()

    def __iter__(self) -> Iterator[Mail]:
        return iter(tuple(self._mails))

    @property
    def address(self) -> str:
        return f"{HOST}:{self._door.port}"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Called by the server for each mail, one at a time."""
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        subject = _subject(content)
        path = self._folder / f"{self._before + len(self._mails) + 1:04}-{_for_a_name(subject)}.eml"
        path.write_bytes(content)
        self._mails.append(Mail(envelope.mail_from or "", tuple(envelope.rcpt_tos), subject, path))
        return "250 Kept"


def _subject(content: bytes) -> str:
    message: EmailMessage = message_from_bytes(content, EmailMessage, policy=policy.default)
    return str(message["Subject"] or "")


def _for_a_name(subject: str) -> str:
    return re.sub(r"[^\w]+", "-", subject).strip("-").lower()[:_IN_A_NAME].strip("-") or "mail"
