"""What is wrong with a field of an event or a column of a row, as a Norwegian reads it.

The ledger keeps the English, in which pydantic and our own readers say it; see `events.first_fault` and the rows of
the SOAP adapter. What stands in quotes or is a name of a column stays as it is.
"""

import re

# A pattern is nothing for people: what a text that must match it has to look like.
SHAPES = {
    r'^[^#;"\x00-\x1f\x7f]{1,25}$': "must be 1 to 25 characters without # ; and quotation marks",
    r"^[A-Z]{2}$": "must be a country's two letters, such as NO",
    r"^[A-Z]{3}$": "must be a currency's three letters, such as NOK",
    r"^[A-Za-z0-9_-]{1,64}$": "must be 1 to 64 letters a-z, digits, - or _",
}

# Compiled when they are first needed: most runs have no fault to tell.
_NORWEGIAN = {
    # of whole messages
    r"is not a JSON object": "er ikke et JSON-objekt",
    r"field required": "mangler",
    # of texts
    r"must be a valid string(?:, .*)?": "må være tekst",
    r"must have at least 1 character": "kan ikke være tom",
    r"must have at most (\d+) characters?": r"kan ha høyst \1 tegn",
    r"must be 1 to 25 characters without # ; and quotation marks": "må være 1 til 25 tegn, uten # ; og anførselstegn",
    r"must be a country's two letters, such as NO": "må være et lands to bokstaver, slik som NO",
    r"must be a currency's three letters, such as NOK": "må være en valutas tre bokstaver, slik som NOK",
    r"must be 1 to 64 letters a-z, digits, - or _": "må være 1 til 64 bokstaver a–z, sifre, - eller _",
    r"is not in the form that it must have": "har ikke den formen det må ha",
    r"must match pattern .+": "har ikke den formen det må ha",  # as an earlier release stored it
    r"must have only visible characters": "kan bare ha synlige tegn",
    r"must be ('.+') or ('.+')": r"må være \1 eller \2",
    r"must be ('.+')": r"må være \1",
    r"is not a Norwegian organisation number \(nine digits, MOD11\)": (
        "er ikke et norsk organisasjonsnummer (ni sifre, MOD11)"
    ),
    # of a KID
    r"must have 2 to 25 characters": "må ha 2 til 25 tegn",
    r"must be digits, with a hyphen at the end if need be": "må være sifre, eventuelt med bindestrek til slutt",
    r"has a last digit that is wrong by MOD10 and by MOD11": (
        "har et siste siffer som er feil etter både MOD10 og MOD11"
    ),
    # of numbers and amounts
    r"must be a valid integer(?:, .*)?": "må være et heltall",
    r"must be greater than (-?\d+)": r"må være større enn \1",
    r"must be greater than or equal to (-?\d+)": r"må være minst \1",
    r"must be less than (-?\d+)": r"må være mindre enn \1",
    r"must be a decimal string such as '1234\.50', not a JSON number": (
        "må være et beløp som tekst, slik som '1234.50', ikke et JSON-tall"
    ),
    r"must be a valid decimal": "må være et desimaltall",
    r"decimal input should have no more than (\d+) digits? before the decimal point": (
        r"kan ha høyst \1 sifre før desimaltegnet"
    ),
    r"must be a finite number": "må være et endelig tall",
    r"decimal input should have no more than (\d+) digits? in total": r"kan ha høyst \1 sifre i alt",
    r"decimal input should have no more than (\d+) decimal places?": r"kan ha høyst \1 desimaler",
    # of dates and times
    r"must be a date such as (\S+), not a number": r"må være en dato slik som \1, ikke et tall",
    r"must be a valid date(?: or datetime)?(?:, .*)?": "må være en dato, slik som 2026-11-22",
    r"datetimes provided to dates should have zero time.*": "må være en dato uten klokkeslett",
    r"must be a valid datetime(?: or date)?(?:, .*)?": "må være et tidspunkt, slik som 2026-11-22T09:15:03Z",
    r"must have timezone info": "må ha en tidssone",
    # of the rest
    r"must be a valid boolean(?:, .*)?": "må være ja eller nei",
    r"must be a valid dictionary(?: or instance of \w+)?": "må være et JSON-objekt",
    r"must be a valid (?:tuple|list|array)": "må være en liste",
    r"must have at least 1 item.*": "må ha minst én linje",
    r"must have at most (\d+) items.*": r"kan ha høyst \1 linjer",
    # of rows that Xledger exports
    r"(\w+) holds elements, not text": r"\1 inneholder elementer, ikke tekst",
    r"a column comes twice": "en kolonne kommer to ganger",
    r"no id: neither TransactionID nor VoucherNo with LineNo": (
        "ingen id: verken TransactionID eller VoucherNo med LineNo"
    ),
    r"no Amount": "Amount mangler",
    r"no date: neither InvoiceDate nor VoucherDate": "ingen dato: verken InvoiceDate eller VoucherDate",
    r"(\w+) is not an amount such as (\S+) or (\S+)": r"\1 er ikke et beløp slik som \2 eller \3",
    r"(\w+) is not a time such as (.+)": r"\1 er ikke et tidspunkt slik som \2",
    r"(\w+) is not a date such as (.+)": r"\1 er ikke en dato slik som \2",
    r"(\w+) is longer than (\d+) signs": r"\1 er lengre enn \2 tegn",
    r"its id is no plain one": "id-en er ikke en vanlig id",
    r"several lines have this id": "flere posteringer har denne id-en",
    r"a line on another account has the same id": "en postering på en annen konto har samme id",
    r"another line had this id when it was read before": "en annen postering hadde denne id-en da den ble lest før",
    r"its id is that of a voucher, and it has no LineNo": "id-en gjelder hele bilaget, og LineNo mangler",
}


# What pydantic says of its own workings, in plain words.
_ENGLISH = {
    r"must match pattern .+": "is not in the form that it must have",  # as an earlier release stored it
    r"decimal input should have no more than (\d+) (digits?) in total": r"must have at most \1 \2 in all",
    r"decimal input should have no more than (\d+) (decimal places?|digits? before the decimal point)": (
        r"must have at most \1 \2"
    ),
    r"datetimes provided to dates should have zero time.*": "must be a date without a time of day",
    r"must have at least 1 item.*": "must have at least one line",
    r"must have at most (\d+) items?.*": r"must have at most \1 lines",
    r"must have timezone info": "must have a time zone",
    r"must be a valid boolean(?:, .*)?": "must be yes or no",
    r"must be a valid dictionary(?: or instance of \w+)?": "must be an object with fields",
    r"must be a valid (?:tuple|list|array)": "must be a list",
    r"must be a valid integer(?:, .*)?": "must be a whole number",
    r"must be a valid string(?:, .*)?": "must be text",
    r"must be a valid (date|datetime)(?: or \w+)?(?:, .*)?": r"must be a \1",
    r"field required": "is missing",
}


def in_english(fault: str) -> str:
    """As it stands where nothing in it is pydantic's."""
    for pydantic, plain in _ENGLISH.items():
        if found := re.fullmatch(pydantic, fault, re.DOTALL):
            return found.expand(plain).replace("a datetime", "a date and time")
    return fault


def in_norwegian(fault: str) -> str:
    """As it stands where it is not known here."""
    for english, norwegian in _NORWEGIAN.items():
        if found := re.fullmatch(english, fault):
            return found.expand(norwegian)
    return fault
