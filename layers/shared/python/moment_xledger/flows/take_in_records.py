"""The newest state of customers and projects goes into the ledger, and is dirty until Xledger has it."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from moment_xledger.domain.companies import Company
from moment_xledger.domain.events import Event
from moment_xledger.domain.kinds import Kind
from moment_xledger.domain.moment import Invoice
from moment_xledger.domain.records import Record, take_in
from moment_xledger.flows.change_records import change_records

if TYPE_CHECKING:
    from moment_xledger.adapters.ledger import Ledger


def take_in_records(
    company: Company, kind: Kind, events: Sequence[Event], ledger: "Ledger", clock: Callable[[], datetime]
) -> bool:
    """Events of this kind. True where something is dirty now, also if an earlier delivery made it so.

    Raises `Conflict` where others keep writing the same records.
    """
    of_record: dict[int, list[Event]] = defaultdict(list)
    for event in sorted(events, key=lambda event: event.time):
        of_record[event.content.id].append(event)
    entity = ledger.entities.current(company.id).entity
    changes = {
        id_: partial(_after, company, _without_history(said), clock, entity)
        for id_, said in of_record.items()
    }
    return change_records(company, kind, changes, ledger, clock)


def _without_history(events: Sequence[Event]) -> list[Event]:
    """In the order in which they were said, without those that a later one of a higher version replaces."""
    left: list[Event] = []
    for event in reversed(events):
        if all(later.content.version <= event.content.version for later in left):
            left.append(event)
    return left[::-1]


def _after(
    company: Company,
    events: Sequence[Event],
    clock: Callable[[], datetime],
    entity: str | None,
    stored: Record | None,
) -> Record | None:
    """The record after these events, one after another."""
    now, record = clock(), stored
    for event in events:
        assert not isinstance(event.content, Invoice)  # noqa: S101 the type checker's business
        said = take_in(
            record, company.id, event.content, event.time, now, from_api=event.from_api, entity=entity
        )
        record = said or record
    return None if record is stored else record
