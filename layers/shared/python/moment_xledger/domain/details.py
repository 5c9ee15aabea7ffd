"""The details of a problem as people read them: names of fields, amounts, dates and faults, in their language."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal

from moment_xledger.domain.companies import Language
from moment_xledger.domain.faults import in_english, in_norwegian

_NO_BREAK_SPACE, _MINUS = "\u00a0", "\u2212"

# Fields of Moment's events and of Xledger's answers, Norwegian first. A part of a line or an address is named after it.
_FIELDS: Mapping[str, tuple[str, str]] = {
    "body": ("hele meldingen", "the whole message"),
    "specversion": ("specversion", "specversion"),
    "source": ("avsender", "source"),
    "type": ("type", "type"),
    "time": ("tidspunkt", "time"),
    "momentcompany": ("selskap", "company"),
    "data": ("innhold", "content"),
    "id": ("id", "id"),
    "version": ("versjon", "version"),
    "customerNumber": ("kundenummer", "customer number"),
    "projectNumber": ("prosjektnummer", "project number"),
    "invoiceNumber": ("fakturanummer", "invoice number"),
    "creditedInvoiceNumber": ("kreditert faktura", "credited invoice"),
    "name": ("navn", "name"),
    "organizationNumber": ("organisasjonsnummer", "organisation number"),
    "email": ("e-postadresse", "e-mail address"),
    "address": ("adresse", "address"),
    "street": ("gate", "street"),
    "zipCode": ("postnummer", "postcode"),
    "place": ("poststed", "place"),
    "countryCode": ("land", "country"),
    "startDate": ("startdato", "start date"),
    "endDate": ("sluttdato", "end date"),
    "active": ("aktiv", "active"),
    "kind": ("fakturatype", "kind of invoice"),
    "customer": ("kunde", "customer"),
    "description": ("beskrivelse", "description"),
    "invoiceDate": ("fakturadato", "invoice date"),
    "dueDate": ("forfallsdato", "due date"),
    "kid": ("KID", "KID"),
    "currency": ("valuta", "currency"),
    "exchangeRate": ("valutakurs", "exchange rate"),
    "total": ("totalbeløp", "total"),
    "vatLines": ("MVA-linjer", "VAT lines"),
    "vatCode": ("MVA-kode", "VAT code"),
    "net": ("nettobeløp", "net amount"),
    "vat": ("MVA-beløp", "VAT amount"),
    "gross": ("bruttobeløp", "gross amount"),
    "rows": ("antall rader", "number of rows"),
    "doNotTransfer": ("skal ikke overføres", "do not transfer"),
    "department": ("avdeling", "department"),  # of the settings
    # Xledger's own
    "code": ("nummer", "number"),
    "dbId": ("id i Xledger", "id in Xledger"),
    "subledger": ("kunde", "customer"),
    "company": ("selskap", "company"),
    "companyNumber": ("organisasjonsnummer", "organisation number"),
    "country": ("land", "country"),
    "owner": ("eierkode", "owner code"),
    "streetAddress": ("gate", "street"),
    "fromDate": ("startdato", "start date"),
    "toDate": ("sluttdato", "end date"),
}
_RATES = ("rate", "earlier")
_LINE = ("linje", "line")
_UNNAMED = ("code", "dbId", "description")  # of a reference: the reference itself says more


def field_name(path: str, language: Language) -> str:
    """`data.vatLines.0.net` is "nettobeløp, linje 1". A name that is not known stands as it is."""
    steps = [step for step in path.split(".") if step != "data"] or ["data"]
    lines = [int(step) + 1 for step in steps if step.isdigit()]
    names = [step for step in steps if not step.isdigit()]
    if len(names) > 1 and names[-1] in _UNNAMED and names[-2] in _FIELDS:
        names.pop()
    english = language is Language.ENGLISH
    name = _FIELDS.get(names[-1], (names[-1], names[-1]))[english] if names else path
    return f"{name}, {_LINE[english]} {lines[-1]}" if lines else name


def in_words(details: Mapping[str, str], language: Language) -> dict[str, str]:
    """Each detail as a person reads it. What is no amount, date, field or fault stays as it is."""
    return {name: _shown(name, value, language) for name, value in details.items()}


def _shown(name: str, value: str, language: Language) -> str:
    if name == "field":
        return field_name(value, language)
    if name == "fault":
        return in_norwegian(value) if language is Language.NORWEGIAN else in_english(value)
    if name in _RATES:
        return value.replace(".", ",")
    for shape, shown in _SHAPES:
        if shape.fullmatch(value):
            return shown(value)
    return value


def amount(value: Decimal) -> str:
    """1 234 567,50"""
    whole, _, decimals = f"{abs(value):,.2f}".partition(".")
    return _MINUS * (value < 0) + whole.replace(",", _NO_BREAK_SPACE) + "," + decimals


def _day(value: str) -> str:
    try:
        return f"{date.fromisoformat(value):%d.%m.%Y}"
    except ValueError:
        return value


_SHAPES: tuple[tuple[re.Pattern[str], Callable[[str], str]], ...] = (
    (re.compile(r"-?\d+\.\d{2}"), lambda value: amount(Decimal(value))),
    (re.compile(r"\d{4}-\d{2}-\d{2}"), _day),
)
