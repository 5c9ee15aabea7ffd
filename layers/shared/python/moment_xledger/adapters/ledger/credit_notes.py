"""What credit notes take from each invoice: one item for each invoice that is credited.

`cents` is the sum of the credit notes that leave from here and of those that a person has booked by hand. A credit
note that has arrived and is left out is marked, so that it is given back once; so is one that was booked by hand.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal

from boto3.dynamodb.conditions import Attr

from moment_xledger.adapters.ledger import keys
from moment_xledger.adapters.table import Action, Key, Table, Update
from moment_xledger.domain.companies import CompanyId
from moment_xledger.domain.moment import Invoice, InvoiceKind


def credited(table: Table, company: CompanyId, numbers: Iterable[int]) -> dict[int, Decimal]:
    found = table.get_many(_key(company, number) for number in numbers)
    return {int(sk.removeprefix("CRED#")): _amount(int(item["cents"])) for (_, sk), item in found.items()}


def arriving(
    company: CompanyId, invoices: Iterable[Invoice], before: Mapping[int, Decimal]
) -> Iterator[Action]:
    """One for each invoice that is credited: whoever decided by another sum looks again."""
    taken: Counter[int] = Counter()
    marks: dict[int, dict[str, int]] = {}
    for note in invoices:
        if number := _credited_by(note):
            taken[number] += 0 if note.do_not_transfer else _cents(note)
            marks.setdefault(number, {}).update({_out(note): 1} if note.do_not_transfer else {})
    for number, cents in taken.items():
        known = int(before.get(number, Decimal(0)) * 100)
        unchanged = Attr("cents").eq(known) if number in before else Attr("cents").not_exists()
        yield Update(_key(company, number), set=marks[number], add={"cents": cents}, when=unchanged)


def left_out(table: Table, company: CompanyId, note: Invoice) -> Iterator[Action]:
    """It has arrived and does not leave, so it takes nothing."""
    number = _credited_by(note)
    item = number and table.get(_key(company, number))
    if number and item and _out(note) not in item:
        unchanged = Attr("cents").eq(item["cents"]) & Attr(_out(note)).not_exists()
        yield Update(_key(company, number), set={_out(note): 1}, add={"cents": -_cents(note)}, when=unchanged)


def given_back(table: Table, company: CompanyId, note: Invoice) -> Iterator[Action]:
    """It leaves after all. An older release did not mark what was left out, and counted it all the time."""
    number = _credited_by(note)
    item = number and table.get(_key(company, number))
    if number and item and _out(note) in item:
        unchanged = Attr("cents").eq(item["cents"]) & Attr(_out(note)).exists()
        yield Update(_key(company, number), add={"cents": _cents(note)}, remove=[_out(note)], when=unchanged)


def is_left_out(table: Table, company: CompanyId, note: Invoice) -> bool:
    number = _credited_by(note)
    return bool(number) and _out(note) in (table.get(_key(company, number or 0)) or {})


def booked_by_hand(table: Table, company: CompanyId, note: Invoice) -> Iterator[Action]:
    """It never arrived here, and is in the books all the same. Its sign may be what was wrong with it."""
    number, mark = _credited_by(note), f"hand_{note.invoice_number}"
    if number:
        item = table.get(_key(company, number)) or {}
        if mark not in item:
            same = Attr("cents").eq(item["cents"]) if item else Attr("cents").not_exists()
            cents = abs(_cents(note))
            yield Update(_key(company, number), set={mark: 1}, add={"cents": cents}, when=same)


def _credited_by(note: Invoice) -> int | None:
    return note.credited_invoice_number if note.kind is InvoiceKind.CREDIT_NOTE else None


def _out(note: Invoice) -> str:
    return f"out_{note.invoice_number}"


def _key(company: CompanyId, number: int) -> Key:
    return keys.invoices(company), f"CRED#{number}"


def _cents(note: Invoice) -> int:
    return -int(note.total * 100)


def _amount(cents: int) -> Decimal:
    return Decimal(cents) / 100
