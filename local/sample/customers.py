"""Customers: the n-th one of a company, as it stood at a version."""

import re
from functools import lru_cache
from typing import Any

from local.sample.check_digits import organisation_number
from local.sample.company import Company
from local.sample.dice import Dice
from local.sample.words import (
    FAMILY_NAMES,
    FIRM_NAMES,
    GIVEN_NAMES,
    KNOWN,
    PLACES,
    STREETS,
    TRADES,
    Known,
)

FIRST_ID = 4001
FIRST_NUMBER = 20001  # far from the invoice numbers, so that a mix-up is seen
ASCII = str.maketrans({"æ": "ae", "ø": "o", "å": "a", "ä": "a", "ö": "o", "ü": "u", "é": "e"})


def customer_number(n: int) -> str:
    return str(FIRST_NUMBER + n)


def customer(company: Company, n: int, version: int = 1) -> dict[str, Any]:
    """Each version has moved house; everything else stays."""
    dice = company.dice("customer", n)
    known = KNOWN[n] if n < len(KNOWN) else _made_up(dice, n)
    number = known.foreign_number or (known.organisation and organisation_number(known.organisation))
    email = None if dice.one_in(6) else _email(known)
    return {
        "id": FIRST_ID + n,
        "version": version,
        "customerNumber": customer_number(n),
        "name": known.name,
        **({"organizationNumber": number} if number else {}),
        **({"email": email} if email else {}),
        "address": _address(company.dice("address", n, version), known.country),
    }


def billed_to(company: Company, n: int) -> dict[str, Any]:
    """The customer as an invoice repeats it."""
    full = _remembered(company, n)
    same = {name: full[name] for name in ("id", "customerNumber", "name")}
    return {**same, "address": {**full["address"]}}


@lru_cache(maxsize=5000)
def _remembered(company: Company, n: int) -> dict[str, Any]:
    return customer(company, n)


def _made_up(dice: Dice, n: int) -> Known:
    if dice.one_in(5):
        return Known(f"{dice.of(GIVEN_NAMES)} {dice.of(FAMILY_NAMES)}", None)
    return Known(f"{dice.of(FIRM_NAMES)} {dice.of(TRADES)} AS", n)


def _email(known: Known) -> str:
    words = re.findall("[a-z]+", known.name.lower().translate(ASCII))
    if known.organisation is None and known.country == "NO":
        return f"{'.'.join(words)}@privat.example"
    return f"post@{'-'.join(words)}.example"


def _address(dice: Dice, country: str) -> dict[str, str]:
    zip_code, place = dice.of(PLACES[country])
    street = f"{dice.of(STREETS)} {1 + dice.below(90)}"
    return {"street": street, "zipCode": zip_code, "place": place, "countryCode": country}
