"""The console's function over twins, and browsers that know of it what a browser would."""

import base64
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest

from functions.console import handler
from moment_xledger.adapters.review_file import write_review
from moment_xledger.adapters.xledger_probe import XledgerProbe
from moment_xledger.adapters.xledger_reference import Reference
from moment_xledger.console.desk import Desk
from moment_xledger.domain.companies import Company, CompanyId, Language, Secrets, Token
from moment_xledger.domain.entities import Reach, Reached
from moment_xledger.domain.exports import Export
from moment_xledger.domain.probes import Listed
from moment_xledger.domain.sessions import Person, Role
from moment_xledger.flows.export_invoices import Exporter, export_invoices
from moment_xledger.flows.probe_company import Prober
from moment_xledger.flows.test_connection import Trial
from tests.builders import COMPANY, a_customer, a_project, an_invoice, in_xledger, of
from tests.console import documented
from tests.fakes import FakeFiles
from tests.flows.test_reconcile import Moments
from tests.office import MOMENT_KEY, FakeVault
from tests.world import TOKEN, World, entities_of

ADDRESS = "https://console.example"
A_FORM = {"content-type": "application/x-www-form-urlencoded"}


@dataclass(frozen=True)
class Context:
    function_name: str = "console"
    memory_limit_in_mb: int = 512
    invoked_function_arn: str = "arn:aws:lambda:eu-north-1:123456789012:function:console"
    aws_request_id: str = "request-1"


@dataclass(frozen=True)
class Page:
    status: int
    headers: Mapping[str, str]
    text: str
    cookies: tuple[str, ...]

    @property
    def facts(self) -> Any:
        return json.loads(self.text)

    @property
    def place(self) -> str:
        return self.headers["Location"]

    def hidden(self, name: str) -> str:
        """What a form of the page carries along."""
        found = re.search(rf'name="{name}" value="([^"]*)"', self.text)
        assert found, f"no form with {name}"
        return found[1]

    def inputs(self) -> dict[str, str]:
        return dict(re.findall(r'name="(\w+)" value="([^"]*)"', self.text))


class NothingInMoment:
    def listed(self, *_: Any) -> tuple[Listed, frozenset[str]]:
        return Listed(0), frozenset()


class Site:
    """Jobs that were put on the exports queue are in `jobs`, until `work` does them."""

    def __init__(self, companies: Iterable[Company] = (COMPANY,)) -> None:
        companies = list(companies)
        each_has_its_own = len(companies) > 1 and all(company.owner_code for company in companies)
        self.world = World(entities_of(companies) if each_has_its_own else None, companies)
        self.files = FakeFiles()
        self.jobs: list[dict[str, Any]] = []
        self.vault = FakeVault()
        for company in companies:
            self.vault.save(company.id, Secrets(TOKEN, MOMENT_KEY))
        self.moment = Moments()
        self.moment_accepts, self.soap_accepts = True, True

    def give_token(self, company: Company, token: Token) -> None:
        """One that reaches the company's own entity alone."""
        assert company.owner_code
        self.vault.save(company.id, Secrets(token, MOMENT_KEY))
        own = Reached(company.owner_code, company.name)
        reach = Reach(self.world.url, self.world.time(), own, (own,))
        self.world.ledger.entities.save_reach(company.token_id, reach)

    def desk(self) -> Desk:
        return Desk(
            self.world.ledger,
            self._start_export,
            self.world.time,
            files=lambda: self.files,  # type: ignore[arg-type,return-value]
            vault=lambda: self.vault,  # type: ignore[arg-type,return-value]
            trial=self._trial,
            prober=self._prober,
            moment=lambda: self.moment,
            xledger_url=lambda: self.world.url,
        )

    def _trial(self) -> Trial:
        worker = replace(self.world.worker(), vault=self.vault)  # type: ignore[arg-type]
        return Trial(worker, Reference, lambda *_: self.moment_accepts, lambda *_: self.soap_accepts)

    def _prober(self) -> Prober:
        """Moment has nothing to show; there is no SOAP service."""
        worker = replace(self.world.worker(), vault=self.vault)  # type: ignore[arg-type]
        return Prober(worker, Reference, XledgerProbe, lambda *_: 1 / 0, lambda _: NothingInMoment())  # type: ignore[arg-type]

    def _start_export(self, company: CompanyId, request: str, by: str, repeats: int | None = None) -> None:
        self.jobs.append({"company_id": company, "request": request, "by": by, "repeats": repeats})

    def work(self) -> list[Export | None]:
        exporter = Exporter(self.world.ledger, self.files, self.world.time, write_review)  # type: ignore[arg-type]
        jobs, self.jobs = self.jobs, []
        return [export_invoices(exporter=exporter, **job) for job in jobs]

    def receive(self, *invoices: dict[str, Any], company: CompanyId = COMPANY.id) -> None:
        """Finalized in Moment, for a customer and a project that Xledger has."""
        in_xledger(self.world.ledger, company, a_customer(), a_project())
        self.world.receive(*(of(company, event) for event in invoices))

    def export(self, *numbers: int, company: CompanyId = COMPANY.id, by: str = "schedule") -> Export:
        """An export of these invoices, made and ready."""
        self.receive(*(an_invoice(number) for number in numbers), company=company)
        self._start_export(company, f"{company}-{numbers}", by)
        (export,) = self.work()
        assert export
        return export

    def offer(
        self,
        role: Role = Role.ACCOUNTANT,
        company: CompanyId = COMPANY.id,
        name: str = "Kari Nordmann",
        language: Language = Language.NORWEGIAN,
    ) -> str:
        """Where Moment's link leads."""
        person = Person(company, name, role, language)
        return "/in/" + self.world.ledger.sessions.offer(person, self.world.time())

    def browser(
        self, role: Role | None = Role.ACCOUNTANT, company: CompanyId = COMPANY.id, **but: Any
    ) -> "Browser":
        """Signed in, unless without a role."""
        browser = Browser()
        if role is not None:
            assert browser.post(self.offer(role, company, **but)).status == 303
        return browser


@dataclass
class Browser:
    jar: dict[str, str] = field(default_factory=dict)

    def get(self, address: str, **headers: str) -> Page:
        return self.ask("GET", address, None, headers)

    def get_json(self, address: str) -> Page:
        return self.get(address, accept="application/json")

    def post(self, address: str, form: Mapping[str, str] | None = None, **headers: str) -> Page:
        return self.ask("POST", address, urlencode(form or {}), headers)

    def press(self, page: str, address: str, **but: str) -> Page:
        """Send a form of a page, with what the page gave along."""
        return self.post(address, self.get(page).inputs() | but)

    def ask(
        self,
        method: str,
        address: str,
        body: str | bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Page:
        given = {name.replace("_", "-"): value for name, value in (headers or {}).items()}
        event = an_http_event(method, address, body, {"accept": "text/html"} | given, self.jar)
        answer = handler.lambda_handler(event, Context())  # type: ignore[arg-type]
        page = Page(
            answer["statusCode"],
            answer["headers"],
            answer.get("body") or "",
            tuple(answer.get("cookies", ())),
        )
        documented.check(
            method, urlsplit(address).path, page.status, page.headers.get("Content-Type", ""), page.text
        )
        for cookie in page.cookies:
            name, _, value = cookie.partition(";")[0].partition("=")
            self.jar[name] = value
        return page


def an_http_event(
    method: str,
    address: str,
    body: str | bytes | None,
    headers: Mapping[str, str],
    cookies: Mapping[str, str],
) -> dict[str, Any]:
    """As a function URL gives it: a form's body in base64, cookies apart."""
    parts = urlsplit(address)
    event: dict[str, Any] = {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": parts.path,
        "rawQueryString": parts.query,
        "headers": {"host": "console.example"} | ({} if body is None else A_FORM) | dict(headers),
        "requestContext": {
            "accountId": "anonymous",
            "apiId": "console",
            "domainName": "console.example",
            "http": {"method": method, "path": parts.path, "protocol": "HTTP/1.1", "sourceIp": "192.0.2.1"},
            "requestId": "1",
            "routeKey": "$default",
            "stage": "$default",
            "timeEpoch": 1795338000000,
        },
        "isBase64Encoded": body is not None,
    }
    if parts.query:
        event["queryStringParameters"] = dict(parse_qsl(parts.query))
    if cookies:
        event["cookies"] = [f"{name}={value}" for name, value in cookies.items()]
    if body is not None:
        sent = body.encode() if isinstance(body, str) else body
        event["body"] = base64.b64encode(sent).decode()
    return event


def opened(monkeypatch: pytest.MonkeyPatch, companies: Iterable[Company] = (COMPANY,)) -> Site:
    """The site, behind the function's `wire`."""
    site = Site(companies)
    monkeypatch.setattr(handler, "wire", lambda: site)
    return site
