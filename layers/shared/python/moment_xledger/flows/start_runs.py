"""What the clock starts: one job for each company that wants it. Companies do not wait for each other."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from moment_xledger.domain.companies import CompanyId, Route

if TYPE_CHECKING:
    from moment_xledger.adapters.ledger import Ledger


def start_exports(ledger: "Ledger", start: Callable[[CompanyId], None]) -> dict[str, int]:
    wanting = [company.id for company in ledger.companies.every() if company.route is Route.FILE]
    for company in wanting:
        start(company)
    return {"started": len(wanting)}
