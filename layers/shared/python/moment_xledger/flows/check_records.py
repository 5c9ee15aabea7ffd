"""Looks at every record of a company that begins to write to another entity: all become work there, page by page.

The place is stored after the page. A crash in between repeats the page, which changes nothing the second time.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING

from moment_xledger.domain.companies import Company
from moment_xledger.domain.entities import CurrentEntity
from moment_xledger.domain.errors import Conflict
from moment_xledger.domain.kinds import Kind
from moment_xledger.domain.number_guard import REPORTED
from moment_xledger.domain.problems import Code
from moment_xledger.domain.records import Record, State, known_in, moved_to
from moment_xledger.flows.change_records import change_records

if TYPE_CHECKING:
    from moment_xledger.adapters.ledger import Ledger

A_PAGE = 500


def check_page(
    company: Company, kind: Kind, current: CurrentEntity, ledger: "Ledger", clock: Callable[[], datetime]
) -> CurrentEntity:
    """One page, if any is left. Raises `Conflict` where the company moves on meanwhile."""
    after = current.unchecked.get(kind)
    if current.entity is None or after is None:
        return current
    records, place = ledger.records.page(company.id, kind, after, A_PAGE)
    entity, disputed = current.entity, _reported(company, kind, ledger)

    def move(stored: Record | None) -> Record | None:
        if stored is None or (stored.is_new and not current.has_moved):
            return None
        if stored.entity is None and stored.sent_number in disputed:
            return None  # stored by an older release, perhaps here, where its number has moved since
        moved = moved_to(stored, entity, clock())
        return None if moved == stored else moved

    left = [record for record in records if record.entity not in (None, entity)]
    numbers = [record.sent_number for record in left if record.sent_number in disputed]
    over = [(str(kind), number) for number in numbers if number]
    ledger.problems.close(company.id, over, REPORTED)
    todo = {record.id: move for record in records if record.problem is not Code.NUMBER_TAKEN}
    change_records(company, kind, todo, ledger, clock)
    return ledger.entities.keep(company.id, current.checked_until(kind, place))


def check_again(company: Company, kind: Kind, ledger: "Ledger", clock: Callable[[], datetime]) -> None:
    """For records that were stored without the entity, by a worker of an older release that was still under way."""
    current = ledger.entities.current(company.id)
    if current.entity and kind not in current.unchecked:
        with suppress(Conflict):  # whoever writes it at this moment moves the company
            ledger.entities.keep(company.id, current.checked_until(kind, ""))
    ledger.records.mark_work(company.token_id, kind, company.id, clock())


def known_here(listed: Sequence[Record], entity: str, ledger: "Ledger") -> list[Record]:
    """Records that are to be sent, as they are known in this entity. What is void is stored as void first."""
    elsewhere = [record for record in listed if record.entity != entity and not record.is_new]
    voided = [(record, known_in(record, entity)) for record in elsewhere]
    ledger.records.save(voided)
    again = ledger.records.get_many(listed[0].company, [(r.kind, r.id) for r in elsewhere]) if voided else {}
    now = [again.get((record.kind, record.id), record) for record in listed]
    return [known_in(r, entity) for r in now if r.state is State.DIRTY and (r.entity == entity or r.is_new)]


def _reported(company: Company, kind: Kind, ledger: "Ledger") -> set[str | None]:
    """Numbers that a person was told about because of what stands in Xledger."""
    return {each.number for code in REPORTED for each in ledger.problems.of(company.id, kind, code)}
