"""An export: everything since the last one, in one file that never changes again.

Which invoices are in it is decided by membership, written into each invoice. The watermark (the last export, when,
and how far) is what people see.
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from moment_xledger.domain.companies import CompanyId


class Status(StrEnum):
    FROZEN = "frozen"  # claimed: its members are being marked, or its file is being made
    READY = "ready"


@dataclass(frozen=True)
class Export:
    """`low` < seq <= `high` is where its members are looked for; those that left before are none of them."""

    company: CompanyId
    number: int
    low: int
    high: int
    by: str
    claimed: datetime
    status: Status = Status.FROZEN
    file_name: str = ""
    rows: int = 0
    invoices: int = 0
    first: int = 0  # invoice number
    last: int = 0
    total: Decimal = Decimal(0)
    sha256: str = ""

    @property
    def folder(self) -> str:
        return f"exports/{self.company}/{self.number:06}/"


@dataclass(frozen=True)
class Watermark:
    """Where a company's exports stand. `settled`: up to this seq every invoice has left or never will."""

    ver: int = 0
    last_export: int = 0
    last_at: datetime | None = None
    settled: int = 0
    open: int | None = None
