"""Things that are valid as they are; a test says only what matters to it."""

import itertools
from typing import Any
from zlib import crc32

from local.twins.world import COMPANY as COMPANY
from local.twins.world import START, TOKEN_ID, URL
from local.twins.world import TOKEN as TOKEN
from local.xledger.plan import OWNER_CODE
from moment_xledger.adapters.ledger import Ledger
from moment_xledger.adapters.ledger.lookups import EVERY
from moment_xledger.domain.companies import Company, CompanyId
from moment_xledger.domain.entities import Entity
from moment_xledger.domain.invoice_references import LookedUp
from moment_xledger.domain.invoices import Fault
from moment_xledger.domain.kinds import Kind
from moment_xledger.domain.moment import Customer, Project
from moment_xledger.domain.preflight import Lists
from moment_xledger.domain.problems import Code
from moment_xledger.domain.records import Record, State, settle

A_FAULT = Fault(Code.KID_INVALID, {})
KEPT_BY_HAND: dict[str, Any] = {"export_customers": False, "export_projects": False}
_ids = itertools.count(1)


def a_company(id: str = "nordvik", **but: Any) -> Company:
    return Company.model_validate({"id": id, "name": "Nordvik Arkitekter AS", "token_id": TOKEN_ID} | but)


def may_not_look_up(ledger: Ledger, company: CompanyId) -> None:
    """The company's token may not read customers and projects, nor lists: with `KEPT_BY_HAND`, any invoice may come."""
    lists_were_asked_for(ledger, company)
    for kind in Kind:
        ledger.lookups.note(company, kind, {EVERY: LookedUp(None, None, START)})


def lists_were_asked_for(ledger: Ledger, company: CompanyId) -> None:
    """Accounts and VAT codes, which the token may not read: they stop no invoice, and none waits for them."""
    ledger.references.save(ledger.companies.get_known(company).token_id, Lists(START, None, None))


def in_xledger(ledger: Ledger, company: CompanyId, *events: dict[str, Any]) -> None:
    """Customers and projects as they are once Xledger has them; those that the ledger knows stay as they are. Xledger's
    lists have been asked for by then."""
    if ledger.references.get(ledger.companies.get_known(company).token_id) is None:
        lists_were_asked_for(ledger, company)
    current = ledger.entities.current(company)
    if current.entity is None:
        of_its_own = OWNER_CODE if company == COMPANY.id else 30_000 + crc32(company.encode()) % 60_000
        owner = ledger.companies.get_known(company).owner_code or of_its_own
        current = ledger.entities.move(company, current, Entity.at(URL, owner))
    for event in events:
        model = Customer if "customer.saved" in event["type"] else Project
        content = model.model_validate(event["data"])
        fresh = Record(company, content, State.DIRTY, START, entity=current.entity)
        ledger.records.save([(None, settle(fresh, fresh, content.id, START))])


def a_customer(
    number: str = "10001", *, id: int | None = None, version: int = 1, **but: Any
) -> dict[str, Any]:
    data = {
        "id": id or _id(number),
        "version": version,
        "customerNumber": number,
        "name": f"Fjord Bygg {number} AS",
        "organizationNumber": "923609016",
        "email": "post@fjordbygg.example",
        "address": {"street": "Strandgaten 1", "zipCode": "5013", "place": "Bergen", "countryCode": "NO"},
    }
    return an_event("team.moment.customer.saved", data | but)


def a_private_person(number: str = "10001", **but: Any) -> dict[str, Any]:
    return a_customer(number, **({"organizationNumber": None} | but))


def a_project(number: str = "P-1", *, id: int | None = None, version: int = 1, **but: Any) -> dict[str, Any]:
    data = {
        "id": id or _id(number),
        "version": version,
        "projectNumber": number,
        "name": f"Skole {number}",
        "customerNumber": "10001",
        "startDate": "2026-01-15",
        "active": True,
    }
    return an_event("team.moment.project.saved", data | but)


def an_invoice(number: int = 10231, *, version: int = 1, **but: Any) -> dict[str, Any]:
    data = {
        "id": 500_000 + number,
        "version": version,
        "invoiceNumber": number,
        "kind": "INVOICE",
        "customer": {"customerNumber": "10001", "name": "Fjord Bygg 10001 AS"},
        "projectNumber": "P-1",
        "description": "Prosjektering uke 40-43",
        "invoiceDate": "2026-10-31",
        "dueDate": "2026-11-14",
        "kid": "602243",
        "currency": "NOK",
        "total": "125000.00",
        "vatLines": [{"vatCode": "3", "net": "100000.00", "vat": "25000.00", "gross": "125000.00"}],
    }
    return an_event("team.moment.invoice.finalized", data | but)


def an_event(type: str, data: dict[str, Any], company: str = "nordvik") -> dict[str, Any]:
    return {
        "specversion": "1.0",
        "id": f"event-{next(_ids)}",
        "source": "moment",
        "type": type,
        "time": "2026-11-22T09:15:03Z",
        "momentcompany": company,
        "datacontenttype": "application/json",
        "data": data,
    }


def of(company: CompanyId | str, event: dict[str, Any]) -> dict[str, Any]:
    return event | {"momentcompany": company}


def _id(number: str) -> int:
    """The same for the same number, as in Moment."""
    return 1_000 + int("".join(character for character in number if character.isdigit()) or 0)
