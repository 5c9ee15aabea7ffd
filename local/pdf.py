"""A page of text as a PDF, for the documents of the simulated systems."""

import io
from collections.abc import Iterable

from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas


def page(title: str, lines: Iterable[str]) -> bytes:
    """The same text always gives the same bytes."""
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4, invariant=True)
    canvas.setTitle(title)
    text = canvas.beginText(20 * mm, A4[1] - 30 * mm)
    text.setFont("Helvetica", 11, leading=16)
    for line in lines:
        text.textLine(line)
    canvas.drawText(text)
    canvas.save()
    return out.getvalue()
