"""Things that are valid as they are; a test says only what matters to it."""

import itertools
from typing import Any

from local.twins.world import COMPANY as COMPANY
from local.twins.world import TOKEN as TOKEN
from local.twins.world import TOKEN_ID
from moment_xledger.domain.companies import Company, CompanyId

_ids = itertools.count(1)


def a_company(id: str = "nordvik", **but: Any) -> Company:
    return Company.model_validate({"id": id, "name": "Nordvik Arkitekter AS", "token_id": TOKEN_ID} | but)


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
        "customer": {"customerNumber": "10001", "name": "Fjord Bygg AS"},
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
