"""Events that must be refused or reported, each for one reason: the one its file is named after."""

import copy
from typing import Any

from local.sample import nordvik
from local.sample.company import Event


def bad_events() -> dict[str, Event]:
    """Each invoice under a number of its own, so that each is reported for itself."""
    events = _bad_events(nordvik.unseen_customer(), nordvik.unseen_invoice())
    unseen = nordvik.unseen_invoice()["data"]
    for offset, event in enumerate(events.values()):
        if event["data"].get("invoiceNumber") == unseen["invoiceNumber"]:
            event["data"] |= {"id": unseen["id"] + offset, "invoiceNumber": unseen["invoiceNumber"] + offset}
    return events


def _bad_events(customer: Event, invoice: Event) -> dict[str, Event]:
    without_version = {name: value for name, value in customer.items() if name != "specversion"}
    return {
        "not-a-cloudevent": without_version,
        "unknown-type": customer | {"type": "team.moment.customer.admired"},
        "unknown-company": customer | {"momentcompany": "ukjent"},
        "draft-invoice": _with(invoice) | {"type": "team.moment.invoice.drafted"},
        "missing-customer-number": _without(customer, "customerNumber"),
        "wrong-organisation-number": _with(customer, organizationNumber="399999999"),
        "total-as-number": _with(invoice, total=float(invoice["data"]["total"])),
        "impossible-date": _with(invoice, invoiceDate="2026-02-30"),
        "total-differs-from-vat-lines": _with(invoice, total="1.00"),
        "unknown-vat-code": _with_vat_code(invoice, "99"),
        "wrong-kid-check-digit": _with(invoice, kid=_spoiled(invoice["data"]["kid"])),
        "due-before-invoice-date": _with(invoice, dueDate="2026-11-01"),
        "credit-note-without-invoice": _with(invoice, kind="CREDIT_NOTE"),
        "changed-after-finalized": _changed(nordvik.invoices()[0]),
    }


def _with(event: Event, **data: Any) -> Event:
    return event | {"data": event["data"] | data}


def _without(event: Event, field: str) -> Event:
    return event | {"data": {name: value for name, value in event["data"].items() if name != field}}


def _with_vat_code(event: Event, code: str) -> Event:
    changed = copy.deepcopy(event)
    changed["data"]["vatLines"][0]["vatCode"] = code
    return changed


def _spoiled(kid: str) -> str:
    """Another last digit; a test holds that it is right by neither MOD10 nor MOD11."""
    return f"{kid[:-1]}{(int(kid[-1]) + 5) % 10}"


def _changed(event: Event) -> Event:
    """Sound in itself, but its number was used for other content."""
    return _with(event, version=event["data"]["version"] + 1, dueDate="2025-12-31")
