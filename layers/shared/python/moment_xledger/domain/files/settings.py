"""How a company wants its invoice files."""

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from moment_xledger.domain.kinds import Code
from moment_xledger.domain.releases import is_known


class FileFormat(StrEnum):
    """`standard` is the field list of Moment's help page; Xledger's own importers take the other two."""

    STANDARD = "standard"
    AR10 = "ar10"
    GL02B = "gl02b"


class AmountKind(StrEnum):
    GROSS = "gross"
    NET = "net"


# Each format's own, so that a release before this one can still finish an export of a format that has not changed.
NEWEST_RENDERER: Mapping[FileFormat, int] = {FileFormat.STANDARD: 1, FileFormat.AR10: 1, FileFormat.GL02B: 2}


def _matching(pattern: str, must: str) -> AfterValidator:
    def check(value: str) -> str:
        if not re.fullmatch(pattern, value):
            raise ValueError(f"must be {must}")
        return value

    return AfterValidator(check)


Account = Annotated[str, _matching("[0-9]{1,10}", "an account number of 1 to 10 digits, such as '1500'")]
XledgerVatCode = Annotated[str, _matching("[A-Za-z0-9._-]{1,5}", "a VAT code of at most 5 letters or digits")]
VoucherType = Annotated[str, _matching("[0-9]{0,3}", "a number of at most 3 digits, or empty")]
VoucherCode = Annotated[str, _matching("[A-Za-z0-9]{1,8}", "1 to 8 letters or digits, such as 'AR'")]
Department = Annotated[
    str,
    _matching("([A-Za-z0-9ÆØÅæøå._/][A-Za-z0-9ÆØÅæøå._/-]{0,24})?", "a department code of at most 25 signs"),
]

PROJECT, DEPARTMENT = 2, 1  # the GL objects that usually hold them
GL_OBJECTS = (1, 2, 3)  # those that gl02b has a column for

_TAXABLE, _EXEMPT, _OUTSIDE = "3000", "3100", "3200"  # by the Norwegian standard chart of accounts, NS 4102


class FileSettings(BaseModel):
    """What may differ between companies. Encoding (UTF-8, no BOM), `;`, CRLF and yyyymmdd may not."""

    model_config = ConfigDict(defer_build=True, frozen=True, extra="forbid")

    format: FileFormat = FileFormat.STANDARD
    header: bool | None = None  # None: as the format usually has it
    receivable_account: Account = "1500"
    # By Moment's VAT code.
    revenue_accounts: Mapping[Code, Account] = {
        **dict.fromkeys(("3", "31", "32", "33"), _TAXABLE),
        **dict.fromkeys(("5", "51", "52"), _EXEMPT),
        **dict.fromkeys(("6", "7"), _OUTSIDE),
    }
    department: Department = ""
    no_vat_code: XledgerVatCode = "0"  # of ar10's customer line
    ar10_invoice_type: VoucherType = "1"
    ar10_credit_note_type: VoucherType = "3"
    # The published layout says 4. An import definition of one's own may take more.
    ar10_longest_project: Annotated[int, Field(ge=4, le=25)] = 4
    gl02b_voucher_type: VoucherCode = "AR"
    # With `net`, lines of their own carry the VAT, so that a voucher still sums to zero.
    gl02b_amount: AmountKind = AmountKind.GROSS
    vat_account: Account = "2700"

    @property
    def can_be_written(self) -> bool:
        """False where a newer release, which is not here now, has brought a format or a kind of amount."""
        return is_known(self.format) and is_known(self.gl02b_amount)

    @property
    def has_header(self) -> bool:
        return self.format is not FileFormat.AR10 if self.header is None else self.header

    @model_validator(mode="after")
    def _ar10_can_hold_it(self) -> Self:
        if self.format is not FileFormat.AR10:
            return self
        if self.header:
            raise ValueError("header: an ar10 file never has a header line; switch it off or leave it out")
        if len(self.department) > 6:
            raise ValueError("department: ar10 holds at most 6 signs")
        for account in (self.receivable_account, *self.revenue_accounts.values()):
            if len(account) > 4:
                raise ValueError(f"account {account}: ar10 holds at most 4 digits")
        return self


class Absent(BaseModel):
    """A code or account of the settings that Xledger does not have. Without `vat_code`: every invoice needs it."""

    model_config = ConfigDict(defer_build=True, frozen=True, extra="forbid")

    theirs: str  # Xledger's VAT code, or the account
    is_account: bool = False
    vat_code: Code | None = None  # Moment's


class Terms(BaseModel):
    """All that decides a file's bytes besides the invoices: kept with each export, so it can be built again."""

    model_config = ConfigDict(defer_build=True, frozen=True, extra="forbid")

    settings: FileSettings = Field(default_factory=FileSettings)
    vat_codes: Mapping[Code, XledgerVatCode]  # Moment's -> Xledger's
    owner_code: int | None = None
    renderer: int = Field(default_factory=lambda data: NEWEST_RENDERER.get(data["settings"].format, 0))
    # The GL objects that hold them. An export of an earlier release names none: it has the usual ones.
    project_dimension: int = PROJECT
    department_dimension: int = DEPARTMENT
    absent: tuple[Absent, ...] = ()  # as it was known when the export was claimed

    def makes_the_same_file_as(self, others: "Terms") -> bool:
        """Of the same invoices; what Xledger lacks stops single ones. Not where the others are a newer release's."""
        same = {"absent": (), "renderer": 0}
        return self.renderer >= others.renderer and self.model_copy(update=same) == others.model_copy(
            update=same
        )

    @property
    def accounts(self) -> Mapping[str, str]:
        """Where the format has accounts, what differs in its account stays on a line of its own."""
        return {} if self.settings.format is FileFormat.STANDARD else self.settings.revenue_accounts

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.settings.format is FileFormat.STANDARD:
            return self
        if self.settings.format is FileFormat.GL02B and self.owner_code is None:
            raise ValueError("owner_code: gl02b needs Xledger's owner code; fill it out")
        for code in self.vat_codes:
            if code not in self.settings.revenue_accounts:
                raise ValueError(f"revenue_accounts: VAT code {code} has no account; add one")
        return self
