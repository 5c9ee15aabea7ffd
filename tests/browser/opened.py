"""The site of `tests/console` where a browser can go: the console at one host, its bucket at another, as on AWS."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Lock
from typing import Any

from werkzeug import Request, Response

from functions.console import handler
from local.serving import start
from moment_xledger.domain.companies import CompanyId, Language
from moment_xledger.domain.sessions import Role
from tests.builders import COMPANY
from tests.console.site import Context, Site, an_http_event

# Browsers lead every name under `localhost` to this machine, and take secure cookies from there.
CONSOLE, BUCKET = "console.localhost", "bucket.localhost"


@dataclass(frozen=True)
class Opened:
    site: Site
    port: int

    @property
    def address(self) -> str:
        return f"http://{CONSOLE}:{self.port}"

    @property
    def bucket(self) -> str:
        return f"http://{BUCKET}:{self.port}"

    def link(
        self,
        role: Role = Role.ACCOUNTANT,
        language: Language = Language.NORWEGIAN,
        company: CompanyId = COMPANY.id,
    ) -> str:
        """As Moment's back end gives it to a person's browser."""
        return self.address + self.site.offer(role, company, language=language)


@contextmanager
def opened_to_browsers(site: Site) -> Iterator[Opened]:
    """A browser asks for several things at once; the twins take one at a time."""
    turn = Lock()

    @Request.application
    def answer(request: Request) -> Response:
        if request.host.startswith(BUCKET):
            return _file(site, request.path)
        with turn:
            return _page(request)

    with start(answer) as running:
        opened = Opened(site, running.port)
        site.files.origin = opened.bucket
        yield opened


def _page(request: Request) -> Response:
    headers = {name.lower(): value for name, value in request.headers.items() if name != "Cookie"}
    body = request.get_data(as_text=True) if request.method == "POST" else None
    event = an_http_event(request.method, _asked(request), body, headers, request.cookies)
    given: dict[str, Any] = handler.lambda_handler(event, Context())  # type: ignore[arg-type]
    response = Response(given.get("body"), given["statusCode"], given["headers"])
    for cookie in given.get("cookies", ()):
        response.headers.add("Set-Cookie", cookie)
    return response


def _asked(request: Request) -> str:
    return request.full_path if request.query_string else request.path


def _file(site: Site, path: str) -> Response:
    """Saved under its own name, as the bucket is told by the link."""
    key = path.removeprefix("/")
    save_as = {"Content-Disposition": f'attachment; filename="{key.rpartition("/")[2]}"'}
    return Response(site.files.held[key], 200, save_as, content_type="application/octet-stream")
