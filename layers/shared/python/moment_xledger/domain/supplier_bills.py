"""Which supplier's bill is behind a posted cost: it stands in the supplier ledger, in the same voucher or match."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from moment_xledger.domain.posted_lines import Row

Voucher = tuple[str, str, date | None]


@dataclass(frozen=True)
class Bill:
    """Who sent the invoice behind a line; it stands in another ledger of Xledger's, under the same match or voucher."""

    supplier: str | None
    invoice_number: str | None
    invoice_date: date | None


class Bills:
    """The bills of one window. Where several could be meant, a cost gets none of them."""

    def __init__(self) -> None:
        self._by_voucher: dict[Voucher, set[tuple[str | None, Bill]]] = {}  # each with its match
        self._by_match: dict[str, set[Bill]] = {}
        self._owed: dict[Voucher, Decimal] = {}

    def add(self, line: Row) -> None:
        if not (line.invoice_no or line.supplier_name):
            return
        bill = Bill(line.supplier_name, line.invoice_no, line.invoice_date)
        if line.match_id:
            self._by_match.setdefault(line.match_id, set()).add(bill)
        if voucher := voucher_of(line):
            self._by_voucher.setdefault(voucher, set()).add((line.match_id, bill))
            self._owed[voucher] = self._owed.get(voucher, Decimal(0)) - line.amount

    def owed(self, voucher: Voucher) -> Decimal | None:
        """What the suppliers are owed by this voucher, with VAT; None where it has no bill."""
        return self._owed.get(voucher)

    def of(self, line: Row) -> Bill | None:
        """Bills that are paid together have one match, so the voucher is looked at first."""
        voucher = voucher_of(line)
        in_voucher = self._by_voucher.get(voucher, set()) if voucher else set()
        matched = {bill for match, bill in in_voucher if line.match_id and match == line.match_id}
        found = _the_one(matched) or _the_one({bill for _, bill in in_voucher})
        if found or not line.match_id:
            return found
        in_match = self._by_match.get(line.match_id, set())
        return _the_one(in_match) or _of_one_supplier(in_match)


def voucher_of(line: Row) -> Voucher | None:
    """Journals and bills are numbered each in a series of their own, and anew each year."""
    if line.voucher_no is None or line.source is None:
        return None
    return line.voucher_no, line.source, line.voucher_date


def _the_one(bills: Iterable[Bill]) -> Bill | None:
    """A payment stands with its bill, and says less."""
    bills = set(bills)
    bills = {bill for bill in bills if bill.invoice_number} or bills
    return bills.pop() if len(bills) == 1 else None


def _of_one_supplier(bills: Iterable[Bill]) -> Bill | None:
    suppliers = {bill.supplier for bill in bills}
    return Bill(suppliers.pop(), None, None) if len(suppliers) == 1 else None
