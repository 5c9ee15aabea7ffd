"""What is wrong with a filled-out form: a sentence for each field, in both languages. A typed value is never quoted."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from pydantic import ValidationError

from moment_xledger.domain.companies import LONGEST_BEFORE_AT, LONGEST_LABEL, Language
from moment_xledger.domain.vat_rates import Differing, as_text


class _Field(NamedTuple):
    """Its name in the form and what it must be, Norwegian first."""

    norwegian: str
    english: str
    must_no: str
    must_en: str


_SWITCH = ("må være på eller av", "must be on or off")
_DIMENSION = ("må være et tall fra 1 til 5, eller tomt", "must be a number from 1 to 5, or empty")
_CODE_NO, _CODE_EN = "1 til 5 bokstaver eller sifre", "1 to 5 letters or digits"

FIELDS: Mapping[str, _Field] = {
    "id": _Field(
        "Selskaps-id",
        "Company id",
        "må være 1 til 64 tegn av a–z, 0–9, _ og -",
        "must be 1 to 64 characters of a–z, 0–9, _ and -",
    ),
    "name": _Field(
        "Selskapets navn",
        "Company name",
        "må være 1 til 200 tegn på én linje, uten < og >",
        "must be 1 to 200 characters on one line, without < and >",
    ),
    "token_id": _Field(
        "API-nøkkel til Xledger",
        "Xledger API key",
        "settes av seg selv; lim inn nøkkelen i stedet",
        "is set by itself; paste the key instead",
    ),
    "keys_id": _Field(
        "Lagrede nøkler",
        "Stored keys",
        "settes av seg selv; lim inn nøklene i stedet",
        "is set by itself; paste the keys instead",
    ),
    "token_expires": _Field(
        "API-nøkkelen utløper",
        "API key expires",
        "må være en dato, som 2027-12-31, eller tom",
        "must be a date, such as 2027-12-31, or empty",
    ),
    "owner_code": _Field(
        "Eierkode",
        "Owner code",
        "må være fem sifre",
        "must be five digits",
    ),
    "export_customers": _Field("Overfør kunder", "Export customers", *_SWITCH),
    "export_projects": _Field("Overfør prosjekter", "Export projects", *_SWITCH),
    "route": _Field(
        "Overfør fakturaer",
        "Export invoices",
        "må være off, file, email eller upload",
        "must be off, file, email or upload",
    ),
    "vat_codes": _Field(
        "MVA-koder",
        "VAT codes",
        f"må være høyst 100 linjer: Moments kode, og Xledgers av {_CODE_NO}",
        f"must be at most 100 lines: Moment's code, and Xledger's of {_CODE_EN}",
    ),
    "vat_rates": _Field(
        "Satser for MVA-koder",
        "Rates of VAT codes",
        "må være høyst 100 linjer: Xledgers kode og prosent, som 22 = 12, og eventuelt fra hvilken dag",
        "must be at most 100 lines: Xledger's code and a percentage, such as 22 = 12, and perhaps from which day",
    ),
    "invoice_months_back": _Field(
        "Eldste fakturadato, i måneder",
        "Oldest invoice date, in months",
        "må være fra 0 til 240",
        "must be from 0 to 240",
    ),
    "invoice_days_ahead": _Field(
        "Fakturadato fram i tid, i dager",
        "Invoice date ahead, in days",
        "må være fra 0 til 366",
        "must be from 0 to 366",
    ),
    "file": _Field("Fil", "File", "kan ikke brukes slik", "cannot be used like this"),
    "file.format": _Field(
        "Filformat",
        "File format",
        "må være standard, ar10 eller gl02b",
        "must be standard, ar10 or gl02b",
    ),
    "file.header": _Field(
        "Overskriftslinje",
        "Header line",
        "må være på eller av, og av i ar10",
        "must be on or off, and off in ar10",
    ),
    "file.receivable_account": _Field(
        "Konto for kundefordringer",
        "Receivable account",
        "må være 1 til 10 sifre, høyst 4 i ar10",
        "must be 1 to 10 digits, at most 4 in ar10",
    ),
    "file.revenue_accounts": _Field(
        "Inntektskontoer",
        "Revenue accounts",
        "må ha en konto på 1 til 10 sifre for hver MVA-kode, høyst 4 i ar10",
        "must have an account of 1 to 10 digits for each VAT code, at most 4 in ar10",
    ),
    "file.department": _Field(
        "Avdeling",
        "Department",
        "må være høyst 25 bokstaver og sifre, høyst 6 i ar10",
        "must be at most 25 letters and digits, at most 6 in ar10",
    ),
    "file.no_vat_code": _Field(
        "MVA-kode uten MVA", "VAT code of no VAT", f"må være {_CODE_NO}", f"must be {_CODE_EN}"
    ),
    "file.ar10_invoice_type": _Field(
        "Bilagstype for faktura", "Type of invoices", "må være høyst 3 sifre", "must be at most 3 digits"
    ),
    "file.ar10_credit_note_type": _Field(
        "Bilagstype for kreditnota",
        "Type of credit notes",
        "må være høyst 3 sifre",
        "must be at most 3 digits",
    ),
    "file.ar10_longest_project": _Field(
        "Lengste prosjektnummer", "Longest project number", "må være fra 4 til 25", "must be from 4 to 25"
    ),
    "file.gl02b_voucher_type": _Field(
        "Bilagsart",
        "Voucher type",
        "må være 1 til 8 bokstaver eller sifre, som AR",
        "must be 1 to 8 letters or digits, such as AR",
    ),
    "file.gl02b_amount": _Field("Beløp", "Amount", "må være gross eller net", "must be gross or net"),
    "file.vat_account": _Field(
        "MVA-konto", "VAT account", "må være 1 til 10 sifre", "must be 1 to 10 digits"
    ),
    "schedule": _Field(
        "Tidsplan",
        "Schedule",
        "må være daily, weekly, monthly eller by_hand",
        "must be daily, weekly, monthly or by_hand",
    ),
    "issue_limit": _Field(
        "Fakturadato til og med",
        "Invoice dates up to",
        "må være last_month, today eller none",
        "must be last_month, today or none",
    ),
    "reception_address": _Field(
        "Mottaksadresse i Xledger",
        "Reception address at Xledger",
        "må være én e-postadresse uten æ, ø og å, som mb.00000@xledger.net",
        "must be one e-mail address in plain letters, such as mb.00000@xledger.net",
    ),
    "import_code": _Field(
        "Importkode",
        "Import code",
        "må være 1 til 30 bokstaver, sifre eller _",
        "must be 1 to 30 letters, digits or _",
    ),
    "import_expenses": _Field("Hent utgifter", "Import expenses", *_SWITCH),
    "expense_accounts": _Field(
        "Kontoer for utgifter",
        "Accounts of expenses",
        "må være kontoer og intervaller med komma mellom, som 4000-4999,6550",
        "must be accounts and ranges with commas between, such as 4000-4999,6550",
    ),
    "expenses_from": _Field(
        "Hent utgifter fra",
        "Import expenses from",
        "må være en dato, som 2027-01-01, eller tom",
        "must be a date, such as 2027-01-01, or empty",
    ),
    "expenses_billable": _Field("Utgifter er fakturerbare", "Expenses are billable", *_SWITCH),
    "project_dimension": _Field("GL-objekt for prosjekt", "GL object of projects", *_DIMENSION),
    "department_dimension": _Field("GL-objekt for avdeling", "GL object of departments", *_DIMENSION),
    "requests_per_hour": _Field(
        "Forespørsler i timen",
        "Requests an hour",
        "må være et helt tall fra 1 til 1 000 000, eller tomt",
        "must be a whole number from 1 to 1,000,000, or empty",
    ),
    "requests_per_month": _Field(
        "Forespørsler i måneden",
        "Requests a month",
        "må være et helt tall fra 1 til 100 000 000, eller tomt",
        "must be a whole number from 1 to 100,000,000, or empty",
    ),
    "price_per_request": _Field(
        "Pris for hver forespørsel over det",
        "Price of each request over that",
        "må være et beløp fra 0 til 1 000 med høyst fire desimaler, eller tomt",
        "must be an amount from 0 to 1,000 with at most four decimals, or empty",
    ),
    "notify": _Field(
        "Varsler",
        "Notices",
        "må være høyst 20 e-postadresser uten æ, ø og å, én på hver linje",
        "must be at most 20 e-mail addresses in plain letters, one a line",
    ),
    "language": _Field("Språk", "Language", "må være no eller en", "must be no or en"),
    "xledger_token": _Field(
        "API-nøkkel til Xledger",
        "Xledger API key",
        "må være 8 til 500 tegn uten mellomrom",
        "must be 8 to 500 characters without spaces",
    ),
    "moment_key": _Field(
        "API-nøkkel til Moment",
        "Moment API key",
        "må være 8 til 500 tegn uten mellomrom",
        "must be 8 to 500 characters without spaces",
    ),
    "soap_user": _Field(
        "SOAP-bruker",
        "SOAP user",
        "må være 1 til 100 tegn på én linje",
        "must be 1 to 100 characters on one line",
    ),
    "soap_password": _Field(
        "SOAP-passord",
        "SOAP password",
        "må være 1 til 200 tegn på én linje",
        "must be 1 to 200 characters on one line",
    ),
    "soap_logon_key": _Field(
        "SOAP-nøkkel (logon key)",
        "SOAP logon key",
        "må være 1 til 200 tegn på én linje, eller tom",
        "must be 1 to 200 characters on one line, or empty",
    ),
    "soap_certificate": _Field(
        "SOAP-sertifikat",
        "SOAP certificate",
        "må være PEM-tekst med både sertifikat og privat nøkkel, eller tomt",
        "must be PEM text with both the certificate and its private key, or empty",
    ),
    "remove_soap_user": _Field(
        "Fjern den lagrede SOAP-tilgangen",
        "Remove the stored SOAP login",
        "må stå av når en ny skrives inn",
        "must be off when a new one is typed in",
    ),
    "remove_soap_logon_key": _Field(
        "Fjern den lagrede SOAP-nøkkelen",
        "Remove the stored logon key",
        "må stå av når en ny skrives inn",
        "must be off when a new one is typed in",
    ),
    "remove_soap_certificate": _Field(
        "Fjern det lagrede SOAP-sertifikatet",
        "Remove the stored certificate",
        "må stå av når et nytt limes inn",
        "must be off when a new one is pasted",
    ),
    "form": _Field("Skjemaet", "The form", "må være under 64 kB", "must be under 64 kB"),
}

# What another setting makes necessary or impossible.
CONTRADICTIONS: Mapping[str, tuple[str, str]] = {
    "owner_code": (
        "mangler: opplasting, utgifter og formatet gl02b trenger Xledgers eierkode",
        "is missing: uploads, expenses and the format gl02b need Xledger's owner code",
    ),
    "reception_address": (
        "mangler: fakturaer med e-post trenger mottaksadressen i Xledger",
        "is missing: invoices by mail need the reception address at Xledger",
    ),
    "import_code": (
        "mangler: Xledger har ingen ferdig import for formatet standard; bruk din egen, eller velg ar10 eller gl02b",
        "is missing: Xledger has no ready-made import for the format standard; name your own, or choose ar10 or gl02b",
    ),
    "soap_user": (
        "mangler: det som er slått på, trenger SOAP-bruker og passord i Xledger",
        "is missing: what is switched on needs a SOAP user and password in Xledger",
    ),
    "remove_soap_user": (
        "må stå av: opplasting av fakturaer og henting av utgifter trenger tilgangen; slå dem av først",
        "must be off: uploading invoices and importing expenses need the login; switch them off first",
    ),
    "soap_password": (
        "mangler: en SOAP-bruker må ha et passord",
        "is missing: a SOAP user must have a password",
    ),
    "xledger_token": (
        "mangler: lim inn nøkkelen fra Xledger (Administrasjon, Systemtilgang, GraphQL)",
        "is missing: paste the key from Xledger (Administration, System Access, GraphQL)",
    ),
    "moment_key": ("mangler: lim inn nøkkelen fra Moment", "is missing: paste the key from Moment"),
}

_UNKNOWN = ("finnes ikke; fjern det", "does not exist; remove it")
_NAMED = re.compile(r"(?:^|Value error, )(\w+)(?: \w+)?: ")


@dataclass(frozen=True)
class FieldFault:
    """`contradicts`: the field itself may be fine, but not with the others. `why`: what is wrong with it, Norwegian
    first, where that depends on more than the form."""

    field: str
    contradicts: bool = False
    why: tuple[str, str] | None = None

    def sentence(self, language: Language = Language.ENGLISH) -> str:
        norwegian, english = self._must()
        known = FIELDS.get(self.field)
        if language is Language.NORWEGIAN:
            return f"Feltet «{known.norwegian if known else self.field}» {norwegian}."
        return f"The field “{known.english if known else self.field}” {english}."

    def _must(self) -> tuple[str, str]:
        if self.why:
            return self.why
        if self.contradicts and self.field in CONTRADICTIONS:
            return CONTRADICTIONS[self.field]
        known = FIELDS.get(self.field)
        return (known.must_no, known.must_en) if known else _UNKNOWN


def limits(field: str, language: Language) -> str:
    """What it must be, as a hint beside it."""
    known = FIELDS[field]
    if language is Language.NORWEGIAN:
        text = known.must_no.removeprefix("må ").removeprefix("være ")
    else:
        text = known.must_en.removeprefix("must ").removeprefix("be ")
    return f"{text[:1].upper()}{text[1:]}."


class BadSettings(ValueError):
    """What is typed cannot be saved; nothing was. One fault for each field at most."""

    def __init__(self, faults: list[FieldFault]) -> None:
        super().__init__(" ".join(fault.sentence() for fault in faults))
        self.faults = tuple(faults)


def bad_settings(error: ValidationError) -> BadSettings:
    found = [
        _fault(each["loc"], each["msg"]) for each in error.errors(include_url=False, include_input=False)
    ]
    return BadSettings(list(dict.fromkeys(found)))


def _fault(loc: tuple[int | str, ...], message: str) -> FieldFault:
    where = [str(step) for step in loc]
    named = _NAMED.search(message)
    if where[:1] == ["file"]:
        field = named[1] if len(where) == 1 and named else (where[1] if len(where) > 1 else "")
        field = {"account": "revenue_accounts"}.get(field, field)
        return FieldFault(f"file.{field}" if field else "file")
    if where:
        return FieldFault(where[0][:40])
    field = named[1] if named else "form"
    return FieldFault(f"file.{field}" if f"file.{field}" in FIELDS else field, contradicts=True)


def owner_code_needed(reached: str) -> FieldFault:
    """`reached`: the entities that the token reaches."""
    norwegian = (
        f"mangler: API-nøkkelen når flere selskaper i Xledger. Skriv eierkoden til ett av dem: {reached}"
    )
    english = f"is missing: the API key reaches several companies in Xledger. Enter the owner code of one: {reached}"
    return FieldFault("owner_code", contradicts=True, why=(norwegian, english))


def entity_taken(field: str, entity: str) -> FieldFault:
    """`field`: the setting by which this company would write where another one writes."""
    norwegian = (
        f"fører til selskap {entity} i Xledger, og dit skriver et annet selskap hos oss allerede. "
        "Rett feltet, eller be driften tillate at begge skriver dit"
    )
    english = (
        f"leads to company {entity} in Xledger, where another company set up here writes already. "
        "Correct the field, or ask the operator to allow that both write there"
    )
    return FieldFault(field, contradicts=True, why=(norwegian, english))


def not_mailed_to(field: str, address: str) -> FieldFault:
    """`field`: the setting with an address that has the form of one, and that no mail server takes."""
    norwegian = (
        f"har en adresse som ingen e-posttjener tar imot: {address}. Det kan stå høyst {LONGEST_BEFORE_AT} tegn "
        f"foran @, uten =?, og {LONGEST_LABEL} mellom punktumene bak"
    )
    english = (
        f"has an address that no mail server takes: {address}. There can be at most {LONGEST_BEFORE_AT} characters "
        f"before the @, without =?, and {LONGEST_LABEL} between the dots after it"
    )
    return FieldFault(field, contradicts=True, why=(norwegian, english))


def rates_differ(pairs: Iterable[Differing]) -> FieldFault:
    """A mapping by which Xledger would compute another VAT than Moment did."""
    named = [
        (f"{pair.ours} ({as_text(pair.our_percent)} %)", f"{pair.theirs} ({as_text(pair.their_percent)} %)")
        for pair in pairs
    ]
    listed = ", ".join(f"{ours} = {theirs}" for ours, theirs in named)
    return FieldFault(
        "vat_codes",
        contradicts=True,
        why=(
            f"har koder med ulik sats i Moment og Xledger: {listed}. Rett paret, eller satsen",
            f"has codes whose rates differ in Moment and Xledger: {listed}. Correct the pair, or the rate",
        ),
    )
