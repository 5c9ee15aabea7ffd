"""Lets a company write to an entity where another company writes already, or no longer, as an operator decides."""

from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from moment_xledger.domain.companies import CompanyId
from moment_xledger.domain.deeds import Deed, What
from moment_xledger.domain.entities import Entity
from moment_xledger.domain.errors import Conflict
from moment_xledger.domain.kinds import Kind

if TYPE_CHECKING:
    from moment_xledger.adapters.ledger import Ledger


def share_entity(
    company: CompanyId, entity: Entity, who: str, why: str, ledger: "Ledger", now: datetime
) -> None:
    """The company need not be there yet: its first save is what was refused."""
    _note(company, entity, What.SHARED_ENTITY, who, why, ledger, now)
    writers = ledger.entities.writers(str(entity))
    ledger.entities.save_writers(str(entity), replace(writers, allowed=writers.allowed | {company}))
    _look_again(company, ledger, now)


def unshare_entity(
    company: CompanyId, entity: Entity, who: str, why: str, ledger: "Ledger", now: datetime
) -> None:
    """What the company has written there stays. It writes again when it has an entity of its own."""
    _note(company, entity, What.UNSHARED_ENTITY, who, why, ledger, now)
    writers = ledger.entities.writers(str(entity))
    ledger.entities.save_writers(str(entity), replace(writers, allowed=writers.allowed - {company}))
    current = ledger.entities.current(company)
    if current.entity == str(entity):
        with suppress(Conflict):  # whoever moves it at this moment asks who may write there
            ledger.entities.move(company, current, None, current.trouble)
    _look_again(company, ledger, now)


def _note(
    company: CompanyId,
    entity: Entity,
    what: What,
    who: str,
    why: str,
    ledger: "Ledger",
    now: datetime,
) -> None:
    ledger.audit.note(Deed(company, now, who, what, about=f"{entity.owner_code}: {why}"))


def _look_again(company: CompanyId, ledger: "Ledger", now: datetime) -> None:
    if found := ledger.companies.get(company):
        for kind in Kind:
            ledger.records.mark_work(found.token_id, kind, company, now)
