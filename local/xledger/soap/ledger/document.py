"""The document behind a purchase: what the supplier sent."""

from local import pdf
from local.xledger.soap.ledger.purchases import Purchase


def purchase_pdf(bought: Purchase) -> bytes:
    return pdf.page(f"Faktura {bought.invoice_no}", _lines(bought))


def _lines(bought: Purchase) -> tuple[str, ...]:
    return (
        bought.supplier.name,
        f"Faktura {bought.invoice_no}, {bought.invoice_date:%d.%m.%Y}",
        "",
        f"{bought.text}   prosjekt {bought.project or '-'}",
        f"Netto {bought.net}   MVA {bought.tax}   Å betale {bought.gross} NOK",
    )
