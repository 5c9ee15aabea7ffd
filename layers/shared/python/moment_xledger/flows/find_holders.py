"""Finds the records of ours that have something in Xledger already, so that no other one takes it over."""

from collections.abc import Iterable, Mapping, Sequence

from moment_xledger.domain.plans import Known
from moment_xledger.domain.records import Record
from moment_xledger.flows.outcomes import Outcomes


def find_holders(
    records: Sequence[Record], found: Iterable[Known], outcomes: Outcomes
) -> Mapping[int, Record]:
    """By dbId, of what the look-up for these records found and none of them has."""
    theirs = {each.db_id for each in found if each.owner.is_ours} - {record.db_id for record in records}
    if not theirs or outcomes.entity is None:
        return {}
    kind, company, stored = records[0].kind, outcomes.company.id, outcomes.ledger.records
    stored.link_older(company, kind, outcomes.entity)
    return stored.holders(company, kind, outcomes.entity, theirs)
