"""The customer and the project of an invoice: it leaves only when Xledger has both under these numbers.

An unknown one would sink a whole uploaded file, and a disputed one would bring the invoice to another's account. A
credit note refers to its invoice as well, and never leaves alone.
"""

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from moment_xledger.domain.companies import LEAVE_IN_A_FILE, Route
from moment_xledger.domain.invoices import Fault
from moment_xledger.domain.kinds import Kind
from moment_xledger.domain.moment import Invoice, InvoiceKind
from moment_xledger.domain.numbers import number_key, same_number
from moment_xledger.domain.problems import Code
from moment_xledger.domain.records import Record, State

QUIET = timedelta(
    minutes=15
)  # customer, project and invoice come at about the same time; people hear of what lasts
ASK_AFTER = timedelta(minutes=1)  # events come in any order
FOUND_FOR = timedelta(days=30)  # a number that was looked up is looked up again after that
LONGEST_WAIT = timedelta(hours=6)  # between two questions about the same missing number

DISPUTES = (
    Code.NUMBER_TAKEN,
    Code.NUMBER_CHANGED,
    Code.NUMBER_MOVED_IN_XLEDGER,
    Code.NUMBER_TWICE_IN_XLEDGER,
    Code.NUMBER_DOUBLED_IN_XLEDGER,
    Code.RECORD_TAKEN_IN_XLEDGER,
    Code.GONE_FROM_XLEDGER,
)


INVOICE, LISTS = "invoice", "lists"
HOLDER = "holder"  # of a customer number: the customer that it was when an invoice was issued


class Reference(NamedTuple):
    """`kind`: a kind of record, an invoice, whose a number was, or the lists that a file's codes are compared with."""

    kind: str
    number: str


# Xledger's accounts, VAT codes and VAT rates, which are read once before the first invoice leaves in a file.
ACCOUNTS_AND_VAT = Reference(LISTS, "")


class Standing(StrEnum):
    """Where a reference stands."""

    IN_XLEDGER = "in xledger"
    NOT_CHECKED = "not checked"  # the token may not read this kind, so nobody can know
    NOT_YET = "not yet"  # it has come, and is on its way to Xledger
    NOT_COME = "not come"  # no event of it has come
    DISPUTED = "disputed"
    OF_ANOTHER = "of another"  # the number is, or may be, another customer's now
    OF_A_NAMESAKE = "of a namesake"  # another customer of that name had the number before
    RENUMBERED = "renumbered"  # the customer that it was issued to has another number by now, in Xledger too
    NOT_LOOKED_UP = (
        "not looked up"  # Xledger is yet to be asked: for what is kept by hand there, and for its lists
    )
    ABSENT = "absent"  # it is kept by hand, and Xledger does not have it
    # Of an invoice that a credit note names:
    LEFT = "left"  # or a person has booked it by hand
    TO_LEAVE = "to leave"
    STAYS = "stays"  # it is not in the export, or has not been mailed yet
    HELD = "held"
    LEFT_OUT = "left out"
    NEVER_CAME = "never came"

    @property
    def lets_go(self) -> bool:
        return self in (
            Standing.IN_XLEDGER,
            Standing.NOT_CHECKED,
            Standing.RENUMBERED,
            Standing.LEFT,
            Standing.TO_LEAVE,
        )

    @property
    def is_plain(self) -> bool:
        """Nothing need be kept of it where it lets an invoice go."""
        return self.lets_go and self is not Standing.RENUMBERED


class Answer(StrEnum):
    """What came of the last question about a missing number: to Moment, or to Xledger where it is kept by hand."""

    NONE = ""
    NOT_THERE = "not there"
    SILENT = "silent"
    KEY_REFUSED = "key refused"
    UNUSABLE = "unusable"


@dataclass(frozen=True)
class Awaited:
    """What an invoice waits for. `answer`: what came of the last question about it, at `asked`. `marks`: how often
    somebody began to wait for it, or said that it may have changed. `look`: when it is looked at next; None where an
    earlier release began to wait. `told`: the reason that people were told of all that wait for it."""

    kind: str
    number: str
    since: datetime
    marks: int
    answer: str = ""
    asked: datetime | None = None
    look: datetime | None = None
    told: str = ""


@dataclass(frozen=True)
class Waiting:
    """An invoice that waits. `told`: the reason that people were told last."""

    invoice: int
    told: str = ""


class Decision(StrEnum):
    """What a person has decided of an invoice that is not to be transferred from here."""

    BY_HAND = "booked by hand"
    BOTH_OUT = "left out with its credit note"


DECIDED: Mapping[Decision, Code] = {
    Decision.BY_HAND: Code.BOOKED_BY_HAND,
    Decision.BOTH_OUT: Code.LEFT_OUT_WITH_CREDIT_NOTE,
}


class LookedUp(NamedTuple):
    """What Xledger said about a number of a kind that the company keeps by hand. `hits`: None where the token may not
    read this kind."""

    hits: int | None
    entity: str | None
    at: datetime


# What is known of the customer itself that an invoice was issued to: who has its old number says nothing then.
OF_ITS_CUSTOMER = (Standing.RENUMBERED, Standing.NOT_YET, Standing.DISPUTED)

REASON_OF: Mapping[Standing, Code] = {
    Standing.OF_ANOTHER: Code.ISSUED_TO_ANOTHER,
    Standing.OF_A_NAMESAKE: Code.ISSUED_TO_A_NAMESAKE,
    Standing.NOT_YET: Code.WAITS_FOR_XLEDGER,
    Standing.NOT_COME: Code.WAITS_FOR_EVENT,
    Standing.DISPUTED: Code.WAITS_FOR_NUMBER,
    Standing.NOT_LOOKED_UP: Code.WAITS_FOR_LOOK_UP,
    Standing.ABSENT: Code.NOT_KEPT_IN_XLEDGER,
    Standing.STAYS: Code.CREDITED_INVOICE_STAYS,
    Standing.HELD: Code.CREDITED_INVOICE_HELD,
    Standing.LEFT_OUT: Code.CREDITED_INVOICE_LEFT_OUT,
    Standing.NEVER_CAME: Code.CREDITED_INVOICE_UNKNOWN,
}
REASON_OF_ANSWER: Mapping[Answer, Code] = {
    Answer.NOT_THERE: Code.NOT_IN_MOMENT,
    Answer.SILENT: Code.MOMENT_SILENT,
    Answer.KEY_REFUSED: Code.MOMENT_REFUSES,
    Answer.UNUSABLE: Code.MOMENT_UNUSABLE,
}
WAITING_CODES = (*REASON_OF.values(), *REASON_OF_ANSWER.values())


def holder_of(number: str, name: str, id_: int | None) -> Reference:
    """The customer that an invoice was issued to, with its number: by Moment's id, or by a digest of the name, for keys
    bear no names."""
    return Reference(HOLDER, f"{number}={_digest(name) if id_ is None else id_}")


def _digest(name: str) -> str:
    plain = " ".join(name.casefold().split())
    return f"~{hashlib.sha256(plain.encode()).hexdigest()[:16]}"


def number_of(reference: Reference) -> str:
    """The number that it is found by in Moment and in Xledger."""
    return reference.number.rpartition("=")[0] if reference.kind == HOLDER else reference.number


def disputed_by(number: str | None, details: Mapping[str, str]) -> Iterator[str]:
    """The numbers, in the form that all spellings share, that a dispute is about: the one that it is told under, and
    those that the record had, or has in Xledger."""
    theirs = details.get("theirs", "").split(", ")
    yield from map(number_key, filter(None, (number, details.get("old"), *theirs)))


def is_by_name(holder: Reference) -> bool:
    return holder.number.rpartition("=")[2].startswith("~")


def holder_on(invoice: Invoice) -> Reference:
    customer = invoice.customer
    return holder_of(customer.customer_number, customer.name, customer.id)


def references_of(invoice: Invoice, route: Route) -> tuple[Reference, ...]:
    """What Xledger must have before the invoice leaves by this route."""
    return (*_named_by(invoice), *((ACCOUNTS_AND_VAT,) if route in LEAVE_IN_A_FILE else ()))


def _named_by(invoice: Invoice) -> tuple[Reference, ...]:
    customer = invoice.customer
    found = [
        Reference(Kind.CUSTOMER, customer.customer_number),
        holder_on(invoice),
    ]
    if invoice.project_number is not None:
        found.append(Reference(Kind.PROJECT, invoice.project_number))
    if invoice.kind is InvoiceKind.CREDIT_NOTE and invoice.credited_invoice_number is not None:
        found.append(Reference(INVOICE, str(invoice.credited_invoice_number)))
    return tuple(found)


def standing_of_record(record: Record | None, number: str, entity: str | None, disputed: bool) -> Standing:
    """Of a kind that we carry. `record`: the one that owns the number; `entity`: the one that the company writes to."""
    if disputed or (record and record.problem in DISPUTES):
        return Standing.DISPUTED
    if record is None:
        return Standing.NOT_COME
    is_there = (
        record.db_id is not None and same_number(record.sent_number, number) and record.entity == entity
    )
    return Standing.IN_XLEDGER if is_there and entity else Standing.NOT_YET


def standing_of_holder(
    record: Record | None,
    standing: Standing,
    holder: Reference,
    same_as: int | None,
    former: Iterable[Record] = (),
) -> Standing:
    """`record`: the customer that has the number now; `former`: others that had it before. `standing`: where the number
    stands; while it keeps the invoice here, it does not matter whose it is. `same_as`: the customer in Moment that this
    holder was found to be."""
    if record is None or standing is not Standing.IN_XLEDGER:
        return Standing.NOT_CHECKED
    ids = {record.id, *record.replaces}
    whose = holder.number.rpartition("=")[2]
    if same_as in ids or whose in map(str, ids):
        return Standing.IN_XLEDGER
    if whose not in map(_digest, names_of(record)):
        return Standing.OF_ANOTHER
    is_unsure = any(whose in map(_digest, names_of(each)) for each in others_of(record, former))
    return Standing.OF_A_NAMESAKE if is_unsure else Standing.IN_XLEDGER


def standing_of_issued_to(
    record: Record, holder: Reference, entity: str | None, disputed: Collection[str]
) -> Standing | None:
    """Of the customer that an invoice was issued to, by Moment's id, where it has another number than the invoice says:
    the invoice belongs to it, under the number that it has in Xledger now. None where it has not."""
    number = number_of(holder)
    if record.state is State.RETIRED or same_number(record.number, number):
        return None
    is_disputed = bool({number_key(number), number_key(record.number)} & set(disputed))
    found = standing_of_record(record, record.number, entity, is_disputed)
    return Standing.RENUMBERED if found is Standing.IN_XLEDGER else found


def id_of(holder: Reference) -> int | None:
    """Moment's, of the customer that an invoice was issued to; None where only its name is known."""
    return None if is_by_name(holder) else int(holder.number.rpartition("=")[2])


def under(number: str, invoice: Invoice) -> Invoice:
    """The invoice as it is booked, where its customer has this number by now."""
    customer = invoice.customer.model_copy(update={"customer_number": number})
    return invoice.model_copy(update={"customer": customer})


def others_of(record: Record, former: Iterable[Record]) -> list[Record]:
    """Those that are other customers than this one, which may have come under several ids."""
    return [each for each in former if each.id not in (record.id, *record.replaces)]


def names_of(record: Record) -> set[str]:
    """The name that Moment gives it, and those that Xledger was sent before."""
    return {record.content.name, *filter(None, (each.changed.get("description") for each in record.attempts))}


def standing_of_looked_up(found: LookedUp | None, entity: str | None, now: datetime) -> Standing:
    """Of a kind that the company keeps in Xledger by hand."""
    if found is None:
        return Standing.NOT_LOOKED_UP
    if found.hits is None:
        return Standing.NOT_CHECKED
    if found.entity != entity or found.at + FOUND_FOR <= now:
        return Standing.NOT_LOOKED_UP
    if found.hits > 1:
        return Standing.DISPUTED
    return Standing.IN_XLEDGER if found.hits else Standing.ABSENT


def waiting(invoice: Invoice, standings: Mapping[Reference, Standing]) -> Fault | None:
    """What the invoice waits for. A disputed number is named first, since only a person can settle that."""
    references = [*_named_by(invoice), ACCOUNTS_AND_VAT]
    if standings.get(holder_on(invoice)) in OF_ITS_CUSTOMER:
        references.remove(Reference(Kind.CUSTOMER, invoice.customer.customer_number))
    missing = [each for each in references if each in standings and not standings[each].lets_go]
    if not missing:
        return None
    first = min(missing, key=lambda each: standings[each] is not Standing.DISPUTED)
    return Fault(REASON_OF[standings[first]], details_of(first), tuple(missing))


def details_of(reference: Reference) -> dict[str, str]:
    kind = Kind.CUSTOMER if reference.kind == HOLDER else reference.kind
    return {"refers_to": str(kind), "reference": number_of(reference)}


def looked_after_with(kind: str) -> Kind:
    """The kind of record whose sync sees to those that wait for this kind of reference."""
    return Kind.CUSTOMER if kind in (INVOICE, HOLDER, LISTS) else Kind(kind)


def reason_of(standing: Standing, awaited: Awaited) -> Code:
    """Where nothing has come, what people read is what came of asking."""
    if standing is Standing.NOT_COME and awaited.answer:
        return REASON_OF_ANSWER[Answer(awaited.answer)]
    return REASON_OF[standing]


def is_to_be_asked(awaited: Awaited, now: datetime) -> bool:
    return _next_question(awaited) <= now


def next_look(awaited: Awaited, standing: Standing, now: datetime) -> datetime:
    """What was released, or settled by a person, marks work itself; this is in case that was lost."""
    if standing in (Standing.NOT_COME, Standing.ABSENT, Standing.OF_ANOTHER):
        return max(_next_question(awaited), now)
    return now + QUIET


def _next_question(awaited: Awaited) -> datetime:
    """Ever more seldom: what has been missing for days is not asked about every quarter of an hour."""
    if awaited.asked is None:
        return awaited.since + ASK_AFTER
    return awaited.asked + min(max(QUIET, (awaited.asked - awaited.since) / 4), LONGEST_WAIT)
