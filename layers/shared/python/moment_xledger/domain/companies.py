"""A company's settings: what its administrator fills out once."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Annotated, NewType

from pydantic import BaseModel, ConfigDict, Field

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
    vat_codes: dict[Code, Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,5}$")]] = {
        code: code for code in ("3", "31", "32", "33", "5", "51", "52", "6", "7")
    }
    requests_per_hour: Annotated[int, Field(ge=1)] | None = None
    notify: tuple[Annotated[str, Field(max_length=320, pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$")], ...] = ()
    language: Language = Language.NORWEGIAN

    def carries(self, kind: Kind) -> bool:
        return self.export_customers if kind is Kind.CUSTOMER else self.export_projects
