"""Settings as a form shows and sends them: text for each field, one a line where there are several.

Nothing is judged here. A line that cannot be read becomes something that no setting can be, so that the settings
themselves refuse it with the sentence of that field.
"""

import re
from collections.abc import Mapping
from typing import Any

from moment_xledger.domain.companies import Company
from moment_xledger.domain.files.settings import FileSettings

SWITCHES = frozenset({"export_customers", "export_projects", "import_expenses", "expenses_billable"})
LISTS = frozenset({"notify"})
DATES = frozenset({"token_expires", "expenses_from"})
LINES = frozenset({"vat_rates"})  # with blanks in them
PAIRS = frozenset({"vat_codes", "file.revenue_accounts"})
COUNTS = frozenset(
    {
        "requests_per_hour",
        "requests_per_month",
        "project_dimension",
        "department_dimension",
        "invoice_months_back",
        "invoice_days_ahead",
    }
)
PRICES = frozenset({"price_per_request"})
ON, OFF = "on", "off"

_FILE = "file."
_NOT_TYPED = {"id", "token_id", "keys_id", "file"}
FIELDS = (
    *(name for name in Company.model_fields if name not in _NOT_TYPED),
    *(_FILE + name for name in FileSettings.model_fields),
)
_MAY_BE_EMPTY = frozenset(
    {
        "token_expires",
        "owner_code",
        "reception_address",
        "import_code",
        "expenses_from",
        "requests_per_hour",
        "requests_per_month",
        "price_per_request",
        "project_dimension",
        "department_dimension",
        "file.header",
    }
)
_BETWEEN = re.compile(r"[\s=:→]+")
_NORWEGIAN_DATE = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")
_UNREADABLE = ""  # neither a code nor an account


def flat(company: Company) -> dict[str, Any]:
    """By the fields' names in the form, as in JSON."""
    plain = company.model_dump(mode="json", include={name for name in Company.model_fields if name != "file"})
    file = company.file.model_dump(mode="json")
    every = plain | {_FILE + name: value for name, value in file.items()}
    return {name: every[name] for name in FIELDS}


def as_typed(company: Company) -> dict[str, str]:
    return typed(flat(company))


def typed(settings: Mapping[str, Any]) -> dict[str, str]:
    """As the form is filled out when it is opened. `settings` are `flat`."""
    return {name: _text(value) for name, value in settings.items()}


def as_settings(typed: Mapping[str, str]) -> dict[str, Any]:
    """For `Company`, but for its id. A field that was not sent is empty, as a switch is that is off."""
    settings: dict[str, Any] = {"file": {}}
    for name in FIELDS:
        value = _value(name, typed.get(name, ""))
        if name.startswith(_FILE):
            settings["file"][name.removeprefix(_FILE)] = value
        else:
            settings[name] = value
    return settings


def _text(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return ON if value else OFF
        case list():
            return "\n".join(map(str, value))
        case dict():
            return "\n".join(f"{ours} = {theirs}" for ours, theirs in value.items())
    return str(value)


def _value(name: str, text: str) -> Any:
    text = text.strip()
    if name in SWITCHES:
        return text == ON
    if name in LISTS:
        return list(dict.fromkeys(re.split(r"[\s,;]+", text))) if text else []
    if name in LINES:
        return list(filter(None, map(str.strip, text.splitlines())))
    if name in PAIRS:
        return _pairs(text)
    if name in COUNTS:
        text = "".join(text.split())  # 1 000 is how a Norwegian writes it
    if name in PRICES:
        text = "".join(text.split()).replace(",", ".")
    if name in DATES and (found := _NORWEGIAN_DATE.fullmatch(text)):
        return f"{found[3]}-{found[2]:>02}-{found[1]:>02}"
    return None if name in _MAY_BE_EMPTY and not text else text


def _pairs(text: str) -> dict[str, str]:
    """`3 = 31` on each line. A code that stands there twice could mean either."""
    pairs: dict[str, str] = {}
    for line in filter(None, map(str.strip, text.splitlines())):
        ours, *theirs = _BETWEEN.split(line)
        is_pair = len(theirs) == 1 and ours not in pairs
        pairs[ours] = theirs[0] if is_pair else _UNREADABLE
    return pairs
