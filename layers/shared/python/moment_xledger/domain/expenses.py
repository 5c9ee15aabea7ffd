"""
A cost that is posted in Xledger becomes an expense in Moment: what it says there, or why it is left.

Amounts are in kroner and include VAT. A posted line's own amount is without.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from moment_xledger.domain.account_ranges import AccountRanges
from moment_xledger.domain.amount_votes import Amounts
from moment_xledger.domain.companies import Company
from moment_xledger.domain.expense_facts import Facts
from moment_xledger.domain.files.settings import PROJECT
from moment_xledger.domain.posted_lines import Row, posted_on
from moment_xledger.domain.purchase_vat import PurchaseVat
from moment_xledger.domain.supplier_bills import Bill
from moment_xledger.domain.vat_rates import PUBLISHED_PURCHASES, RateSources

HOME = "NOK"
LONGEST_TEXT = 1000


class Left(StrEnum):
    """Why a line does not become an expense, or an expense is not changed."""

    OTHER_ACCOUNT = "other account"
    NO_PROJECT = "no project"
    BEFORE_START = "before the from-date"
    UNKNOWN_PROJECT = "unknown project"
    CLOSED_PROJECT = "closed project"
    MISSING_VAT = "missing VAT"
    UNSURE = "unsure amount"
    NO_RATE = "currency without a rate"
    UNUSABLE = "unusable"
    REFUSED = "refused by Moment"
    INVOICED = "invoiced already"
    DELETED = "deleted in Moment"


# Nobody has to do anything about these.
OF_NO_CONCERN = frozenset({Left.OTHER_ACCOUNT, Left.NO_PROJECT, Left.BEFORE_START})
# These go by themselves as soon as Moment takes them.
WAITING = frozenset({Left.UNKNOWN_PROJECT, Left.CLOSED_PROJECT, Left.REFUSED})
OF_PROJECTS = frozenset({Left.UNKNOWN_PROJECT, Left.CLOSED_PROJECT})
# The line says where it belongs, and that is not with us, or not yet: if it was, it has been moved.
ELSEWHERE = OF_PROJECTS | OF_NO_CONCERN


class ProjectState(StrEnum):
    """As Moment has it."""

    OPEN = "open"
    CLOSED = "closed"
    UNKNOWN = "unknown"


BARRED: Mapping[ProjectState, Left] = {
    ProjectState.CLOSED: Left.CLOSED_PROJECT,
    ProjectState.UNKNOWN: Left.UNKNOWN_PROJECT,
}


@dataclass(frozen=True)
class InMoment:
    """An expense as Moment has it now."""

    id: int
    is_invoiced: bool


class Expense(BaseModel):
    """What Moment is told."""

    model_config = ConfigDict(defer_build=True, frozen=True)

    external_id: str  # names the line in Xledger; Moment keeps it, so that we find the expense again
    description: str
    amount: Decimal
    currency: str = HOME
    supplier: str | None = None
    invoice_number: str | None = None
    invoice_date: date
    account: str
    project: str
    billable: bool = True

    def digest(self) -> str:
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()[:32]


@dataclass(frozen=True)
class Terms:
    """What a company has settled."""

    owner_code: int
    accounts: AccountRanges
    since: date | None
    billable: bool
    vat: PurchaseVat = field(default_factory=PurchaseVat)
    facts: Facts = field(default_factory=Facts)
    project_dimension: int = PROJECT

    @classmethod
    def of(cls, company: Company, rates: RateSources | None = None, facts: Facts | None = None) -> "Terms":
        if company.owner_code is None:
            raise ValueError("a company that imports expenses has an owner code")
        accounts = AccountRanges.read(company.expense_accounts)
        billable = company.expenses_billable
        rates = rates or RateSources(company=company.own_rates, published=PUBLISHED_PURCHASES)
        terms = cls(company.owner_code, accounts, company.expenses_from, billable, PurchaseVat(rates))
        terms = replace(terms, project_dimension=company.project_dimension or PROJECT)
        is_ours = facts is not None and facts.owner_code == company.owner_code
        return terms.under(facts if facts and is_ours else Facts(company.owner_code))

    def under(self, facts: Facts) -> "Terms":
        """The same, with what has been learnt since."""
        vat = replace(self.vat, is_gross=facts.amounts is Amounts.GROSS)
        return replace(self, vat=vat, facts=facts)

    @property
    def reach(self) -> str:
        """What decides which lines are of concern: what was read under another one has to be read again."""
        ranges = ",".join(f"{low}-{high}" for low, high in self.accounts.ranges)
        project = "" if self.project_dimension == PROJECT else f" GL{self.project_dimension}"
        return f"{self.owner_code} {ranges} {self.since or ''}{self.vat.reach}{self.facts.reach}{project}"


def is_of_another_entity(line: Row, told: Expense | None, terms: Terms) -> bool:
    """Entities count vouchers each for itself; the company may have been another one when Moment was told."""
    return (
        not line.transaction_id
        and told is not None
        and not told.external_id.startswith(f"xledger:{terms.owner_code}:")
    )


def out_of_reach(line: Row, terms: Terms) -> Left | None:
    """Asked of every line: most of a ledger is none of our concern."""
    if line.account not in terms.accounts:
        return Left.OTHER_ACCOUNT
    if not line.project:
        return Left.NO_PROJECT
    day = posted_on(line)
    if terms.since and day and day < terms.since:
        return Left.BEFORE_START
    return None


def was_changed(line: Row) -> bool:
    """After it was posted; so it may have been of our concern before."""
    return line.modified != line.created


def bill_of(line: Row, found: Bill | None, told: Expense | None) -> Bill:
    """As found, or as the line itself has it. When a line is corrected late, its bill may be out of sight, and what
    paid that be found; then it is as Moment was told."""
    said = found or Bill(line.supplier_name, line.invoice_no, line.invoice_date)
    if told is None or said.invoice_number or said.supplier not in (None, told.supplier):
        return said
    says_more = told.invoice_number or (told.supplier and not said.supplier)
    return Bill(told.supplier, told.invoice_number, told.invoice_date) if says_more else said


def read_expense(
    id_: str, line: Row, bill: Bill, terms: Terms, *, is_paid_net: bool = False, is_billed: bool = False
) -> Expense | Left:
    """Of a line within reach, which is known by `id_`. Whether Moment has the project is not looked at.

    `is_billed`: its bill has shown what was owed.
    """
    day = bill.invoice_date or line.invoice_date or line.voucher_date
    if not has_rate(line):
        return Left.NO_RATE
    amount = terms.vat.with_vat(line, is_paid_net=is_paid_net)
    if amount is None:
        return Left.MISSING_VAT
    if not is_billed and is_unsure(line, terms):
        return Left.UNSURE
    if day is None or not line.account or not line.project:
        return Left.UNUSABLE
    in_its_entity = id_.removeprefix(f"{terms.owner_code}.")
    return Expense(
        external_id=f"xledger:{terms.owner_code}:{in_its_entity}",
        description=(line.text or bill.supplier or _named_by_voucher(line))[:LONGEST_TEXT],
        amount=amount,
        supplier=bill.supplier and bill.supplier[:LONGEST_TEXT],
        invoice_number=bill.invoice_number and bill.invoice_number[:LONGEST_TEXT],
        invoice_date=day,
        account=line.account,
        project=line.project,
        billable=terms.billable,
    )


def is_unsure(line: Row, terms: Terms) -> bool:
    """Without a bill, nothing shows what the supplier was owed."""
    return terms.vat.is_unknown(line) or (terms.facts.is_unclear and bool(line.tax_rule or line.tax_amount))


def _named_by_voucher(line: Row) -> str:
    return f"Bilag {line.voucher_no}" if line.voucher_no else "Kostnad fra Xledger"


def has_rate(line: Row) -> bool:
    """Of another currency, only the two amounts together show that one was converted to the other."""
    if line.currency is None or line.currency.upper() == HOME or not line.amount:
        return True
    return bool(line.currency_amount) and line.currency_amount != line.amount
