"""What Moment said last counts, after a person said so: for some records at a time, until nothing is disputed.

The decision lies in the ledger meanwhile, so a process that dies is followed by the next turn of the company's sync.
"""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from moment_xledger.domain.companies import Company
from moment_xledger.domain.kinds import Kind
from moment_xledger.domain.records import Record, accept_disputed
from moment_xledger.flows.change_records import change_records
from moment_xledger.flows.tell_of_disputes import close_disputes

if TYPE_CHECKING:
    from moment_xledger.adapters.ledger import Ledger

AT_ONCE = 100  # records of one kind in one call


def ask_takeover(company: Company, ledger: "Ledger", clock: Callable[[], datetime]) -> None:
    """Mark the work for both kinds, so the first records follow within a minute."""
    ledger.records.ask_takeover(company.id, clock())
    for kind in Kind:
        ledger.records.mark_work(company.token_id, kind, company.id, clock())


def go_on_taking_over(
    company: Company, kind: Kind, ledger: "Ledger", clock: Callable[[], datetime]
) -> datetime | None:
    """Take over some records of this kind, if a person asked for it. Return when to go on, if ever."""
    if not ledger.records.is_takeover_asked(company.id):
        return None

    entity = ledger.entities.current(company.id).entity

    def accept(stored: Record | None) -> Record | None:
        return accept_disputed(stored, clock(), entity) if stored else None

    found = ledger.records.disputed(company.id, kind, AT_ONCE)
    if found:
        change_records(company, kind, {record.id: accept for record in found}, ledger, clock)
        return clock()
    if not any(ledger.records.disputed(company.id, other, 1) for other in Kind):
        close_disputes(company.id, ledger)
        ledger.records.takeover_done(company.id)
    return None
