"""GL02b: ledger transactions with a header, Xledger's owner code and the currency. Each voucher sums to zero."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import NamedTuple

from moment_xledger.domain.files.cells import Part, Row, amount, day, due_day, posting_text
from moment_xledger.domain.files.settings import Terms
from moment_xledger.domain.files.text import clean
from moment_xledger.domain.files.unfit import CURRENCY, Limits, Unfit, code, digits, first_unfit
from moment_xledger.domain.moment import Invoice

_ADDRESS = ("StreetAddressL1", "StreetAddressL2", "ZipCode", "Place", "State", "Country")
COLUMNS = (
    *(
        "ImpSystem",
        "ImpSystemRef",
        "Entity",
        "VoucherType",
        "VoucherNo",
        "FiscalYear",
        "PeriodNo",
        "VoucherDate",
    ),
    *("Account", "Account Ledger", "Posting1", "Posting 2 (PRJ)", "XGL", "SubledgerNo", "SubledgerName"),
    *("InvoiceDate", "InvoiceNo", "Xidentifier/KID", "DueDate", "BankAccount", "PaymentTerms", "Text"),
    *("TaxRule", "Currency", "Currency Amount", "Amount", "UpdateSubledger", "SubledgerGroup", "CompanyNo"),
    *_ADDRESS,
    *(f"Billing{column}" for column in _ADDRESS),
    *("Phone", "Email", "YourRef", "Dummy1", "Dummy2", "Dummy3", "Dummy4", "Dummy5", "EOL"),
)
LIMITS = Limits(digits(8), code(25), code(25), CURRENCY)
LONGEST_NAME = 100
_UNUSED = ("",) * 23  # columns 27-49


def unfit(invoice: Invoice, terms: Terms) -> Unfit | None:
    return first_unfit(invoice, terms, LIMITS)


class _Posting(NamedTuple):
    account: str
    tax_rule: str
    amount: Decimal


def rows(invoice: Invoice, parts: Sequence[Part], terms: Terms) -> Iterator[Row]:
    voucher, text = _voucher(invoice, terms), posting_text(invoice)
    number, issued = invoice.number, day(invoice.invoice_date)

    customer = invoice.customer
    who = (customer.customer_number, clean(customer.name, LONGEST_NAME), issued, number)  # columns 14-17
    due = (invoice.payment_id, due_day(invoice), "", "", text, "")  # 18-23
    money = _money(invoice.currency, invoice.total)
    yield *voucher, terms.settings.receivable_account, "", "", "", "", *who, *due, *money, *_UNUSED, "x"

    dimensions = ("", terms.settings.department, invoice.project_number or "", "")  # 10-13
    reference = ("", "", issued, number, "", "", "", "", text)  # 14-22
    for line in _postings(parts, terms):
        money = _money(invoice.currency, line.amount)
        yield *voucher, line.account, *dimensions, *reference, line.tax_rule, *money, *_UNUSED, "x"


def _voucher(invoice: Invoice, terms: Terms) -> Row:
    """Columns 1-8."""
    issued = invoice.invoice_date
    return (
        *("GL02b", "Moment", str(terms.owner_code), terms.settings.gl02b_voucher_type, invoice.number),
        *(str(issued.year), str(issued.month), day(issued)),
    )


def _postings(parts: Sequence[Part], terms: Terms) -> Iterator[_Posting]:
    gross = terms.settings.gl02b_amount == "gross"
    for part in parts:
        yield _Posting(part.account, part.vat_code, -part.gross if gross else -part.net)
        if part.vat and not gross:
            yield _Posting(terms.settings.vat_account, "", -part.vat)


def _money(currency: str, value: Decimal) -> Row:
    """Columns 24-26. Moment gives no exchange rate, so Xledger's own decides what a foreign amount is in kroner."""
    return ("", "", amount(value)) if currency == "NOK" else (currency, amount(value), "")
