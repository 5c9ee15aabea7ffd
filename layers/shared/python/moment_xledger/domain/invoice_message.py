"""The mail that carries one invoice: the same bytes whenever it is made from the same invoice and PDF.

Xledger reads the one attachment and nothing else; the text is for people. SES writes its own Message-ID over ours, so
what a repeated mail is recognised by stands in a header of its own as well.
"""

import hashlib
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from moment_xledger.domain.companies import Company, Language
from moment_xledger.domain.invoice_mails import InvoiceMail
from moment_xledger.domain.invoices import Snapshot
from moment_xledger.domain.mails import TAGS
from moment_xledger.domain.moment import Invoice, InvoiceKind

MOST_BYTES = 10 * 1024 * 1024  # of the whole mail, as SES's version 1 counts it
MOST_PDF_MEGABYTES = 7  # of what fits in, told to people: a PDF grows by a third in a mail
LONGEST_NAME = 100  # of a customer, in a subject

# Events about the mail name these, so that a bounce finds its invoice even where our own record was lost.
# https://docs.aws.amazon.com/ses/latest/dg/event-publishing-send-email.html

KINDS = {
    Language.NORWEGIAN: {InvoiceKind.INVOICE: "Faktura", InvoiceKind.CREDIT_NOTE: "Kreditnota"},
    Language.ENGLISH: {InvoiceKind.INVOICE: "Invoice", InvoiceKind.CREDIT_NOTE: "Credit note"},
}
LABELS = {
    Language.NORWEGIAN: (
        "Retter faktura",
        "Kunde",
        "Prosjekt",
        "Fakturadato",
        "Forfallsdato",
        "KID",
        "Totalt",
    ),
    Language.ENGLISH: (
        "Corrects invoice",
        "Customer",
        "Project",
        "Invoice date",
        "Due date",
        "KID",
        "Total",
    ),
}


def message(mail: InvoiceMail, snapshot: Snapshot, company: Company, sender: str, pdf: bytes) -> EmailMessage:
    """Raises `ValueError` for an address that would not stay within its header line."""
    invoice = snapshot.invoice
    made = EmailMessage(policy=SMTP)
    made["From"] = Address(on_one_line(company.name), addr_spec=sender)
    made["To"] = Address(addr_spec=str(company.reception_address))
    made["Subject"] = subject(invoice, company.language)
    made["Date"] = format_datetime(snapshot.arrived)
    made["Message-ID"] = f"<{name(mail)}@{sender.rpartition('@')[2]}>"
    made["X-Moment-Invoice"] = name(mail)
    made[TAGS] = f"company={mail.company}, invoice={mail.number}, attempt={mail.attempt + 1}"
    made.set_content(text(invoice, company.language))
    made.add_attachment(pdf, maintype="application", subtype="pdf", filename=file_name(invoice))
    made.set_boundary(hashlib.sha256(name(mail).encode()).hexdigest())
    return made


def name(mail: InvoiceMail) -> str:
    """The same for every attempt, until a person has it sent again."""
    return f"{mail.company}.{mail.number}.{mail.group}"


def subject(invoice: Invoice, language: Language) -> str:
    return f"{KINDS[language][invoice.kind]} {invoice.number} {on_one_line(invoice.customer.name)}"


def file_name(invoice: Invoice) -> str:
    """Letters and digits only: mailboxes of this kind stumble over others."""
    return f"{KINDS[Language.NORWEGIAN][invoice.kind].lower()}-{invoice.number}.pdf"


def text(invoice: Invoice, language: Language) -> str:
    customer = f"{on_one_line(invoice.customer.name)} ({invoice.customer.customer_number})"
    corrects = invoice.credited_invoice_number
    values = (
        str(corrects) if corrects else None,
        customer,
        invoice.project_number,
        invoice.invoice_date.isoformat(),
        invoice.due_date.isoformat(),
        invoice.kid,
        f"{invoice.total} {invoice.currency}",
    )
    rows = [f"{label}: {value}" for label, value in zip(LABELS[language], values, strict=True) if value]
    return "\n".join([f"{KINDS[language][invoice.kind]} {invoice.number}", "", *rows, ""])


def on_one_line(words: str) -> str:
    """A name may hold anything that can be typed or pasted; a header may not."""
    printable = "".join(character if character.isprintable() else " " for character in words)
    return " ".join(printable.split())[:LONGEST_NAME].rstrip()
