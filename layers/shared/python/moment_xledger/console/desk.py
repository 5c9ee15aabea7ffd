"""What the console works with."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from aws_lambda_powertools.event_handler.router import LambdaFunctionUrlRouter

from moment_xledger.domain.companies import Company, CompanyId, TokenId
from moment_xledger.domain.kinds import Kind

if TYPE_CHECKING:
    from moment_xledger.adapters.files import Files
    from moment_xledger.adapters.ledger import Ledger
    from moment_xledger.adapters.secrets import Vault
    from moment_xledger.adapters.table import Key
    from moment_xledger.flows.fetch_file import Shelf
    from moment_xledger.flows.probe_company import Prober
    from moment_xledger.flows.reconcile import Moment
    from moment_xledger.flows.resolve_problem import Resolver
    from moment_xledger.flows.test_connection import Trial


class StartExport(Protocol):
    def __call__(self, company: CompanyId, request: str, by: str, repeats: int | None = None) -> None: ...


@dataclass(frozen=True)
class Desk:
    ledger: "Ledger"
    start_export: StartExport
    clock: Callable[[], datetime]
    files: Callable[[], "Files"]  # these five are made by whoever needs them, and by no other page
    vault: Callable[[], "Vault"]
    trial: Callable[[], "Trial"]
    prober: Callable[[], "Prober"]
    moment: Callable[[], "Moment"]
    xledger_url: Callable[[], str]  # where it answers GraphQL

    def beforehand(self, keys: "Iterable[Key]") -> "Desk":
        """For a page that shows what lies there: read in one go, not one after another."""
        return replace(self, ledger=self.ledger.beforehand(keys))

    @property
    def shelf(self) -> "Shelf":
        from moment_xledger.flows.fetch_file import Shelf

        return Shelf(self.ledger, self.files(), self.clock)

    def resolver(self, by: str) -> "Resolver":
        """It wakes nobody: what it marks as work is found by the sweep within a minute, so the console needs no
        right to the queues."""
        from moment_xledger.flows.resolve_problem import Resolver

        return Resolver(self.ledger, _found_by_the_sweep, self.clock, by)

    def company(self, company: CompanyId) -> Company:
        return self.ledger.companies.get_known(company)


def _found_by_the_sweep(kind: Kind, token: TokenId) -> None:
    pass


def new_router() -> LambdaFunctionUrlRouter:
    """For a file of routes; the application includes them all."""
    return LambdaFunctionUrlRouter()  # type: ignore[no-untyped-call]  # Powertools leaves it so


def desk_of(router: LambdaFunctionUrlRouter) -> Desk:
    """Laid out by the handler for this one request."""
    found: Desk = router.context["desk"]
    return found
