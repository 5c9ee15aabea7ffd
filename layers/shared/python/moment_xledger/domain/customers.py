"""Customers as Xledger has them.

There a customer is a receivables subledger that points at a company, the legal register. The vendor's order of work:
find the company or add it, then add the customer with the company's id.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from moment_xledger.domain.legal_companies import Join, LegalCompany, Make, Register, choose, stays, stranger
from moment_xledger.domain.moment import Address, Customer
from moment_xledger.domain.plans import Owner, Plan, to_write, without
from moment_xledger.domain.records import Record


def needs_company(record: Record) -> bool:
    """The legal company may have to be another one than Xledger has; else the customer stays where it is there."""
    is_new = record.db_id is None or record.sent_hash is None
    return is_new or record.sent_company != record.company_key


@dataclass(frozen=True)
class KnownCustomer:
    db_id: int
    number: str
    owner: Owner
    name: str | None = None
    email: str | None = None
    address: Address = field(default_factory=Address)
    company: LegalCompany | None = None

    def is_as_wanted(self, record: Record) -> bool:
        wanted = record.content
        return (
            isinstance(wanted, Customer)
            and (self.name, self.email, self.address) == (wanted.name, wanted.email, wanted.address)
            and self.company is not None
            and stays(record, self.company)
            and not (self.company.is_own_of(record) and self.company.is_outdated(record))
        )

    def likeness(self, record: Record) -> int:
        is_there = self.company is not None and self.company.db_id == record.refers_to
        return is_there + (self.name == record.content.name)


@dataclass(frozen=True)
class Found:
    """What a look-up brought: customers with one of the ids or numbers, those that were made since an add that is
    unanswered, and companies that may be theirs."""

    customers: Sequence[KnownCustomer] = ()
    made_since: Sequence[KnownCustomer] = ()
    companies: Sequence[LegalCompany] = ()


class Companies(NamedTuple):
    """What must be done in the legal register before the customers of a plan are written."""

    make: list[Record]
    change: list[tuple[Record, int]]  # a private person's own company, by its dbId


def with_companies(made: Plan[KnownCustomer], found: Found) -> tuple[Plan[KnownCustomer], Companies]:
    """The plan with each customer's legal company, where that is known by now."""
    companies, refers_to = Companies([], []), dict[int, int]()
    register = Register(found.companies)
    for record, known in to_write(made):
        if known and known.company and (asked := stranger(record, known.name, known.company)):
            made.stopped.append(asked)
            continue
        match choose(record, known.company if known else None, register.possible_for(record)):
            case Join(company, is_outdated):
                refers_to[record.id] = company.db_id
                companies.change.extend([(record, company.db_id)] if is_outdated else [])
            case Make():
                companies.make.append(record)
            case stopped:
                made.stopped.append(stopped)
    planned = without(made, (stopped.record for stopped in made.stopped))
    as_wanted = [
        (replace(record, refers_to=known.company.db_id), known)
        for record, known in made.as_wanted
        if known.company
    ]
    return replace(referring(planned, refers_to), as_wanted=as_wanted), companies


def referring(made: Plan[KnownCustomer], companies: dict[int, int]) -> Plan[KnownCustomer]:
    """`companies`: the dbId of the legal company, by Moment's id of the customer."""

    def told(record: Record) -> Record:
        return replace(record, refers_to=companies.get(record.id, record.refers_to))

    return replace(
        made,
        add=[told(record) for record in made.add],
        update=[(told(record), known) for record, known in made.update],
    )
