"""The facts of the log: who did what, and whom we have told."""

from collections.abc import Iterable, Iterator

from moment_xledger.adapters.ledger import keys
from moment_xledger.adapters.table import Key
from moment_xledger.console.desk import Desk
from moment_xledger.console.facts.log import DeedFacts, Log, Told
from moment_xledger.console.visits import Visit
from moment_xledger.domain.companies import Company, EmailAddress
from moment_xledger.domain.deeds import BY_LINK, Deed, What

A_PAGE = 50


def log_page(visit: Visit, desk: Desk, before: str) -> Log:
    addresses = visit.company.notify if not before else ()
    desk = desk.beforehand(_read(visit.company, addresses))
    deeds, following = desk.ledger.audit.page(visit.company.id, A_PAGE, before)
    return {
        "deeds": [_deed(deed, visit) for deed in deeds],
        "following": following or None,
        "notices": [_told(visit, address, desk) for address in addresses],
    }


def _read(company: Company, addresses: Iterable[EmailAddress]) -> Iterator[Key]:
    for address in addresses:
        yield keys.told(company.id, address)
        yield keys.stopped(company.id, address)


def _deed(deed: Deed, visit: Visit) -> DeedFacts:
    return {
        "when": deed.when,
        "who": visit.words("by_link") if deed.who == BY_LINK else deed.who,
        "what": visit.words.deed(deed.what),
        "export": deed.export,
        "file": deed.file or None,
        "about": _about(deed, visit) or None,
    }


def _about(deed: Deed, visit: Visit) -> str:
    """Settings are called as in the form."""
    if deed.what is not What.CHANGED_SETTINGS:
        return deed.about
    return ", ".join(visit.words.field(name) for name in deed.about.split(", "))


def _told(visit: Visit, address: EmailAddress, desk: Desk) -> Told:
    told = desk.ledger.notices.told(visit.company.id, address)
    return {
        "address": address,
        "last_urgent": told.urgent_at,
        "last_digest": told.digest_at,
        "open_then": told.open_then,
        "is_stopped": desk.ledger.mails.stopped(visit.company.id, address) is not None,
    }
