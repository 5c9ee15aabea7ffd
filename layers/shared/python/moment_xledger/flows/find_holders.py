"""Finds what is known to be some record's of ours in Xledger, so that no other one takes it over."""

from collections.abc import Iterable, Mapping, Sequence

from moment_xledger.domain.plans import K, Known
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


def nobodys(records: Sequence[Record], made_since: Sequence[K], outcomes: Outcomes) -> list[K]:
    """Without what we have known by its id, also where it was given up since: it came from an add that was answered.

    And without what lies in its place for a record in another list, whose add is unanswered as well.
    """
    if not made_since or outcomes.entity is None:
        return []
    kind, company, stored = records[0].kind, outcomes.company.id, outcomes.ledger.records
    stored.link_older(company, kind, outcomes.entity)
    known = stored.linked(company, kind, outcomes.entity, [each.db_id for each in made_since])
    owners = stored.by_number(company, kind, {each.number for each in made_since})
    here = {record.id for record in records}
    others = {number: owner for number, owner in owners.items() if owner.id not in here}

    def lies_in_place(each: K) -> bool:
        owner = others.get(each.number)
        return owner is not None and owner.db_id is None and each.likeness(owner) > 0

    return [each for each in made_since if each.db_id not in known and not lies_in_place(each)]
