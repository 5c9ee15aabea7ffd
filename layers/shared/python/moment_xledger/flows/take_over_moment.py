"""What Moment said last counts, after a person said so: for some records at a time, until nothing is disputed.

The decision lies in the ledger meanwhile, so a process that dies is followed by the next turn of the company's sync.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING

from moment_xledger.domain.companies import Company
from moment_xledger.domain.errors import Unreachable
from moment_xledger.domain.gate import CLOCKS_DIFFER
from moment_xledger.domain.kinds import Kind
from moment_xledger.domain.moment import Saved
from moment_xledger.domain.records import Answer, Record, accept_disputed
from moment_xledger.flows.change_records import change_records
from moment_xledger.flows.outcomes import Outcomes
from moment_xledger.flows.tell_of_disputes import close_disputes

if TYPE_CHECKING:
    from moment_xledger.adapters.ledger import Ledger

ReadMoment = Callable[[Company, Kind, Collection[int]], Mapping[int, Saved]]  # by Moment's id

AT_ONCE = 100  # records of one kind in one call: what Moment's API answers in one page


def ask_takeover(company: Company, ledger: "Ledger", clock: Callable[[], datetime]) -> None:
    """Mark the work for both kinds, so the first records follow within a minute."""
    ledger.records.ask_takeover(company.id, clock())
    for kind in Kind:
        ledger.records.mark_work(company.token_id, kind, company.id, clock())


def go_on_taking_over(kind: Kind, outcomes: Outcomes, read_moment: ReadMoment) -> datetime | None:
    """Take over some records of this kind, if a person asked for it. Return when to go on, if ever."""
    company, ledger, clock = outcomes.company, outcomes.ledger, outcomes.clock
    if not ledger.records.is_takeover_asked(company.id):
        return None
    found = ledger.records.disputed(company.id, kind, AT_ONCE)
    if found:
        _take_over(kind, found, outcomes, read_moment)
        return clock()
    if not any(ledger.records.disputed(company.id, other, 1) for other in Kind):
        close_disputes(company.id, ledger)
        ledger.records.takeover_done(company.id)
    return None


def _take_over(kind: Kind, found: Sequence[Record], outcomes: Outcomes, read_moment: ReadMoment) -> None:
    """What Moment's API says that it holds now counts; where it cannot be asked, what the last event said."""
    company, ledger, clock = outcomes.company, outcomes.ledger, outcomes.clock
    entity = ledger.entities.current(company.id).entity
    asked_at = clock() - CLOCKS_DIFFER
    answers: Mapping[int, Saved] = {}
    with suppress(Unreachable):
        answers = read_moment(company, kind, [record.id for record in found])

    def accept(stored: Record | None) -> Record | None:
        if stored is None:
            return None
        held = answers.get(stored.id)
        return accept_disputed(stored, clock(), entity, Answer(held, asked_at) if held else None)

    change_records(company, kind, {record.id: accept for record in found}, ledger, clock)
