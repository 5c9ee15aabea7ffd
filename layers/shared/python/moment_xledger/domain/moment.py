"""What Moment publishes: the content of its events, as agreed with Moment in `events/schemas/`.

Names are snake_case here and camelCase in the JSON. Fields that we do not know are ignored, so that Moment can
add some before we use them. An organisation number is stored as nine bare digits, amounts as `Decimal`.
"""

import hashlib
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic.alias_generators import to_camel

from moment_xledger.domain.kid import bare
from moment_xledger.domain.kinds import Code, Kind
from moment_xledger.domain.legal_ids import NORWAY, country_code

# Raise it when what Xledger gets for the same content changes: every record is then sent again, once.
MAPPING_VERSION = 1


class InvoiceKind(StrEnum):
    INVOICE = "INVOICE"
    CREDIT_NOTE = "CREDIT_NOTE"


def _amount(value: object) -> object:
    """With two decimals, whatever it came with: the same invoice is the same text, from an event and from the API."""
    if not isinstance(value, str):
        raise ValueError("must be a decimal string such as '1234.50', not a JSON number")
    if value[-3:-2] == ".":
        return value
    whole, _, decimals = value.partition(".")
    short = whole.removeprefix("-").isdigit() and (decimals + "0").isdigit() and len(decimals) < 2
    return f"{whole}.{decimals:0<2}" if short else value


def _rate(value: object) -> object:
    if not isinstance(value, str):
        raise ValueError("must be a decimal string such as '11.7355', not a JSON number")
    return value


def _day(value: object) -> object:
    """A number would be taken for seconds since 1970."""
    if isinstance(value, int | float) or (isinstance(value, str) and value.strip().isdigit()):
        raise ValueError("must be a date such as 2026-11-22, not a number")
    return value


# Above this the ledger's numbers would not be exact.
Id = Annotated[int, Field(strict=True, gt=0, lt=2**63)]
Version = Annotated[int, Field(strict=True, ge=0, lt=2**63)]
Text = Annotated[str, Field(min_length=1, max_length=1_000)]
Amount = Annotated[
    Decimal,
    BeforeValidator(_amount),
    Field(max_digits=15, decimal_places=2, allow_inf_nan=False, json_schema_extra={"type": "string"}),
]


def _bare_kid(value: object) -> object:
    return bare(value) if isinstance(value, str) else value


# Longer than any KID, so that one that is too long is told as such.
Kid = Annotated[str, BeforeValidator(_bare_kid), Field(max_length=100)]
# Six decimals are what Norges Bank publishes at most.
ExchangeRate = Annotated[
    Decimal,
    BeforeValidator(_rate),
    Field(gt=0, max_digits=14, decimal_places=8, allow_inf_nan=False, json_schema_extra={"type": "string"}),
]

_INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff\u00ad"  # what is left where a field was emptied in a web page
Day = Annotated[date, BeforeValidator(_day)]


def _is_blank(value: object) -> bool:
    return isinstance(value, str) and not value.strip().strip(_INVISIBLE)


def _in_capitals(value: object) -> object:
    return value.strip().upper() if isinstance(value, str) else value


CountryCode = Annotated[str, Field(pattern=r"^[A-Z]{2}$"), BeforeValidator(_in_capitals)]
CurrencyCode = Annotated[str, Field(pattern=r"^[A-Z]{3}$"), BeforeValidator(_in_capitals)]


class MomentModel(BaseModel):
    """Frozen, tolerant of unknown fields, camelCase outside."""

    model_config = ConfigDict(
        defer_build=True,
        frozen=True,
        extra="ignore",
        alias_generator=to_camel,
        populate_by_name=True,
        str_strip_whitespace=True,
    )

    @model_validator(mode="before")
    @classmethod
    def _blank_means_absent(cls, content: object) -> object:
        """Moment's forms send an emptied field as '' or as blanks, or leave it out."""
        if not isinstance(content, dict):
            return content
        return {name: value for name, value in content.items() if value is not None and not _is_blank(value)}

    def to_json(self) -> str:
        """The same content always gives the same text."""
        return self.model_dump_json(by_alias=True, exclude_none=True)


class Address(MomentModel):
    street: Annotated[str, Field(max_length=1_000)] | None = None
    zip_code: Annotated[str, Field(max_length=100)] | None = None
    place: Annotated[str, Field(max_length=1_000)] | None = None
    country_code: CountryCode | None = None


class _Saved(MomentModel):
    id: Id
    version: Version

    def content_hash(self) -> str:
        """Equal for two versions exactly when Xledger would be told the same."""
        content = self.model_dump_json(by_alias=True, exclude_none=True, exclude={"version"})
        return hashlib.sha256(f"{MAPPING_VERSION}:{content}".encode()).hexdigest()


class Customer(_Saved):
    customer_number: Code
    name: Text
    # Before the organisation number, whose check needs its country.
    address: Address = Field(default_factory=Address)
    organization_number: Annotated[str, Field(max_length=50)] | None = None
    email: Annotated[str, Field(max_length=1_000)] | None = None

    @property
    def kind(self) -> Kind:
        return Kind.CUSTOMER

    @property
    def number(self) -> str:
        return self.customer_number

    @field_validator("organization_number")
    @classmethod
    def _norwegian_numbers_are_checked(cls, number: str | None, customer: ValidationInfo) -> str | None:
        """Customers with one organisation number share one company in Xledger, so a wrong one must not pass."""
        address: Address = customer.data.get("address", Address())
        if number is None or country_code(address.country_code or NORWAY) != NORWAY:
            return number
        # Loaded here, for it brings Python's own manual along, and most functions are given no such number.
        from stdnum.exceptions import ValidationError as WrongNumber
        from stdnum.no import orgnr

        try:
            return orgnr.validate(number.upper().removeprefix("NO").removesuffix("MVA"))
        except WrongNumber:
            raise ValueError("is not a Norwegian organisation number (nine digits, MOD11)") from None


class Project(_Saved):
    project_number: Code
    name: Text
    customer_number: Code | None = None
    start_date: Day | None = None
    end_date: Day | None = None
    active: Annotated[bool, Field(strict=True)]

    @property
    def kind(self) -> Kind:
        return Kind.PROJECT

    @property
    def number(self) -> str:
        return self.project_number


class InvoiceCustomer(MomentModel):
    """As it was when the invoice was issued. `id`: Moment's id of the customer, by which the invoice finds its customer
    also where numbers were changed or swapped since; without it, the name is compared."""

    id: Id | None = None
    customer_number: Code
    name: Text
    address: Address = Field(default_factory=Address)


class VatLine(MomentModel):
    """The part of an invoice at one VAT code; `gross` is what the customer pays for it.

    `rows`: how many of the invoice's rows it adds up, each of which was rounded by itself.
    """

    vat_code: Code
    net: Amount
    vat: Amount
    gross: Amount
    rows: Annotated[int, Field(strict=True, ge=1, le=100_000)] | None = None


class Invoice(MomentModel):
    """A finalized invoice or credit note. A credit note's amounts are negative.

    `exchange_rate`: how much of the company's own currency one unit of `currency` is, as Moment booked the invoice.
    """

    id: Id
    version: Version
    invoice_number: Annotated[int, Field(strict=True, gt=0, lt=10**12)]
    kind: InvoiceKind
    credited_invoice_number: Annotated[int, Field(strict=True, gt=0)] | None = None
    customer: InvoiceCustomer
    project_number: Code | None = None
    description: Annotated[str, Field(max_length=10_000)] = ""
    invoice_date: Day
    due_date: Day
    kid: Kid | None = None
    currency: CurrencyCode
    exchange_rate: ExchangeRate | None = None
    total: Amount
    # More than there are VAT codes; and the whole must go into one item of the ledger.
    vat_lines: Annotated[tuple[VatLine, ...], Field(min_length=1, max_length=100)]
    # Moment's export state "do not transfer to accounting".
    do_not_transfer: Annotated[bool, Field(strict=True)] = False

    @property
    def number(self) -> str:
        return str(self.invoice_number)

    @property
    def payment_id(self) -> str:
        """The KID, else the invoice number, as Moment's help page promises."""
        return self.kid or self.number

    def content_hash(self) -> str:
        """Equal for two events exactly when they say the same of the invoice: address, texts and all."""
        content = self.model_dump_json(by_alias=True, exclude_none=True, exclude={"version"})
        return hashlib.sha256(content.encode()).hexdigest()

    def books_hash(self) -> str:
        """Equal for two events exactly when the books hold the same: an address, a name or a text is not in them. That
        a krone is one krone says nothing."""
        says_nothing = self.currency == "NOK" and self.exchange_rate == 1
        return self._books_hash(None if says_nothing else self.exchange_rate)

    def older_books_hash(self) -> str:
        """As an older release stored it for an invoice in kroner that came with the rate 1."""
        return (
            self._books_hash(Decimal(1)) if self.currency == "NOK" and self.exchange_rate in (None, 1) else ""
        )

    def _books_hash(self, rate: Decimal | None) -> str:
        lines = sorted((line.vat_code, *_plain(line.net, line.vat, line.gross)) for line in self.vat_lines)
        number, credited = self.invoice_number, self.credited_invoice_number
        refers_to = (credited, self.customer.customer_number, self.project_number, self.kid)
        money = (self.currency, *_plain(rate, self.total), lines)
        held = (number, self.kind, *refers_to, str(self.invoice_date), str(self.due_date), *money)
        return hashlib.sha256(repr(held).encode()).hexdigest()


def _plain(*values: Decimal | None) -> tuple[str, ...]:
    """However many zeros they came with."""
    return tuple("" if value is None else f"{value.normalize():f}" for value in values)


Saved = Customer | Project
