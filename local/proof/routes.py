"""Two companies more: one mails its invoices to Xledger, one uploads them and imports what Xledger has posted."""

from datetime import timedelta
from decimal import Decimal
from random import Random
from typing import Any

from local.proof.story import LAST, LASTS, Posted, Published, Size, Story, an_event, tell_of_invoices
from moment_xledger.domain.companies import Company, CompanyId, Route
from moment_xledger.domain.files.settings import FileSettings

POSTVIK, LASTVIK = CompanyId("postvik"), CompanyId("lastvik")
IMPORT_CODE, SOAP_USER, PASSWORD = "MOMENT", "lastvik-ws", "password-of-lastvik"
EARLY, LATE = "P-1", "P-9"  # projects; nobody knows of the second one until late
ENTERED_LATE = 1_900  # a line that is not there yet when the time of its change is read
TWISTS = ("none", "none", "corrected", "moved", "reversed")


def companies(requests_per_hour: int | None) -> list[Company]:
    """They carry no customers and no projects: people make those in Xledger."""
    common: dict[str, Any] = {"token_id": LASTS, "export_customers": False, "export_projects": False}
    common |= {"requests_per_hour": requests_per_hour}
    mailing = Company(
        id=POSTVIK,
        name="Postvik AS",
        route=Route.EMAIL,
        reception_address="mb.20001@xledger.example",
        notify=("regnskap@postvik.example",),
        **common,
    )
    uploading = Company(
        id=LASTVIK,
        name="Lastvik AS",
        route=Route.UPLOAD,
        file=FileSettings(),
        import_code=IMPORT_CODE,
        owner_code=LAST,
        import_expenses=True,
        notify=("regnskap@lastvik.example",),
        **common,
    )
    return [mailing, uploading]


def tell_of_routes(story: Story, random: Random, size: Size, requests_per_hour: int | None) -> None:
    for company in companies(requests_per_hour):
        story.companies.append(company)
        tell_of_invoices(story, company, random, size)
    for n, (number, at) in enumerate(((EARLY, timedelta()), (LATE, size.period * random.random()))):
        data = {"id": 7_000 + n, "version": 1, "projectNumber": number, "name": number, "active": True}
        story.published.append(Published(at, an_event("project.saved", data, company)))
    for n in range(size.costs):
        _cost(story, n, random, size)
    late = _line(ENTERED_LATE, Decimal(900), EARLY)
    story.entered_late.append(late)
    story.costs[(str(ENTERED_LATE),)] = "1125.00"


def _cost(story: Story, n: int, random: Random, size: Size) -> None:
    """Posted once, and then perhaps corrected, moved to an account of no concern, or taken back by another line."""
    id_, twist = 1_000 + n, random.choice(TWISTS)
    project = LATE if twist == "none" and random.random() < 0.3 else EARLY
    posted_at = size.period * random.random()
    twisted_at = posted_at + timedelta(minutes=1) + (size.period - posted_at) * random.random()
    line = _line(id_, Decimal(100 + n), project)
    slow = timedelta(hours=2) * random.random() if random.random() < 0.3 else timedelta()
    story.posted.append(Posted(posted_at, line, posted_at - slow))
    match twist:
        case "corrected":
            line = _line(id_, Decimal(700 + n), project)
            story.posted.append(Posted(twisted_at, line, twisted_at))
        case "moved":
            story.posted.append(Posted(twisted_at, line | {"Account": "7140"}, twisted_at))
        case "reversed":
            back = _line(id_ + 500, -Decimal(100 + n), project) | {"MatchID": line["MatchID"]}
            story.posted.append(Posted(twisted_at, back, twisted_at))
    total = (
        Decimal(0) if twist in ("moved", "reversed") else Decimal(line["Amount"]) + Decimal(line["TaxAmount"])
    )
    story.costs[(str(id_), str(id_ + 500)) if twist == "reversed" else (str(id_),)] = f"{total:.2f}"


def _line(id_: int, net: Decimal, project: str) -> dict[str, Any]:
    """As Xledger gives it away. When it was created and changed is said when it is posted."""
    return {
        "TransactionID": id_,
        "VoucherNo": 20_000 + id_,
        "LineNo": 1,
        "TrSource": "AP",
        "VoucherDate": "2026-11-21",
        "Account": "4510",
        "Posting2": project,
        "Text": f"Kostnad {id_}",
        "TaxRule": "1",
        "TaxAmount": f"{net / 4:.2f}",
        "Currency": "NOK",
        "CurrencyAmount": f"{net:.2f}",
        "Amount": f"{net:.2f}",
        "MatchID": 7_000 + id_,
    }
