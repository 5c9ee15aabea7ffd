"""An export: everything since the last one, in one file that never changes again.

Which invoices are in it is decided by membership, written into each invoice. The watermark (the last export, when,
and how far) is what people see.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import Enum, StrEnum, auto
from math import isqrt

from moment_xledger.domain.companies import LEAVE_IN_A_FILE, Company, CompanyId, Language, Route
from moment_xledger.domain.days import day_in_oslo
from moment_xledger.domain.files.formats import unfit
from moment_xledger.domain.files.names import file_name
from moment_xledger.domain.files.series import Previous, Run, SeriesReport, runs_of
from moment_xledger.domain.files.settings import Terms
from moment_xledger.domain.files.unfit import Unfit
from moment_xledger.domain.invoice_references import Reference, Standing, holder_on, under, waiting
from moment_xledger.domain.invoices import Fault, Snapshot
from moment_xledger.domain.moment import Invoice
from moment_xledger.domain.releases import is_known
from moment_xledger.domain.schedules import latest_invoice_date

# Who asks, where it is nobody in person. What the clock has made is told to the accountant; the sweeper only takes
# up what others have begun.
SCHEDULE, SWEEP = "schedule", "sweep"

PATIENCE = timedelta(minutes=10)  # an export that is open for longer is taken up by the sweeper

MOST_ONE_BY_ONE = 10  # invoices of a refused file that go each in a file of its own


class Status(StrEnum):
    # Claimed up to `high`, and to be claimed further, up to `upto`. An earlier release leaves it alone.
    GATHERING = "gathering"
    FROZEN = "frozen"  # claimed: its members are being marked, or its files are being made
    READY = "ready"


class Place(Enum):
    """Of an invoice that may be looked at for an export."""

    MEMBER = auto()
    ELSEWHERE = auto()  # it left before, or goes another way, later or never


@dataclass(frozen=True)
class Export:
    """Claimed with all that decides its bytes, so that whoever comes next makes the very same file.

    Its members have `low` < seq <= `high`, its own `route`, an invoice date up to `through`, and left with no export
    before. A large one is claimed part by part: `high` and `held` grow until `upto` is reached, and what is claimed
    never changes.

    One that `repeats` another has that one's members, as far as its own format can hold them; they stay the other's.
    """

    company: CompanyId
    number: int
    low: int
    high: int
    by: str
    claimed: datetime
    terms: Terms
    # What Xledger did not have, or what was disputed, when it was claimed: invoices that refer to it stay behind.
    held: Mapping[Reference, Standing] = field(default_factory=dict)
    # Numbers of customers that were given others after invoices were issued to them, by their holders.
    numbers: Mapping[str, str] = field(default_factory=dict)
    route: Route = Route.FILE
    through: date | None = None
    repeats: int | None = None
    upto: int | None = None  # of a large one
    # An export whose file Xledger refused, or that was overtaken; some of its invoices go in this one.
    part_of: int | None = None
    language: Language = Language.NORWEGIAN  # of the review file
    previous: Previous | None = None  # the highest number that had left before, and with which export
    runs: tuple[Run, ...] = ()  # all that had left before
    series: SeriesReport | None = None  # what is missing from the numbers; written once, before the files
    status: Status = Status.FROZEN
    rows: int = 0
    invoices: int = 0
    first: int = 0  # invoice number
    last: int = 0
    sums: Mapping[str, Mapping[str, Decimal]] = field(
        default_factory=dict
    )  # by currency, by Xledger's VAT code
    sha256: str = ""

    @property
    def totals(self) -> dict[str, Decimal]:
        """By currency, including VAT."""
        return {currency: sum(by_code.values(), Decimal(0)) for currency, by_code in self.sums.items()}

    @property
    def left_before(self) -> tuple[Run, ...]:
        """The numbers that had left; where an older release claimed it, what that knew of them."""
        return self.runs or runs_of(self.previous)

    @property
    def members_of(self) -> int:
        return self.repeats or self.number

    @property
    def is_large(self) -> bool:
        """It takes so long that a second worker would only be in the way of the first."""
        return self.upto is not None

    @property
    def folder(self) -> str:
        return f"exports/{self.company}/{self.number:06}/"

    def file_name(self, suffix: str = ".csv") -> str:
        owner = str(self.terms.owner_code or self.company)
        day = day_in_oslo(self.claimed)
        return file_name(owner, day, self.number, self.terms.settings.format, suffix)

    def takes(self, snapshot: Snapshot) -> bool:
        """Whether this invoice is in its file."""
        return self.place_of(snapshot) is Place.MEMBER

    def unfit(self, snapshot: Snapshot) -> Unfit | None:
        """What the format cannot hold of an invoice that would be in the file otherwise."""
        return unfit(self.as_stated(snapshot.invoice), self.terms) if self._wants(snapshot) else None

    def as_stated(self, invoice: Invoice) -> Invoice:
        """As it stands in the file: under the number that its customer had in Xledger when that was claimed."""
        number = self.numbers.get(holder_on(invoice).number) if self.numbers else None
        return invoice if number is None else under(number, invoice)

    def place_of(self, snapshot: Snapshot) -> "Place | Unfit | Fault":
        """Where this invoice stands: it is in the file, does not concern it, does not fit its format, or waits."""
        if self.number == snapshot.export or self.number in snapshot.released_from:
            return Place.MEMBER
        if not self._concerns(snapshot):
            return Place.ELSEWHERE
        if waits := self.waits(snapshot):
            return waits
        return unfit(self.as_stated(snapshot.invoice), self.terms) or Place.MEMBER

    def would_take(self, member: Snapshot, terms: Terms, held: Mapping[Reference, Standing]) -> bool:
        """Whether this member would be in the file if that were made now, whatever its customer's number."""
        anew = replace(self, number=0, terms=terms, held=held, repeats=None, part_of=None, through=None)
        return anew.takes(replace(member, export=None, released_from=frozenset(), is_refused=False))

    def waits(self, snapshot: Snapshot) -> Fault | None:
        """What an invoice waits for that would be in the file otherwise."""
        is_asked = bool(self.held) and self._is_candidate(snapshot)
        return waiting(snapshot.invoice, self.held) if is_asked else None

    def _wants(self, snapshot: Snapshot) -> bool:
        return self._concerns(snapshot) and self.waits(snapshot) is None

    def _concerns(self, snapshot: Snapshot) -> bool:
        return snapshot.export == self.repeats if self.repeats is not None else self._is_candidate(snapshot)

    def _is_candidate(self, snapshot: Snapshot) -> bool:
        return (
            self.repeats is None
            and snapshot.export is None
            and snapshot.part_of == self.part_of
            and not snapshot.is_refused
            and snapshot.route is self.route
            and is_known(snapshot.invoice.kind)
            and not never_leaves_in_a_file(snapshot)
            and (self.through is None or snapshot.invoice.invoice_date <= self.through)
        )


@dataclass(frozen=True)
class Watermark:
    """Where a company's exports stand. `settled`: up to this seq every invoice has left or never will."""

    ver: int = 0
    last_export: int = 0
    last_at: datetime | None = None
    settled: int = 0
    open: int | None = None
    highest: Previous | None = None
    runs: tuple[Run, ...] = ()
    # Until then the worker that has the open export is at work on it; afterwards the sweeper looks for another.
    taken_until: datetime | None = field(default=None, compare=False)


def never_leaves_in_a_file(snapshot: Snapshot) -> bool:
    return snapshot.route not in LEAVE_IN_A_FILE or snapshot.invoice.do_not_transfer


def routes_to_export(company: Company) -> tuple[Route, ...]:
    """The company's own first. The other may have invoices left from before the setting was changed."""
    return LEAVE_IN_A_FILE if company.route is not Route.UPLOAD else LEAVE_IN_A_FILE[::-1]


def next_export(
    company: Company, watermark: Watermark, head: int, by: str, now: datetime, route: Route | None = None
) -> Export:
    """Of the company's own route, if no other is named."""
    return Export(
        company.id,
        number=watermark.last_export + 1,
        low=watermark.settled,
        high=head,
        by=by,
        claimed=now,
        terms=company.terms,
        route=route or routes_to_export(company)[0],
        through=latest_invoice_date(company.issue_limit, day_in_oslo(now)),
        language=company.language,
        previous=watermark.highest,
        runs=watermark.runs,
    )


def size_of_a_part(invoices: int) -> int:
    """How many invoices of a refused file go in one file next, so that a second refusal leaves few to look at."""
    return 1 if invoices <= MOST_ONE_BY_ONE else isqrt(invoices - 1) + 1


def highest(export: Export) -> Previous | None:
    """After this export. Numbers that go again were the highest when they left first."""
    before = export.previous
    if export.repeats is not None or export.part_of is not None or (before and before.last > export.last):
        return before
    return Previous(export.number, export.last)
