"""What the clock starts: one job for each company that wants it. Companies do not wait for each other."""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from moment_xledger.domain.companies import LEAVE_IN_A_FILE, CompanyId
from moment_xledger.domain.days import day_in_oslo
from moment_xledger.domain.schedules import is_export_day

if TYPE_CHECKING:
    from moment_xledger.adapters.ledger import Ledger


def start_exports(ledger: "Ledger", start: Callable[[CompanyId], None], now: datetime) -> dict[str, int]:
    """Once a day, in the morning in Oslo; also where invoices are left from before another route was chosen."""
    today = day_in_oslo(now)
    wanting = [
        company.id
        for company in ledger.companies.every()
        if is_export_day(company.schedule, today)
        and (company.route in LEAVE_IN_A_FILE or _may_have_leftovers(company.id, ledger))
    ]
    for company in wanting:
        start(company)
    return {"started": len(wanting)}


def _may_have_leftovers(company: CompanyId, ledger: "Ledger") -> bool:
    """An export that finds nothing notes how far it has looked."""
    return ledger.invoices.head(company) > ledger.exports.watermark(company).settled


def start_imports(ledger: "Ledger", start: Callable[[CompanyId], None]) -> dict[str, int]:
    """Every hour. One that is still at work with the last one leaves the new one nothing to do."""
    wanting = [company.id for company in ledger.companies.every() if company.import_expenses]
    for company in wanting:
        start(company)
    return {"started": len(wanting)}
