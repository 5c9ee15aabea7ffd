"""Whether the invoices of a file that Xledger's import took are in Xledger: looked for until they are seen.

A file that was taken has only been handed over: the import runs later, and may refuse all of it. Posted invoices are
read as `arTransactions`, staged ones as `glImportItems`.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from moment_xledger.domain.days import OSLO
from moment_xledger.domain.moment import Invoice
from moment_xledger.domain.problems import Code
from moment_xledger.domain.uploads import EXPORT, Finding, State, Upload

# From one look to the next; then once a day. Xledger usually imports at 05:00, 09:00 and 17:00.
LOOKS = (
    timedelta(seconds=20),
    timedelta(minutes=10),
    timedelta(hours=1),
    timedelta(hours=4),
    timedelta(hours=12),
)
A_DAY = timedelta(days=1)
LOOKED_FOR = timedelta(days=14)
SATURDAY = 5
MOST_NAMED = 5  # invoices in a sentence

A_CLUSTER = timedelta(days=31)
MOST_CLUSTERS = 5

ABOUT = (Code.UPLOAD_NOT_SEEN, Code.UPLOAD_SEEN_IN_PART, Code.UPLOAD_CANNOT_BE_SEEN)


@dataclass(frozen=True)
class InXledger:
    """Invoices that one entity has, by number and customer number. `customer` is empty where a row does not tell.

    `is_whole`: the token may read posted and staged ones, and all of them were read. Else one that is not among them
    may be there all the same.
    """

    invoices: frozenset[tuple[str, str]] = frozenset()
    is_whole: bool = True

    def has(self, invoice: Invoice) -> bool:
        customer = _same(invoice.customer.customer_number)
        number = _same(invoice.number)
        return (number, customer) in self.invoices or (number, "") in self.invoices


def in_xledger(rows: Iterable[tuple[str, str]], *, is_whole: bool) -> InXledger:
    """`rows`: invoice number and customer number, as Xledger writes them."""
    return InXledger(frozenset((_same(number), _same(customer)) for number, customer in rows), is_whole)


def ranges(dates: Iterable[date]) -> list[tuple[date, date]]:
    """First and last dates of invoices that lie close together, so that one old invoice does not ask for years.

    At most `MOST_CLUSTERS`; the last one reaches to the newest date.
    """
    found: list[tuple[date, date]] = []
    for day in sorted(set(dates)):
        if found and (day - found[-1][1] <= A_CLUSTER or len(found) == MOST_CLUSTERS):
            found[-1] = (found[-1][0], day)
        else:
            found.append((day, day))
    return found


def _same(number: str) -> str:
    return number.strip().casefold()


def is_looked_for(upload: Upload) -> bool:
    return upload.state is State.UPLOADED and upload.handed_over is not None and upload.arrived is None


def can_be_told(upload: Upload) -> bool:
    """The import took the file, and nobody knows yet what became of it: a person may have seen it in Xledger."""
    return upload.state is State.UPLOADED and upload.arrived is None


def handed_over(upload: Upload, now: datetime) -> Upload:
    """Taken by the import; its invoices are looked for from now on."""
    return replace(upload, handed_over=now, looks=0, seen=0, arrived=None, again=now + LOOKS[0])


def deadline(upload: Upload) -> datetime:
    """After a working day: the same time on the next day that is no Saturday or Sunday in Oslo."""
    local = (upload.handed_over or upload.again).astimezone(OSLO) + A_DAY
    while local.weekday() >= SATURDAY:
        local += A_DAY
    return local


def looked(
    upload: Upload, members: Collection[Invoice], found: InXledger, now: datetime
) -> tuple[Upload, Finding | None]:
    """The upload after a look, and what a person must hear."""
    missing = [invoice.number for invoice in members if not found.has(invoice)]
    seen = len(members) - len(missing)
    after = replace(upload, looks=upload.looks + 1, seen=seen, is_blind=not found.is_whole)
    if not missing:
        return replace(after, arrived=now), None
    after = replace(after, again=_next_look(after, now))
    if now < deadline(upload):
        return after, None
    if not found.is_whole:
        return after, Finding(Code.UPLOAD_CANNOT_BE_SEEN, EXPORT, upload.number)
    code = Code.UPLOAD_SEEN_IN_PART if after.seen else Code.UPLOAD_NOT_SEEN
    details = {"count": str(len(missing)), "total": str(len(members)), "invoices": _some(missing)}
    return after, Finding(code, EXPORT, upload.number, details)


def is_given_up(upload: Upload, now: datetime) -> bool:
    """Nobody looks any more; people were told long ago."""
    return upload.handed_over is not None and now >= upload.handed_over + LOOKED_FOR


def _next_look(upload: Upload, now: datetime) -> datetime:
    return now + (LOOKS[upload.looks] if upload.looks < len(LOOKS) else A_DAY)


def _some(numbers: list[str]) -> str:
    return ", ".join(numbers[:MOST_NAMED]) + (" …" if len(numbers) > MOST_NAMED else "")
