"""What a posted cost comes to with VAT: what the supplier was owed, and no VAT that the company reckons by itself."""

import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

from moment_xledger.domain.posted_lines import Row
from moment_xledger.domain.supplier_bills import Bills, Voucher, voucher_of
from moment_xledger.domain.vat_rates import PUBLISHED_PURCHASES, RateSources

ORE = Decimal("0.01")
HUNDRED = Decimal(100)
A_FEW_ORE = Decimal("0.05")  # of sums that are rounded line by line
NORWEGIAN = tuple(map(Decimal, ("25", "15", "12", "11.11")))
# Import of goods, services from abroad, quotas and gold, in the Tax Administration's list. A code that the company's
# Xledger has with a name of its own is judged by that name.
PUBLISHED_SELF_ASSESSED = frozenset({"81", "82", "83", "84", "85", "86", "87", "88", "89", "91", "92"})


@dataclass(frozen=True)
class PurchaseVat:
    """How a company's VAT codes of purchases are read. `is_gross`: amounts of posted lines include their VAT."""

    rates: RateSources = field(default_factory=lambda: RateSources(published=PUBLISHED_PURCHASES))
    is_gross: bool = False

    @property
    def reach(self) -> str:
        """Names the rates that are known besides the published ones: a line that waits for its rate is read again."""
        known = [source for source in (self.rates.xledger, self.rates.company) if source]
        texts = [f"{code} {rates}" for source in known for code, rates in sorted(source.by_code.items())]
        texts += [code for source in known for code in sorted(source.self_assessed)]
        return f" {zlib.crc32(repr(texts).encode()):x}" if texts else ""

    def with_vat(self, line: Row, *, is_paid_net: bool = False) -> Decimal | None:
        """None where the rate is not known. `is_paid_net`: the bill says that no VAT was paid to the supplier."""
        tax = self._tax(line)
        if tax is None:
            return None
        net = line.amount - tax if self.is_gross else line.amount
        is_owed = not (is_paid_net or self._is_self_assessed(line, tax))
        return (net + tax if is_owed else net).quantize(ORE, ROUND_HALF_UP)

    def is_self_assessed(self, line: Row) -> bool:
        return self._is_self_assessed(line, line.tax_amount or Decimal(0))

    def is_unknown(self, line: Row) -> bool:
        """VAT on a code of which nothing is known: the supplier's, or what the company reckons itself."""
        code = line.tax_rule
        if not code or not line.tax_amount or self._is_named_self_assessed(code):
            return False
        sources = (self.rates.xledger, self.rates.company, self.rates.published)
        return not any(source.knows(code) for source in sources if source)

    def known_rate(self, line: Row) -> Decimal | None:
        day = line.voucher_date or line.invoice_date
        return self.rates.rate(line.tax_rule, day) if day and line.tax_rule else None

    def _tax(self, line: Row) -> Decimal | None:
        """A line with neither code nor VAT moves a cost from one place to another, or spreads it over time."""
        if line.tax_amount is not None:
            return line.tax_amount
        if line.tax_rule is None:
            return Decimal(0)
        day = line.voucher_date or line.invoice_date
        rate = self.rates.rate(line.tax_rule, day) if day else None
        if rate is None:
            return Decimal(0) if self._is_named_self_assessed(line.tax_rule) else None
        return line.amount * rate / (HUNDRED + rate if self.is_gross else HUNDRED)

    def _is_self_assessed(self, line: Row, tax: Decimal) -> bool:
        """A code of no percent with VAT on its line says that the VAT is none of the supplier's."""
        day = line.voucher_date or line.invoice_date
        if not tax or line.tax_rule is None:
            return False
        at_xledger = self.rates.xledger.on(line.tax_rule, day) if self.rates.xledger and day else frozenset()
        # Posted twice, once in and once out.
        is_both_ways = any(percent < 0 for percent in at_xledger)
        is_none = day is not None and self.rates.rate(line.tax_rule, day) == 0
        return is_both_ways or is_none or self._is_named_self_assessed(line.tax_rule)

    def _is_named_self_assessed(self, code: str) -> bool:
        """The company's own table gives the rate of such a code, and does not make its VAT the supplier's."""
        xledger = self.rates.xledger
        if xledger and xledger.knows(code):
            return code in xledger.self_assessed
        return code in PUBLISHED_SELF_ASSESSED or bool(xledger and code in xledger.self_assessed)


def vat_paid(lines: Iterable[Row], bills: Bills, vat: PurchaseVat) -> Mapping[Voucher, bool]:
    """By voucher with VAT: True where its bill is the sum of its costs with VAT, False where it is that without.

    A voucher that has other costs too, or no bill here, is not in it.
    """
    found: dict[Voucher, bool] = {}
    for voucher, (amount, tax) in _sums(lines).items():
        net = amount - tax if vat.is_gross else amount
        owed = bills.owed(voucher)
        if tax and owed in (net, net + tax):
            found[voucher] = owed != net
    return found


def without_their_vat(lines: Iterable[Row], bills: Bills) -> Mapping[Voucher, bool]:
    """Vouchers with no word about VAT whose bill is more than the costs: True where VAT at one rate is what lacks."""
    found: dict[Voucher, bool] = {}
    lines = list(lines)
    spoken = {voucher_of(line) for line in lines if line.tax_rule is not None or line.tax_amount is not None}
    for voucher, (amount, _) in _sums(lines).items():
        owed = bills.owed(voucher)
        if voucher not in spoken and owed is not None and abs(owed - amount) > A_FEW_ORE:
            rates = (abs(amount * rate / HUNDRED + amount - owed) <= A_FEW_ORE for rate in NORWEGIAN)
            found[voucher] = any(rates)
    return found


def _sums(lines: Iterable[Row]) -> Mapping[Voucher, tuple[Decimal, Decimal]]:
    sums: dict[Voucher, tuple[Decimal, Decimal]] = {}
    for line in lines:
        if voucher := voucher_of(line):
            amount, tax = sums.get(voucher, (Decimal(0), Decimal(0)))
            sums[voucher] = amount + line.amount, tax + (line.tax_amount or 0)
    return sums
