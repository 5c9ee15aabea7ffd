"""GL02b: ledger transactions with a header, Xledger's owner code and the currency. Each voucher sums to zero."""

from collections.abc import Iterator, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from moment_xledger.domain.files.cells import Part, Row, amount, day, due_day, posting_text
from moment_xledger.domain.files.limits import HOME, LIMITS
from moment_xledger.domain.files.settings import GL_OBJECTS, FileFormat, Terms
from moment_xledger.domain.files.text import clean
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
LONGEST_NAME = LIMITS[FileFormat.GL02B].longest_name or 0
ORE = Decimal("0.01")
_UNUSED = ("",) * 23  # columns 27-49


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
    foreign = None if invoice.currency == HOME else iter(_foreign(invoice, parts, terms))
    money = next(foreign) if foreign else ("", "", amount(invoice.total))  # 24-26
    yield *voucher, terms.settings.receivable_account, "", "", "", "", *who, *due, *money, *_UNUSED, "x"

    dimensions = ("", *_dimensions(invoice, terms))  # 10-13
    reference = ("", "", issued, number, "", "", "", "", text)  # 14-22
    for line in _postings(parts, terms):
        money = next(foreign) if foreign else ("", "", amount(line.amount))
        yield *voucher, line.account, *dimensions, *reference, line.tax_rule, *money, *_UNUSED, "x"


def _dimensions(invoice: Invoice, terms: Terms) -> Row:
    """Columns 11-13, which are GL objects 1 to 3. A department whose object has the project is left out."""
    placed = {terms.department_dimension: terms.settings.department}
    placed[terms.project_dimension] = invoice.project_number or ""
    return tuple(placed.get(slot, "") for slot in GL_OBJECTS)


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


def _foreign(invoice: Invoice, parts: Sequence[Part], terms: Terms) -> list[Row]:
    """Columns 24-26 of the customer's line, then of each posting."""
    values = [invoice.total, *(line.amount for line in _postings(parts, terms))]
    if terms.renderer == 1 or invoice.exchange_rate is None:
        # The first renderer left the column empty, for Xledger's own rate.
        return [(invoice.currency, amount(value), "") for value in values]
    at_home = in_kroner(values, invoice.exchange_rate)
    return [
        (invoice.currency, amount(value), amount(home)) for value, home in zip(values, at_home, strict=True)
    ]


def in_kroner(values: Sequence[Decimal], rate: Decimal) -> list[Decimal]:
    """Each rounded to the øre, the first to the last of a voucher that sums to zero.

    The customer's line, the first, stays as it is rounded: it is what the customer owes. What the rounding of the
    others leaves over goes to the largest of them.
    """
    total, *rest = ((value * rate).quantize(ORE, ROUND_HALF_UP) for value in values)
    if rest:
        largest = max(range(len(rest)), key=lambda at: abs(rest[at]))
        rest[largest] -= total + sum(rest)
    return [total, *rest]
