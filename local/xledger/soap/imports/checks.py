"""What a cell must be. Each check gives the end of a sentence that begins with the cell, or None."""

import re
from collections.abc import Callable
from datetime import datetime

from local.xledger.soap.imports.register import Register

Check = Callable[[str, Register], str | None]

AMOUNT = re.compile(r"-?\d{1,15}(\.\d{1,3})?")
ORE = re.compile(r"-?\d{1,15}\.\d\d")
DIGITS = re.compile(r"\d+")


def text(cell: str, register: Register) -> str | None:
    return None


def blank(cell: str, register: Register) -> str | None:
    return "must be blank"


def date(cell: str, register: Register) -> str | None:
    try:
        datetime.strptime(cell if len(cell) == 8 else "", "%Y%m%d")  # noqa: DTZ007 -- a calendar date
    except ValueError:
        return "is not a date as yyyymmdd"
    return None


def amount(cell: str, register: Register) -> str | None:
    return None if AMOUNT.fullmatch(cell) else "is not an amount with a decimal point"


def amount_to_the_ore(cell: str, register: Register) -> str | None:
    return None if ORE.fullmatch(cell) else "is not an amount with a point and two decimals"


def number(cell: str, register: Register) -> str | None:
    return None if DIGITS.fullmatch(cell) else "is not a number"


def period(cell: str, register: Register) -> str | None:
    return None if DIGITS.fullmatch(cell) and 1 <= int(cell) <= 12 else "is not a period from 1 to 12"


def year(cell: str, register: Register) -> str | None:
    return None if DIGITS.fullmatch(cell) and 1990 <= int(cell) <= 2100 else "is not a year"


def customer(cell: str, register: Register) -> str | None:
    return None if register.has_customer(cell) else "is no customer"


def project(cell: str, register: Register) -> str | None:
    return None if register.has_project(cell) else "is no project"


def account(cell: str, register: Register) -> str | None:
    return None if register.has_account(cell) else "is no account"


def vat_code(cell: str, register: Register) -> str | None:
    return None if register.has_vat_code(cell) else "is no VAT code"


def currency(cell: str, register: Register) -> str | None:
    return None if register.has_currency(cell) else "is no currency"


def entity(cell: str, register: Register) -> str | None:
    return None if cell == str(register.owner_code) else "is not the entity that the file was sent to"


def one_of(*allowed: str) -> Check:
    return lambda cell, register: None if cell in allowed else f"is not {' or '.join(allowed)}"
