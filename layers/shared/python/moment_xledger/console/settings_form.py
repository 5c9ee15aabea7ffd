"""The settings as a form: which field stands where, and how it is typed. What each must be says `settings_faults`."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from moment_xledger.domain.companies import IssueLimit, Language, Route, Schedule
from moment_xledger.domain.connection_tests import Right
from moment_xledger.domain.files.settings import FileFormat
from moment_xledger.domain.typed_keys import LIMITS, REMOVABLE, removal
from moment_xledger.domain.typed_settings import FIELDS, LINES, LISTS, OFF, ON, PAIRS, SWITCHES

KEYS = tuple(LIMITS)
REMOVED_BY = {removal(key): key for key in REMOVABLE}  # offered where there is such a key
# Which right of the newest test says whether a key works.
TESTED_BY: Mapping[str, Right] = {
    "xledger_token": Right.TOKEN,
    "moment_key": Right.MOMENT,
    **dict.fromkeys((key for key in KEYS if key.startswith("soap_")), Right.SOAP),
}

# In the order of the page. What is not in here is neither shown nor changed.
FIELDSETS: Mapping[str, tuple[str, ...]] = {
    "keys": ("xledger_token", "token_expires", "moment_key"),
    "company": (
        "name",
        "owner_code",
        "project_dimension",
        "department_dimension",
        "requests_per_hour",
        "requests_per_month",
        "price_per_request",
        "notify",
        "language",
    ),
    "what": (
        "export_customers",
        "export_projects",
        "route",
        "file.format",
        "schedule",
        "issue_limit",
        "reception_address",
        "import_code",
        "vat_codes",
        "vat_rates",
        "invoice_months_back",
        "invoice_days_ahead",
    ),
    "file": (
        "file.header",
        "file.receivable_account",
        "file.revenue_accounts",
        "file.department",
        "file.no_vat_code",
        "file.ar10_invoice_type",
        "file.ar10_credit_note_type",
        "file.ar10_longest_project",
        "file.gl02b_voucher_type",
        "file.gl02b_amount",
        "file.vat_account",
    ),
    "expenses": ("import_expenses", "expense_accounts", "expenses_from", "expenses_billable"),
    "soap": (
        "soap_user",
        "soap_password",
        "soap_logon_key",
        "remove_soap_logon_key",
        "soap_certificate",
        "remove_soap_certificate",
        "remove_soap_user",
    ),
}
FOLDED = ("file", "soap")  # opened by whoever needs it, or where something in it is wrong
GROUPS: Mapping[str, tuple[str, ...]] = {
    group: kept
    for group, names in FIELDSETS.items()
    if (kept := tuple(name for name in names if name in FIELDS))
}
OPTIONS: Mapping[str, tuple[str, ...]] = {
    "route": tuple(Route),
    "schedule": tuple(Schedule),
    "issue_limit": tuple(IssueLimit),
    "language": tuple(Language),
    "file.format": tuple(FileFormat),
    "file.header": ("", ON, OFF),
    "file.gl02b_amount": ("gross", "net"),
}
_NUMBERS = frozenset(
    {
        "owner_code",
        "requests_per_hour",
        "requests_per_month",
        "project_dimension",
        "department_dimension",
        "invoice_months_back",
        "invoice_days_ahead",
        "file.receivable_account",
        "file.vat_account",
        "file.ar10_invoice_type",
        "file.ar10_credit_note_type",
        "file.ar10_longest_project",
    }
)


class Look(StrEnum):
    TEXT = "text"
    NUMBER = "number"
    ADDRESS = "address"
    LINES = "lines"
    SWITCH = "switch"
    CHOICE = "choice"
    KEY = "key"
    LONG_KEY = "long_key"
    REMOVAL = "removal"


@dataclass(frozen=True)
class Field:
    """`id` is its name as an address of the page leads to it. `removes`: the key that goes if it is on."""

    name: str
    look: Look
    options: tuple[str, ...] = ()
    removes: str = ""

    @property
    def id(self) -> str:
        return f"f-{self.name.replace('.', '-')}"


def _field(name: str) -> Field:
    return Field(name, _look(name), OPTIONS.get(name, ()), REMOVED_BY.get(name, ""))


def _look(name: str) -> Look:
    if name in KEYS:
        return Look.LONG_KEY if name == "soap_certificate" else Look.KEY
    if name in REMOVED_BY:
        return Look.REMOVAL
    if name in SWITCHES:
        return Look.SWITCH
    if name in LISTS | LINES | PAIRS:
        return Look.LINES
    if name in OPTIONS:
        return Look.CHOICE
    if name == "reception_address":
        return Look.ADDRESS
    return Look.NUMBER if name in _NUMBERS else Look.TEXT


FORM: Mapping[str, tuple[Field, ...]] = {
    group: tuple(map(_field, names)) for group, names in FIELDSETS.items()
}
