"""What each format can state truly: one table, which decides what is held back, and which people are shown."""

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from moment_xledger.domain.files.settings import FileFormat, FileSettings

HOME = "NOK"


class Limit(NamedTuple):
    pattern: re.Pattern[str]
    text: str  # in a notation that needs no translation, such as `0-9, max. 8`


def digits(longest: int) -> Limit:
    return Limit(re.compile(f"[0-9]{{1,{longest}}}"), f"0-9, max. {longest}")


def code(longest: int) -> Limit:
    """Not beginning with `-`, which would run as a formula."""
    rest = f"[A-Za-z0-9ÆØÅæøå._/-]{{0,{longest - 1}}}"
    return Limit(re.compile(f"[A-Za-z0-9ÆØÅæøå._/]{rest}"), f"A-Å 0-9 . _ / -, max. {longest}")


PAYMENT_ID = Limit(re.compile("[0-9]{1,24}[0-9-]|[0-9]"), "0-9 -, max. 25")
VAT_CODE = Limit(re.compile("[A-Za-z0-9._-]{1,5}"), "A-Z 0-9 . _ -, max. 5")
KRONER = Limit(re.compile(HOME), HOME)
ANY_CURRENCY = Limit(re.compile("[A-Z]{3}"), "A-Z, 3")


class Limits(NamedTuple):
    """What one format can hold. What does not fit is held back; texts and names are cut instead.

    `largest`: no amount of the file can be this large. `needs_rate`: an amount in another currency than the company's
    own stands beside the same in its own, which takes the exchange rate.
    """

    invoice_number: Limit
    customer_number: Limit
    project_number: Limit
    payment_id: Limit
    credited_number: Limit
    vat_code: Limit
    currency: Limit
    needs_rate: bool
    largest: Decimal | None
    longest_text: int
    longest_name: int | None


LIMITS: Mapping[FileFormat, Limits] = {
    FileFormat.STANDARD: Limits(
        invoice_number=digits(25),
        customer_number=code(25),
        project_number=code(25),
        payment_id=PAYMENT_ID,
        credited_number=digits(25),
        vat_code=VAT_CODE,
        currency=KRONER,  # it does not name the currency, so anything else would be posted as kroner
        needs_rate=False,
        largest=None,
        longest_text=100,
        longest_name=None,
    ),
    FileFormat.AR10: Limits(
        invoice_number=digits(8),
        customer_number=digits(9),
        project_number=code(4),  # or as long as the settings say
        payment_id=PAYMENT_ID,
        credited_number=digits(25),
        vat_code=VAT_CODE,
        currency=KRONER,
        needs_rate=False,
        largest=Decimal(10)
        ** 11,  # fifteen characters, of which one is a minus on either side of each voucher
        longest_text=100,
        longest_name=30,
    ),
    FileFormat.GL02B: Limits(
        invoice_number=digits(8),
        customer_number=code(25),
        project_number=code(25),
        payment_id=PAYMENT_ID,
        credited_number=digits(25),
        vat_code=VAT_CODE,
        currency=ANY_CURRENCY,
        needs_rate=True,
        largest=None,
        longest_text=100,
        longest_name=100,
    ),
}


def limits_of(settings: FileSettings) -> Limits:
    """A company's own import definition may take longer project numbers than ar10 is published with."""
    limits = LIMITS[settings.format]
    if settings.format is FileFormat.AR10:
        return limits._replace(project_number=code(settings.ar10_longest_project))
    return limits


class Stated(StrEnum):
    """The lines of the table that people are shown."""

    INVOICE_NUMBER = "invoiceNumber"
    CUSTOMER_NUMBER = "customerNumber"
    PROJECT_NUMBER = "projectNumber"
    PAYMENT_ID = "kid"
    CREDITED_NUMBER = "creditedInvoiceNumber"
    VAT_CODE = "vatCode"
    CURRENCY = "currency"
    AMOUNT = "total"
    DATE = "invoiceDate"
    TEXT = "description"
    NAME = "name"


def shown(limits: Limits) -> Iterator[tuple[Stated, tuple[str, str]]]:
    """What a format can hold of each, in Norwegian and in English."""
    for stated, limit in (
        (Stated.INVOICE_NUMBER, limits.invoice_number),
        (Stated.CUSTOMER_NUMBER, limits.customer_number),
        (Stated.PROJECT_NUMBER, limits.project_number),
        (Stated.PAYMENT_ID, limits.payment_id),
        (Stated.CREDITED_NUMBER, limits.credited_number),
        (Stated.VAT_CODE, limits.vat_code),
    ):
        yield stated, (limit.text, limit.text)
    yield Stated.CURRENCY, _currency(limits)
    yield Stated.AMOUNT, _amount(limits.largest)
    yield Stated.DATE, ("ååååmmdd", "yyyymmdd")
    yield Stated.TEXT, _cut(limits.longest_text)
    yield Stated.NAME, _cut(limits.longest_name)


def _currency(limits: Limits) -> tuple[str, str]:
    if limits.needs_rate:
        return f"{HOME}, og andre når Moment sender kursen", f"{HOME}, and others if Moment sends the rate"
    return f"bare {HOME}", f"{HOME} only"


def _amount(largest: Decimal | None) -> tuple[str, str]:
    if largest is None:
        return "to desimaler, negativt for kreditnotaer", "two decimals, negative for credit notes"
    number = f"{largest:,.0f}".replace(",", "\u00a0")
    return (
        f"to desimaler, under {number}, negativt for kreditnotaer",
        f"two decimals, below {number}, negative for credit notes",
    )


def _cut(longest: int | None) -> tuple[str, str]:
    if longest is None:
        return "står ikke i filen", "is not in the file"
    return f"kuttes etter {longest} tegn", f"cut after {longest} characters"
