"""What Moment's answers have in common."""

import json
from http import HTTPStatus

import requests

UNEXPLAINED = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)  # unless the answer is Moment's own
MOST_BYTES = 64 * 1024


def refuses_the_key(answer: requests.Response) -> bool:
    """True for Moment's own refusal; False for the page of a firewall or a proxy, which says nothing of the key.

    Assumed is that Moment's errors are JSON with `status` or `error`. A 401 that asks for Basic authentication, as
    Moment's API takes it, counts too, unless it is a page for eyes.
    """
    if answer.status_code not in UNEXPLAINED:
        return False
    if _is_moments_error(next(answer.iter_content(MOST_BYTES), b"")):
        return True
    asks = answer.headers.get("WWW-Authenticate", "").lower().startswith("basic")
    is_page = "html" in answer.headers.get("Content-Type", "").lower()
    return answer.status_code == HTTPStatus.UNAUTHORIZED and asks and not is_page


def _is_moments_error(body: bytes) -> bool:
    try:
        error = json.loads(body)
    except (ValueError, RecursionError):
        return False
    return isinstance(error, dict) and not error.keys().isdisjoint(("status", "error"))
