"""What was sent with a request, as bytes: a function URL gives what it does not take for text in base64."""

import base64
from collections.abc import Mapping
from typing import Any


def longest(event: Mapping[str, Any]) -> int:
    """How many bytes were sent at most, without looking at them. What is in base64 may be two less."""
    sent = event.get("body") or ""
    return len(sent) // 4 * 3 if event.get("isBase64Encoded") else len(sent)


def body_of(event: Mapping[str, Any]) -> bytes:
    """Raises `ValueError` for what is no base64 and should be."""
    sent: str = event.get("body") or ""
    return base64.b64decode(sent, validate=True) if event.get("isBase64Encoded") else sent.encode()
