"""
What every new Xledger holds before anybody writes to it: countries, currencies, accounts and lists of values.

The real lists are the tenant's own. These are ordinary Norwegian ones: some accounts in the spirit of the
standard chart, and as VAT codes the standard tax codes of SAF-T, which Xledger's own need not be. All of it
is shared by every entity.
"""

import csv
import re
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from importlib.resources import files

from local.xledger.table import Record, Table

# The kind of list, then its codes. A field's list is its own name in capitals: taxRule has the kind TAX_RULE.
OBJECT_VALUES = {
    "TAX_RULE": {
        "3": "Utgående avgift, 25 %",
        "31": "Utgående avgift, 15 %",
        "33": "Utgående avgift, 12 %",
        "5": "Innenlands omsetning med fritak, 0 %",
        "51": "Innenlands omsetning med omvendt avgiftsplikt, 0 %",
        "52": "Utførsel av varer og tjenester, 0 %",
        "6": "Omsetning utenfor merverdiavgiftsloven, 0 %",
        "7": "Ingen merverdiavgiftsbehandling",
    },
    "PAY_TERMS": {"14": "14 dager netto", "30": "30 dager netto"},
    "PROJECT_GROUP": {"100": "Kundeprosjekter", "200": "Interne prosjekter"},
    "SUBLEDGER_GROUP": {"10": "Kunder i Norge", "20": "Kunder i utlandet"},
    "PAY_METHOD": {"BANK": "Bankgiro", "AVTALE": "Avtalegiro"},
    "COLLECTION": {"STD": "Ordinær purring", "INGEN": "Ingen purring"},
    "PRICELIST": {"STD": "Ordinære priser"},
    "PRICE_GROUP": {"A": "Rammeavtale"},
    "REPORT_SETUP": {"STD": "Ordinær"},
    "SHIPPING_TERMS": {"EXW": "Fra lager"},
    "INVOICE_RULE": {"LOPENDE": "Etter medgått tid", "FAST": "Fast pris"},
    "FUND_RECIPIENT": {"NFR": "Forskningsfond"},
    "STATE": {"03": "Oslo", "46": "Vestland"},
    "GL_OBJECT1": {"10": "Oslo", "20": "Bergen"},
    "GL_OBJECT2": {"BYGG": "Bygg", "ANLEGG": "Anlegg"},
    "GL_OBJECT3": {"N": "Nybygg"},
    "GL_OBJECT4": {"P": "Privat"},
    "GL_OBJECT5": {"1": "Første halvår"},
    "XGL": {"IFRS": "Avvik etter IFRS"},
    # Kinds that a general ledger slot can hold; their values are records of their own.
    "PROJECT": {},
    "DEPARTMENT": {},
    "COST_UNIT": {},
}
# By VAT code: percentages, each with its first day, as the Storting has set them.
TAX_RATES: dict[str, tuple[tuple[float, str], ...]] = {
    "3": ((24, "2001-01-01"), (25, "2005-01-01")),
    "31": ((14, "2007-01-01"), (15, "2012-01-01")),
    "33": ((10, "2016-01-01"), (12, "2018-01-01"), (6, "2020-04-01"), (12, "2021-10-01")),
    **dict.fromkeys(("5", "51", "52", "6", "7"), ((0, "2001-01-01"),)),
}
OBJECT_KIND_DB_IDS = {"TAX_RULE": 14}  # as seen at one tenant

# The kind of list, then its codes and names.
SYSTEM_VALUES = {
    "LANGUAGE": {"NO": "Norwegian", "EN": "English"},
    "INVOICE_DELIVERY_METHOD": {"PRINT": "Print", "EMAIL": "E-mail", "EHF": "EHF"},
    "INVOICE_LAYOUT": {"STD": "Standard"},
    "PROJECT_CATEGORY": {"CUSTOMER": "Customer", "INTERNAL": "Internal"},
    "INCOME_PERIODIZATION": {"NONE": "None", "MONTHLY": "Monthly"},
    "PM_SO_INVOICE_LEVEL": {"PROJECT": "Project"},
    "SO_ORDER_LEVEL": {"PROJECT": "Project"},
    "LEDGER_TYPE": {"AR": "Accounts receivable"},
    "CHART_OF_ACCOUNT": {"NS4102": "Norsk standard kontoplan"},
}
BANKS = {"DNB": ("DNB Bank ASA", "DNBANOKK"), "NORDEA": ("Nordea Bank", "NDEANOKK")}
CURRENCIES = {
    "NOK": "Norske kroner",
    "SEK": "Svenske kroner",
    "DKK": "Danske kroner",
    "EUR": "Euro",
    "USD": "US-dollar",
}
EMPLOYEES = {"1": "Kari Moe", "2": "Ola Lie"}


def kind_of(field: str) -> str:
    """The list of values behind a field: payTerms → PAY_TERMS."""
    return re.sub(r"(?<=[a-z])([A-Z])", r"_\1", field).upper()


def reference_tables(owner: Record, now: str) -> dict[str, Table]:
    """Fresh ones: two simulators share no record."""
    kinds = Table(_object_kinds(now))
    systems = Table(_system_values())
    values = Table(_object_values(kinds, owner, now))
    return {
        "countries": Table(_coded(1, _countries())),
        "currencies": Table(_coded(1, CURRENCIES)),
        "objectKinds": kinds,
        "objectValues": values,
        "taxTableSetups": Table(_tax_table(values, owner, now)),
        "systemValues": systems,
        "accounts": Table(_accounts(systems, owner, now)),
        "banks": Table(_banks()),
        "employees": Table({**person, "email": None} for person in _coded(501, EMPLOYEES)),
        "contacts": Table(_contacts()),
    }


def _coded(first: int, names: dict[str, str]) -> Iterator[Record]:
    for db_id, (code, name) in enumerate(names.items(), first):
        yield {"dbId": db_id, "code": code, "description": name}


def _banks() -> Iterator[Record]:
    for bank in _coded(401, {code: name for code, (name, _) in BANKS.items()}):
        yield bank | {"swift": BANKS[bank["code"]][1]}


def _countries() -> dict[str, str]:
    """ISO 3166 alpha-2 → English name, from the time zone database."""
    lines = files("tzdata").joinpath("zoneinfo/iso3166.tab").read_text("utf-8").splitlines()
    rows = (line.split("\t") for line in lines if line and not line.startswith("#"))
    return dict(rows)


def _contacts() -> Iterator[Record]:
    for person in _coded(601, EMPLOYEES):
        first, last = person["description"].split(" ")
        yield {**person, "name": person["description"], "firstName": first, "lastName": last}


def _object_kinds(now: str) -> Iterator[Record]:
    free = iter(range(100, 1000))
    numbered = {name: OBJECT_KIND_DB_IDS.get(name) or next(free) for name in OBJECT_VALUES}
    for name, db_id in sorted(numbered.items(), key=lambda each: each[1]):
        yield {"dbId": db_id, "name": name, "modifiedAt": now}


def gl_setup(dimensions: Mapping[int, str], name: str, kinds: Table) -> list[Record]:
    """What each slot of an entity's general ledger holds."""
    return [_slot(slot, name.format(slot), kinds.find("name", kind)[0]) for slot, kind in dimensions.items()]


def _slot(slot: int, name: str, kind: Record) -> Record:
    field = {"dbId": 4000 + slot, "dbSubId": slot, "code": str(slot), "name": name}
    held = {"dbId": 4100 + kind["dbId"], "code": kind["name"], "description": kind["name"].capitalize()}
    return {"dbId": 4200 + slot, "field": field, "fieldObject": held | {"objectKind": kind}}


def _object_values(kinds: Table, owner: Record, now: str) -> Iterator[Record]:
    rows = [(kind, code, text) for kind in kinds for code, text in OBJECT_VALUES[kind["name"]].items()]
    for db_id, (kind, code, text) in enumerate(rows, 1001):
        named = {"dbId": db_id, "code": code, "description": text, "text": text, "posting": True}
        sorted_under = {"kind": kind["name"], "objectKind": kind, "objectKindDbId": kind["dbId"]}
        yield named | sorted_under | {"ownerDbId": owner["dbId"], "createdAt": now, "modifiedAt": now}


def _tax_table(values: Table, owner: Record, now: str) -> Iterator[Record]:
    """A row for each rate that a VAT code has had, until the day before the next."""
    rules = [value for value in values if value["kind"] == "TAX_RULE"]
    rows = [(rule, *row) for rule in rules for row in _periods(TAX_RATES[rule["code"]])]
    for db_id, (rule, percent, first, last) in enumerate(rows, 4001):
        period = {"dbId": db_id, "taxPercent": percent, "dateFrom": first, "dateTo": last}
        yield period | {
            "objectValue": rule,
            "objectValueDbId": rule["dbId"],
            "ownerDbId": owner["dbId"],
            "createdAt": now,
            "modifiedAt": now,
        }


def _periods(rates: tuple[tuple[float, str], ...]) -> Iterator[tuple[float, str, str | None]]:
    lasts = [str(date.fromisoformat(first) - timedelta(days=1)) for _, first in rates[1:]]
    for (percent, first), last in zip(rates, [*lasts, None], strict=True):
        yield percent, first, last


def _system_values() -> Iterator[Record]:
    rows = [
        (kind, sub_id, *each)
        for kind, values in SYSTEM_VALUES.items()
        for sub_id, each in enumerate(values.items(), 1)
    ]
    for db_id, (kind, sub_id, code, name) in enumerate(rows, 2001):
        yield {
            "dbId": db_id,
            "dbSubId": sub_id,
            "code": code,
            "name": name,
            "description": name,
            "kind": kind,
        }


def _accounts(systems: Table, owner: Record, now: str) -> Iterator[Record]:
    chart = systems.find("kind", "CHART_OF_ACCOUNT")[0]
    lines = files("local.xledger").joinpath("chart_of_accounts.csv").read_text("utf-8").splitlines()
    for db_id, row in enumerate(csv.DictReader(lines, delimiter=";"), 3001):
        code = row["code"]
        named = {"dbId": db_id, "code": code, "description": row["description"], "vat": row["vat"] == "yes"}
        classed = {
            "balanceSheet": code < "3",
            "revenue": code[0] == "3",
            "cost": code >= "4",
            "posting": True,
        }
        charted = {"chartOfAccount": chart, "chartOfAccountDbId": chart["dbId"]}
        yield named | classed | charted | {"ownerDbId": owner["dbId"], "modifiedAt": now}
