"""AR10, which is GBAT10 as Xledger reads it: a voucher per invoice, VAT computed by the receiver from gross sums.

Columns 24 and 25 are Xledger's department and project; elsewhere GBAT10 has them the other way round.
"""

from collections.abc import Iterator, Sequence
from string import ascii_uppercase

from moment_xledger.domain.files.cells import CREDIT_NOTE, Part, Row, amount, day, due_day, posting_text
from moment_xledger.domain.files.limits import LIMITS
from moment_xledger.domain.files.settings import FileFormat, FileSettings, Terms
from moment_xledger.domain.files.text import clean
from moment_xledger.domain.moment import Invoice

# A file of this format has no header line; people call its columns by a spreadsheet's letters.
COLUMNS = (*ascii_uppercase, "AA", "AB", "AC")
IDENTIFICATION, USE_GROSS, END = "GBAT10", "T", "x"
LONGEST_NAME = LIMITS[FileFormat.AR10].longest_name or 0
LONGEST_ADDRESS, LONGEST_PLACE = 200, 30


def rows(invoice: Invoice, parts: Sequence[Part], terms: Terms) -> Iterator[Row]:
    settings = terms.settings
    voucher = _voucher(invoice, settings)  # columns 1-6
    reference = (invoice.number, invoice.payment_id, due_day(invoice), "", "")  # 16-20
    text = posting_text(invoice)
    posting = (text, text, "", settings.department, invoice.project_number or "", "")  # 21-26

    total = amount(invoice.total)
    customer = (settings.receivable_account, settings.no_vat_code, total, *_customer(invoice))  # 7-15
    yield *voucher, *customer, *reference, *posting, "", "", END
    for part in parts:
        revenue = (part.account, part.vat_code, amount(-part.net), "", "", "", "", "", "")  # 7-15
        yield *voucher, *revenue, *reference, *posting, USE_GROSS, amount(-part.gross), END


def _voucher(invoice: Invoice, settings: FileSettings) -> Row:
    is_credit = invoice.kind is CREDIT_NOTE
    kind = settings.ar10_credit_note_type if is_credit else settings.ar10_invoice_type
    issued = invoice.invoice_date
    return IDENTIFICATION, invoice.number, day(issued), kind, str(issued.month), str(issued.year)


def _customer(invoice: Invoice) -> Row:
    """Number, no supplier number, name and address."""
    customer, address = invoice.customer, invoice.customer.address
    return (
        customer.customer_number,
        "",
        clean(customer.name, LONGEST_NAME),
        clean(address.street or "", LONGEST_ADDRESS),
        clean(address.zip_code or "", LONGEST_PLACE),
        clean(address.place or "", LONGEST_PLACE),
    )
