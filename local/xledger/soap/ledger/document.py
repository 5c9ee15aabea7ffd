"""The document behind a purchase: what the supplier sent."""

import io

from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from local.xledger.soap.ledger.purchases import Purchase


def purchase_pdf(bought: Purchase) -> bytes:
    """The same purchase always gives the same bytes."""
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4, invariant=True)
    canvas.setTitle(f"Faktura {bought.invoice_no}")
    text = canvas.beginText(20 * mm, A4[1] - 30 * mm)
    text.setFont("Helvetica", 11, leading=16)
    for line in _lines(bought):
        text.textLine(line)
    canvas.drawText(text)
    canvas.save()
    return out.getvalue()


def _lines(bought: Purchase) -> tuple[str, ...]:
    return (
        bought.supplier.name,
        f"Faktura {bought.invoice_no}, {bought.invoice_date:%d.%m.%Y}",
        "",
        f"{bought.text}   prosjekt {bought.project or '-'}",
        f"Netto {bought.net}   MVA {bought.tax}   Å betale {bought.gross} NOK",
    )
