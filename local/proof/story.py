"""What happens in Moment in one run: customers, projects and invoices of several companies, in several versions."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from random import Random
from typing import Any

from local.proof.places import Belonging
from local.sample.check_digits import organisation_number
from moment_xledger.domain.companies import Company, CompanyId, Token, TokenId

ABOVE, NORTH, SOUTH, OTHER, BORD, LAST = 99101, 99102, 99103, 99201, 99202, 99203
SHARED, OWN, LASTS = TokenId("shared"), TokenId("own"), TokenId("lasts")
TOKENS = {SHARED: Token("c2hhcmVk"), OWN: Token("b3du"), LASTS: Token("bGFzdHM=")}
BORDS_KEYS = ("Zmlyc3Qta2V5", "c2Vjb25kLWtleQ==")  # the first day's, and the one that takes its place
# Of a simulated Xledger's plan: two companies below one, which share its token, and three by themselves.
IN_XLEDGER = {
    "entities": [
        {"ownerCode": ABOVE, "description": "Vik Holding AS"},
        {"ownerCode": NORTH, "parent": ABOVE},
        {"ownerCode": SOUTH, "parent": ABOVE},
        {"ownerCode": OTHER, "description": "Vestvik AS"},
        {"ownerCode": BORD, "description": "Bordvik AS"},
        {"ownerCode": LAST, "description": "Lastvik AS"},
    ],
    "tokens": [
        {"token": TOKENS[SHARED].secret, "ownerCode": ABOVE},
        {"token": TOKENS[OWN].secret, "ownerCode": OTHER},
        {"token": TOKENS[LASTS].secret, "ownerCode": LAST},
        *({"token": key, "ownerCode": BORD} for key in BORDS_KEYS),
    ],
}
PERIOD = timedelta(minutes=25)  # in which all is published
BURSTS, A_BURST = 8, timedelta(seconds=8)
UNSENT = 0.12  # of the invoices, which Moment finalizes and never publishes


class Cast(StrEnum):
    """Which companies there are: those with customers, projects and files; those with mails, uploads and expenses; the
    one whose people are at work in the console; all these; those whose records could come to the wrong place; and a
    hundred whose invoices wait."""

    BOOKS = "books"
    ROUTES = "routes"
    DESK = "desk"
    ALL = "all"
    BELONGING = "belonging"
    MANY = "many"


@dataclass(frozen=True)
class Size:
    customers: int = 6
    projects: int = 4
    invoices: int = 5
    versions: int = 4
    costs: int = 5
    companies: int = 100  # of the cast that has so many
    period: timedelta = PERIOD


def usual_size(cast: Cast) -> Size:
    """Of a story: where there are a hundred companies, each does less."""
    return Size(customers=3, projects=2, invoices=5, versions=2) if cast is Cast.MANY else Size()


@dataclass(frozen=True)
class Published:
    at: timedelta
    event: dict[str, Any]


@dataclass(frozen=True)
class Posted:
    """A line of Xledger's ledger, seen from then on; it may say that it was changed earlier."""

    at: timedelta
    line: dict[str, Any]
    changed: timedelta


@dataclass
class Story:
    """`customers` and `projects` are the newest of each, by company and number: what Xledger must have at the end.

    `unsent`: what Moment has and never publishes. `costs`: the ids of posted lines that belong together, and what they
    come to in Moment. `entered_late`: lines that are seen after the nights, as if changed hours before.
    `by_either_route`: invoices of companies whose route changes. `belonging`: of that cast alone.
    """

    companies: list[Company]
    published: list[Published] = field(default_factory=list)
    unsent: list[Published] = field(default_factory=list)
    customers: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    projects: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    invoices: dict[str, list[int]] = field(default_factory=dict)
    by_either_route: dict[str, list[int]] = field(default_factory=dict)
    posted: list[Posted] = field(default_factory=list)
    entered_late: list[dict[str, Any]] = field(default_factory=list)
    costs: dict[tuple[str, ...], str] = field(default_factory=dict)
    belonging: Belonging | None = None
    swapped: list[Published] = field(default_factory=list)

    def wanted_customers(self) -> dict[tuple[str, str], dict[str, Any]]:
        """The first of each company is nowhere but in Moment's API, and comes when a project needs it."""
        needed = {(company, wanted["customerNumber"]) for (company, _), wanted in self.projects.items()}
        return {key: wanted for key, wanted in self.customers.items() if key[1] != "10001" or key in needed}


def companies(requests_per_hour: int | None) -> list[Company]:
    """The first two share a token that reaches both of their books; they use the same numbers."""

    def company(name: str, token: TokenId, owner: int) -> Company:
        return Company(
            id=CompanyId(name),
            name=f"{name.title()} AS",
            token_id=token,
            owner_code=owner,
            requests_per_hour=requests_per_hour,
            notify=(f"regnskap@{name}.example",),
        )

    return [
        company("nordvik", SHARED, NORTH),
        company("sorvik", SHARED, SOUTH),
        company("vestvik", OWN, OTHER),
    ]


def tell(random: Random, size: Size, requests_per_hour: int | None) -> Story:
    """Of the books. That some invoices are never published is decided apart: see `keep_some_back`."""
    story = Story(companies(requests_per_hour))
    for company in story.companies:
        tell_of_customers(story, company, random, size)
        tell_of_projects(story, company, random, size)
        tell_of_invoices(story, company, random, size)
    return story


def tell_of_customers(story: Story, company: Company, random: Random, size: Size) -> None:
    for n in range(size.customers):
        _customer(story, company, n, random, size)


def tell_of_projects(story: Story, company: Company, random: Random, size: Size) -> None:
    for n in range(size.projects):
        _project(story, company, n, random, size)


def keep_some_back(story: Story, random: Random) -> None:
    """Invoices that Moment finalizes and never publishes: only its list has them."""
    sent: list[Published] = []
    for each in story.published:
        is_kept = each.event["type"].endswith("invoice.finalized") and random.random() < UNSENT
        (story.unsent if is_kept else sent).append(each)
    story.published[:] = sent


def _times(random: Random, size: Size) -> Iterator[tuple[int, timedelta]]:
    """Versions in the order in which Moment saved them; each arrives when it will, often close behind another."""
    for version in range(1, random.randint(1, size.versions) + 1):
        yield version, size.period * (random.randrange(BURSTS) / BURSTS) + A_BURST * random.random()


def _customer(story: Story, company: Company, n: int, random: Random, size: Size) -> None:
    """Some share an organisation number, some have none, some are saved with a country that Xledger does not know;
    one nobody publishes: only Moment's API has it."""
    number = str(10_001 + n)
    data: dict[str, Any] = {}
    organisation = organisation_number(random.randint(1, 4)) if random.random() < 0.7 else None
    versions = list(_times(random, size))
    for version, at in versions:
        if random.random() < 0.15:
            organisation = organisation_number(random.randint(1, 4))
        is_last = version == versions[-1][0]
        country = "ZZ" if random.random() < 0.05 and not is_last and not organisation else "NO"
        data = {
            "id": 1_000 + n,
            "version": version,
            "customerNumber": number,
            "name": f"Kunde {number} v{version if random.random() < 0.8 else 0}",
            "address": {"street": "Strandgaten 1", "countryCode": country},
        } | ({"organizationNumber": organisation} if organisation else {})
        if n > 0:
            story.published.append(Published(at, an_event("customer.saved", data, company)))
    if n == 0:
        story.unsent.append(Published(timedelta(), an_event("customer.saved", data, company)))
    story.customers[company.id, number] = data


def _project(story: Story, company: Company, n: int, random: Random, size: Size) -> None:
    number = f"P-{n}"
    data: dict[str, Any] = {}
    for version, at in _times(random, size):
        customer = 10_001 if n == 0 else 10_001 + random.randrange(size.customers)
        data = {
            "id": 5_000 + n,
            "version": version,
            "projectNumber": number,
            "name": f"Prosjekt {number} v{version}",
            "customerNumber": str(customer),
            "active": True,
        }
        story.published.append(Published(at, an_event("project.saved", data, company)))
    story.projects[company.id, number] = data


def tell_of_invoices(story: Story, company: Company, random: Random, size: Size) -> None:
    """Of customers that are published, perhaps later."""
    story.invoices[company.id] = list(range(101, 101 + size.invoices))
    for number in story.invoices[company.id]:
        customer = str(10_002 + random.randrange(size.customers - 1))
        data = {
            "id": 500_000 + number,
            "version": 1,
            "invoiceNumber": number,
            "kind": "INVOICE",
            "customer": {
                "id": int(customer) - 9_001,
                "customerNumber": customer,
                "name": f"Kunde {customer}",
            },
            "description": "Prosjektering",
            "invoiceDate": date(2026, 11, 1).isoformat(),
            "dueDate": date(2026, 11, 15).isoformat(),
            "currency": "NOK",
            "total": "125.00",
            "vatLines": [{"vatCode": "3", "net": "100.00", "vat": "25.00", "gross": "125.00"}],
        }
        at = size.period * random.random()
        story.published.append(Published(at, an_event("invoice.finalized", data, company)))


def kept_by_hand(story: Story) -> Iterator[dict[str, Any]]:
    """What people have made in Xledger: the customers on invoices of companies that send none."""
    by_hand = {each.id: each.owner_code or LAST for each in story.companies if not each.export_customers}
    invoices = (each.event for each in (*story.published, *story.unsent) if "invoice" in each.event["type"])
    wanted = {
        (by_hand[event["momentcompany"]], str(event["data"]["customer"]["customerNumber"]))
        for event in invoices
        if event["momentcompany"] in by_hand and "customer" in event["data"]
    }
    for owner, number in sorted(wanted):
        yield {
            "do": "make",
            "kind": "customers",
            "code": number,
            "description": number,
            "ownerCode": owner,
        }


def an_event(what: str, data: dict[str, Any], company: Company) -> dict[str, Any]:
    return {
        "specversion": "1.0",
        "id": f"{company.id}-{what}-{data['id']}-{data['version']}",
        "source": "moment",
        "type": f"team.moment.{what}",
        "time": datetime(2026, 11, 22, 9).isoformat() + "Z",  # noqa: DTZ001 -- written as Moment does
        "momentcompany": company.id,
        "data": data,
    }
