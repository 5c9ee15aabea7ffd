"""Finds the entity that a company writes to, and keeps it in the ledger. Without one, nothing of the company is sent.

People are told once for the company, not for each record. The mark is written before the problem and removed after it,
so that a crash in between leaves neither a problem that never closes nor one that nobody sees.
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING

from moment_xledger.domain.companies import Company, TokenId
from moment_xledger.domain.entities import (
    CurrentEntity,
    Entity,
    OwnerCodeNeeded,
    OwnerCodeNotReached,
    Reach,
    Undecided,
    entity_of,
    in_words,
    named,
)
from moment_xledger.domain.errors import Conflict, EntityTaken
from moment_xledger.domain.kinds import Kind
from moment_xledger.domain.problems import Code, Problem
from moment_xledger.domain.settings_faults import BadSettings, entity_taken, owner_code_needed
from moment_xledger.flows.learn_reach import learn_reach

if TYPE_CHECKING:
    from moment_xledger.adapters.ledger import Ledger
    from moment_xledger.adapters.table import Action
    from moment_xledger.adapters.xledger_reference import Reference

SETTINGS, NUMBER = "settings", "owner_code"
TROUBLES = (Code.OWNER_CODE_NEEDED, Code.OWNER_CODE_NOT_REACHED, Code.ENTITY_TAKEN)


def find_entity(
    company: Company, reach: Reach, ledger: "Ledger", url: str, clock: Callable[[], datetime]
) -> tuple[Entity, CurrentEntity] | None:
    """None where it is not known, or another company writes there; then people know.

    Raises `Conflict` where somebody else moves the company at this moment.
    """
    current = ledger.entities.current(company.id)
    found = entity_of(company.owner_code, reach, url)
    if not isinstance(found, Entity):
        _stop(company, current, *_reason(found), ledger, clock())
        return None
    if current.entity == str(found) and not current.trouble:
        return found, current
    try:
        writes = company.writes_to_xledger
        moved = ledger.entities.move(company.id, current, found, current.trouble, writes=writes)
    except EntityTaken:
        details = {"owner_code": str(found.owner_code)}
        _stop(company, current, Code.ENTITY_TAKEN, details, ledger, clock())
        return None
    if moved.trouble:
        ledger.problems.close(company.id, [(SETTINGS, NUMBER)], TROUBLES)
        moved = ledger.entities.keep(company.id, moved.without_trouble())
    return found, moved


def entity_of_save(company: Company, ledger: "Ledger", url: str) -> "list[Action]":
    """The writes that go with a save of these settings, as far as the company's entity is known now.

    Raises `BadSettings` where the owner code is missing, and where another company writes to that entity.
    """
    current = ledger.entities.current(company.id)
    reach = ledger.entities.reach(company.token_id)
    found = entity_of(company.owner_code, reach, url) if company.writes_to_xledger else None
    if isinstance(found, OwnerCodeNeeded) and found.offered:
        raise BadSettings([owner_code_needed(in_words(found.offered))])
    entity = found if isinstance(found, Entity) else None
    text = str(entity) if entity else None
    if current.entity == text and (text is None or company.id in ledger.entities.writers(text).companies):
        return []
    try:
        return ledger.entities.moving(company.id, current, entity, current.trouble)
    except EntityTaken:
        field = "xledger_token" if company.owner_code is None else "owner_code"
        raise BadSettings([entity_taken(field, named(entity, reach) if entity else "")]) from None


def _reason(found: Undecided) -> tuple[Code, Mapping[str, str]]:
    if isinstance(found, OwnerCodeNotReached):
        details = {"owner_code": str(found.owner_code), "reached": in_words(found.reached)}
        return Code.OWNER_CODE_NOT_REACHED, details
    return Code.OWNER_CODE_NEEDED, {"reached": in_words(found.offered)}


def _stop(
    company: Company,
    current: CurrentEntity,
    code: Code,
    details: Mapping[str, str],
    ledger: "Ledger",
    now: datetime,
) -> None:
    """An entity that the company does not write to is free for another company."""
    if current.entity or current.trouble != code:
        with suppress(Conflict):  # whoever wrote it meanwhile looks at the company as well
            ledger.entities.move(company.id, current, None, code)
    ledger.problems.report([Problem(company.id, SETTINGS, NUMBER, code, details, "", now, now)])


def look_at_companies(
    token: TokenId, reference: "Reference", ledger: "Ledger", url: str, clock: Callable[[], datetime]
) -> None:
    """Reads anew what a token reaches, and finds the entities of the companies that share it.

    A company whose records are yet to be looked at there has work, also if Moment says nothing new.
    """
    reach, _ = learn_reach(token, reference, ledger, url, clock())
    for company in filter(lambda each: each.writes_to_xledger, ledger.companies.sharing(token)):
        with suppress(Conflict):
            if found := find_entity(company, reach, ledger, url, clock):
                for kind in (kind for kind in Kind if kind in found[1].unchecked):
                    ledger.records.mark_work(token, kind, company.id, clock())
