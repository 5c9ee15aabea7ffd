"""
A year of vouchers, made line by line as they are asked for.

They come in blocks of twenty with the same lines in each, so that any voucher, and its moment, can be told
from its number alone: a payment knows the invoice it pays without anything being kept.
"""

from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import accumulate

from local.sample.customers import customer_number
from local.sample.dice import Dice
from local.sample.nordvik import NORDVIK
from local.xledger.soap.ledger.lines import OPEN, PAYABLES, Line, Value
from local.xledger.soap.ledger.purchases import ORE, Purchase, any_project, in_currency, purchase, taxed
from local.xledger.soap.ledger.suppliers import SUPPLIERS
from local.xledger.soap.plan import LedgerPlan

BLOCK = 20
# Places in a block.
PURCHASES, PAID_LATER, PAID_AT_ONCE = range(10), range(4), range(4, 8)
PAYMENTS, REVERSED, REBOOKED = range(10, 14), 8, 9
REVERSAL, REBOOKING, SALE, RECEIPT, PAYROLL, CARD = range(14, 20)
LINES = (*[3] * len(PURCHASES), *[2] * len(PAYMENTS), 3, 2, 3, 2, 3, 3)  # at each place
BLOCKS_UNTIL_PAID = 2
CORRECTED, DAYS_UNTIL_CORRECTED = 6, timedelta(days=3)  # every third of these is changed where it stands

FIRST_VOUCHER, FIRST_MATCH, FIRST_FILE = 20_001, 7_000_001, 9_000_001
FIRST_TRANSACTION, IDS_PER_VOUCHER = 80_000_010, 10
OPENS, WORKING_SECONDS = time(8), 8 * 3600
BANK, CARD_DEBT, RECEIVABLES, SALES = "1920", "2910", "1500", "3010"
OUTGOING_VAT, INCOMING_VAT = "2700", "2710"


class Year:
    def __init__(self, plan: LedgerPlan, last: date) -> None:
        self._plan = plan
        blocks, rest = divmod(plan.lines, sum(LINES))
        self._vouchers = blocks * BLOCK + sum(begin < rest for begin in accumulate((0, *LINES[:-1])))
        days = (last - timedelta(days=n) for n in range(364, -1, -1))
        self._days = [day for day in days if day.weekday() < 5]
        self._makers: dict[int, Callable[[int], Iterator[Line]]] = {
            **dict.fromkeys(PURCHASES, self._purchase),
            **dict.fromkeys(PAYMENTS, self._payment),
            REVERSAL: self._reversal,
            REBOOKING: self._rebooking,
            SALE: self._sale,
            RECEIPT: self._receipt,
            PAYROLL: self._payroll,
            CARD: self._card,
        }

    def lines(self) -> Iterator[Line]:
        """In the order of their ids, which is that of their making. The last voucher is whole."""
        return (line for voucher in range(self._vouchers) for line in self._makers[voucher % BLOCK](voucher))

    def bought(self, file_key: int) -> Purchase | None:
        """What the document with this key is about."""
        voucher = file_key - FIRST_FILE
        known = 0 <= voucher < self._vouchers and voucher % BLOCK in PURCHASES
        return self._bought(voucher) if known else None

    def _when(self, voucher: int) -> datetime:
        """In working hours, later for each."""
        nth, rest = divmod(voucher * len(self._days), self._vouchers)
        seconds = WORKING_SECONDS * rest // self._vouchers
        return datetime.combine(self._days[nth], OPENS) + timedelta(seconds=seconds)

    def _dice(self, voucher: int) -> Dice:
        return Dice(f"{self._plan.seed}/{voucher}")

    def _bought(self, voucher: int) -> Purchase:
        return purchase(self._dice(voucher), self._when(voucher).date())

    def _is_open(self, voucher: int) -> bool:
        block, place = divmod(voucher, BLOCK)
        if place == REVERSED:
            return False
        if place in PAID_LATER:
            return voucher + BLOCKS_UNTIL_PAID * BLOCK + PAYMENTS.start >= self._vouchers
        return not (place in PAID_AT_ONCE and block < BLOCKS_UNTIL_PAID)

    def _lines(self, voucher: int, source: str, *lines: Line, match: int | None = None) -> Iterator[Line]:
        """Each with what it shares with the others of its voucher."""
        when = self._when(voucher)
        shared: Line = {
            "VoucherNo": FIRST_VOUCHER + voucher,
            "TrSource": source,
            "Created": when,
            "Modified": when,
            "VoucherDate": when.date(),
            "MatchID": FIRST_MATCH + (voucher if match is None else match),
            "Currency": "NOK",
        }
        for number, line in enumerate(lines, 1):
            identity = {"TransactionID": FIRST_TRANSACTION + voucher * IDS_PER_VOUCHER + number}
            amount = {"CurrencyAmount": line["Amount"]}
            yield {**shared, **identity, "LineNo": number, **amount, **line}

    def _purchase(self, voucher: int) -> Iterator[Line]:
        bought = self._bought(voucher)
        shared = self._of_purchase(voucher, bought) | self._corrected(voucher)
        lines = [shared | line for line in _booked(bought)]
        return self._lines(voucher, "AP", *lines)

    def _of_purchase(self, voucher: int, bought: Purchase) -> Line:
        return {
            "InvoiceNo": bought.invoice_no,
            "InvoiceDate": bought.invoice_date,
            "SubledgerNo": bought.supplier.number,
            "SubledgerName": bought.supplier.name,
            "Text": bought.text,
            "FileKey": FIRST_FILE + voucher,
            OPEN: self._is_open(voucher),
        }

    def _corrected(self, voucher: int) -> Line:
        block, place = divmod(voucher, BLOCK)
        if place != CORRECTED or block % 3:
            return {}
        last = datetime.combine(self._days[-1], OPENS) + timedelta(seconds=WORKING_SECONDS)
        return {"Modified": min(self._when(voucher) + DAYS_UNTIL_CORRECTED, last)}

    def _payment(self, voucher: int) -> Iterator[Line]:
        block, place = divmod(voucher, BLOCK)
        early = block < BLOCKS_UNTIL_PAID
        nth = place - PAYMENTS.start
        first = block * BLOCK + PAID_AT_ONCE.start if early else (block - BLOCKS_UNTIL_PAID) * BLOCK
        paid = self._bought(first + nth)
        text: Line = {"Text": f"Betaling {paid.supplier.name}", OPEN: False}
        seller: Line = {"SubledgerNo": paid.supplier.number, "SubledgerName": paid.supplier.name}
        to_supplier = _amount(PAYABLES, paid.gross, paid.supplier.currency) | seller
        lines = (text | to_supplier, text | _amount(BANK, -paid.gross))
        return self._lines(voucher, self._dice(voucher).of(("BA", "EFT")), *lines, match=first + nth)

    def _reversal(self, voucher: int) -> Iterator[Line]:
        """Every line of the invoice once more with the sign turned; whoever reads both has nothing."""
        original = voucher - REVERSAL + REVERSED
        bought = self._bought(original)
        text = {"Text": f"Tilbakeført bilag {FIRST_VOUCHER + original}"}
        shared = self._of_purchase(original, bought) | text
        lines = [shared | _turned(line) for line in _booked(bought)]
        return self._lines(voucher, "AP", *lines, match=original)

    def _rebooking(self, voucher: int) -> Iterator[Line]:
        """The cost of an invoice is moved to another project."""
        original = voucher - REBOOKING + REBOOKED
        bought = self._bought(original)
        cost = _booked(bought)[0] | {"Text": f"Omposteres fra bilag {FIRST_VOUCHER + original}", OPEN: False}
        moved = cost | {"Posting2": any_project(self._dice(voucher))}
        return self._lines(voucher, "GL", _turned(cost), moved)

    def _sale(self, voucher: int) -> Iterator[Line]:
        dice = self._dice(voucher)
        net = Decimal(5_000 + dice.below(90_000))
        tax = taxed(net, "1")
        buyer: Line = {"SubledgerNo": customer_number(dice.below(NORDVIK.customers)), "Text": "Honorar"}
        sold: Line = {"TaxRule": "3", "TaxAmount": -tax, "Posting2": any_project(dice)}
        invoice: Line = {"InvoiceNo": str(8_000 + voucher), "InvoiceDate": self._when(voucher).date()}
        lines = (_amount(RECEIVABLES, net + tax), _amount(SALES, -net) | sold, _amount(OUTGOING_VAT, -tax))
        return self._lines(voucher, "AR", *(buyer | invoice | line for line in lines))

    def _receipt(self, voucher: int) -> Iterator[Line]:
        sale = next(self._sale(voucher - RECEIPT + SALE))
        assert isinstance(sale["Amount"], Decimal)  # noqa: S101 -- made above
        text: Line = {"Text": "Innbetaling OCR", OPEN: False}
        lines = (_amount(BANK, sale["Amount"]), _amount(RECEIVABLES, -sale["Amount"]))
        return self._lines(voucher, "OCR", *(text | line for line in lines), match=voucher - RECEIPT + SALE)

    def _payroll(self, voucher: int) -> Iterator[Line]:
        dice = self._dice(voucher)
        wage = Decimal(30_000 + dice.below(40_000))
        duty = (wage * Decimal("0.141")).quantize(ORE)
        text: Line = {"Text": "Lønn"}
        working: Line = {"Posting1": dice.of(("10", "20")), "Posting2": any_project(dice)}
        lines = (_amount("5000", wage) | working, _amount("5400", duty), _amount(BANK, -wage - duty))
        return self._lines(voucher, "GL", *(text | line for line in lines))

    def _card(self, voucher: int) -> Iterator[Line]:
        """An employee's expense: a supplier's name in the text, and no supplier."""
        bought = purchase(self._dice(voucher), self._when(voucher).date(), SUPPLIERS[5])
        text: Line = {"Text": f"{bought.supplier.name}: {bought.text}", OPEN: False}
        cost, tax, _ = _booked(bought)
        return self._lines(voucher, "CHD", text | cost, text | tax, text | _amount(CARD_DEBT, -bought.gross))


def _booked(bought: Purchase) -> list[Line]:
    """Three lines: without VAT, the cost stands on two."""
    payable = _amount(PAYABLES, -bought.gross, bought.supplier.currency)
    if bought.tax:
        return [_cost(bought, bought.net), _amount(INCOMING_VAT, bought.tax), payable]
    half = (bought.net / 2).quantize(ORE)
    return [_cost(bought, half), _cost(bought, bought.net - half), payable]


def _cost(bought: Purchase, net: Decimal) -> Line:
    placed: Line = {"Posting1": bought.department, "Posting2": bought.project}
    taxes: Line = {"TaxRule": bought.supplier.tax_rule, "TaxAmount": taxed(net, bought.supplier.tax_rule)}
    return _amount(bought.supplier.account, net, bought.supplier.currency) | placed | taxes


def _amount(account: str, amount: Decimal, currency: str = "NOK") -> Line:
    return {
        "Account": account,
        "Amount": amount.quantize(ORE),
        "Currency": currency,
        "CurrencyAmount": in_currency(amount, currency),
    }


def _turned(line: Line) -> Line:
    return {name: _negative(value) for name, value in line.items()}


def _negative(value: Value) -> Value:
    return -value if isinstance(value, Decimal) else value
