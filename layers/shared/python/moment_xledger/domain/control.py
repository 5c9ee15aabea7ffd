"""The control report of a month: what Moment finalized, and what became of it, by route and currency."""

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from moment_xledger.domain.absences import in_short
from moment_xledger.domain.companies import Language
from moment_xledger.domain.moment import Invoice


class Place(StrEnum):
    """Where invoices are. The first two are sums; each invoice is in one of the others as well."""

    IN_MOMENT = "in Moment"
    IN_LEDGER = "arrived"
    EXPORTED = "left in an export"
    MAILED = "left by mail"
    HANDED_OVER = "handed over"  # by upload, and not seen in Xledger yet
    UPLOADED = "uploaded"
    WAITING = "waiting"
    KEPT = "stays here"  # route off, skipped, or marked in Moment as not to be transferred
    HELD = "held back"
    MISSING = "missing"
    UNREADABLE = "cannot be read"
    EARLIER = "from before the company was set up here"


_NORWEGIAN = {
    Place.IN_MOMENT: "i Moment",
    Place.IN_LEDGER: "mottatt",
    Place.EXPORTED: "gått i eksport",
    Place.MAILED: "sendt med e-post",
    Place.HANDED_OVER: "levert, ikke sett i Xledger",
    Place.UPLOADED: "lastet opp",
    Place.WAITING: "venter",
    Place.KEPT: "blir stående",
    Place.HELD: "holdt tilbake",
    Place.MISSING: "mangler",
    Place.UNREADABLE: "kan ikke leses",
    Place.EARLIER: "fra før selskapet ble satt opp her",
}


def place_name(place: Place, language: Language) -> str:
    return _NORWEGIAN[place] if language is Language.NORWEGIAN else str(place)


# How far a mail or a file has come.
_STATES: Mapping[str, tuple[str, str]] = {
    "pending": ("skal sendes", "to be sent"),
    "sending": ("sendes nå", "being sent"),
    "sent": ("sendt", "sent"),
    "uncertain": ("kan være sendt", "may have been sent"),
    "stopped": ("ikke sendt", "not sent"),
    "bounced": ("kom i retur", "came back"),
    "refused": ("ikke tatt imot", "not taken"),
    "taken apart": ("avvist, deles opp", "refused, taken apart"),
    "overtaken": ("utdatert, går i en ny fil", "out of date, goes in a new file"),
}


def detail_name(detail: str, language: Language) -> str:
    """Of a line; as it stands where it is not known here."""
    known = _STATES.get(detail)
    return known[language is Language.ENGLISH] if known else in_short(detail, language)


_HEADS = {
    Language.NORWEGIAN: ("Hvor", "Rute", "Detalj", "Valuta", "Antall", "Sum inkl. MVA"),
    Language.ENGLISH: ("Where", "Route", "Detail", "Currency", "Count", "Sum incl. VAT"),
}


@dataclass(frozen=True, order=True)
class Line:
    """`detail`: the export's number, why one is held back, or how far one has come."""

    place: Place
    route: str = ""
    detail: str = ""
    currency: str = ""


@dataclass(frozen=True)
class Sum:
    count: int = 0
    total: Decimal = Decimal(0)


@dataclass
class ControlReport:
    """As large as there are different lines, however many invoices there are. `month` is its first day."""

    month: date
    sums: dict[Line, Sum] = field(default_factory=dict)

    def takes(self, invoice_date: date | None) -> bool:
        return invoice_date is not None and invoice_date.replace(day=1) == self.month

    def add(self, place: Place, invoice: Invoice | None, route: str = "", detail: str = "") -> None:
        """Without an invoice its amount is not known."""
        line = Line(place, route, detail, invoice.currency if invoice else "")
        so_far = self.sums.get(line, Sum())
        total = so_far.total + (invoice.total if invoice else 0)
        self.sums[line] = Sum(so_far.count + 1, total)

    def lines(self) -> Iterator[tuple[Line, Sum]]:
        """In the order of the places, exports by their number."""
        order = list(Place)
        keys = sorted(self.sums, key=lambda line: (order.index(line.place), line.route, *_by_number(line)))
        yield from ((line, self.sums[line]) for line in keys)

    def count(self, *places: Place) -> int:
        return sum(sum_.count for line, sum_ in self.sums.items() if line.place in places)

    def to_csv(self, language: Language) -> str:
        """For a spreadsheet in Norwegian: semicolons, decimal commas, and the mark by which Excel knows UTF-8."""
        written = io.StringIO()
        rows = csv.writer(written, delimiter=";", lineterminator="\r\n")
        rows.writerow(_HEADS[language])
        for line, sum_ in self.lines():
            place = place_name(line.place, language)
            total = f"{sum_.total:.2f}".replace(".", ",") if line.currency else ""
            route, detail = in_short(line.route, language), detail_name(line.detail, language)
            rows.writerow((place, route, detail, line.currency, sum_.count, total))
        return "\ufeff" + written.getvalue()


def _by_number(line: Line) -> tuple[int, str, str]:
    return (int(line.detail) if line.detail.isdecimal() else 0, line.detail, line.currency)
