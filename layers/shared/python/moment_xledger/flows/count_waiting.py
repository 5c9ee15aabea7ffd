"""How many invoices are still to leave, by the route that was fixed for each when it arrived."""

from collections import Counter
from typing import TYPE_CHECKING

from moment_xledger.domain.companies import CompanyId, Route
from moment_xledger.domain.exports import never_leaves_in_a_file
from moment_xledger.flows.decide_mail import waiting_mails

if TYPE_CHECKING:
    from moment_xledger.adapters.ledger import Ledger


def waiting_by_route(company: CompanyId, ledger: "Ledger") -> dict[Route, int]:
    """Only routes with something waiting, those included that the company has turned away from."""
    settled = ledger.exports.watermark(company).settled
    waiting = Counter(
        snapshot.route
        for snapshot in ledger.invoices.since(company, settled)
        if snapshot.export is None and not never_leaves_in_a_file(snapshot)
    )
    fresh = ledger.invoices.has_fresh_mail(company)  # without it no invoice need be looked at
    waiting[Route.EMAIL] = waiting_mails(company, ledger) if fresh else ledger.mails.count_open(company)
    return {route: count for route, count in waiting.items() if count}
