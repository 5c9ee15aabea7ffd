"""Somebody in the console who opens every page and presses every button once."""

from collections import Counter
from collections.abc import Iterator
from typing import Any
from urllib.parse import urljoin, urlsplit

import lxml.html
import requests

_TIMEOUT = 120
_MOST_PAGES = 60
_LEAVES = "/out"
# What a form does not take empty; and a key, so that some are stored anew. Xledger gives another for one it refuses.
_FILLED_IN = {"reason": "Tried out", "why": "Tried out", "soap_logon_key": "a-key-that-is-tried-out"}


class Visitor:
    """`answers` counts what came of it, by status; a server's own failure is told with the place where it was."""

    def __init__(self, link: str, aws_url: str) -> None:
        """The link names the function by its host; it is reached where the embedded AWS is."""
        at = urlsplit(link)
        self._near, self._headers = aws_url, {"Host": at.netloc}
        self.answers: Counter[int] = Counter()
        self.failed: list[str] = []
        entered = self._ask("POST", at.path)
        self._headers["Cookie"] = entered.headers.get("Set-Cookie", "").partition(";")[0]

    def look_around(self, start: str = "/overview") -> None:
        """Buttons of a page are pressed before its links are followed; the one that leaves is pressed by nobody."""
        open_places, seen, pressed = [start], {start}, set[str]()
        while open_places and len(seen) < _MOST_PAGES:
            page = self._ask("GET", place := open_places.pop(0))
            for form in _forms(page):
                if form.action not in pressed and not form.action.endswith(_LEAVES):
                    pressed.add(form.action)
                    self._press(form, place)
            for link in _links(page, place):
                if link not in seen:
                    seen.add(link)
                    open_places.append(link)

    def _press(self, form: Any, place: str) -> None:
        values = dict(form.form_values())
        values |= {
            name: text for name, text in _FILLED_IN.items() if name in form.fields and not values.get(name)
        }
        self._ask("POST", urljoin(place, form.action), values)

    def _ask(self, method: str, path: str, form: dict[str, Any] | None = None) -> requests.Response:
        answer = requests.request(
            method,
            self._near + path,
            headers=self._headers,
            data=form,
            timeout=_TIMEOUT,
            allow_redirects=False,
        )
        self.answers[answer.status_code] += 1
        if answer.status_code >= 500:
            self.failed.append(f"{method} {path.partition('?')[0]} answers {answer.status_code}")
        return answer


def _forms(page: requests.Response) -> list[Any]:
    if not _is_page(page):
        return []
    document: Any = lxml.html.document_fromstring(page.content)
    return [form for form in document.forms if form.method == "POST"]


def _links(page: requests.Response, place: str) -> Iterator[str]:
    if _is_page(page):
        hrefs: Any = lxml.html.document_fromstring(page.content).xpath("//a/@href")
        for href in hrefs:
            link = urlsplit(urljoin(place, str(href)))
            if not link.netloc and link.scheme == "":
                yield f"{link.path}?{link.query}" if link.query else link.path


def _is_page(page: requests.Response) -> bool:
    return page.ok and page.headers.get("Content-Type", "").startswith("text/html") and bool(page.content)
