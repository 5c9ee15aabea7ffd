"""
What every new Xledger holds before anybody writes to it: countries, currencies, accounts and lists of values.

The real lists are the tenant's own. These are ordinary Norwegian ones: some accounts in the spirit of the
standard chart, and the VAT codes that the plan names (`vat`). All of it is shared by every entity.
"""

import csv
import re
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from importlib.resources import files

from local.xledger.plan import Plan
from local.xledger.table import Record, Table
from local.xledger.vat import CODES, tax_table_setups

# The kind of list, then its codes. A field's list is its own name in capitals: taxRule has the kind TAX_RULE.
OBJECT_VALUES = {
    "TAX_RULE": {},  # as the plan says
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
    "LEDGER_TYPE": {"AR": "Accounts receivable", "AP": "Accounts payable"},
    "CHART_OF_ACCOUNT": {"NS4102": "Norsk standard kontoplan"},
    "JOB_LEVEL": {"IMPORTED": "Imported", "APPROVED": "Approved"},
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


def reference_tables(plan: Plan, owner: Record, now: str) -> dict[str, Table]:
    """Fresh ones: two simulators share no record."""
    kinds = Table(_object_kinds(now))
    systems = Table(_system_values())
    accounts = Table(_accounts(systems, owner, now))
    values = Table(_object_values(plan, kinds, owner, now))
    rules = {value["code"]: value for value in values if value["kind"] == "TAX_RULE"}
    by_code = {account["code"]: account for account in accounts}
    rates = tax_table_setups(plan.vat_codes, rules, by_code, with_zero=plan.zero_rates_have_rows)
    return {
        "countries": Table(_coded(1, _countries())),
        "currencies": Table(_coded(1, CURRENCIES)),
        "objectKinds": kinds,
        "objectValues": values,
        "taxTableSetups": Table(rates),
        "systemValues": systems,
        "accounts": accounts,
        "periodStatusItems": Table(_periods(owner, now)),
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


def _object_values(plan: Plan, kinds: Table, owner: Record, now: str) -> Iterator[Record]:
    rules = {code: vat.description for code, vat in CODES[plan.vat_codes].items()}
    lists = OBJECT_VALUES | {"TAX_RULE": rules}
    rows = [(kind, code, text) for kind in kinds for code, text in lists[kind["name"]].items()]
    for db_id, (kind, code, text) in enumerate(rows, 1001):
        named = {"dbId": db_id, "code": code, "description": text, "text": text, "posting": True}
        sorted_under = {"kind": kind["name"], "objectKind": kind, "objectKindDbId": kind["dbId"]}
        yield named | sorted_under | {"ownerDbId": owner["dbId"], "createdAt": now, "modifiedAt": now}


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


def _periods(owner: Record, now: str) -> Iterator[Record]:
    """The months of the year that it is."""
    year = int(now[:4])
    for month in range(1, 13):
        first, last = date(year, month, 1), date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)
        named = {"code": f"{year}{month:02}", "description": f"{first:%B} {year}"}
        days = {"fromDate": str(first), "toDate": str(last), "fiscalYear": year, "monthNumber": month}
        yield {"dbId": 6000 + month, "ownerDbId": owner["dbId"], "period": named | days}


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
