"""The kill switches: stops the work of one company, or of all, and lets it go on. Nothing is lost: what is to be done
lies in the ledger, and the sweep finds it as soon as it may go."""

from datetime import datetime
from typing import TYPE_CHECKING

from moment_xledger.domain.companies import CompanyId
from moment_xledger.domain.deeds import Deed, What
from moment_xledger.domain.pauses import Pause

if TYPE_CHECKING:
    from moment_xledger.adapters.ledger import Ledger


def pause_work(company: CompanyId | None, who: str, why: str, ledger: "Ledger", now: datetime) -> None:
    """Of all where none is named. What is being sent at this moment still arrives; nothing is begun after it."""
    ledger.pauses.pause(company, Pause(now, who, why))
    for each in _concerned(company, ledger):
        ledger.audit.note(Deed(each, now, who, What.PAUSED, about=why))


def resume_work(company: CompanyId | None, who: str, ledger: "Ledger", now: datetime) -> bool:
    """False where nothing was paused so."""
    if not ledger.pauses.lift(company, now):
        return False
    for each in _concerned(company, ledger):
        ledger.audit.note(Deed(each, now, who, What.RESUMED))
    return True


def _concerned(company: CompanyId | None, ledger: "Ledger") -> list[CompanyId]:
    return [company] if company else [each.id for each in ledger.companies.every()]
