"""What the clock starts: one job for each company that wants it. Companies do not wait for each other."""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from moment_xledger.domain.companies import CompanyId
from moment_xledger.domain.exports import LEAVE_IN_A_FILE, is_export_day
from moment_xledger.domain.records import OSLO

if TYPE_CHECKING:
    from moment_xledger.adapters.ledger import Ledger


def start_exports(ledger: "Ledger", start: Callable[[CompanyId], None], now: datetime) -> dict[str, int]:
    """Once a day, in the morning in Oslo."""
    today = now.astimezone(OSLO).date()
    wanting = [
        company.id
        for company in ledger.companies.every()
        if company.route in LEAVE_IN_A_FILE and is_export_day(company.schedule, today)
    ]
    for company in wanting:
        start(company)
    return {"started": len(wanting)}
