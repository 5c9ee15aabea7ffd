"""An invoice as a PDF that a person and an invoice reader can make sense of."""

from collections.abc import Iterator

from local import pdf
from local.moment.records import Record

TITLES = {"INVOICE": "Faktura", "CREDIT_NOTE": "Kreditnota"}


def invoice_pdf(invoice: Record) -> bytes:
    return pdf.page(f"{TITLES[invoice['kind']]} {invoice['invoiceNumber']}", _lines(invoice))


def _lines(invoice: Record) -> Iterator[str]:
    customer, currency = invoice["customer"], invoice["currency"]
    address = customer.get("address", {})
    yield f"{TITLES[invoice['kind']]} {invoice['invoiceNumber']}"
    if "creditedInvoiceNumber" in invoice:
        yield f"Gjelder faktura {invoice['creditedInvoiceNumber']}"
    yield from ("", f"{customer['name']} (kunde {customer['customerNumber']})", address.get("street", ""))
    yield f"{address.get('zipCode', '')} {address.get('place', '')} {address.get('countryCode', '')}"
    yield from ("", f"Fakturadato {invoice['invoiceDate']}   Forfall {invoice['dueDate']}")
    yield f"KID {invoice.get('kid', '-')}   Prosjekt {invoice.get('projectNumber', '-')}"
    yield from ("", invoice.get("description", ""), "")
    for line in invoice["vatLines"]:
        amounts = f"netto {line['net']}, MVA {line['vat']}, brutto {line['gross']}"
        yield f"MVA-kode {line['vatCode']}: {amounts} {currency}"
    yield from ("", f"Å betale {invoice['total']} {currency}")
