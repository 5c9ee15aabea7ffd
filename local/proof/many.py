"""A hundred companies with a token each, of whose invoices most are held for a while: for a customer or a project that
comes later or never by itself, for what people keep in Xledger by hand, for the invoice that a credit note names, and
for a VAT code that nobody has mapped yet.
"""

from collections.abc import Iterator
from datetime import date, datetime
from random import Random
from typing import TYPE_CHECKING, Any

from local.proof.story import (
    Published,
    Size,
    Story,
    an_event,
    keep_some_back,
    tell_of_customers,
    tell_of_projects,
)
from moment_xledger.domain.companies import Company, CompanyId, Route, Token, TokenId

if TYPE_CHECKING:
    from local.proof.stage import Stage

A_HUNDRED = 100
FIRST_OWNER_CODE = 30_001
FIRST = 101  # of each company's invoices
TOKENS = {TokenId(f"many-{n}"): Token(f"token-of-many-{n}") for n in range(A_HUNDRED)}
LATE_CODE, WITHOUT_VAT = "66", "5"  # the one in Moment is mapped to the other in the middle of the story
IN_XLEDGER: dict[str, Any] = {
    "entities": [{"ownerCode": FIRST_OWNER_CODE + n} for n in range(A_HUNDRED)],
    "tokens": [
        {"token": token.secret, "ownerCode": FIRST_OWNER_CODE + n} for n, token in enumerate(TOKENS.values())
    ],
}


def tell_of_many(random: Random, size: Size, requests_per_hour: int | None) -> Story:
    """The invoices that credit notes name are always published: nobody waits for the night here."""
    story = Story([_company(n, requests_per_hour) for n in range(size.companies)])
    for company in story.companies:
        if company.export_customers:
            tell_of_customers(story, company, random, size)
            tell_of_projects(story, company, random, size)
        story.invoices[company.id] = list(range(FIRST, FIRST + size.invoices))
        for number in story.invoices[company.id]:
            event = an_event("invoice.finalized", _invoice(number, company, random, size), company)
            story.published.append(Published(size.period * random.random(), event))
    keep_some_back(story, random)
    publish = [each for each in story.unsent if each.event["data"].get("invoiceNumber") == FIRST]
    story.published += publish
    story.unsent = [each for each in story.unsent if each not in publish]
    return story


def _company(n: int, requests_per_hour: int | None) -> Company:
    """Every fourth mails its invoices, and every third keeps its customers and projects by hand."""
    name = f"vik-{n}"
    by_hand: dict[str, Any] = {"export_customers": False, "export_projects": False} if n % 3 == 2 else {}
    mails: dict[str, Any] = {"route": Route.EMAIL, "reception_address": f"mb.{n}@xledger.example"}
    return Company(
        id=CompanyId(name),
        name=f"{name.title()} AS",
        token_id=TokenId(f"many-{n}"),
        owner_code=FIRST_OWNER_CODE + n,
        requests_per_hour=requests_per_hour,
        notify=(f"regnskap@{name}.example",),
        **by_hand,
        **(mails if n % 4 == 3 else {}),
    )


def _invoice(number: int, company: Company, random: Random, size: Size) -> dict[str, Any]:
    """The last one credits a part of the first one, and the one before has a code that is mapped later."""
    customer = str(10_001 + random.randrange(size.customers))
    last = FIRST + size.invoices - 1
    is_last, is_odd = number == last, number == last - 1
    credited: dict[str, Any] = {"kind": "CREDIT_NOTE", "creditedInvoiceNumber": FIRST} if is_last else {}
    if is_last or number == FIRST:
        customer = "10001"
    project = {"projectNumber": "P-0"} if company.export_projects and random.random() < 0.5 else {}
    sign = "-" if is_last else ""
    code, vat, gross = (LATE_CODE, "0.00", "100.00") if is_odd else ("3", "25.00", "125.00")
    line = {"vatCode": code, "net": f"{sign}100.00", "vat": f"{sign}{vat}", "gross": f"{sign}{gross}"}
    return {
        "id": 500_000 + number,
        "version": 1,
        "invoiceNumber": number,
        "kind": "INVOICE",
        "customer": {"customerNumber": customer, "name": f"Kunde {customer}"},
        "description": "Prosjektering",
        "invoiceDate": date(2026, 11, 1).isoformat(),
        "dueDate": date(2026, 11, 15).isoformat(),
        "currency": "NOK",
        "total": f"{sign}{gross}",
        "vatLines": [line],
        **project,
        **credited,
    }


def map_the_code(stage: "Stage", now: datetime) -> None:
    """What every administrator does in the settings."""
    for each in stage.story.companies:
        company = stage.ledger.companies.get_known(each.id)
        codes = {**company.vat_codes, LATE_CODE: WITHOUT_VAT}
        stage.ledger.companies.save(company.model_copy(update={"vat_codes": codes}))
        stage.ledger.waits.recheck(each.id, now)


def left_behind(stage: "Stage") -> Iterator[str]:
    """Of what waits nothing is left where all of it has come."""
    for each in stage.story.companies:
        held = [held.invoice.invoice_number for held in stage.ledger.invoices.held(each.id)]
        if held:
            yield f"{len(held)} invoices of {each.id} are still held: {held[:5]}"
        if at := stage.ledger.waits.next_look(each.id):
            yield f"{each.id} is to be looked at {at}, and nothing waits"
