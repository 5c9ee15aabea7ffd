"""A company's settings: what its administrator fills out once."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Annotated, NewType, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from moment_xledger.domain.files.settings import FileSettings, Terms, XledgerVatCode
from moment_xledger.domain.moment import Code, Kind

CompanyId = NewType("CompanyId", str)
TokenId = NewType("TokenId", str)  # a keyed fingerprint of an Xledger token, never the token itself


@dataclass(frozen=True)
class Token:
    """Opens a company's books: kept out of every `repr`, log and exception."""

    secret: str = field(repr=False)


@dataclass(frozen=True)
class Secrets:
    """What a company lets us open: its books in Xledger, and its own data in Moment."""

    xledger_token: Token
    moment_key: Token


class Route(StrEnum):
    """How a company's invoices leave; fixed for each invoice when it arrives."""

    OFF = "off"
    FILE = "file"


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


class Company(BaseModel):
    """Settings that are no secrets. Those are in Secrets Manager, under the company's id."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: Annotated[CompanyId, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
    name: Annotated[str, Field(min_length=1, max_length=200)]
    token_id: TokenId
    owner_code: Annotated[int, Field(ge=1, le=99_999)] | None = None
    export_customers: bool = True
    export_projects: bool = True
    route: Route = Route.FILE
    # Moment's VAT code -> Xledger's. A code that is not in it stops the invoices that use it.
    vat_codes: dict[Code, XledgerVatCode] = {
        code: code for code in ("3", "31", "32", "33", "5", "51", "52", "6", "7")
    }
    file: FileSettings = FileSettings()
    schedule: Schedule = Schedule.DAILY
    issue_limit: IssueLimit = IssueLimit.NONE
    requests_per_hour: Annotated[int, Field(ge=1)] | None = None
    notify: tuple[Annotated[str, Field(max_length=320, pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$")], ...] = ()
    language: Language = Language.NORWEGIAN

    @property
    def terms(self) -> Terms:
        """All that decides the bytes of an export's file besides the invoices."""
        return Terms(settings=self.file, vat_codes=self.vat_codes, owner_code=self.owner_code)

    @model_validator(mode="after")
    def _settings_of_the_file_are_complete(self) -> Self:
        _ = self.terms
        return self

    def carries(self, kind: Kind) -> bool:
        return self.export_customers if kind is Kind.CUSTOMER else self.export_projects
