"""Function URLs and whoever calls them: a person's browser, and Moment's back end. Each request is a call of a
function, which can die; whoever waits for it sees an error, and does not know what has been done."""

import base64
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from types import ModuleType
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from local.proof.fates import Fates
from local.proof.pages import Form, Page
from local.proof.processes import Process
from local.proof.scheduling import Died, Scheduler

HOST = "console.example"
FORM, JSON = "application/x-www-form-urlencoded", "application/json"
PATIENCE = timedelta(seconds=100)  # before somebody takes it that nothing comes any more
BROKEN: Mapping[str, Any] = {"statusCode": 502, "headers": {}, "body": "Internal Server Error"}


@dataclass(frozen=True)
class Front:
    """`begun` gives a call the context that its function is given."""

    functions: Mapping[str, ModuleType]
    begun: Callable[[str], Any]
    scheduler: Scheduler
    fates: Fates
    note: Callable[[str], None]

    def ask(self, function: str, event: dict[str, Any]) -> Mapping[str, Any]:
        """Its answer, or what is seen instead of one."""
        if self.fates.happens(self.fates.rates.lost_requests):
            return BROKEN
        answers: list[Mapping[str, Any]] = []
        task = self.scheduler.start(
            function, lambda: self._answer(function, event, answers), process=Process()
        )
        self.scheduler.wait_for(task, PATIENCE)
        if not answers or self.fates.happens(self.fates.rates.lost_answers):
            return BROKEN
        return answers[0]

    def _answer(self, function: str, event: dict[str, Any], answers: list[Mapping[str, Any]]) -> None:
        try:
            answers.append(self.functions[function].lambda_handler(event, self.begun(function)))
        except Died:
            raise
        except Exception as error:  # noqa: BLE001 -- as Lambda: whoever asked sees that it failed
            self.note(f"{function}: the function failed with {type(error).__name__}: {error}")


@dataclass
class Browser:
    front: Front
    jar: dict[str, str] = field(default_factory=dict)

    def get(self, address: str, accept: str = "text/html") -> Page:
        return self._ask(an_event("GET", address, {"accept": accept}, self.jar))

    def send(self, form: Form, **but: str) -> Page:
        body = urlencode(form.fields | but).encode()
        headers = {"accept": "text/html", "content-type": FORM}
        return self._ask(an_event("POST", form.action, headers, self.jar, body))

    def _ask(self, event: dict[str, Any]) -> Page:
        answer = self.front.ask("console", event)
        page = Page(
            event["rawPath"],
            answer["statusCode"],
            answer["headers"].get("Location", ""),
            answer.get("body") or "",
            tuple(answer.get("cookies", ())),
        )
        self.jar |= dict(_cookies(page))
        return page


def a_link(front: Front, **wanted: str) -> str:
    """Moment's back end asks for it; nothing where it got no answer."""
    body = json.dumps(wanted).encode()
    answer = front.ask("open_session", an_event("POST", "/sessions", {"content-type": JSON}, {}, body))
    return urlsplit(json.loads(answer["body"])["url"]).path if answer["statusCode"] == 201 else ""


def _cookies(page: Page) -> Iterator[tuple[str, str]]:
    for cookie in page.cookies:
        name, _, value = cookie.partition(";")[0].partition("=")
        yield name, value


def an_event(
    method: str,
    address: str,
    headers: Mapping[str, str],
    cookies: Mapping[str, str],
    body: bytes | None = None,
) -> dict[str, Any]:
    """As a function URL gives it: a form's body in base64, cookies apart."""
    parts = urlsplit(address)
    about = {"method": method, "path": parts.path, "protocol": "HTTP/1.1", "sourceIp": "192.0.2.1"}
    event: dict[str, Any] = {
        "version": "2.0",
        "rawPath": parts.path,
        "rawQueryString": parts.query,
        "queryStringParameters": dict(parse_qsl(parts.query)),
        "headers": {"host": HOST, **headers},
        "requestContext": {"http": about, "domainName": HOST, "stage": "$default", "requestId": "1"},
        "isBase64Encoded": body is not None,
    }
    if cookies:
        event["cookies"] = [f"{name}={value}" for name, value in cookies.items()]
    if body is not None:
        event["body"] = base64.b64encode(body).decode()
    return event
