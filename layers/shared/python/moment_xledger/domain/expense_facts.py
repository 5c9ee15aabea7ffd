"""What the answers of a company's Xledger have shown of themselves, since none of it is published.

Facts are learnt from whole vouchers, kept with the owner code they were learnt for, and followed from then on.
"""

from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from moment_xledger.domain.posted_lines import Row

NEAR = Decimal("0.05")  # of a voucher's sums, which are rounded line by line


class Ids(StrEnum):
    """What a TransactionID names."""

    UNKNOWN = ""
    LINE = "line"
    VOUCHER = "voucher"


class Amounts(StrEnum):
    """Whether Amount includes the VAT that the line says."""

    UNKNOWN = ""
    NET = "net"
    GROSS = "gross"


@dataclass(frozen=True)
class Facts:
    """`seen`: what has come at least once, by the names in `expense_doubts`."""

    owner_code: int = 0
    ids: Ids = Ids.UNKNOWN
    amounts: Amounts = Amounts.UNKNOWN
    seen: frozenset[str] = frozenset()
    learned_at: datetime | None = None

    @property
    def is_settled(self) -> bool:
        """Nothing but lines of the company's accounts has to be read any more."""
        return bool(self.ids and self.amounts)

    @property
    def reach(self) -> str:
        """Read under other facts, a line may have been left or come to another amount."""
        return "".join(
            f" {each}" for each in (self.ids, self.amounts) if each in (Ids.VOUCHER, Amounts.GROSS)
        )

    def taught_by(self, lines: Sequence[Row], now: datetime) -> "Facts":
        ids = self.ids or _ids(lines)
        amounts = self.amounts or _amounts(lines)
        if (ids, amounts) == (self.ids, self.amounts):
            return self
        return replace(self, ids=ids, amounts=amounts, learned_at=now)

    def having_seen(self, seen: Set[str], now: datetime) -> "Facts":
        return self if seen <= self.seen else replace(self, seen=self.seen | seen, learned_at=now)


Vouchers = Iterable[list[Row]]


def _vouchers(lines: Sequence[Row]) -> Vouchers:
    """Lines of one voucher: the same number, source and day."""
    found: dict[tuple[object, ...], list[Row]] = {}
    for line in lines:
        if line.voucher_no:
            found.setdefault((line.voucher_no, line.source, line.voucher_date), []).append(line)
    return [lines for lines in found.values() if len(lines) > 1]


def _ids(lines: Sequence[Row]) -> Ids:
    """By most of the vouchers: one may be odd."""
    of_line = of_voucher = 0
    for voucher in _vouchers(lines):
        ids = {line.transaction_id for line in voucher if line.transaction_id}
        numbers = {line.line_no for line in voucher if line.line_no}
        of_line += len(ids) == len(voucher)
        of_voucher += len(ids) == 1 and len(numbers) == len(voucher)
    if of_line == of_voucher:
        return Ids.UNKNOWN
    return Ids.LINE if of_line > of_voucher else Ids.VOUCHER


def _amounts(lines: Sequence[Row]) -> Amounts:
    votes = [vote for voucher in _vouchers(lines) if (vote := _amounts_of(voucher))]
    net, gross = (votes.count(each) for each in (Amounts.NET, Amounts.GROSS))
    if net == gross:
        return Amounts.UNKNOWN
    return Amounts.NET if net > gross else Amounts.GROSS


def _amounts_of(voucher: list[Row]) -> Amounts:
    """A voucher comes to nothing when each VAT counts once: in the lines themselves, or on a line of its own."""
    plain = [line for line in voucher if line.tax_rule is None and not line.tax_amount]  # what is owed, say
    tax = sum((line.tax_amount for line in voucher if line.tax_amount), Decimal(0))
    total = sum((line.amount for line in voucher), Decimal(0))
    if abs(tax) <= NEAR or not plain:
        return Amounts.UNKNOWN
    if abs(total) <= NEAR:
        on_its_own = any(abs(line.amount - tax) <= NEAR for line in plain)
        return Amounts.NET if on_its_own else Amounts.GROSS
    if abs(total - tax) <= NEAR:
        return Amounts.GROSS
    return Amounts.NET if abs(total + tax) <= NEAR else Amounts.UNKNOWN
