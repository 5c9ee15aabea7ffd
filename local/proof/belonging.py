"""Companies whose records could come to the wrong place: their token, their owner code or the whole Xledger changes,
two want one entity, numbers are swapped in Moment, and people renumber, close, remove and make again in Xledger."""

from collections.abc import Callable
from datetime import timedelta
from http import HTTPStatus
from random import Random
from typing import Any

from local.proof.errands import shows
from local.proof.places import Belonging, Deed
from local.proof.story import Published, Size, Story, an_event
from local.proof.visitors import SEE_OTHER, Errand, Visitor
from local.sample.check_digits import organisation_number
from moment_xledger.domain.companies import Company, CompanyId, TokenId

GROUP, FJORD, FJELL, FIRST, SECOND, FLYTT, STRANGE = range(30_000, 30_007)
TOKEN_OF_THE_GROUP, TOKEN_OF_FJORD, TOKEN_OF_FLYTT, TOKEN_OF_STRANGERS = (
    "Z3JvdXAtMTExMQ==",
    "Zmpvcm0tMjIyMg==",
    "Zmx5dHQtMzMzMw==",
    "c3RyYW5nZS00NDQ0",
)
ENTITIES: list[dict[str, Any]] = [
    {"ownerCode": GROUP, "description": "Fjordgruppen AS"},
    *({"ownerCode": code, "parent": GROUP} for code in (FJORD, FJELL, FIRST, SECOND)),
    {"ownerCode": FLYTT, "description": "Flyttvik AS"},
    {"ownerCode": STRANGE, "description": "Fremmed AS"},
]
_REACH = {
    TOKEN_OF_THE_GROUP: GROUP,
    TOKEN_OF_FJORD: FJORD,
    TOKEN_OF_FLYTT: FLYTT,
    TOKEN_OF_STRANGERS: STRANGE,
}
IN_XLEDGER: dict[str, Any] = {
    "entities": ENTITIES,
    "tokens": [{"token": token, "ownerCode": owner} for token, owner in _REACH.items()],
}
FJORDVIK, FJELLVIK, KODEVIK, FLYTTVIK, SANDVIK = map(
    CompanyId, ("fjordvik", "fjellvik", "kodevik", "flyttvik", "sandvik")
)
HANDS_IN = {FJELLVIK: FJELL}  # where people renumber, close and remove
BEGIN_WITH = {
    **dict.fromkeys((FJORDVIK, FJELLVIK, KODEVIK), TOKEN_OF_THE_GROUP),
    FLYTTVIK: TOKEN_OF_FLYTT,
    SANDVIK: TOKEN_OF_FJORD,
}
CHANGES = {KODEVIK: "owner_code", FLYTTVIK: "xledger_token"}  # in their settings, while all goes on
SWAPPED = ("10002", "10003")  # at fjordvik, when both are in Xledger
SWAPPED_VERSION = 50
CLOSED_BY_HAND = "P-1"


def companies(requests_per_hour: int | None) -> list[Company]:
    """The last is a sandbox, copied from the first with all its settings."""

    def company(id_: CompanyId, owner: int | None) -> Company:
        return Company(
            id=id_,
            name=f"{id_.title()} AS",
            token_id=TokenId(""),
            owner_code=owner,
            requests_per_hour=requests_per_hour,
            notify=(f"regnskap@{id_}.example",),
        )

    own = ((FJORDVIK, FJORD), (FJELLVIK, FJELL), (KODEVIK, FIRST), (FLYTTVIK, None), (SANDVIK, FJORD))
    return [company(id_, owner) for id_, owner in own]


def tell_of_belonging(random: Random, size: Size, requests_per_hour: int | None) -> Story:
    """Without the sandbox where it begins with a demo: of two that come to a new Xledger, the first has the entity."""
    begins_as_demo = random.random() < 0.4
    story = Story([each for each in companies(requests_per_hour) if each.id != SANDVIK or not begins_as_demo])
    identities: dict[tuple[str, int | str], int] = {}
    for company in story.companies:
        for n in range(size.customers):
            _customer(story, company, n, random, size)
        for n in range(size.projects):
            _project(story, company, n, random, size, identities)
        _invoices(story, company, random, size, identities)
    deeds = tuple(_deeds(random, size.period))
    touched = {
        (str(FJELLVIK), each.order["kind"][:-1], str(each.order["record"]))
        for each in deeds
        if "record" in each.order
    }
    story.belonging = Belonging(
        deeds,
        {KODEVIK: _there_and_back(str(SECOND), str(FIRST), random), FLYTTVIK: _tokens(random)},
        identities,
        touched,
        size.period * random.uniform(0.3, 1),
        begins_as_demo,
    )
    return story


def _there_and_back(there: str, back: str, random: Random) -> tuple[str, ...]:
    return (there, back) if random.random() < 0.6 else (there,)


def _tokens(random: Random) -> tuple[str, ...]:
    """To a stranger's entity, or to one that another company of ours writes to; from that, always back."""
    if random.random() < 0.5:
        return TOKEN_OF_FJORD, TOKEN_OF_FLYTT
    return _there_and_back(TOKEN_OF_STRANGERS, TOKEN_OF_FLYTT, random)


def _deeds(random: Random, period: timedelta) -> list[Deed]:
    """At fjellvik. A record is touched by one story only."""

    def later() -> timedelta:
        return period * random.uniform(0.2, 1.1)

    def deed(at: timedelta, do: str, kind: str, record: str, then: Deed | None = None, **more: Any) -> Deed:
        return Deed(at, {"do": do, "kind": kind, "record": record, **more}, FJELL, then=then)

    def perhaps(then: Deed) -> Deed | None:
        return then if random.random() < 0.6 else None

    def soon() -> timedelta:
        return timedelta(minutes=random.uniform(1, 12))

    again: dict[str, Any] = {"do": "make", "ownerCode": FJELL}
    customer = {"kind": "customers", "code": "10005", "description": name_of("Kunde", 1_004, FJELLVIK, 0)}
    project = {"kind": "projects", "code": "P-2", "description": name_of("Prosjekt", 5_002, FJELLVIK, 0)}
    back = deed(soon(), "renumber", "customers", "90003", code="10003")
    opened = deed(soon(), "reopen", "projects", CLOSED_BY_HAND)
    return [
        deed(later(), "renumber", "customers", "10003", code="90003", then=perhaps(back)),
        deed(later(), "renumber", "projects", "P-0", code="P-0X"),
        deed(later(), "close", "projects", CLOSED_BY_HAND, toDate="2026-11-20", then=perhaps(opened)),
        deed(later(), "close", "customers", "10004", toDate="2026-11-19"),
        deed(
            later(),
            "remove",
            "customers",
            "10005",
            perhaps(Deed(soon(), again | customer, FJELL, is_ours=True)),
        ),
        deed(
            later(), "remove", "projects", "P-2", perhaps(Deed(soon(), again | project, FJELL, is_ours=True))
        ),
    ]


def strangers() -> list[dict[str, Any]]:
    """Records that are nobody's of ours, with numbers that look like ours, in our entities and beside them."""

    def made(kind: str, owner: int, code: str, **more: Any) -> dict[str, Any]:
        name = f"Fremmed {code}"
        return {"do": "make", "kind": kind, "ownerCode": owner, "code": code, "description": name, **more}

    beside = [made(kind, GROUP, code) for kind in ("customers", "suppliers") for code in ("10002", "10003")]
    alike = [
        made("customers", owner, code)
        for owner in (FJORD, FJELL, FIRST, SECOND, FLYTT, STRANGE)
        for code in ("010002", "10002-1", "1000", "100021")
    ]
    projects = [made("projects", owner, "P-") for owner in (FJORD, SECOND, STRANGE)]
    return [*beside, *alike, *projects, made("projects", GROUP, "P-0")]


def strangers_in_register() -> list[dict[str, Any]]:
    """Swedish companies whose numbers and names are those of our Norwegian ones, and some with our customers' numbers
    as their codes."""
    swedish: list[dict[str, Any]] = [
        {
            "code": f"SE-{n}",
            "description": f"Kunde M{1_000 + n}",
            "fields": {"companyNumber": organisation_number(50 + n), "country": "SE"},
        }
        for n in range(6)
    ]
    by_code: list[dict[str, Any]] = [
        {"code": str(10_001 + n), "description": f"Fremmed {n}"} for n in range(6)
    ]
    return [
        {"do": "make", "kind": "companies", "ownerCode": owner, **each}
        for owner in (GROUP, FJORD, FJELL, FLYTT)
        for each in (*swedish, *by_code)
    ]


def _times(random: Random, size: Size) -> list[timedelta]:
    first = size.period * 0.15 * random.random()
    more = [size.period * random.random() for _ in range(random.randint(0, size.versions - 1))]
    return [first, *sorted(first + timedelta(minutes=1) + each for each in more)]


def name_of(kind: str, id_: int, company: str, version: int) -> str:
    return f"{kind} M{id_} {company} v{version}"


def _customer(story: Story, company: Company, n: int, random: Random, size: Size) -> None:
    """Some share an organisation number, some are private persons."""
    number, id_ = str(10_001 + n), 1_000 + n
    organisation = organisation_number(50 + n) if random.random() < 0.6 else None
    data: dict[str, Any] = {}
    for version, at in enumerate(_times(random, size), 1):
        data = {
            "id": id_,
            "version": version,
            "customerNumber": number,
            "name": name_of("Kunde", id_, company.id, version),
            "address": {"street": f"Strandgaten {version}", "countryCode": "NO"},
        } | ({"organizationNumber": organisation} if organisation else {})
        story.published.append(Published(at, an_event("customer.saved", data, company)))
    story.customers[company.id, number] = data


def _project(
    story: Story,
    company: Company,
    n: int,
    random: Random,
    size: Size,
    identities: dict[tuple[str, int | str], int],
) -> None:
    number = f"P-{n}"
    customer = random.choice([0, 5]) if size.customers > 5 else 0  # those that nothing happens to
    data: dict[str, Any] = {}
    for version, at in enumerate(_times(random, size), 1):
        data = {
            "id": 5_000 + n,
            "version": version,
            "projectNumber": number,
            "name": name_of("Prosjekt", 5_000 + n, company.id, version),
            "customerNumber": str(10_001 + customer),
            "active": True,
        }
        story.published.append(Published(at, an_event("project.saved", data, company)))
    story.projects[company.id, number] = data
    identities[company.id, number] = 1_000 + customer


def _invoices(
    story: Story,
    company: Company,
    random: Random,
    size: Size,
    identities: dict[tuple[str, int | str], int],
) -> None:
    story.invoices[company.id] = list(range(101, 101 + size.invoices + 1))
    for number in story.invoices[company.id]:
        n = random.randrange(size.customers)
        identities[company.id, number] = 1_000 + n
        at = size.period * random.random()
        story.published.append(Published(at, invoice(company, number, 1_000 + n, str(10_001 + n))))


def invoice(company: Company, number: int, customer: int, customer_number: str) -> dict[str, Any]:
    """Every second one tells whose it is by Moment's id; the others by a name that is not quite the customer's."""
    by_id = {} if number % 2 else {"id": customer}
    data = {
        "id": 500_000 + number,
        "version": 1,
        "invoiceNumber": number,
        "kind": "INVOICE",
        "customer": {"customerNumber": customer_number, "name": f"Kunde M{customer}", **by_id},
        "description": "Prosjektering",
        "invoiceDate": "2026-11-01",
        "dueDate": "2026-11-15",
        "currency": "NOK",
        "total": "125.00",
        "vatLines": [{"vatCode": "3", "net": "100.00", "vat": "25.00", "gross": "125.00"}],
    }
    return an_event("invoice.finalized", data, company)


def swapped(story: Story) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The two customers of fjordvik, each saved with the other's number; and then an invoice of each."""
    assert story.belonging  # noqa: S101 -- there is no swap without it
    company = next(each for each in story.companies if each.id == FJORDVIK)
    one, other = (story.customers[FJORDVIK, number] for number in SWAPPED)
    saved = [
        {**data, "version": SWAPPED_VERSION, "customerNumber": number}
        for data, number in ((one, other["customerNumber"]), (other, one["customerNumber"]))
    ]
    events, invoices = [an_event("customer.saved", data, company) for data in saved], []
    for n, data in enumerate(saved):
        number = 190 + n
        story.invoices[FJORDVIK].append(number)
        story.belonging.identities[FJORDVIK, number] = data["id"]
        invoices.append(invoice(company, number, data["id"], data["customerNumber"]))
    story.belonging.touched.update((FJORDVIK, "customer", number) for number in SWAPPED)
    return events, invoices


def moves_of(company: CompanyId, told: Belonging, period: timedelta, random: Random) -> list[Errand]:
    """What its administrator changes in the settings, one after the other: the one before is in use for a while."""
    wanted, errands = told.wishes.get(company, ()), list[Errand]()
    at = period * random.uniform(0.25, 0.7)
    for value in wanted:
        errands.append(
            Errand(at, f"to set {CHANGES[company]}", _once(errands, set_or_refused(CHANGES[company], value)))
        )
        at += period * random.uniform(0.3, 0.8)
    if company == SANDVIK:
        errands.append(Errand(at, "to save a sandbox as it is", save_and_be_refused))
    return errands


def _once(before: list[Errand], then: Callable[[Visitor], bool]) -> Callable[[Visitor], bool]:
    """When all that came before is done."""
    earlier = list(before)

    def run(visitor: Visitor) -> bool:
        return not any(each in visitor.errands for each in earlier) and then(visitor)

    return run


def set_or_refused(field: str, value: str) -> Callable[[Visitor], bool]:
    """Where the entity is another company's, and that is known already, the form says so."""

    def run(visitor: Visitor) -> bool:
        page = visitor.open("/settings")
        if shows(page, {field: value}):
            return True
        return visitor.press(page, "/settings", {field: value}).status in (SEE_OTHER, HTTPStatus.BAD_REQUEST)

    return run


def save_and_be_refused(visitor: Visitor) -> bool:
    """Its entity is another company's, so the form comes back."""
    answer = visitor.press(visitor.open("/settings"), "/settings", {"language": "en"})
    if answer.status == SEE_OTHER:
        visitor.told.accepted.append(visitor.company)
    return True
