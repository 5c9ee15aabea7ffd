"""The files that we write, read by somebody who knows the published layouts alone."""

from collections.abc import Iterable
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal
from io import BytesIO
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moment_xledger.domain.files.formats import unfit
from moment_xledger.domain.files.settings import Terms
from moment_xledger.domain.files.writing import write
from moment_xledger.domain.moment import Invoice
from tests.domain.published_layouts import LAYOUTS, Voucher, read_vouchers
from tests.expected.invoices import CUSTOMER, INVOICES, a_line, an_invoice, terms

RATES = {"3": 25, "31": 15, "33": 12, "5": 0, "6": 0, "52": 0}


def vouchers(invoices: Iterable[Invoice], on: Terms, layout: str) -> list[Voucher]:
    out = BytesIO()
    write(invoices, out, on)
    return read_vouchers(out.getvalue(), layout)


def agree(invoice: Invoice, voucher: Voucher, layout: str) -> None:
    """What a receiver understands is what Moment said."""
    is_credit = invoice.kind == "CREDIT_NOTE"
    assert voucher.number == str(invoice.invoice_number)
    assert voucher.issued == invoice.invoice_date
    assert voucher.due == (invoice.invoice_date if is_credit else invoice.due_date)
    assert voucher.customer == invoice.customer.customer_number
    assert voucher.payment_id == (invoice.kid or str(invoice.invoice_number))
    assert voucher.project == (invoice.project_number or "")
    assert voucher.total == invoice.total
    for code in {line.vat_code for line in invoice.vat_lines}:
        assert voucher.by_code[code] == sum(line.gross for line in invoice.vat_lines if line.vat_code == code)
    if layout == "gl02b":
        is_foreign = invoice.currency != "NOK"
        rate = invoice.exchange_rate if is_foreign and invoice.exchange_rate else Decimal(1)
        assert voucher.home_total == (invoice.total * rate).quantize(Decimal("0.01"), ROUND_HALF_UP)
        assert voucher.currency == (invoice.currency if is_foreign else "")


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_expected_invoice_is_understood(layout: str) -> None:
    found = vouchers(INVOICES, terms(layout), layout)
    for invoice, voucher in zip(INVOICES, found, strict=True):
        agree(invoice, voucher, layout)


TEXTS = st.text(st.characters(codec="utf-8"), max_size=150)
LINES = st.lists(
    st.tuples(st.sampled_from(sorted(RATES)), st.integers(-(10**7), 10**9)), min_size=1, max_size=6
)


@st.composite
def invoices(draw: st.DrawFn) -> Invoice:
    content = []
    for code, ore in draw(LINES):
        net = Decimal(ore) / 100
        vat = (net * RATES[code] / 100).quantize(Decimal("0.01")) + 0
        content.append(a_line(code, f"{net:.2f}", f"{vat:.2f}", f"{net + vat:.2f}"))
    total = sum(Decimal(line["gross"]) for line in content)
    issued = draw(st.dates(an_invoice().invoice_date - timedelta(730), an_invoice().invoice_date))
    but: dict[str, Any] = {
        "description": draw(TEXTS),
        "customer": {
            **CUSTOMER,
            "name": draw(
                TEXTS.filter(lambda text: any(each.isprintable() and not each.isspace() for each in text))
            ),
        },
        "kid": draw(st.sampled_from([None, "602243", "6-", "0020017102318"])),
        "projectNumber": draw(st.sampled_from([None, "1042", "Å-1"])),
        "invoiceDate": str(issued),
        "dueDate": str(issued + timedelta(draw(st.integers(0, 90)))),
        "currency": draw(st.sampled_from(["NOK", "NOK", "EUR", "JPY"])),
        "exchangeRate": draw(st.sampled_from([None, "11.7355", "0.0686"])),
        "total": f"{total:.2f}",
        "vatLines": content,
    }
    if total < 0:
        but |= {"kind": "CREDIT_NOTE", "creditedInvoiceNumber": 10198}
    return an_invoice(draw(st.integers(1, 99_999_999)), **but)


@pytest.mark.parametrize("layout", LAYOUTS)
@settings(max_examples=60, deadline=None)
@given(st.lists(invoices(), max_size=5, unique_by=lambda invoice: invoice.invoice_number))
def test_whatever_fits_a_format_is_understood(layout: str, drawn: list[Invoice]) -> None:
    on = terms(layout)
    fitting = [invoice for invoice in drawn if unfit(invoice, on) is None]
    found = vouchers(fitting, on, layout) if fitting else []
    for invoice, voucher in zip(fitting, found, strict=True):
        agree(invoice, voucher, layout)
