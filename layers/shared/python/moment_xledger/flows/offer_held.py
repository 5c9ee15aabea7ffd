"""Looks again at the invoices that are held back: what was wrong may have been put right, here or in Moment."""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from moment_xledger.domain.companies import Company
from moment_xledger.flows.take_in_invoices import take_in_invoices

if TYPE_CHECKING:
    from moment_xledger.adapters.ledger import Ledger


def offer_held(company: Company, ledger: "Ledger", clock: Callable[[], datetime]) -> None:
    held = list(ledger.invoices.held(company.id))
    take_in_invoices(company, held, ledger, clock)
