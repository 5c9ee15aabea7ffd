"""Every minute: finds what is due and wakes who can do it. Makes up for every wake that was lost."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from moment_xledger.domain.companies import CompanyId, TokenId
from moment_xledger.domain.kinds import Kind

if TYPE_CHECKING:
    from moment_xledger.adapters.ledger import Ledger
    from moment_xledger.adapters.ledger.due import Work


def sweep(
    ledger: "Ledger",
    wake: Callable[[Kind, TokenId], None],
    resume: Callable[[CompanyId], None],
    mail: Callable[[CompanyId], None],
    upload: Callable[[CompanyId], None],
    recheck: Callable[[CompanyId], None],
    now: datetime,
) -> dict[str, int]:
    """One wake for each token and kind with something due, unless its gate is closed; one job for each open export; one
    wake for each company with invoices to mail, with files to upload, and with held invoices to look at. Whose work is
    paused is let be."""
    due = _may_go(ledger, ledger.due.until(now))
    closed = {token for token, _ in due.records if _is_closed(ledger, token, now)}
    awake = [(token, kind) for token, kind in due.records if token not in closed]
    for token, kind in awake:
        wake(kind, token)
    for company in due.exports:
        resume(company)
    for company in due.mails:
        mail(company)
    for company in due.uploads:
        upload(company)
    for company in due.held:
        recheck(company)
    return {
        "woken": len(awake),
        "closed": len(closed),
        "resumed": len(due.exports),
        "mailing": len(due.mails),
        "uploading": len(due.uploads),
        "rechecking": len(due.held),
    }


def _may_go(ledger: "Ledger", due: "Work") -> "Work":
    pauses = ledger.pauses.now()

    def goes(company: CompanyId) -> bool:
        return pauses.of(company) is None

    def carries_for_somebody(token: TokenId, kind: Kind) -> bool:
        return any(map(goes, ledger.records.work(token, kind)))

    return replace(
        due,
        records=tuple(each for each in due.records if not pauses or carries_for_somebody(*each)),
        exports=tuple(filter(goes, due.exports)),
        mails=tuple(filter(goes, due.mails)),
        uploads=tuple(filter(goes, due.uploads)),
        held=tuple(filter(goes, due.held)),
    )


def _is_closed(ledger: "Ledger", token: TokenId, now: datetime) -> bool:
    until = ledger.gates.get(token).closed_until
    return until is not None and until > now
