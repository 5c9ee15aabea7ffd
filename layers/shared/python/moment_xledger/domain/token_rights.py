"""Which rights to tick for an API key in Xledger, by area and as its page names them, for the switches that are on.

Areas and names are those of the page where a key is made, as several integrations list them. An area is empty where
none of them does. Rights go by type, and a type that is only a part of an answer needs one too.
"""

from collections.abc import Mapping
from typing import NamedTuple

from moment_xledger.domain.companies import LEAVE_IN_A_FILE, Company, Route

COMMON, GENERAL_LEDGER, PROJECTS = "Common", "General Ledger", "Project management"
NOT_LISTED = ""

# By the type of Xledger's schema, where and as what its right is ticked.
AREAS: Mapping[str, tuple[str, str]] = {
    "Entity": (NOT_LISTED, "Entity"),
    "Owner": (COMMON, "Owner"),
    "Company": (COMMON, "Company"),
    "Customer": (COMMON, "Customer"),
    "Address": (COMMON, "Address"),
    "Country": (COMMON, "Country"),
    "Subledger": (COMMON, "Subledger"),
    "ObjectKind": (COMMON, "ObjectKind"),
    "ObjectValue": (COMMON, "ObjectValue"),
    "SystemValue": (COMMON, "SystemValue"),
    "TaxTableSetup": (NOT_LISTED, "TaxTableSetup"),
    "Project": (PROJECTS, "Project"),
    "Account": (GENERAL_LEDGER, "Account"),
    "Period": (NOT_LISTED, "Period"),
    "GLImportItem": (GENERAL_LEDGER, "GLImportItem"),
    "TransactionHeader": (GENERAL_LEDGER, "TransactionHeader"),
    "ARTransaction": (NOT_LISTED, "ARTransaction"),
}
_ALWAYS = ("Entity", "Owner")
_CUSTOMERS = ("Customer", "Company", "Address", "Country")
_PROJECTS = ("Project", "Subledger", "Customer")
_LISTS = ("Account", "ObjectKind", "ObjectValue", "SystemValue", "TaxTableSetup", "Country")
_UPLOADS = ("ARTransaction", "TransactionHeader", "Subledger", "GLImportItem")
_PROBE = ("GLImportItem", "Period", "SystemValue")  # it does without them


class TokenRight(NamedTuple):
    """`is_optional`: everything goes on without it, but less is known."""

    area: str
    name: str
    reads: bool
    writes: bool
    is_optional: bool = False


def rights_of(company: Company) -> tuple[TokenRight, ...]:
    reads, writes = set(_ALWAYS), set[str]()
    if company.export_customers:
        reads |= {*_CUSTOMERS}
        writes |= {"Customer", "Company"}
    if company.export_projects:
        reads |= {*_PROJECTS}
        writes |= {"Project"}
    if company.route in LEAVE_IN_A_FILE or company.import_expenses:
        reads |= {*_LISTS}
    if company.route is Route.UPLOAD:
        reads |= {*_UPLOADS}
    optional = {*_PROBE} - reads
    found = [
        TokenRight(*AREAS[each], reads=True, writes=each in writes, is_optional=each in optional)
        for each in AREAS
        if each in reads | optional
    ]
    return tuple(sorted(found, key=lambda right: (not right.area, right.area, right.name)))
