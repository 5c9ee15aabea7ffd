"""What people and the clock ask for."""

from dataclasses import dataclass

from moment_xledger.domain.companies import CompanyId


@dataclass(frozen=True)
class Order:
    """An export; `repeats` is one to make once more."""

    company: CompanyId
    request: str
    by: str
    repeats: int | None = None
