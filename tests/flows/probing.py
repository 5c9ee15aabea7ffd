"""A company between a simulated Xledger and a simulated Moment, either of which may be otherwise than is assumed."""

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from local import moment, serving
from local.moment import Shape
from local.serving import Running
from local.xledger.plan import OWNER_CODE, parse_plan
from local.xledger.server import XledgerApp
from local.xledger.soap.plan import PASSWORD, USER
from moment_xledger.adapters.moment_shapes import MomentShapes
from moment_xledger.adapters.told_requests import told_session
from moment_xledger.adapters.xledger_probe import XledgerProbe
from moment_xledger.adapters.xledger_reference import Reference
from moment_xledger.adapters.xledger_soap.client import XledgerSoap
from moment_xledger.adapters.xledger_soap.hosts import host
from moment_xledger.adapters.xledger_soap.posting import Line
from moment_xledger.adapters.xledger_soap.probing import SoapProbe
from moment_xledger.domain.assumptions import Finding
from moment_xledger.domain.companies import Company, CompanyId, Secrets, SoapLogin
from moment_xledger.domain.probes import Probe
from moment_xledger.flows.probe_company import Prober, probe_company
from tests.builders import a_customer, a_project, an_invoice
from tests.office import MOMENT_KEY, FakeVault, settings
from tests.world import TOKEN, TOKEN_ID, URL, World

NORDVIK = CompanyId("nordvik")
PROJECTS = [f"P-{number}" for number in range(1001, 1053)]
EVERYTHING: Mapping[str, Any] = {
    "owner_code": OWNER_CODE,
    "import_expenses": True,
    "vat_codes": {"3": "3", "31": "31", "33": "33"},
}


@dataclass
class Room:
    """`plan`: of the simulated Xledger; `shape`: of what the simulated Moment shows. Nothing has been asked yet."""

    plan: Mapping[str, Any] = field(default_factory=dict)
    shape: Shape = field(default_factory=Shape)
    settings: Mapping[str, Any] = field(default_factory=lambda: EVERYTHING)
    events: list[dict[str, Any]] | None = None
    login: SoapLogin | None = field(default_factory=lambda: SoapLogin(USER, PASSWORD, "kept-key"))
    told: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        soap = {"ledger": {"lines": 300}, "users": [{"key": "kept-key"}]} | dict(self.plan.get("soap", {}))
        self.world = World(parse_plan({"credits_per_hour": None, **self.plan, "soap": soap}), companies=[])
        self.vault = FakeVault()
        self.vault.save(NORDVIK, Secrets(TOKEN, MOMENT_KEY, self.login))
        self.company = Company.model_validate(
            {"id": NORDVIK, "token_id": TOKEN_ID, **settings(**self.settings), "language": "en"}
        )
        self.world.ledger.companies.save(self.company)
        self._running = ExitStack()
        self.xledger = self._running.enter_context(serving.start(XledgerApp(self.world.server), 0))
        self.moment = self._running.enter_context(self._moment())

    def _moment(self) -> Running:
        known = [a_customer("10001"), an_invoice(10231), *map(a_project, PROJECTS)]
        events = known if self.events is None else self.events
        return moment.start(events, {MOMENT_KEY.secret: [NORDVIK]}, shape=self.shape)

    def close(self) -> None:
        self._running.close()

    def worker(self) -> Any:
        worker = self.world.worker()
        object.__setattr__(worker, "vault", self.vault)
        return worker

    def prober(self) -> Prober:
        def soap(company: Company, login: SoapLogin, owner: int, spend: Callable[[str], None]) -> SoapProbe:
            session, wait = told_session(spend, "SOAP"), timedelta(seconds=10)
            line = Line(host("demo", self.xledger.url), session, wait, cuts=True)
            return SoapProbe(XledgerSoap(login, line), line, owner)

        url = f"{self.moment.url}/api/1.0"
        return Prober(
            self.worker(),
            Reference,
            XledgerProbe,
            soap,
            lambda spend: MomentShapes(told_session(spend, "Moment"), url),
        )

    def probe(self) -> Probe:
        return probe_company(NORDVIK, "Kari", self.prober(), self.told.append)

    def cases(self) -> dict[str, str]:
        """What a probe finds: the case by the assumption."""
        return {str(each.assumption): each.case for each in self.probe().findings}

    def finding(self, assumption: str) -> Finding:
        (found,) = [each for each in self.probe().findings if each.assumption == assumption]
        return found


__all__ = ["EVERYTHING", "NORDVIK", "PROJECTS", "URL", "Room"]
