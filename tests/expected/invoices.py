"""What the files beside this one are made from: between them, all that is hard about a file."""

from typing import Any

from moment_xledger.domain.files.settings import FileSettings, Terms
from moment_xledger.domain.moment import Invoice
from tests.builders import an_invoice as an_event

ADDRESS = {"street": "Strandgaten 1", "zipCode": "5013", "place": "Bergen", "countryCode": "NO"}
CUSTOMER = {"customerNumber": "10001", "name": "Fjord Bygg AS", "address": ADDRESS}


def an_invoice(number: int = 10231, **but: Any) -> Invoice:
    return Invoice.model_validate(
        an_event(number, **({"customer": CUSTOMER, "projectNumber": "1042"} | but))["data"]
    )


def a_line(code: str, net: str, vat: str, gross: str) -> dict[str, str]:
    return {"vatCode": code, "net": net, "vat": vat, "gross": gross}


def terms(format: str = "standard", **settings: Any) -> Terms:
    codes = {code: code for code in ("3", "31", "32", "33", "5", "51", "52", "6", "7")}
    return Terms(
        settings=FileSettings.model_validate({"format": format} | settings), vat_codes=codes, owner_code=501
    )


INVOICES = (
    an_invoice(10231),
    an_invoice(
        10232,
        description="Prosjektering uke 44–47 og trykking",
        kid="0020017102318",
        total="129500.00",
        vatLines=[a_line("3", "100000", "25000", "125000"), a_line("5", "4500.00", "0.00", "4500.00")],
    ),
    an_invoice(
        10233,
        kind="CREDIT_NOTE",
        creditedInvoiceNumber=10198,
        description="For mye fakturert",
        dueDate="2026-11-30",
        kid=None,
        total="-12500.00",
        vatLines=[a_line("3", "-10000.00", "-2500.00", "-12500.00")],
    ),
    an_invoice(
        10234,
        kind="CREDIT_NOTE",
        creditedInvoiceNumber=10231,
        description="",
        kid=None,
        total="-125000.00",
        vatLines=[a_line("3", "-100000.00", "-25000.00", "-125000.00")],
    ),
    an_invoice(10235, projectNumber=None, kid="37-", description="Befaring"),
    an_invoice(
        10236,
        description='=HYPERLINK("http://ond.example";"Klikk")\r\n\tBlåbærsyltetøy; «ærlig» \N{ROCKET}',
        customer={**CUSTOMER, "name": '@Søndre "Ål" & Sønner; Håndverk og Restaurering AS'},
        kid=None,
    ),
    an_invoice(10237, description="Honorar " + "for arkitektarbeid " * 20),
    an_invoice(
        10238,
        description="To linjer med én kode",
        total="375.00",
        vatLines=[
            a_line("3", "100.00", "25.00", "125.00"),
            a_line("6", "0.00", "0.00", "0.00"),
            a_line("3", "200.00", "50.00", "250.00"),
        ],
    ),
)
