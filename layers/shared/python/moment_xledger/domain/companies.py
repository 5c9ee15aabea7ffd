"""A company's settings: what its administrator fills out once."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, NewType, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from moment_xledger.domain.account_ranges import AccountRanges
from moment_xledger.domain.files.settings import (
    DEPARTMENT,
    PROJECT,
    FileFormat,
    FileSettings,
    Terms,
    XledgerVatCode,
)
from moment_xledger.domain.kinds import Code, Kind
from moment_xledger.domain.vat_rates import NO_RATES, VatRates, read_typed, tidied

CompanyId = NewType("CompanyId", str)
TokenId = NewType("TokenId", str)  # a keyed fingerprint of an Xledger token, never the token itself
KeysId = NewType("KeysId", str)  # names one version of a company's stored keys


@dataclass(frozen=True)
class Token:
    """Opens a company's books: kept out of every `repr`, log and exception."""

    secret: str = field(repr=False)


@dataclass(frozen=True)
class SoapLogin:
    """For Xledger's SOAP services. The logon key is optional: where it is missing or refused, one is fetched.

    `certificate` is PEM text with the certificate and its private key, for companies whose Xledger wants one.
    """

    user: str
    password: str = field(repr=False)
    logon_key: str | None = field(default=None, repr=False)
    certificate: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Secrets:
    """What a company lets us open: its books in Xledger, and its own data in Moment."""

    xledger_token: Token
    moment_key: Token
    soap: SoapLogin | None = None


class Route(StrEnum):
    """How a company's invoices leave; fixed for each invoice when it arrives."""

    OFF = "off"
    FILE = "file"  # a CSV that the accountant fetches
    EMAIL = "email"  # one mail for each invoice to the company's reception address at Xledger
    UPLOAD = "upload"  # the same CSV, handed to Xledger's file import over SOAP


LEAVE_IN_A_FILE = (Route.FILE, Route.UPLOAD)


class Schedule(StrEnum):
    """When an export is made by itself, at 06:00 in Oslo."""

    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"
    BY_HAND = "by_hand"


class IssueLimit(StrEnum):
    """Up to which invoice date an export takes invoices."""

    LAST_MONTH = "last_month"
    TODAY = "today"
    NONE = "none"


class Language(StrEnum):
    NORWEGIAN = "no"
    ENGLISH = "en"


# Plain ones only: what a header would have to quote, or could read in two ways, is refused where it is typed.
_WORD = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?"
EMAIL_ADDRESS = rf"^{_WORD}(\.{_WORD})*@({_LABEL}\.)+[A-Za-z]{{2,}}$"
EmailAddress = Annotated[str, Field(max_length=254, pattern=EMAIL_ADDRESS)]
# RFC 5321, 4.5.3.1, and RFC 1035, 2.3.4. What looks like an encoded word is read as another address.
LONGEST_BEFORE_AT, LONGEST_LABEL, ENCODED = 64, 63, "=?"


def can_be_mailed_to(address: str) -> bool:
    """Of one in the form that the settings take."""
    before, _, host = address.rpartition("@")
    is_short = len(before) <= LONGEST_BEFORE_AT and all(
        len(each) <= LONGEST_LABEL for each in host.split(".")
    )
    return is_short and ENCODED not in before


class Company(BaseModel):
    """Settings that are no secrets. Those are in Secrets Manager, under the company's id.

    `keys_id` says which version of them is meant, so that a token and its fingerprint change in one write. Where it is
    empty, as in settings that an earlier release saved, it is the current one.
    """

    model_config = ConfigDict(defer_build=True, frozen=True, extra="forbid")

    id: Annotated[CompanyId, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
    # Printable and without angle brackets: it stands in mails, pages and file names of its own.
    name: Annotated[
        str, Field(max_length=200, pattern=r"^[^\x00-\x1f\x7f<>]*[^\x00-\x20\x7f<>][^\x00-\x1f\x7f<>]*$")
    ]
    token_id: TokenId
    keys_id: KeysId = KeysId("")
    token_expires: date | None = None
    owner_code: Annotated[int, Field(ge=10_000, le=99_999)] | None = None
    export_customers: bool = True
    export_projects: bool = True
    route: Route = Route.FILE
    # Moment's VAT code -> Xledger's. A code that is not in it stops the invoices that use it.
    vat_codes: Annotated[dict[Code, XledgerVatCode], Field(max_length=100)] = {
        code: code for code in ("3", "31", "32", "33", "5", "51", "52", "6", "7")
    }
    # Percentages of Xledger's VAT codes, such as `22 = 12`, for those that Xledger's own tax table does not tell us.
    vat_rates: Annotated[tuple[str, ...], Field(max_length=100)] = ()
    # Invoices dated before or after this window are held back: most such dates are mistakes.
    invoice_months_back: Annotated[int, Field(ge=0, le=240)] = 24
    invoice_days_ahead: Annotated[int, Field(ge=0, le=366)] = 31
    file: FileSettings = Field(default_factory=FileSettings)
    schedule: Schedule = Schedule.DAILY
    issue_limit: IssueLimit = IssueLimit.NONE
    # Of route email: where Xledger receives this company's invoices, such as mb.00000@xledger.net.
    reception_address: EmailAddress | None = None
    # Of route upload: which import definition of Xledger's takes the file. None: the one named as the format.
    import_code: Annotated[str, Field(pattern=r"^[A-Za-z0-9_]{1,30}$")] | None = None
    import_expenses: bool = False
    # Which posted costs become expenses in Moment, such as 4000-4999,6550.
    expense_accounts: Annotated[str, Field(max_length=500)] = "4000-4999"
    expenses_from: date | None = None  # costs posted on an earlier day stay where they are
    expenses_billable: bool = True
    # Which GL object of Xledger's, 1 to 5, holds projects, and which departments. None: as Xledger says.
    project_dimension: Annotated[int, Field(ge=1, le=5)] | None = None
    department_dimension: Annotated[int, Field(ge=1, le=5)] | None = None
    requests_per_hour: Annotated[int, Field(ge=1, le=1_000_000)] | None = None
    # What the agreement with Xledger includes, and what each request besides costs, in the company's own currency.
    requests_per_month: Annotated[int, Field(ge=1, le=100_000_000)] | None = None
    price_per_request: Annotated[Decimal, Field(ge=0, le=1_000, decimal_places=4)] | None = None
    notify: Annotated[tuple[EmailAddress, ...], Field(max_length=20)] = ()
    language: Language = Language.NORWEGIAN

    @property
    def own_rates(self) -> VatRates:
        return read_typed(self.vat_rates) if self.vat_rates else NO_RATES

    @property
    def terms(self) -> Terms:
        """All that decides the bytes of an export's file besides the invoices."""
        return Terms(
            settings=self.file,
            vat_codes=self.vat_codes,
            owner_code=self.owner_code,
            project_dimension=self.project_dimension or PROJECT,
            department_dimension=self.department_dimension or DEPARTMENT,
        )

    @model_validator(mode="after")
    def _settings_of_the_route_are_complete(self) -> Self:
        _ = self.terms
        if self.import_expenses and self.owner_code is None:
            raise ValueError("owner_code: importing expenses needs Xledger's owner code; fill it out")
        if self.route is Route.EMAIL and self.reception_address is None:
            raise ValueError("reception_address: route email needs Xledger's reception address; fill it out")
        if self.route is Route.UPLOAD and self.owner_code is None:
            raise ValueError("owner_code: route upload needs Xledger's owner code; fill it out")
        if self.route is Route.UPLOAD and self.file.format is FileFormat.STANDARD and not self.import_code:
            raise ValueError(
                "import_code: Xledger has no ready-made import for `standard`; name your own definition"
            )
        return self

    @field_validator("vat_rates")
    @classmethod
    def _are_rates(cls, lines: tuple[str, ...]) -> tuple[str, ...]:
        read_typed(lines)
        return tidied(lines)

    @field_validator("expense_accounts")
    @classmethod
    def _can_be_read(cls, text: str) -> str:
        AccountRanges.read(text)
        return text

    @property
    def needs_soap(self) -> bool:
        """Whether any switch that is on speaks to Xledger's SOAP services."""
        return self.route is Route.UPLOAD or self.import_expenses

    @property
    def writes_to_xledger(self) -> bool:
        """Whether anything is written to an entity of Xledger. A file goes through a person's hands."""
        return self.export_customers or self.export_projects or self.route is Route.UPLOAD

    def carries(self, kind: Kind) -> bool:
        return self.export_customers if kind is Kind.CUSTOMER else self.export_projects
