"""Customers as Xledger has them.

There a customer is a receivables subledger that points at a company, the legal register. The vendor's order of work:
find the company or add it, then add the customer with the company's id.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from moment_xledger.domain.moment import Address, Customer
from moment_xledger.domain.records import Record


@dataclass(frozen=True)
class KnownCustomer:
    db_id: int
    name: str | None
    email: str | None
    address: Address
    company_key: str | None  # as of the company it belongs to, where the look-up found that company

    def is_as_wanted(self, record: Record) -> bool:
        wanted = record.content
        return isinstance(wanted, Customer) and (self.name, self.email, self.address, self.company_key) == (
            wanted.name,
            wanted.email,
            wanted.address,
            record.company_key,
        )


@dataclass(frozen=True)
class Found:
    """What a look-up brought: customers by number, and the ids of companies by key (see `Record.company_key`)."""

    customers: Mapping[str, Sequence[KnownCustomer]] = field(default_factory=dict)
    companies: Mapping[str, int] = field(default_factory=dict)


def needs_company(record: Record) -> bool:
    """A new customer, or one whose organisation number is another than last time."""
    return record.sent_company != record.company_key
