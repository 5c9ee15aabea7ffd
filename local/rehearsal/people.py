"""Somebody in the console, who reads pages and presses buttons."""

from typing import Any
from urllib.parse import urljoin, urlsplit

import lxml.html
import requests

from local.rehearsal.stage import NotAsWritten

FILE = "/files/file"  # where the button of the file for the import leads
_TIMEOUT = 60


class Person:
    """`link` names the function by its host; it is reached where the embedded AWS is."""

    def __init__(self, link: str, aws_url: str) -> None:
        at = urlsplit(link)
        self._near, self._headers = aws_url, {"Host": at.netloc}
        entered = self._ask("POST", at.path)
        self._headers["Cookie"] = entered.headers.get("Set-Cookie", "").partition(";")[0]

    def reads(self, path: str) -> str:
        """The words of a page."""
        return " ".join(str(self._page(path).text_content()).split())

    def facts(self, path: str) -> dict[str, Any]:
        """The same page for programs."""
        return dict(self._ask("GET", path, Accept="application/json").json())

    def may_read(self, path: str) -> bool:
        return self._ask("GET", path).ok

    def presses(self, path: str, action: str) -> requests.Response:
        """The button of that page's form which leads there."""
        answer = self._pressed(path, action)
        if answer.status_code not in (200, 303):
            raise NotAsWritten(f"the button {action} answers {answer.status_code}")
        return answer

    def may_fetch(self, export: int) -> bool:
        return self._pressed(f"/exports/{export}", FILE).status_code == 303

    def fetches(self, export: int) -> requests.Response:
        """The file for the import, by its button."""
        pressed = self.presses(f"/exports/{export}", FILE)
        return requests.get(pressed.headers["Location"], timeout=_TIMEOUT)

    def _pressed(self, path: str, action: str) -> requests.Response:
        forms = [form for form in self._page(path).forms if action in form.action]
        if not forms:
            raise NotAsWritten(f"the page {path} has no button that leads to {action}")
        return self._ask("POST", urljoin(path, forms[0].action), dict(forms[0].form_values()))

    def _page(self, path: str) -> Any:
        answer = self._ask("GET", path)
        if not answer.ok:
            raise NotAsWritten(f"the page {path} answers {answer.status_code}")
        return lxml.html.document_fromstring(answer.content)

    def _ask(
        self, method: str, path: str, form: dict[str, Any] | None = None, **headers: str
    ) -> requests.Response:
        return requests.request(
            method,
            self._near + path,
            headers=self._headers | headers,
            data=form,
            timeout=_TIMEOUT,
            allow_redirects=False,
        )
