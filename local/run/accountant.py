"""What the accountant does in the morning: opens the link of the mail and fetches the files from the page behind it."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from typing import Any
from urllib.parse import urljoin, urlsplit

import lxml.html
import requests

from local.aws import AwsError
from local.mailbox import Mail

_TIMEOUT = 30
FILE_BUTTONS = "//form[contains(@action, '/files/')]/@action"
_LINK = re.compile(r"https://\S+/e/\S+")


@dataclass(frozen=True)
class Fetched:
    name: str
    content: bytes
    link: str  # of five minutes, to these very bytes


def links(mails: Iterable[Mail], company: str, export: int) -> Iterator[str]:
    """To the page of this export, as mailed to each of its readers."""
    for mail in mails:
        message = message_from_bytes(mail.path.read_bytes(), policy=policy.default)
        body = message.get_body(("plain",))
        ours = str(message["X-Moment-Xledger-Id"] or "").startswith(f"export-{company}-{export}-")
        if ours and body and (found := _LINK.search(body.get_content())):
            yield found[0]


def fetch(link: str, aws_url: str) -> list[Fetched]:
    """Each file of the page. Its address leads to the embedded AWS, which knows the function by the host's name."""
    page_at = urlsplit(link)
    near = f"{aws_url}{page_at.path}"
    headers = {"Host": page_at.netloc}
    page = requests.get(near, headers=headers, timeout=_TIMEOUT)
    if not page.ok:
        raise AwsError(f"The link of the mail answers {page.status_code}.")
    buttons: Any = lxml.html.document_fromstring(page.content).xpath(FILE_BUTTONS)
    return [_pressed(urljoin(near, str(button)), headers) for button in buttons]


def _pressed(button: str, headers: dict[str, str]) -> Fetched:
    """The button of one file answers 303 with a link that soon ends."""
    answer = requests.post(button, headers=headers, timeout=_TIMEOUT, allow_redirects=False)
    if answer.status_code != 303:
        raise AwsError(f"The button of a file answers {answer.status_code} instead of 303.")
    link = answer.headers["Location"]
    file = requests.get(link, timeout=_TIMEOUT)
    file.raise_for_status()
    name = re.search(r'filename="([^"]+)"', file.headers.get("Content-Disposition", ""))
    return Fetched(name[1] if name else "", file.content, link)
