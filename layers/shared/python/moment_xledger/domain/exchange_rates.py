"""Whether an invoice's exchange rate can be right: no table of rates is known here, so it is compared with what is
possible at all, and with the company's own earlier invoices in that currency."""

from collections.abc import Iterator, Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from moment_xledger.domain.files.limits import HOME
from moment_xledger.domain.invoices import Fault
from moment_xledger.domain.moment import Invoice
from moment_xledger.domain.problems import Code

# Kroner for one unit. The dearest currency is the Kuwaiti dinar, at some 35 kroner; a hundred of any currency that is
# worth half a krone is more than this. A rial of Iran's, the cheapest, is worth some hundred-thousandths of a krone.
HIGHEST, LOWEST = Decimal(50), Decimal("0.000001")
# Further than the euro rose against the krone in the spring of 2020, and much less than a hundredfold.
FAR = Decimal("1.5")
ORE = Decimal("0.01")


class Earlier(NamedTuple):
    rate: Decimal
    invoice: int


def rate_faults(invoice: Invoice, earlier: Mapping[str, Earlier]) -> Iterator[Fault]:
    rate, currency = invoice.exchange_rate, invoice.currency
    if rate is None:
        return
    if currency == HOME:
        if rate != 1:
            yield Fault(Code.EXCHANGE_RATE_OF_KRONER, {"rate": _text(rate)})
        return
    nothing = next((each for each in _amounts(invoice) if each and not _kroner(each, rate)), None)
    if nothing is not None or not LOWEST <= rate <= HIGHEST:
        amount = invoice.total if nothing is None else nothing
        details = {"amount": f"{amount:.2f}", "kroner": f"{_kroner(amount, rate):.2f}", "currency": currency}
        yield Fault(Code.EXCHANGE_RATE_IMPOSSIBLE, details | {"rate": _text(rate)})
        return
    before = earlier.get(currency)
    if before and not before.rate / FAR <= rate <= before.rate * FAR:
        theirs = {"earlier": _text(before.rate), "other": str(before.invoice)}
        yield Fault(Code.EXCHANGE_RATE_DIFFERS, {"rate": _text(rate), "currency": currency} | theirs)


def _amounts(invoice: Invoice) -> Iterator[Decimal]:
    yield invoice.total
    for line in invoice.vat_lines:
        yield from (line.net, line.vat, line.gross)


def _kroner(amount: Decimal, rate: Decimal) -> Decimal:
    return abs(amount * rate).quantize(ORE, ROUND_HALF_UP)


def _text(rate: Decimal) -> str:
    return f"{rate.normalize():f}"
